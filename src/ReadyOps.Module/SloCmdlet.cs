using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals.Slos;

namespace ReadyOps;

/// <summary>What every cmdlet shares that judges an objective.</summary>
public abstract class SloCmdlet : PrometheusCmdlet
{
    private protected const string ByErrors = "ByErrors";
    private const string ByGood = "ByGood";
    private const string ByRatio = "ByRatio";
    private const string ByLatency = "ByLatency";

    /// <summary>The share of events that must be good.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The share of events that must be good, for example: 99.9%")]
    [ValidateNotNullOrEmpty]
    public string Objective { get; set; } = "";

    /// <summary>Counts bad events.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByErrors)]
    [ValidateNotNullOrEmpty]
    public string ErrorQuery { get; set; } = "";

    /// <summary>Counts good events.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByGood)]
    [ValidateNotNullOrEmpty]
    public string GoodQuery { get; set; } = "";

    /// <summary>Counts all events.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByErrors)]
    [Parameter(Mandatory = true, ParameterSetName = ByGood)]
    [Parameter(ParameterSetName = ByRatio)]
    [ValidateNotNullOrEmpty]
    public string? TotalQuery { get; set; }

    /// <summary>The share of bad events.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByRatio)]
    [ValidateNotNullOrEmpty]
    public string RatioQuery { get; set; } = "";

    /// <summary>The histogram of latencies.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLatency)]
    [ValidateNotNullOrEmpty]
    public string Histogram { get; set; } = "";

    /// <summary>Within which time a request is good.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLatency)]
    [ValidateNotNullOrEmpty]
    public string Threshold { get; set; } = "";

    /// <summary>The rolling period that the objective is about.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The moment it is judged at.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Time { get; set; }

    /// <summary>What the objective is called.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "slo";

    /// <summary>The share of the budget that must be left.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string MinimumBudget { get; set; } = "0%";

    /// <summary>A long window with fewer events says nothing.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MinimumEvents { get; set; } = 10;

    /// <summary>Fewer bad events convict nobody.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MinimumErrors { get; set; } = 2;

    /// <summary>Judges windows that reach back before the first data by what there is.</summary>
    [Parameter]
    public SwitchParameter AllowShortHistory { get; set; }

    /// <summary>Takes no series of bad events at all for no errors.</summary>
    [Parameter]
    public SwitchParameter AbsentIsZero { get; set; }

    /// <summary>The least severity that decides.</summary>
    private protected virtual SloSeverity LeastSeverity => SloSeverity.Ticket;

    /// <summary>Judges what the parameters say; what is wrong with them ends the command.</summary>
    private protected SloResult Measure()
    {
        SloDefinition slo = Define();
        DateTimeOffset time = Time ?? Clock.GetUtcNow();
        var meter = new SloMeter(CreateClient());
        foreach (SloQuery? query in new[] { slo.Indicator.Bad, slo.Indicator.Good, slo.Indicator.Ratio, slo.Indicator.Total })
            if (query is not null) WriteVerbose($"Asking for every window: {query}");
        return Await(cancel => meter.TestAsync(slo, time, null, cancel));
    }

    private SloDefinition Define()
    {
        try
        {
            var slo = new SloDefinition
            {
                Name = Name,
                Objective = Share("objective", Objective, "a share such as 99.9% or 0.999, with at most three decimals of a per cent"),
                Window = Window,
                Indicator = ParameterSetName switch
                {
                    ByErrors => SloIndicator.OfErrors(ErrorQuery, TotalQuery!),
                    ByGood => SloIndicator.OfGood(GoodQuery, TotalQuery!),
                    ByRatio => SloIndicator.OfRatio(RatioQuery, TotalQuery),
                    _ => SloIndicator.OfLatency(Histogram, Threshold),
                },
                Severity = LeastSeverity,
                MinimumBudget = Share("minimumBudget", MinimumBudget, Quantities.PercentExpected),
                MinimumEvents = MinimumEvents,
                MinimumErrors = MinimumErrors,
                AllowShortHistory = AllowShortHistory,
                AbsentIsZero = AbsentIsZero,
            };
            slo.Validate();
            return slo;
        }
        catch (SloException e)
        {
            StopHere(e.Id, e.Message, e.NextStep, Name);
            throw;
        }
    }

    private static decimal Share(string member, string text, string expected) =>
        Quantities.TryParsePercent(text, out decimal percent) ? percent / 100 : throw new SloException(member, $"'{text}' is no share", expected);
}
