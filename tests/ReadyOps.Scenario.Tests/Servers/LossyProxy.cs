using System.Net;
using System.Net.Sockets;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>
/// Stands between a client and a server. When it is told to, it lets the client's next words pass and cuts the connection as soon as the
/// server has begun to answer: what was asked for has happened, and nobody was told.
/// </summary>
internal sealed class LossyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Task _serving;
    private int _swallow;

    public LossyProxy(int server)
    {
        _server = server;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Answers that were swallowed so far.</summary>
    public int Swallowed { get; private set; }

    /// <summary>Swallows the answers to the next so many questions, each with its connection.</summary>
    public void SwallowNext(int answers = 1) => Interlocked.Exchange(ref _swallow, answers);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> pairs = [];
        try
        {
            while (true) pairs.Add(PairAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }

        await Task.WhenAll(pairs);
    }

    private async Task PairAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                bool[] armed = [false];
                Task forth = PumpAsync(client.GetStream(), server.GetStream(), () => { armed[0] = Take(); return true; }, end);
                Task back = PumpAsync(server.GetStream(), client.GetStream(), () =>
                {
                    if (!armed[0]) return true;
                    Swallowed++;
                    return false;
                }, end);
                await Task.WhenAll(forth, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private bool Take() => Volatile.Read(ref _swallow) > 0 && Interlocked.Decrement(ref _swallow) >= 0;

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<bool> pass, CancellationTokenSource end)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int got; (got = await from.ReadAsync(buffer, end.Token)) > 0 && pass();) await to.WriteAsync(buffer.AsMemory(0, got), end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
        }
        finally
        {
            await end.CancelAsync();
        }
    }
}
