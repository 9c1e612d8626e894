using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>An objective and how strictly it is judged.</summary>
public sealed record SloDefinition
{
    /// <summary>What it is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>The share of events that must be good: above 0, below 1.</summary>
    public required decimal Objective { get; init; }

    /// <summary>The rolling period that it is about.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Which events are bad.</summary>
    public required SloIndicator Indicator { get; init; }

    /// <summary>The pairs of windows; empty for those that follow from the period.</summary>
    public IReadOnlyList<BurnRateRule> Rules { get; init; } = [];

    /// <summary>The least severity that decides; pairs below it are measured and reported.</summary>
    public SloSeverity Severity { get; init; } = SloSeverity.Ticket;

    /// <summary>The share of the budget that must be left, 0–1.</summary>
    public decimal MinimumBudget { get; init; }

    /// <summary>A long window with fewer events says nothing.</summary>
    public int MinimumEvents { get; init; } = 10;

    /// <summary>Fewer bad events convict nobody, so that one failed request at low traffic does not.</summary>
    public int MinimumErrors { get; init; } = 2;

    /// <summary>Whether windows that reach back before the first data are judged by what there is.</summary>
    public bool AllowShortHistory { get; init; }

    /// <summary>Whether no series of bad events at all means that there are none; a query with a slip finds none either.</summary>
    public bool AbsentIsZero { get; init; }

    /// <summary>Whether no data fails instead of holding.</summary>
    public bool NoDataFails { get; init; }

    /// <summary>What may go wrong, 0–1: one less the objective.</summary>
    public decimal Budget => 1 - Objective;

    /// <summary>The pairs of windows, the fastest first.</summary>
    internal IReadOnlyList<BurnRateRule> AllRules => Rules.Count > 0 ? Rules : BurnRateRule.For(Window);

    /// <summary>Refuses what could not be judged.</summary>
    /// <exception cref="SloException">The first thing that is wrong.</exception>
    public void Validate()
    {
        if (Objective is <= 0 or >= 1) throw new SloException("objective", $"{Objective * 100:0.###}% leaves no budget of errors, or nothing else", "a share above 0% and below 100%, such as 99.9%");
        if (Window < TimeSpan.FromHours(1) || Window > TimeSpan.FromDays(366)) throw new SloException("window", $"{Quantities.Format(Window)} is no period of an objective", "a duration from 1h to 366d, such as 30d");
        if (MinimumBudget is < 0 or > 1) throw new SloException("minimumBudget", "this is no share of the budget", "a share from 0% to 100%");
        if (AllRules.Count == 0) throw new SloException("window", $"no pair of windows follows from a period of {Quantities.Format(Window)}", "a longer period, or pairs in 'burnRates'");
        foreach (BurnRateRule rule in AllRules)
        {
            string pair = $"the pair of {Quantities.Format(rule.Long)} and {Quantities.Format(rule.Short)}";
            if (rule.Short < TimeSpan.FromSeconds(1) || rule.Short >= rule.Long) throw new SloException("burnRates", $"{pair} has no short window within the long one", "a short window of at least 1s, shorter than the long one");
            if (rule.Long > Window) throw new SloException("burnRates", $"{pair} is longer than the period of {Quantities.Format(Window)}", "windows within the period");
            if (rule.Factor <= 0) throw new SloException("burnRates", $"{pair} has no burn rate above 0", "a factor such as 14.4");
        }

        if (AllRules.All(rule => rule.Severity > Severity)) throw new SloException("severity", "no pair of windows is of this severity", "page and at least one pair that pages, or ticket");
    }
}
