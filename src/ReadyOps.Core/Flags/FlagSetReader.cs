using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags.Rules;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Flags;

/// <summary>
/// A flag document to what is evaluated. What flagd refuses a whole document for is refused here too; what flagd's schema, and good sense,
/// say beyond that is for <see cref="FlagChecks"/>.
/// </summary>
internal sealed class FlagSetReader
{
    private readonly FlagSource _source;
    private readonly ProblemList _problems;
    private readonly TextPool _texts = new();
    private readonly FlagSetOptions _options;
    private readonly Dictionary<string, FlagValue> _evaluators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _keys = new(StringComparer.Ordinal);
    private readonly List<CompiledFlag> _flags = [];
    private FlagObject _metadata = FlagObject.Empty;
    private FlagBucketing _bucketing;
    private RuleCompiler _compiler;

    private FlagSetReader(FlagSource source, FlagSetOptions options)
    {
        (_source, _problems, _options, _bucketing) = (source, source.Problems, options, options.Bucketing);
        _compiler = new RuleCompiler(_bucketing);
    }

    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static FlagSetContent Read(ReadOnlyMemory<byte> utf8, string file, FlagSetOptions options)
    {
        using FlagSource source = FlagSource.Read(utf8, file);
        ProblemList warnings = options.Strict ? source.Problems : new ProblemList(file);
        FlagChecks.Check(source, warnings);
        var reader = new FlagSetReader(source, options);
        reader.ReadDocument();
        source.Problems.ThrowIfAny();
        return new FlagSetContent
        {
            File = file,
            Json = source.Json,
            Flags = reader._flags,
            Evaluators = reader._evaluators,
            Metadata = reader._metadata,
            Bucketing = reader._bucketing,
            Warnings = warnings.Ordered,
        };
    }

    private void ReadDocument()
    {
        if (_source[0].Kind != TapeKind.Object)
        {
            Problem(0, "a flag document is an object", "an object with the member 'flags'");
            return;
        }

        int flags = _source.Member(0, "flags"u8);
        if (flags < 0) Problem(0, "'flags' is missing", "a member named 'flags'");
        if (_source.Member(0, "metadata"u8) is var metadata && metadata >= 0 && Is(metadata, TapeKind.Object, "an object")) _metadata = ReadObject(metadata, refs: false);
        _bucketing = BucketingOr(_options.Bucketing);
        _compiler = new RuleCompiler(_bucketing);
        if (_source.Member(0, "$evaluators"u8) is var evaluators && evaluators >= 0) ReadEvaluators(evaluators);
        if (flags < 0) return;
        if (_source[flags].Kind == TapeKind.Array) ReadList(flags);
        else if (Is(flags, TapeKind.Object, "an object of flags by their keys, or a list of flags")) ReadMap(flags);
    }

    private void ReadEvaluators(int node)
    {
        if (!Is(node, TapeKind.Object, "an object of rules by their names")) return;
        foreach (int name in _source.Values.Names(node))
        {
            if (_source[name + 1] is { Kind: TapeKind.Object, Info: 0 }) Problem(name + 1, "the shared rule is empty", "a rule");
            else _evaluators[_source.Text(name)] = ReadValue(name + 1, refs: false);
        }

        foreach (FlagValue rule in _evaluators.Values) _compiler.Share(rule);
    }

    private void ReadMap(int node)
    {
        foreach (int name in _source.Values.Names(node)) ReadFlag(name + 1, name, _texts.Get(_source.Values.Bytes(name)));
    }

    private void ReadList(int node)
    {
        foreach (int item in _source.Values.Items(node))
        {
            if (!Is(item, TapeKind.Object, "a flag")) continue;
            int key = _source.Member(item, "key"u8);
            if (key < 0) Problem(item, "'key' is missing", "a member named 'key'");
            else if (Is(key, TapeKind.String, "the key of the flag")) ReadFlag(item, key, _texts.Get(_source.Values.Bytes(key)));
        }
    }

    private void ReadFlag(int node, int place, string key)
    {
        if (key.Length == 0) Problem(place, "the key of this flag is empty", "a key");
        if (!_keys.TryAdd(key, place))
        {
            (int line, int column) = _source.Place(_keys[key]);
            Problem(place, string.Create(CultureInfo.InvariantCulture, $"the flag '{key}' is here twice; the first is at {line}:{column}"));
            return;
        }

        if (!Is(node, TapeKind.Object, "a flag")) return;
        int state = _source.Member(node, "state"u8);
        if (state >= 0) Is(state, TapeKind.String, "ENABLED or DISABLED");
        (string[] names, FlagValue[] values) = ReadVariants(node);
        int targeting = _source.Member(node, "targeting"u8);
        bool isEmpty = targeting < 0 || _source[targeting] is { Kind: TapeKind.Object, Info: 0 };
        RuleNode? rule = isEmpty ? null : _compiler.Compile(ReadValue(targeting, refs: true));
        _flags.Add(new CompiledFlag(key, names, values, ReadDefault(node, names), rule, _bucketing)
        {
            Enabled = state < 0 || !_source.Values.Bytes(state).SequenceEqual("DISABLED"u8),
            Metadata = ReadMetadata(node),
            Start = _source[node].Source,
            Place = _source.Keep(place),
        });
    }

