using System.Collections.Frozen;
using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Flags;

/// <summary>
/// The flags of one document, compiled: what flagd would answer, at any number of threads at once. A set never changes; who reloads a
/// document makes another one.
/// </summary>
public sealed class FlagSet
{
    private const double MostSafe = 9007199254740991;

    private readonly FrozenDictionary<string, CompiledFlag> _flags;
    private readonly byte[] _json;
    private readonly Dictionary<string, FlagValue> _evaluators;
    private readonly TimeProvider _clock;

    internal FlagSet(FlagSetContent content, FlagSetOptions options)
    {
        _flags = content.Flags.ToFrozenDictionary(flag => flag.Key, StringComparer.Ordinal);
        _json = content.Json;
        _evaluators = content.Evaluators;
        _clock = options.Clock;
        Keys = [.. content.Flags.Select(flag => flag.Key)];
        File = content.File;
        Bucketing = content.Bucketing;
        Warnings = content.Warnings;
        Metadata = FlagResult<bool>.Metadata(content.Metadata);
    }

    /// <summary>A set without flags.</summary>
    public static FlagSet Empty { get; } = Load("""{"flags":{}}"""u8.ToArray(), "");

    /// <summary>What the document is called in messages.</summary>
    public string File { get; }

    /// <summary>The keys of all flags, in the order of the document.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The metadata of the set; values are <see cref="bool"/>, <see cref="string"/>, <see cref="long"/> or <see cref="double"/>.</summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>How <c>fractional</c> deals out.</summary>
    public FlagBucketing Bucketing { get; }

    /// <summary>What is wrong although flagd takes it; always empty for a set that was loaded strictly.</summary>
    public IReadOnlyList<DocumentProblem> Warnings { get; }

    /// <summary>
    /// Reads a flag document in flagd's format. A file named <c>.yaml</c> or <c>.yml</c> is YAML, any other that begins with a brace is JSON.
    /// </summary>
    /// <param name="utf8">The document. The bytes are not needed afterwards.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="options">How it is read and evaluated.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it, each with its line and column.</exception>
    public static FlagSet Load(ReadOnlyMemory<byte> utf8, string file, FlagSetOptions? options = null)
    {
        options ??= new FlagSetOptions();
        return new FlagSet(FlagSetReader.Read(utf8, file, options), options);
    }

    /// <summary>Whether there is a flag of that key.</summary>
    public bool Contains(string key) => _flags.ContainsKey(key);

    /// <summary>A flag as it is written, or <see langword="null"/> where there is none of that key.</summary>
    public FlagDefinition? Find(string key) => _flags.TryGetValue(key, out CompiledFlag? flag) ? FlagText.Definition(_json, flag) : null;

    /// <summary>What a flag says, whatever its type is.</summary>
    /// <param name="key">The key of the flag.</param>
    /// <param name="context">For whom.</param>
    /// <param name="now">The time for <c>$flagd.timestamp</c>; that of the clock by default.</param>
    public FlagEvaluation Evaluate(string key, in FlagContext context, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        return new FlagResult<FlagValue>(key, outcome.Value, outcome).ToEvaluation();
    }

    /// <summary>What a boolean flag says; the default for anything that is not a value of that type.</summary>
    public bool EvaluateBoolean(string key, in FlagContext context, bool fallback, DateTimeOffset? now = null) =>
        _flags.TryGetValue(key, out CompiledFlag? flag) ? flag.EvaluateBoolean(context, fallback, now, _clock) : fallback;

    /// <summary>What a flag of texts says, as in <see cref="EvaluateBoolean"/>.</summary>
    public string EvaluateString(string key, in FlagContext context, string fallback, DateTimeOffset? now = null) =>
        ResolveString(key, context, fallback, now).Value;

    /// <summary>What a flag of whole numbers says, as in <see cref="EvaluateBoolean"/>.</summary>
    public long EvaluateInteger(string key, in FlagContext context, long fallback, DateTimeOffset? now = null) =>
        ResolveInteger(key, context, fallback, now).Value;

    /// <summary>What a flag of numbers says, as in <see cref="EvaluateBoolean"/>.</summary>
    public double EvaluateDouble(string key, in FlagContext context, double fallback, DateTimeOffset? now = null) =>
        ResolveDouble(key, context, fallback, now).Value;

    /// <summary>What a flag of objects says, as in <see cref="EvaluateBoolean"/>.</summary>
    public FlagValue EvaluateObject(string key, in FlagContext context, FlagValue fallback, DateTimeOffset? now = null) =>
        ResolveObject(key, context, fallback, now).Value;

