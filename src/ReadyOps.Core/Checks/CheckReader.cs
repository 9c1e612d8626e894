using System.Globalization;
using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>Reads checks off a document.</summary>
public static class CheckReader
{
    /// <summary>The members that a check of any type has.</summary>
    public static IReadOnlyList<CheckMember> CommonMembers { get; } =
    [
        new("name", CheckMemberKind.Text, "What the check is called; unique in its document.") { Required = true },
        new("type", CheckMemberKind.Text, "What kind of check it is.") { Required = true },
        new("description", CheckMemberKind.Text, "What it is for; for people only."),
        new("from", CheckMemberKind.Text, "Where it comes from, for example the line of a checklist; for people only.") { Examples = ["checklist.md:12"] },
        new("guessed", CheckMemberKind.Flag, "Whether it was guessed from a checklist and wants a look; for people only.") { Default = "false" },
        new("weight", CheckMemberKind.Number, "What it counts against the other checks of its section; 0 for nothing.") { Default = "1", Minimum = 0, Maximum = 1_000_000 },
        new("critical", CheckMemberKind.Flag, "Whether the gate cannot pass without it, whatever the score.") { Default = "false" },
        new("timeout", CheckMemberKind.Duration, "How long one attempt may take.") { Default = "30s" },
        new(ValidForName, CheckMemberKind.Duration, "How long what it saw holds: the result of the gate goes stale with it.") { Examples = ["24h"] },
        new("retry", CheckMemberKind.Retry, "How often it is tried until it passes, and how far apart."),
    ];

    /// <summary>The members of <c>retry</c>.</summary>
    public static IReadOnlyList<CheckMember> RetryMembers { get; } =
    [
        new("attempts", CheckMemberKind.Integer, "How often it is tried at most, the first time included; 1 to 100.") { Required = true, Minimum = 1, Maximum = 100 },
        new("delay", CheckMemberKind.Duration, "How long to wait after the first attempt.") { Default = "1s" },
        new("factor", CheckMemberKind.Number, "How much longer each wait is than the one before; 1 to 10.") { Default = "2", Minimum = 1, Maximum = 10 },
        new("maxDelay", CheckMemberKind.Duration, "No wait is longer than this.") { Default = "30s" },
    ];

    /// <summary>The member that says how long evidence holds.</summary>
    internal const string ValidForName = "validFor";

    private const decimal HeaviestWeight = 1_000_000;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(1);

    /// <summary>Reads one check; what is wrong goes to the reader's problems.</summary>
    /// <param name="reader">The check in the document.</param>
    /// <param name="defaults">What counts where the check itself says nothing.</param>
    public static CheckDefinition Read(ObjectReader reader, CheckDefaults defaults)
    {
        string name = reader.RequiredText("name");
        if (reader.Has("name") && string.IsNullOrWhiteSpace(name)) reader.Problem("name", "the name is empty", "what the check is called");
        string typeName = reader.RequiredText("type");
        CheckType? type = CheckTypes.Find(typeName);
        if (type is null && reader.Has("type"))
            reader.Problem("type", $"there is no check of type '{typeName}'", "one of " + string.Join(", ", CheckTypes.All.Select(t => t.Name)));

        return new CheckDefinition
        {
            Name = name,
            Description = reader.OptionalText("description"),
            From = reader.OptionalText("from"),
            Guessed = reader.Flag("guessed"),
            Type = typeName,
            Check = type?.Create(reader, defaults) ?? UnknownCheck.Instance,
            Weight = Weight(reader),
            Critical = reader.Flag("critical"),
            Timeout = Timeout(reader, type?.OwnTimeout ?? defaults.Timeout),
            ValidFor = ValidFor(reader),
            Retry = Retry(reader),
            Source = reader.Source,
        };
    }

    /// <summary>The member <c>weight</c>, exactly as it is written; 1 when it is not there.</summary>
    internal static decimal Weight(ObjectReader reader)
    {
        if (!reader.Has("weight")) return 1;
        DocumentNode node = reader.Node["weight"]!;
        if (node.Kind == NodeKind.Number && decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal weight)
            && weight is >= 0 and <= HeaviestWeight)
        {
            return weight;
        }

