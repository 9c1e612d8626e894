using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ReadyOps.Agent.Running;

/// <summary>The log. It goes to the error stream: the output is for what was asked for.</summary>
internal static class AgentLog
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>Makes it.</summary>
    /// <param name="asJson">A JSON object a line instead of a plain one.</param>
    public static ILoggerFactory Create(bool asJson) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LogLevel.Information);
        if (asJson)
        {
            builder.AddJsonConsole(options =>
            {
                options.TimestampFormat = Time.TrimEnd();
                options.UseUtcTimestamp = true;
            });
        }
        else
        {
            builder.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = Time;
                options.UseUtcTimestamp = true;
                options.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }

        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
