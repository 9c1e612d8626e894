using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Commands;

/// <summary>Compares a canary with its baseline and says whether it is worse, and how sure that is.</summary>
[Cmdlet(VerbsData.Compare, "MetricSample", DefaultParameterSetName = "Sample")]
[OutputType(typeof(MetricComparison))]
public sealed class CompareMetricSampleCommand : ReadyCmdlet
{
    private readonly List<double> _canary = [];

    /// <summary>The samples of the baseline.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Sample")]
    [AllowEmptyCollection]
    [AllowNull]
    [Samples]
    public double[]? Baseline { get; set; } = [];

    /// <summary>The samples of the canary.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Sample", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Value")]
    [AllowEmptyCollection]
    [AllowNull]
    [Samples]
    public double[]? Canary { get; set; } = [];

    /// <summary>How many events the baseline had.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count")]
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [Samples]
    public double[] BaselineCount { get; set; } = [];

    /// <summary>Out of how many trials.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count")]
    [Samples]
    public double[] BaselineTotal { get; set; } = [];

    /// <summary>How many events the canary had.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count")]
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [Samples]
    public double[] CanaryCount { get; set; } = [];

    /// <summary>Out of how many trials.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Count")]
    [Samples]
    public double[] CanaryTotal { get; set; } = [];

    /// <summary>During how much time, or over how much of anything else, the events of the baseline happened.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [Samples]
    public double[] BaselineExposure { get; set; } = [];

    /// <summary>The same of the canary.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Rate")]
    [Samples]
    public double[] CanaryExposure { get; set; } = [];

    /// <summary>Which change does harm.</summary>
    [Parameter]
    public ComparisonDirection Direction { get; set; }

    /// <summary>The relative change from which on a difference matters.</summary>
    [Parameter]
    public double Tolerance { get; set; } = 0.25;

    /// <summary>A difference in the unit of the data that never matters.</summary>
    [Parameter]
    public double AbsoluteTolerance { get; set; }

    /// <summary>How sure a verdict has to be.</summary>
    [Parameter]
    public double Confidence { get; set; } = 0.98;

    /// <summary>By which test.</summary>
    [Parameter]
    public ComparisonMethod Method { get; set; }

    /// <summary>The fewest samples, trials or units of exposure of each side.</summary>
    [Parameter]
    public double MinimumN { get; set; }

    /// <summary>What becomes of NaN and infinite samples.</summary>
    [Parameter(ParameterSetName = "Sample")]
    public NonFinitePolicy NonFinite { get; set; }

    /// <summary>How many interquartile ranges outside the quartiles of its side a sample may lie.</summary>
    [Parameter(ParameterSetName = "Sample")]
    public double? OutlierFence { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != "Sample") return;
        // A query without an answer is null and no samples; a null among what is piped is a sample that is missing.
        _canary.AddRange(Canary ?? (MyInvocation.ExpectingInput ? [double.NaN] : []));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Try(null, () =>
        {
            var options = new ComparisonOptions
            {
                Direction = Direction,
                Tolerance = Tolerance,
                AbsoluteTolerance = AbsoluteTolerance,
                Confidence = Confidence,
                Method = Method,
                MinimumN = MinimumN,
                NonFinite = NonFinite,
                OutlierFence = OutlierFence,
            };
            MetricComparison comparison = ParameterSetName switch
            {
                "Count" => MetricComparer.CompareShares(Counts("Baseline", BaselineCount, BaselineTotal), Counts("Canary", CanaryCount, CanaryTotal), options),
                "Rate" => MetricComparer.CompareRates(Counts("Baseline", BaselineCount, BaselineExposure), Counts("Canary", CanaryCount, CanaryExposure), options),
                _ => MetricComparer.Compare(Baseline ?? [], _canary, options),
            };
            WriteVerbose(comparison.ToString());
            WriteObject(comparison);
        });
    }

    private static EventCount[] Counts(string side, double[] counts, double[] sizes)
    {
        if (counts.Length != sizes.Length)
        {
            throw new ReadyOpsException("ComparisonInvalid", $"There are {counts.Length} value(s) of -{side}Count and {sizes.Length} of what they are out of.",
                "Give one total or exposure for each count.");
        }

        return [.. counts.Zip(sizes, (events, size) => new EventCount(events, size))];
    }
}