        reader.Problem("weight", $"this is '{node}'", "a number from 0 to 1000000");
        return 1;
    }

    /// <summary>The member <c>timeout</c>, or the fallback.</summary>
    internal static TimeSpan Timeout(ObjectReader reader, TimeSpan fallback)
    {
        TimeSpan timeout = reader.Duration("timeout", fallback);
        if (timeout > TimeSpan.Zero && timeout <= LongestTimeout) return timeout;
        reader.Problem("timeout", "a check cannot be given this long", "a duration above 0 and up to 1h");
        return fallback;
    }

    /// <summary>The member <c>validFor</c>, or <see langword="null"/>.</summary>
    internal static TimeSpan? ValidFor(ObjectReader reader)
    {
        if (reader.OptionalDuration(ValidForName) is not { } time) return null;
        if (time == TimeSpan.Zero) reader.Problem(ValidForName, "what holds for no time never holds", "a duration above 0");
        return time;
    }

    /// <summary>Refuses a bound that the worst value keeps best, such as <c>&lt;= 98%</c> on tests that passed: a slip for its opposite that would let everything through.</summary>
    /// <param name="reader">The object that holds it.</param>
    /// <param name="name">Its member.</param>
    /// <param name="bound">The bound, if there is one.</param>
    /// <param name="moreIsBetter">Whether high values are the good ones.</param>
    internal static void RefuseUpsideDown(ObjectReader reader, string name, Bound? bound, bool moreIsBetter)
    {
        bool wrong = bound?.Operator == BoundOperator.NotEqual
            || (moreIsBetter ? bound?.Operator is BoundOperator.Less or BoundOperator.LessOrEqual : bound?.Operator is BoundOperator.Greater or BoundOperator.GreaterOrEqual);
        if (wrong) reader.Problem(name, $"'{bound}' is kept by the worst there can be", moreIsBetter ? "a bound from below, such as '>= 98%'" : "a bound from above, such as '<= 10'");
    }

    /// <summary>A size with or without a unit, in bytes, or <see langword="null"/>.</summary>
    internal static long? Size(ObjectReader reader, string name)
    {
        if (reader.OptionalText(name) is not { } text) return null;
        if (Quantities.TryParseNumber(text, out double bytes, out Unit unit) && unit is Unit.Bytes or Unit.None
            && bytes >= 0 && bytes <= long.MaxValue / 2 && bytes == Math.Floor(bytes))
        {
            return (long)bytes;
        }

        reader.Problem(name, $"this is '{text}'", "a size such as 512, 10kB or 1MiB");
        return null;
    }

    /// <summary>A regular expression, or <see langword="null"/>. One of a document cannot hang: it is matched in linear time, or within a second.</summary>
    internal static Regex? Pattern(ObjectReader reader, string name)
    {
        if (reader.OptionalText(name) is not { } pattern) return null;
        const RegexOptions Options = RegexOptions.CultureInvariant;
        try
        {
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, LongestMatch);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need the backtracking engine; its time limit keeps it from hanging.
            return new Regex(pattern, Options, LongestMatch);
        }
        catch (ArgumentException e)
        {
            reader.Problem(name, $"this is not a regular expression: {e.Message.TrimEnd('.')}", "a .NET regular expression");
            return null;
        }
    }

    private static RetryPolicy Retry(ObjectReader reader)
    {
        if (reader.Object("retry") is not { } retry) return RetryPolicy.None;
        if (!retry.Has("attempts")) retry.Problem("attempts", "'attempts' is missing", "how often to try, from 1 to 100");
        RetryPolicy plain = RetryPolicy.None;
        var policy = new RetryPolicy
        {
            Attempts = retry.Integer("attempts", plain.Attempts, 1, 100),
            Delay = retry.Duration("delay", plain.Delay),
            Factor = retry.Number("factor", plain.Factor, 1, 10),
            MaxDelay = retry.Duration("maxDelay", plain.MaxDelay),
        };
        // A first delay that is longer than the default ceiling was meant.
        return retry.Has("maxDelay") || policy.Delay <= policy.MaxDelay ? policy : policy with { MaxDelay = policy.Delay };
    }

    // Stands in for a check that cannot be made; its document never gets as far as being used.
    private sealed class UnknownCheck : ICheck
    {
        public static readonly UnknownCheck Instance = new();

        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) =>
            ValueTask.FromResult(Observation.Of(Verdict.Error, "There is no such type of check."));
    }
}
