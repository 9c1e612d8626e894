using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ReadyOps;

/// <summary>
/// Tells the engine's log on PowerShell's streams: what was decided as Verbose, what surprises as Warning, and what only
/// maintainers want as Debug. A warning that was told already is Verbose: it surprises once.
/// </summary>
internal sealed class PipelineLog(ReadyCmdlet cmdlet, PipelineThread pipeline) : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log of a cmdlet goes to its streams.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string text) => pipeline.Post(level switch
    {
        LogLevel.Trace or LogLevel.Debug => () => cmdlet.WriteDebug($"{category}: {text}"),
        >= LogLevel.Warning when _warned.TryAdd(text, true) => () => cmdlet.WriteWarning(text),
        _ => () => cmdlet.WriteVerbose(text),
    });

    private sealed class Logger(PipelineLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(logLevel, category, formatter(state, exception));
    }
}
