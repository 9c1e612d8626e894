using System.Net;
using System.Net.Sockets;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>
/// Stands between a client and a server of this machine and lets everything pass, but for the answers that it is told to withhold: what
/// was asked for has happened then, and nobody was told.
/// </summary>
internal abstract class LoopbackProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Task _serving;

    protected LoopbackProxy(int server)
    {
        _server = server;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _stop.Dispose();
    }

    /// <summary>Told of each message of a client before it passes; whether all answers on that connection are withheld from here on.</summary>
    protected abstract bool Withholds(ReadOnlySpan<byte> asked);

    /// <summary>Told of each answer that is withheld; whether the connection stays open.</summary>
    protected abstract bool Withheld();

    private async Task ServeAsync()
    {
        List<Task> pairs = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                pairs.Add(PairAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // It is the end, or a client that died before it was let in: the next one is none the worse.
            }
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
                bool withholds = false;
                Task forth = PumpAsync(client.GetStream(), server.GetStream(), bytes =>
                {
                    Volatile.Write(ref withholds, withholds | Withholds(bytes.Span));
                    return (Passes: true, StaysOpen: true);
                }, end);
                Task back = PumpAsync(server.GetStream(), client.GetStream(), _ => Volatile.Read(ref withholds) ? (false, Withheld()) : (true, true), end);
                await Task.WhenAll(forth, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, (bool Passes, bool StaysOpen)> see, CancellationTokenSource end)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int got; (got = await from.ReadAsync(buffer, end.Token)) > 0;)
            {
                (bool passes, bool staysOpen) = see(buffer.AsMemory(0, got));
                if (passes) await to.WriteAsync(buffer.AsMemory(0, got), end.Token);
                if (staysOpen) continue;
                await end.CancelAsync();
                return;
            }

            // Who only stops talking still listens.
            to.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await end.CancelAsync();
        }
    }
}