    /// <summary>What a boolean flag says, and why. TYPE_MISMATCH where its value is no boolean.</summary>
    public FlagResult<bool> ResolveBoolean(string key, in FlagContext context, bool fallback, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        if (outcome.Index < 0) return new FlagResult<bool>(key, fallback, outcome);
        ref readonly FlagValue value = ref outcome.Flag!.Values[outcome.Index];
        return value.Kind == FlagValueKind.Boolean ? new FlagResult<bool>(key, value.BooleanOf, outcome) : Mismatch(key, fallback, outcome, "boolean");
    }

    /// <summary>What a flag of texts says, and why. TYPE_MISMATCH where its value is no text.</summary>
    public FlagResult<string> ResolveString(string key, in FlagContext context, string fallback, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        if (outcome.Index < 0) return new FlagResult<string>(key, fallback, outcome);
        FlagValue value = outcome.Value;
        return value.Kind == FlagValueKind.String ? new FlagResult<string>(key, value.TextOf, outcome) : Mismatch(key, fallback, outcome, "text");
    }

    /// <summary>What a flag of whole numbers says, and why. TYPE_MISMATCH where its value is none, or is beyond ±(2^53-1): nothing is rounded.</summary>
    public FlagResult<long> ResolveInteger(string key, in FlagContext context, long fallback, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        if (outcome.Index < 0) return new FlagResult<long>(key, fallback, outcome);
        FlagValue value = outcome.Value;
        return value.Kind == FlagValueKind.Number && NumberText.IsSafeInteger(value.NumberOf)
            ? new FlagResult<long>(key, (long)value.NumberOf, outcome)
            : Mismatch(key, fallback, outcome, "whole number");
    }

    /// <summary>What a flag of numbers says, and why. TYPE_MISMATCH where its value is none, or is beyond ±(2^53-1).</summary>
    public FlagResult<double> ResolveDouble(string key, in FlagContext context, double fallback, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        if (outcome.Index < 0) return new FlagResult<double>(key, fallback, outcome);
        FlagValue value = outcome.Value;
        return value.Kind == FlagValueKind.Number && Math.Abs(value.NumberOf) <= MostSafe
            ? new FlagResult<double>(key, value.NumberOf, outcome)
            : Mismatch(key, fallback, outcome, "number");
    }

    /// <summary>What a flag of objects says, and why. TYPE_MISMATCH where its value is no object.</summary>
    public FlagResult<FlagValue> ResolveObject(string key, in FlagContext context, FlagValue fallback, DateTimeOffset? now = null)
    {
        FlagOutcome outcome = Outcome(key, context, now);
        if (outcome.Index < 0) return new FlagResult<FlagValue>(key, fallback, outcome);
        FlagValue value = outcome.Value;
        return value.Kind == FlagValueKind.Object ? new FlagResult<FlagValue>(key, value, outcome) : Mismatch(key, fallback, outcome, "object");
    }

    /// <summary>The same evaluation as <see cref="Evaluate"/>, and how it came about.</summary>
    public FlagExplanation Explain(string key, in FlagContext context, DateTimeOffset? now = null)
    {
        if (!_flags.TryGetValue(key, out CompiledFlag? flag) || !flag.Enabled || flag.Rule is null)
            return FlagText.Explain(Evaluate(key, context, now), new RuleTrace());
        FlagValue rule = FlagText.Targeting(_json, flag, _evaluators);
        var frame = new RuleFrame(flag, context, now, _clock) { Trace = new RuleTrace() };
        FlagOutcome outcome = flag.Evaluate(new RuleCompiler(Bucketing, explains: true).Compile(rule), ref frame);
        return FlagText.Explain(new FlagResult<FlagValue>(key, outcome.Value, outcome).ToEvaluation(), frame.Trace!);
    }

    private FlagOutcome Outcome(string key, in FlagContext context, DateTimeOffset? now) => _flags.TryGetValue(key, out CompiledFlag? flag)
        ? flag.Evaluate(context, now, _clock)
        : new FlagOutcome(null, -1, FlagReason.Error, FlagErrorCode.FlagNotFound);

    private static FlagResult<T> Mismatch<T>(string key, T fallback, FlagOutcome outcome, string wanted) => new(key, fallback, new FlagOutcome(
        outcome.Flag, -1, FlagReason.Error, FlagErrorCode.TypeMismatch, $"has the variant '{outcome.Variant}', whose value {FlagJson.Short(outcome.Value)} is no {wanted}"));
}
