using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>Which severities are worse than which, and from where on they count.</summary>
internal sealed class SeverityOrder
{
    private readonly IReadOnlyList<string[]> _ranks;
    private readonly int _least;

    private SeverityOrder(IReadOnlyList<string[]> ranks, string? least)
    {
        _ranks = ranks;
        Least = least;
        _least = least is null ? int.MaxValue : Rank(least);
    }

    /// <summary>The least severity that counts; <see langword="null"/> when all do.</summary>
    public string? Least { get; }

    /// <summary>Reads the order and the least severity.</summary>
    public static SeverityOrder Read(ObjectReader reader, string orderMember, string leastMember)
    {
        IReadOnlyList<string> written = reader.Has(orderMember) ? reader.Texts(orderMember) : AlertsCheckType.CommonSeverities;
        string[][] ranks = [.. written.Select(rank => rank.Split('/', StringSplitOptions.TrimEntries))];
        string[] all = [.. ranks.SelectMany(rank => rank)];
        if (all.Length == 0 || all.Any(one => one.Length == 0)) reader.Problem(orderMember, "a severity is empty", "severities, the worst first");
        if (all.Distinct(StringComparer.OrdinalIgnoreCase).Count() < all.Length) reader.Problem(orderMember, "a severity is there twice", "each severity once");
        string? least = reader.OptionalText(leastMember);
        if (least is not null && !all.Contains(least, StringComparer.OrdinalIgnoreCase))
        {
            reader.Problem(leastMember, $"there is no severity '{Judge.Cut(least)}'", "one of " + string.Join(", ", all));
            least = null;
        }

        return new SeverityOrder(ranks, least);
    }

    /// <summary>Whether an alert of that severity counts. One that nobody knows may be the worst, so it does.</summary>
    public bool Counts(string severity) => Rank(severity) <= _least;

    /// <summary>0 for the worst; -1 for one that nobody knows.</summary>
    public int Rank(string severity)
    {
        for (int i = 0; i < _ranks.Count; i++)
            if (_ranks[i].Contains(severity.Trim(), StringComparer.OrdinalIgnoreCase)) return i;
        return -1;
    }
}
