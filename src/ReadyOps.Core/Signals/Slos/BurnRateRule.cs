namespace ReadyOps.Core.Signals.Slos;

/// <summary>
/// A pair of windows and the burn rate that is too fast over both: the multiwindow, multi-burn-rate alerts of the Site Reliability
/// Workbook (Google, 2018), chapter 5, table 5-8.
/// </summary>
/// <param name="Severity">How loudly it calls.</param>
/// <param name="Long">The long window.</param>
/// <param name="Short">The short window, shorter than the long one.</param>
/// <param name="Factor">The burn rate that both may have at most; above 0.</param>
public sealed record BurnRateRule(SloSeverity Severity, TimeSpan Long, TimeSpan Short, decimal Factor)
{
    // Spending the budget slower than the objective allows is no fault; the slow pair of 28 days has 0.93.
    private const decimal LeastFactor = 0.9m;

    // Which share of the budget may be gone when a pair fails: the workbook's, and for short periods those of Sloth's 7-day example.
    private static readonly (SloSeverity Severity, int LongHours, int ShortMinutes, decimal Share, decimal ShareOfWeek)[] Pairs =
    [
        (SloSeverity.Page, 1, 5, 0.02m, 0.08m),
        (SloSeverity.Page, 6, 30, 0.05m, 0.125m),
        (SloSeverity.Ticket, 24, 120, 0.10m, 0.20m),
        (SloSeverity.Ticket, 72, 360, 0.10m, 0.42m),
    ];

    /// <summary>The pairs for a period: factor = share of the budget × period ÷ long window, which gives 14.4, 6, 3 and 1 for 30 days.</summary>
    /// <param name="period">The period of the objective. Pairs that are longer, or whose factor falls below 0.9, are left out.</param>
    public static IReadOnlyList<BurnRateRule> For(TimeSpan period) =>
    [
        .. Pairs.Select(pair => new BurnRateRule(pair.Severity, TimeSpan.FromHours(pair.LongHours), TimeSpan.FromMinutes(pair.ShortMinutes),
                FactorOf(period <= TimeSpan.FromDays(7) ? pair.ShareOfWeek : pair.Share, period, TimeSpan.FromHours(pair.LongHours))))
            .Where(rule => rule.Long <= period && rule.Factor >= LeastFactor),
    ];

    /// <summary>The burn rate that spends a share of the budget within a window.</summary>
    /// <param name="share">The share, 0–1.</param>
    /// <param name="period">The period of the objective.</param>
    /// <param name="window">The window.</param>
    public static decimal FactorOf(decimal share, TimeSpan period, TimeSpan window) => share * period.Ticks / window.Ticks;

    /// <summary>The share of the budget that is spent within the long window at this factor: factor × window ÷ period.</summary>
    /// <param name="period">The period of the objective.</param>
    public decimal ShareOf(TimeSpan period) => Factor * Long.Ticks / period.Ticks;
}
