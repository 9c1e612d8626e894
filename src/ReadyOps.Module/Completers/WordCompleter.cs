using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ReadyOps.Completers;

/// <summary>Completes one of a few words that are known beforehand.</summary>
internal abstract class WordCompleter : IArgumentCompleter
{
    /// <summary>The words.</summary>
    protected abstract IEnumerable<string> Words { get; }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = Completion.Pattern(wordToComplete);
        return [.. Words.Where(pattern.IsMatch).Select(word => Completion.Result(word, ""))];
    }
}

/// <summary>Completes which change does harm.</summary>
internal sealed class DirectionCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => Enum.GetNames<ComparisonDirection>();
}

/// <summary>Completes the time zones of this machine.</summary>
internal sealed class TimeZoneCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Order(StringComparer.Ordinal);
}
