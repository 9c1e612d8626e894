using System.Text.RegularExpressions;

namespace ReadyOps.Core.Checklists;

/// <summary>A heading of a checklist.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Level">1 to 6.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Parent">The heading it is below.</param>
internal sealed record ChecklistHeading(string Text, int Level, int Line, ChecklistHeading? Parent)
{
    /// <summary>It and the headings above it, the nearest first.</summary>
    public IEnumerable<ChecklistHeading> Path()
    {
        for (ChecklistHeading? heading = this; heading is not null; heading = heading.Parent) yield return heading;
    }
}

/// <summary>A stretch of a checklist under one heading and one label such as <c>Success criteria:</c>.</summary>
/// <param name="Heading">The heading; <see langword="null"/> before the first.</param>
/// <param name="Label">The label; empty without one.</param>
/// <param name="Kind">What stands in it.</param>
internal sealed record ChecklistPassage(ChecklistHeading? Heading, string Label, PassageKind Kind)
{
    /// <summary>Whether a heading or the label is called so; case, signs and numbers in front make no difference.</summary>
    public bool IsCalled(string name)
    {
        string wanted = Plain(name);
        return (Label.Length > 0 && Plain(Label) == wanted) || (Heading?.Path().Any(heading => Plain(heading.Text) == wanted) ?? false);
    }

    private static string Plain(string text)
    {
        string plain = MarkText.WithoutSigns(text).TrimEnd(':', ' ').ToLowerInvariant();
        string unnumbered = plain.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.', ')', ' ');
        return unnumbered.Length > 0 ? unnumbered : plain.Length > 0 ? plain : text.Trim();
    }
}

/// <summary>What stands in a passage of a checklist.</summary>
internal enum PassageKind
{
    /// <summary>Anything: only what carries a mark is an item.</summary>
    Other,

    /// <summary>What must be so.</summary>
    Criteria,

    /// <summary>What must be so before anything else is looked at.</summary>
    Prerequisite,

    /// <summary>What, if it is so, makes the whole thing superfluous.</summary>
    Skip,

    /// <summary>What must not be so: it starts a rollback or an escalation.</summary>
    Trigger,

    /// <summary>What must have been made.</summary>
    Deliverable,

    /// <summary>What follows from the decision; nothing to check.</summary>
    Consequence,
}

/// <summary>Tells by a heading or a label what stands below it.</summary>
internal static partial class PassageKinds
{
    private const int LongestTold = 200;

    /// <summary>What stands below a heading or a label that says this; <see langword="null"/> when it does not tell.</summary>
    public static PassageKind? Of(string text)
    {
        string plain = MarkText.WithoutSigns(text).Trim();
        if (plain.Length == 0) return null;
        if (plain.Length > LongestTold) plain = plain[..LongestTold];
        if (Trigger().IsMatch(plain)) return PassageKind.Trigger;
        if (Consequence().IsMatch(plain)) return PassageKind.Consequence;
        if (Skip().IsMatch(plain)) return PassageKind.Skip;
        if (Prerequisite().IsMatch(plain)) return PassageKind.Prerequisite;
        if (Deliverable().IsMatch(plain)) return PassageKind.Deliverable;
        return Criteria().IsMatch(plain) ? PassageKind.Criteria : null;
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\b(roll-?back|abort|escalation|no-?go|stop|blocking)\s+(criteria|triggers?|conditions?)\b|\b(initiate|trigger|start)\s+(a\s+|the\s+)?roll-?back\b.*\b(if|when)\b|\b(roll\s?back|abort|escalate)\s+(if|when)\b", Options)]
    private static partial Regex Trigger();

    [GeneratedRegex(@"^if\b.*\b(not\s+met|unmet|fails?|pass(es|ed)?)\b|^(upon|when)\b.*\b(pass|fail)|\bupon\s+(approval|passing|success)|^upon\b|^next\s+phase\b", Options)]
    private static partial Regex Consequence();

    [GeneratedRegex(@"\bskip\s+(conditions?|criteria|if|when)\b", Options)]
    private static partial Regex Skip();

    [GeneratedRegex(@"\bpre-?requisites?\b|\bpre-?conditions?\b|\bentry\s+criteria\b", Options)]
    private static partial Regex Prerequisite();

    [GeneratedRegex(@"^(expected\s+|required\s+|key\s+|phase\s+)?(deliverables?|outputs?|artifacts?|artefacts?)\b|^(created|generated)\s+(documents?|files?)\b", Options)]
    private static partial Regex Deliverable();

    [GeneratedRegex(@"\b(criteria|criterion|checklists?|acceptance|requirements?|readiness|sign-?offs?|approvals?|approvers?|verification|thresholds?|slos?|kpis?)\b|\bdefinition\s+of\s+done\b|\bgo\s*/\s*no-?go\b|\bsuccess(ful)?\s+(metrics|if|when)\b|\bkey\s+performance\s+indicators\b|\bgate\s+decision\b|\bmust\s+be\s+met\b", Options)]
    private static partial Regex Criteria();
}