    private (string[] Names, FlagValue[] Values) ReadVariants(int node)
    {
        int variants = _source.Member(node, "variants"u8);
        if (variants < 0 || !Is(variants, TapeKind.Object, "an object of values by the names of the variants")) return ([], []);
        FlagObject members = ReadObject(variants, refs: true);
        // A name that no rule can come to must not be the same text as one in a rule.
        return (Array.ConvertAll(members.Names.ToArray(), name => FlagJson.NeedsEscape(name) ? new string(name) : name), members.Values.ToArray());
    }

    private int ReadDefault(int node, string[] names)
    {
        int variant = _source.Member(node, "defaultVariant"u8);
        if (variant < 0 || _source[variant].Kind == TapeKind.Null) return -1;
        if (!Is(variant, TapeKind.String, "the name of a variant, or null") || _source.Text(variant) is not { Length: > 0 } name) return -1;
        int at = Array.IndexOf(names, name);
        // flagd refuses the whole document for it.
        if (at < 0) Problem(variant, $"there is no variant '{name}'{Suggestion.For(name, names)}", names.Length > 0 ? $"one of {string.Join(", ", names)}" : "");
        return at;
    }

    private FlagObject ReadMetadata(int node)
    {
        int metadata = _source.Member(node, "metadata"u8);
        if (metadata < 0 || _source[metadata] is { Kind: TapeKind.Null } or { Kind: TapeKind.Object, Info: 0 }) return _metadata;
        if (!Is(metadata, TapeKind.Object, "an object")) return _metadata;
        FlagObject own = ReadObject(metadata, refs: true);
        if (_metadata.Count == 0) return own;
        FlagObject merged = _metadata;
        for (int i = 0; i < own.Count; i++)
            if (!own.Values[i].IsNull) merged = merged.With(own.Names[i], own.Values[i]);
        return merged;
    }

    private FlagBucketing BucketingOr(FlagBucketing fallback) => _metadata.TryGet(FlagMetadataKeys.Bucketing, out FlagValue value) && value.Kind == FlagValueKind.String
        ? value.TextOf switch { "v1" => FlagBucketing.V1, "v2" => FlagBucketing.V2, "v3" => FlagBucketing.V3, _ => fallback }
        : fallback;

    private FlagValue ReadValue(int node, bool refs)
    {
        switch (_source[node].Kind)
        {
            case TapeKind.Object:
                if (refs && Shared(node) is { } shared) return shared;
                return FlagValue.Of(ReadObject(node, refs));
            case TapeKind.Array:
                var items = new FlagValue[_source[node].Info];
                int at = 0;
                foreach (int item in _source.Values.Items(node)) items[at++] = ReadValue(item, refs);
                return FlagValue.OfItems(items);
            case TapeKind.String:
                return _texts.Get(_source.Values.Bytes(node));
            case TapeKind.Integer or TapeKind.Number:
                double number = double.Parse(_source.Values.Bytes(node), NumberStyles.Float, CultureInfo.InvariantCulture);
                if (!double.IsFinite(number)) Problem(node, "the number is too large for anybody who reads JSON", "a number up to 1.7e308");
                return number;
            case TapeKind.True:
                return true;
            case TapeKind.False:
                return false;
            default:
                return default;
        }
    }

    private FlagObject ReadObject(int node, bool refs)
    {
        int count = _source[node].Info;
        if (count == 0) return FlagObject.Empty;
        var names = new string[count];
        var values = new FlagValue[count];
        int at = 0;
        foreach (int name in _source.Values.Names(node))
        {
            names[at] = _texts.Get(_source.Values.Bytes(name));
            values[at++] = ReadValue(name + 1, refs);
        }

        return new FlagObject(names, values);
    }

    // flagd puts a shared rule in place of {"$ref": name} wherever that stands.
    private FlagValue? Shared(int node)
    {
        if (_source[node].Info != 1 || _source[node + 2].Kind != TapeKind.String || !_source.Values.Bytes(node + 1).SequenceEqual("$ref"u8)) return null;
        return _evaluators.TryGetValue(_source.Text(node + 2), out FlagValue rule) ? (FlagValue?)rule : null;
    }

    private bool Is(int node, TapeKind kind, string expected)
    {
        if (_source[node].Kind == kind) return true;
        Problem(node, "this is of another type", expected);
        return false;
    }

    private void Problem(int node, string message, string expected = "") => _source.Problem(_problems, node, message, expected);
}
