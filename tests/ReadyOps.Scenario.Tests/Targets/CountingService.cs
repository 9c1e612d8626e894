using Microsoft.AspNetCore.Http;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Targets;

/// <summary>One version of a service: it answers every request with 200 and counts them.</summary>
internal sealed class CountingService : IAsyncDisposable
{
    private HttpService? _service;
    private long _requests;

    private CountingService()
    {
    }

    /// <summary>Its <c>host:port</c>.</summary>
    public string Address => _service!.Authority;

    /// <summary>Requests so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    public static async Task<CountingService> StartAsync()
    {
        var counting = new CountingService();
        counting._service = await HttpService.StartAsync(context =>
        {
            Interlocked.Increment(ref counting._requests);
            return context.Response.WriteAsync("ok");
        });
        return counting;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? ValueTask.CompletedTask;
}
