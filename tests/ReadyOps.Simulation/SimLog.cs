using Microsoft.Extensions.Logging;

namespace ReadyOps.Simulation;

/// <summary>Puts what the engine logs as an error into the story: a tick of all swallows what goes wrong with one.</summary>
internal sealed class SimLog(SimWorld world, string agent) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) world.Story?.Add($"{world.Stamp} {agent} logs: {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
