using System.Collections.Frozen;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>Makes rules out of JSON: an object with one member is an operator, everything else stands for itself.</summary>
/// <param name="bucketing">How <c>fractional</c> deals out.</param>
/// <param name="explains">Whether each operator takes down what it came to.</param>
internal sealed class RuleCompiler(FlagBucketing bucketing, bool explains = false)
{
    // A context whose values are rules that name themselves must come to an end.
    private const int MostReinterpretations = 256;

    private static readonly FrozenDictionary<string, Comparison> Comparable = new Dictionary<string, Comparison>
    {
        ["=="] = Comparison.Equal,
        ["!="] = Comparison.Unequal,
        ["==="] = Comparison.Same,
        ["!=="] = Comparison.NotSame,
        ["<"] = Comparison.Less,
        ["<="] = Comparison.AtMost,
        [">"] = Comparison.Greater,
        [">="] = Comparison.AtLeast,
        ["starts_with"] = Comparison.StartsWith,
        ["ends_with"] = Comparison.EndsWith,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Dictionary<FlagObject, RuleNode> _shared = new(ReferenceEqualityComparer.Instance);

    /// <summary>A rule that several others hold; it is compiled once.</summary>
    public void Share(FlagValue rule)
    {
        if (!explains && rule.Kind == FlagValueKind.Object) _shared[rule.ObjectOf] = Compile(rule, "");
    }

    public RuleNode Compile(FlagValue rule) => Compile(rule, "");

    /// <summary>
    /// Values that an operator takes for rules once more, as that engine does with what a variable put in, and with an object that <c>if</c>
    /// comes to.
    /// </summary>
    public static FlagValue Reinterpret(FlagValue value, ref RuleFrame frame)
    {
        if (value.Kind == FlagValueKind.List)
        {
            if (!Array.Exists(value.ItemsOf, item => item.Kind is FlagValueKind.List or FlagValueKind.Object)) return value;
            var items = new FlagValue[value.ItemsOf.Length];
            for (int i = 0; i < items.Length; i++) items[i] = Reinterpret(value.ItemsOf[i], ref frame);
            return FlagValue.OfItems(items);
        }

        if (value.Kind != FlagValueKind.Object || value.ObjectOf.Count != 1) return value;
        if (++frame.Reinterpretations > MostReinterpretations) return frame.Fail("values of the context that are rules themselves do not come to an end");
        return new RuleCompiler(frame.Flag.Bucketing).Compile(value).Evaluate(ref frame);
    }

    private RuleNode Compile(FlagValue rule, string path)
    {
        if (rule.Kind == FlagValueKind.List) return CompileList(rule, path);
        if (rule.Kind != FlagValueKind.Object || rule.ObjectOf.Count != 1) return new ConstantNode(rule);
        if (_shared.TryGetValue(rule.ObjectOf, out RuleNode? known)) return known;
        string name = rule.ObjectOf.Names[0];
        string inner = explains ? $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}" : "";
        RuleNode node = CompileOperator(name, rule.ObjectOf.Values[0], inner);
        return explains ? new TraceNode(node, inner, name, FlagJson.Short(rule)) : node;
    }

    private RuleNode CompileList(FlagValue list, string path)
    {
        RuleNode[] items = CompileAll(list.ItemsOf, path);
        return Array.TrueForAll(items, item => item is ConstantNode) ? new ConstantNode(list) : new ListNode(items);
    }

    private RuleNode[] CompileAll(FlagValue[] rules, string path)
    {
        var nodes = new RuleNode[rules.Length];
        for (int i = 0; i < nodes.Length; i++) nodes[i] = Compile(rules[i], explains ? $"{path}/{i}" : "");
        return nodes;
    }

    private RuleNode CompileOperator(string name, FlagValue operand, string path)
    {
        FlagValue[]? list = operand.Kind == FlagValueKind.List ? operand.ItemsOf : null;
        switch (name)
        {
            case "var":
                return CompileVariable(operand, path);
            case "if" or "?:":
                return list is null ? TakesList(name) : new IfNode(CompileAll(list, path));
            case "and":
                return list is null ? TakesList(name) : new AndNode(CompileAll(list, path));
            case "or":
                return list is null ? TakesList(name) : new OrNode(CompileAll(list, path));
            case "map":
                return CompileIteration(Iteration.Map, name, list, path);
            case "filter":
                return CompileIteration(Iteration.Filter, name, list, path);
            case "all":
                return CompileIteration(Iteration.All, name, list, path);
            case "none":
                return CompileIteration(Iteration.None, name, list, path);
            case "some":
                return CompileIteration(Iteration.Some, name, list, path);
            case "reduce":
                return CompileReduce(list, path);
            case "fractional":
                return CompileFractional(operand, path);
            case "cat" when list is { Length: > 1 }:
                return new ConcatenationNode(CompileAll(list, path));
            case "in" when list is [_, { Kind: FlagValueKind.List } texts] && Array.TrueForAll(texts.ItemsOf, item => item.Kind == FlagValueKind.String):
                return new MemberNode(Compile(list[0], $"{path}/0"), texts);
            case "sem_ver" when list is [var version, { Kind: FlagValueKind.String } how, var other] && SemanticVersions.TryReadOperator(how.TextOf, out VersionComparison versions):
                return new VersionNode(Compile(version, $"{path}/0"), versions, Compile(other, $"{path}/2"));
            default:
                if (!Operators.TryGetEager(name, out EagerOperator op)) return new ErrorNode(name == "$ref" ? $"there is no shared rule {FlagJson.Short(operand)} in $evaluators" : $"there is no operator '{name}'");
                if (list is null) return new EagerNode(op, null, Compile(operand, path));
                return list.Length == 2 && Comparable.TryGetValue(name, out Comparison comparison)
                    ? new ComparisonNode(comparison, Compile(list[0], $"{path}/0"), Compile(list[1], $"{path}/1"))
                    : new EagerNode(op, CompileAll(list, path), null);
        }
    }

