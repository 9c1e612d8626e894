using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>group</c>.</summary>
internal sealed class GroupCheckType : CheckType
{
    public override string Name => "group";

    public override string Summary => "Several checks that count as one: all of them, any of them, or at least so many.";

    // Each part has a limit of its own; the group adds none.
    public override TimeSpan? OwnTimeout => TimeSpan.FromHours(1);

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("require", CheckMemberKind.Text, "How many must pass: all, any, or a whole number.") { Default = "all", Examples = ["all", "any", "2"] },
        new("checks", CheckMemberKind.Checks, "The checks. They have no weight of their own and are not critical by themselves: the group is.") { Required = true },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        IReadOnlyList<ObjectReader> parts = reader.Objects("checks");
        if (parts.Count == 0) reader.Problem("checks", "there is nothing to look at, and what looks at nothing cannot pass", "at least one check");
        foreach (ObjectReader part in parts)
        {
            foreach (string member in (string[])["weight", "critical"])
                if (part.Has(member)) part.Problem(member, $"a check within a group has no '{member}'", $"'{member}' at the group");
        }

        return new GroupCheck([.. parts.Select(part => CheckReader.Read(part, defaults))], Required(reader, parts.Count));
    }

    private static int Required(ObjectReader reader, int count)
    {
        string text = reader.OptionalText("require") ?? "all";
        if (text == "all") return count;
        if (text == "any") return 1;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= count) return number;
        reader.Problem("require", $"this is '{text}'", string.Create(CultureInfo.InvariantCulture, $"all, any, or a whole number from 1 to {Math.Max(1, count)}"));
        return count;
    }
}

/// <summary>Runs checks and counts those that pass.</summary>
/// <param name="parts">The checks: at least one.</param>
/// <param name="required">How many must pass: 1 to all.</param>
internal sealed class GroupCheck(IReadOnlyList<CheckDefinition> parts, int required) : ICheck, ICompositeCheck
{
    /// <summary>The checks.</summary>
    public IReadOnlyList<CheckDefinition> Parts => parts;

    /// <summary>A check, and when it is made of others those, and theirs.</summary>
    public static IEnumerable<CheckDefinition> WithParts(CheckDefinition check) =>
        check.Check is ICompositeCheck whole ? whole.Parts.SelectMany(WithParts).Prepend(check) : [check];

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        List<Evidence> seen = [];
        await foreach (Evidence evidence in CheckRunner.RunAsync(parts, new RunOptions(), context, cancel).ConfigureAwait(false)) seen.Add(evidence);
        return Conclude(seen);
    }

    private Observation Conclude(List<Evidence> seen)
    {
        int passed = seen.Count(one => one.Verdict == Verdict.Pass);
        int failed = seen.Count(one => one.Verdict == Verdict.Fail);
        string needed = required == parts.Count ? "all of them must" : string.Create(CultureInfo.InvariantCulture, $"at least {required} must");
        string told = string.Create(CultureInfo.InvariantCulture, $"{passed} of {parts.Count} checks passed, and {needed}");
        var result = new Observation
        {
            Verdict = Verdict.Pass,
            Reason = told + ".",
            Value = passed,
            Parts = seen,
            Details = [.. seen.Where(one => one.Verdict != Verdict.Pass).Select(one => one.ToString())],
        };
        if (passed >= required) return result with { ValidUntil = Validity.Until(seen.Where(one => one.Verdict == Verdict.Pass).Select(one => one.ValidUntil), required) };

        // Failed once what has not failed is too little; until then it is open, for the reason that weighs most.
        bool lost = parts.Count - failed < required;
        Evidence cause = seen.Where(one => one.Verdict != Verdict.Pass && (lost ? one.Verdict == Verdict.Fail : one.Verdict != Verdict.Fail))
            .MinBy(one => Observation.Rank(one.Verdict))!;
        return result with { Verdict = cause.Verdict, Reason = $"{told}; '{cause.Check}': {cause.Reason}", NextStep = cause.NextStep };
    }
}
