using Microsoft.Extensions.Logging;

namespace ReadyOps;

/// <summary>
/// Tells the engine's log on PowerShell's streams: what was decided as Verbose, what surprises as Warning, and what only
/// maintainers want as Debug.
/// </summary>
internal sealed class PipelineLog(ReadyCmdlet cmdlet, PipelineThread pipeline) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(cmdlet, pipeline, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The log of a cmdlet goes to its streams.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(ReadyCmdlet cmdlet, PipelineThread pipeline, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string text = formatter(state, exception);
            pipeline.Post(logLevel switch
            {
                LogLevel.Trace or LogLevel.Debug => () => cmdlet.WriteDebug($"{category}: {text}"),
                LogLevel.Information => () => cmdlet.WriteVerbose(text),
                _ => () => cmdlet.WriteWarning(text),
            });
        }
    }
}
