namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>var</c> with a path that is written in the rule.</summary>
internal sealed class VariableNode : RuleNode
{
    private const string Properties = "$flagd";

    private readonly string _path;
    private readonly string[] _segments;
    private readonly FlagValue _fallback;
    private readonly bool _substitutes;
    private readonly Place _place;
    private int _hint;

    public VariableNode(string path, FlagValue fallback, bool isText)
    {
        _path = path;
        _segments = path.Split('.', StringSplitOptions.RemoveEmptyEntries);
        _fallback = fallback;
        // "" and ".name" stay with the item even where the outer data has an answer.
        _substitutes = !(isText && (path.Length == 0 || path[0] == '.'));
        _place = _segments switch
        {
            [] => Place.Everything,
            [FlagContext.TargetingKeyName, ..] => Place.TargetingKey,
            [Properties, "timestamp"] => Place.Timestamp,
            [Properties, "flagKey"] => Place.FlagKey,
            [Properties, ..] => Place.Properties,
            _ => Place.Attribute,
        };
    }

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        if (frame.Outer is not null && _substitutes) return Substituted(ref frame);
        FlagValue value = frame.IsInner ? Walk(frame.Data, 0) : FromContext(ref frame);
        if (frame.Trace is { } trace && !frame.IsInner) trace.ContextValues[_path] = value.ToObject();
        return value;
    }

    /// <summary>Looks the path up in the data around an inner rule before the item; what stands in there is taken for a rule again.</summary>
    private FlagValue Substituted(ref RuleFrame frame)
    {
        (bool inner, FlagValue data, OuterScope? outer) = (frame.IsInner, frame.Data, frame.Outer);
        frame.Outer = null;
        FlagValue value = Lookup(ref frame, outer!);
        (frame.IsInner, frame.Data) = (inner, data);
        value = value.IsNull ? Evaluate(ref frame) : RuleCompiler.Reinterpret(value, ref frame);
        frame.Outer = outer;
        return value;
    }

    private FlagValue Lookup(ref RuleFrame frame, OuterScope scope)
    {
        if (scope.Next is not null && Lookup(ref frame, scope.Next) is { IsNull: false } found) return found;
        (frame.IsInner, frame.Data) = (scope.IsInner, scope.Data);
        return Evaluate(ref frame);
    }

    private FlagValue FromContext(ref RuleFrame frame)
    {
        switch (_place)
        {
            case Place.Attribute:
                FlagValue value = frame.Context.Get(_segments[0], ref _hint);
                return value.IsNull ? _fallback : _segments.Length == 1 ? value : Walk(value, 1);
            case Place.TargetingKey:
                FlagValue key = frame.Context.Key();
                return Walk(key, 1);
            case Place.Timestamp:
                return frame.Timestamp;
            case Place.FlagKey:
                return frame.FlagKey;
            case Place.Everything:
                return frame.Root();
            default:
                return Walk(frame.Root(), 0);
        }
    }

    private enum Place
    {
        Attribute,
        TargetingKey,
        Timestamp,
        FlagKey,
        Everything,
        Properties,
    }

    private FlagValue Walk(FlagValue value, int from)
    {
        // Of nothing there is nothing, not even where no name is asked for.
        if (value.IsNull) return _fallback;
        for (int i = from; i < _segments.Length; i++)
        {
            string segment = _segments[i];
            switch (value.Kind)
            {
                case FlagValueKind.Object:
                    value.ObjectOf.TryGet(segment, out value);
                    break;
                case FlagValueKind.List:
                    // A name that is no number is the first item to that engine.
                    _ = NumberText.TryParse(segment, out double at);
                    int index = double.IsFinite(at) && Math.Abs(at) < int.MaxValue ? (int)at : double.IsNaN(at) ? 0 : -1;
                    if (index < 0 || index >= value.ItemsOf.Length) return _fallback;
                    value = value.ItemsOf[index];
                    break;
                default:
                    return _fallback;
            }

            if (value.IsNull) return _fallback;
        }

        return value;
    }
}

/// <summary><c>var</c> whose path is a rule itself, or that has none.</summary>
internal sealed class ComputedVariableNode(RuleNode operand) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        if (frame.Outer is null) return Lookup(operand.Evaluate(ref frame), ref frame);
        (bool inner, FlagValue data, OuterScope? outer) = (frame.IsInner, frame.Data, frame.Outer);
        frame.Outer = null;
        FlagValue value = LookupOuter(ref frame, outer);
        (frame.IsInner, frame.Data) = (inner, data);
        value = value.IsNull ? Lookup(operand.Evaluate(ref frame), ref frame) : RuleCompiler.Reinterpret(value, ref frame);
        frame.Outer = outer;
        return value;
    }

    /// <summary>The value of a path that was computed: a text, a number, or a list of one of them and what to take where it leads nowhere.</summary>
    public static FlagValue Lookup(FlagValue path, ref RuleFrame frame)
    {
        FlagValue fallback = default;
        bool isText = path.Kind == FlagValueKind.String;
        switch (path.Kind)
        {
            case FlagValueKind.Null:
                return frame.IsInner && frame.Data.Kind is FlagValueKind.Boolean or FlagValueKind.Number or FlagValueKind.String ? frame.Data : default;
            case FlagValueKind.String when path.TextOf.Length == 0:
                return frame.IsInner ? frame.Data : frame.Root();
            case FlagValueKind.List when path.ItemsOf.Length == 0:
                return frame.IsInner ? frame.Data : frame.Root();
            case FlagValueKind.List:
                if (path.ItemsOf.Length == 2) fallback = path.ItemsOf[1];
                path = path.ItemsOf[0];
                break;
            case FlagValueKind.Number:
                path = NumberText.Plain(path.NumberOf);
                break;
            default:
                break;
        }

        if (path.Kind != FlagValueKind.String) return frame.Fail("the path of 'var' is no text");
        OuterScope? outer = frame.Outer;
        frame.Outer = null;
        FlagValue value = new VariableNode(path.TextOf, fallback, isText).Evaluate(ref frame);
        frame.Outer = outer;
        return value;
    }

    private FlagValue LookupOuter(ref RuleFrame frame, OuterScope scope)
    {
        if (scope.Next is not null && LookupOuter(ref frame, scope.Next) is { IsNull: false } found) return found;
        (frame.IsInner, frame.Data) = (scope.IsInner, scope.Data);
        return Lookup(operand.Evaluate(ref frame), ref frame);
    }
}
