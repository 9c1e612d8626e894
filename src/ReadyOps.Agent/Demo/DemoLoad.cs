using System.Diagnostics;
using System.Globalization;

namespace ReadyOps.Agent.Demo;

/// <summary>Users who check out: a steady number of requests per second, each routed by the flag of the release under way.</summary>
/// <param name="http">Sends the requests.</param>
internal sealed class DemoLoad(HttpClient http)
{
    private const int Users = 400;
    private const int RequestsPerSecond = 150;
    private const int MostAtOnce = 150;

    private readonly object _gate = new();
    private DemoService? _stable;
    private (DemoService Service, FlagRouter Router, List<DateTimeOffset> Sent)? _new;
    private int _underWay;

    /// <summary>Routes to these two versions from now on.</summary>
    public void Route(DemoService stable, DemoService offered, FlagRouter router)
    {
        lock (_gate) (_stable, _new) = (stable, (offered, router, []));
    }

    /// <summary>How many requests were routed to the new version since a moment. A request counts by when its decision began.</summary>
    public int SentSince(DateTimeOffset moment)
    {
        lock (_gate) return _new?.Sent.Count(at => at > moment) ?? 0;
    }

    /// <summary>Sends requests until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long begun = Stopwatch.GetTimestamp();
        double due = 0;
        List<Task> requests = [];
        try
        {
            while (await pace.WaitForNextTickAsync(cancel))
            {
                double now = Stopwatch.GetElapsedTime(begun).TotalSeconds;
                // A machine that was busy elsewhere does not get everything it missed at once.
                due = Math.Max(due, now - 0.2);
                for (; due < now; due += 1.0 / RequestsPerSecond)
                    if (Volatile.Read(ref _underWay) < MostAtOnce) requests.Add(SendAsync(cancel));
                requests.RemoveAll(request => request.IsCompleted);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Task.WhenAll(requests);
        }
        finally
        {
            pace.Dispose();
        }
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            string user = string.Create(CultureInfo.InvariantCulture, $"user-{Random.Shared.Next(Users)}");
            if (Choose(user) is not { } service) return;
            using HttpResponseMessage response = await http.GetAsync($"{service.Url}/checkout?user={user}", cancel);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // A request that the end of the demo cuts off.
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private DemoService? Choose(string user)
    {
        lock (_gate)
        {
            if (_new is not { } offered) return _stable;
            // Before the look at the file: what is decided by the file as it was before a rollback began before that rollback.
            DateTimeOffset decided = DateTimeOffset.UtcNow;
            if (!offered.Router.IsOn(user)) return _stable;
            offered.Sent.Add(decided);
            return offered.Service;
        }
    }
}
