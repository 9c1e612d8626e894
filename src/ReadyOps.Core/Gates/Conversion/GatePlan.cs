using System.Globalization;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>What stands where in a gate that is being made.</summary>
/// <param name="Prerequisites">What must be so before anything else is looked at.</param>
/// <param name="Sections">The sections: names and checks.</param>
internal sealed record GatePlan(IReadOnlyList<CheckDraft> Prerequisites, IReadOnlyList<(string Name, IReadOnlyList<CheckDraft> Checks)> Sections)
{
    /// <summary>All checks.</summary>
    public IEnumerable<CheckDraft> Checks => Prerequisites.Concat(Sections.SelectMany(section => section.Checks));

    /// <summary>Makes checks of all items and gives each its place and a name of its own.</summary>
    public static GatePlan Make(Checklist list, ItemConverter converter)
    {
        List<Bucket> buckets = [];
        foreach (ChecklistItem item in list.Items)
        {
            ChecklistPassage passage = item.Passage;
            Bucket? bucket = buckets.FirstOrDefault(one => one.Passage.Heading == passage.Heading && one.Passage.Label == passage.Label)
                ?? (passage.Label.Length > 0 && passage.Heading is { } heading && PassageKinds.Of(heading.Text) == passage.Kind ? buckets.FirstOrDefault(one => one.Passage.Heading == heading && one.Passage.Kind == passage.Kind) : null);
            if (bucket is null) buckets.Add(bucket = new Bucket(passage, []));
            if (converter.Convert(item, bucket.Checks) is { } check) bucket.Checks.Add(check);
        }

        buckets.RemoveAll(bucket => bucket.Checks.Count == 0);
        Bucket[] first = [.. buckets.Where(bucket => bucket.Passage.Kind is PassageKind.Prerequisite or PassageKind.Skip)];
        // A gate of prerequisites alone would decide about nothing.
        if (first.Length == buckets.Count) first = [];
        var plan = new GatePlan([.. first.SelectMany(Prerequisite)], Named([.. buckets.Except(first)]));
        foreach ((string _, IReadOnlyList<CheckDraft> checks) in plan.Sections) Weigh(checks);
        GiveNames(plan.Checks, new HashSet<string>(StringComparer.Ordinal));
        return plan;
    }

    /// <summary>What a section is called: its heading, and the label where that says something else.</summary>
    public static string NameOf(ChecklistPassage passage)
    {
        string heading = MarkText.WithoutSigns(passage.Heading?.Text ?? "");
        if (passage.Label.Length == 0) return heading.Length > 0 ? heading : "checklist";
        if (heading.Length == 0) return GateNames.Short(passage.Label);
        return PassageKinds.Of(heading) is { } kind && kind == passage.Kind ? heading : $"{heading}: {GateNames.Short(passage.Label)}";
    }

    // The checks of a chapter of prerequisites count as one: prerequisites have no sections.
    private static IEnumerable<CheckDraft> Prerequisite(Bucket bucket)
    {
        bool own = bucket.Passage.Heading is not { } heading || PassageKinds.Of(heading.Text) is PassageKind.Prerequisite or PassageKind.Skip;
        if (own || bucket.Checks.Count == 1) return bucket.Checks;
        return [new CheckDraft("group") { Name = NameOf(bucket.Passage), Parts = bucket.Checks, Line = bucket.Passage.Heading!.Line }];
    }

    private static List<(string Name, IReadOnlyList<CheckDraft> Checks)> Named(IReadOnlyList<Bucket> buckets)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. buckets.Select(bucket =>
        {
            string name = NameOf(bucket.Passage);
            if (taken.Contains(name) && bucket.Passage.Heading?.Parent is { } parent) name = $"{MarkText.WithoutSigns(parent.Text)}: {name}";
            return (Unique(name, taken), (IReadOnlyList<CheckDraft>)bucket.Checks);
        })];
    }

    // Where all of a section is optional, it counts after all: a section of no weight decides nothing.
    private static void Weigh(IReadOnlyList<CheckDraft> checks)
    {
        if (!checks.All(check => check.Weightless)) return;
        foreach (CheckDraft check in checks) check.Weightless = false;
    }

    private static void GiveNames(IEnumerable<CheckDraft> checks, HashSet<string> taken)
    {
        foreach (CheckDraft check in checks)
        {
            check.Name = Unique(GateNames.Short(check.Name), taken);
            GiveNames(check.Parts, taken);
        }
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++) unique = string.Create(CultureInfo.InvariantCulture, $"{name} ({i})");
        return unique;
    }

    private sealed record Bucket(ChecklistPassage Passage, List<CheckDraft> Checks);
}
