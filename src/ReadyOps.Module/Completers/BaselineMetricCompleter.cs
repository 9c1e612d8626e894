using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Completers;

/// <summary>Completes the metrics of the baseline that the command line names already; never throwing.</summary>
internal sealed class BaselineMetricCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            WildcardPattern pattern = Completion.Pattern(wordToComplete);
            string? path = (fakeBoundParameters["Path"] ?? fakeBoundParameters["LiteralPath"])?.ToString();
            if (path is null) return [];
            PerformanceBaseline baseline = BaselineReader.Read(DocumentLoader.Load(System.IO.Path.GetFullPath(path, Completion.Here()), "Baseline")).Baseline;
            return [.. baseline.Metrics.Where(metric => pattern.IsMatch(metric.Name)).Select(metric => Completion.Result(metric.Name, metric.Query))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }
}