    private RuleNode CompileVariable(FlagValue operand, string path)
    {
        switch (operand.Kind)
        {
            case FlagValueKind.String:
                return Variable(operand.TextOf, default, isText: true);
            case FlagValueKind.Number:
                return new VariableNode(NumberText.Plain(operand.NumberOf), default, isText: false);
            case FlagValueKind.List when operand.ItemsOf is [{ Kind: FlagValueKind.String } name]:
                return Variable(name.TextOf, default, isText: false);
            case FlagValueKind.List when operand.ItemsOf is [{ Kind: FlagValueKind.String } name, { Kind: not (FlagValueKind.Object or FlagValueKind.List) } fallback]:
                return Variable(name.TextOf, fallback, isText: false);
            default:
                return new ComputedVariableNode(Compile(operand, path));
        }
    }

    private static RuleNode Variable(string name, FlagValue fallback, bool isText) => new VariableNode(name, fallback, isText);

    private RuleNode CompileIteration(Iteration kind, string name, FlagValue[]? list, string path)
    {
        if (list is null) return TakesList(name);
        if (list.Length < 2)
        {
            return kind is Iteration.Map or Iteration.Filter
                ? new ConstantNode(FlagValue.OfItems([]))
                : new ErrorNode($"'{name}' takes a list and a rule");
        }

        FlagValue rule = list[1];
        bool isRule = rule.Kind == FlagValueKind.Object;
        bool isVariable = isRule && rule.ObjectOf.Count == 1 && rule.ObjectOf.Names[0] == "var"
            && !(rule.ObjectOf.Values[0] is { Kind: FlagValueKind.String } text && (text.TextOf.Length == 0 || text.TextOf[0] == '.'));
        return new IterationNode(kind, CompileSubject(list[0], $"{path}/0"), Compile(rule, $"{path}/1"), isRule, isVariable);
    }

    private RuleNode CompileReduce(FlagValue[]? list, string path)
    {
        if (list is null) return TakesList("reduce");
        if (list.Length < 3) return new ConstantNode(0);
        RuleNode initial = list[2].Kind == FlagValueKind.Object ? Compile(list[2], $"{path}/2") : new ConstantNode(list[2]);
        return new ReduceNode(CompileSubject(list[0], $"{path}/0"), Compile(list[1], $"{path}/1"), list[1].Kind == FlagValueKind.Object, initial);
    }

    // A list that is written in the rule is taken as it stands: what is in it is no rule.
    private RuleNode? CompileSubject(FlagValue subject, string path) => subject.Kind switch
    {
        FlagValueKind.List => new ConstantNode(subject),
        FlagValueKind.Object => Compile(subject, path),
        _ => null,
    };

    private RuleNode CompileFractional(FlagValue operand, string path)
    {
        if (operand.Kind != FlagValueKind.List || operand.ItemsOf.Length == 0) return new ComputedFractionalNode(Compile(operand, path), path);
        bool isShare = operand.ItemsOf[0].Kind == FlagValueKind.List;
        int from = isShare ? 0 : 1;
        // A share that a rule makes, or one with something to evaluate behind its weight, goes the long way.
        if (operand.ItemsOf.Skip(from).Any(share => share.Kind != FlagValueKind.List || share.ItemsOf.Length is 0 or > 2)) return new ComputedFractionalNode(Compile(operand, path), path);
        var entries = new FractionalEntry[operand.ItemsOf.Length - from];
        for (int i = 0; i < entries.Length; i++)
        {
            FlagValue[] share = operand.ItemsOf[i + from].ItemsOf;
            string at = explains ? $"{path}/{i + from}" : "";
            entries[i] = new FractionalEntry(Compile(share[0], $"{at}/0"), share.Length > 1 ? Compile(share[1], $"{at}/1") : null);
        }

        RuleNode? bucketBy = isShare ? null : Compile(operand.ItemsOf[0], $"{path}/0");
        RuleNode? all = bucketBy is null or ConcatenationNode or ConstantNode { Value.Kind: not FlagValueKind.List } ? null : Compile(operand, path);
        RuleNode? shares = explains || bucketing == FlagBucketing.V1 ? null : SharesNode.TryMake(bucketBy, all is null ? null : new ComputedFractionalNode(all, path), entries);
        return shares ?? new FractionalNode(bucketBy, entries, all, path);
    }

    private static ErrorNode TakesList(string name) => new($"'{name}' takes a list of arguments");
}

/// <summary><c>fractional</c> whose shares are known only once its operand is evaluated.</summary>
internal sealed class ComputedFractionalNode(RuleNode operand, string path) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame) => FractionalNode.Of(operand.Evaluate(ref frame), path).Evaluate(ref frame);
}
