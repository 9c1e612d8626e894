using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>
/// Stands between a process and a server and lets every message pass that the process sends, counting them. The answer to a chosen one
/// is withheld and something done instead: what was asked for has happened, and the process does not live to hear it.
/// </summary>
internal sealed class TollProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Toll _toll;
    private readonly int _server;
    private readonly Task _serving;

    public TollProxy(int server, Toll toll)
    {
        (_server, _toll) = (server, toll);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The messages that passed, as text.</summary>
    public List<string> Passed { get; } = [];

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
                bool[] fatal = [false];
                Task forth = PumpAsync(client.GetStream(), server.GetStream(), bytes =>
                {
                    lock (Passed) Passed.Add(Encoding.ASCII.GetString(bytes.Span));
                    fatal[0] |= _toll.Pay();
                }, () => true, end);
                Task back = PumpAsync(server.GetStream(), client.GetStream(), _ =>
                {
                    if (fatal[0]) _toll.Collect();
                }, () => !fatal[0], end);
                await Task.WhenAll(forth, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Action<ReadOnlyMemory<byte>> seen, Func<bool> pass, CancellationTokenSource end)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            for (int got; (got = await from.ReadAsync(buffer, end.Token)) > 0;)
            {
                seen(buffer.AsMemory(0, got));
                if (pass()) await to.WriteAsync(buffer.AsMemory(0, got), end.Token);
            }

            // A client that only stops talking still listens.
            to.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await end.CancelAsync();
        }
    }
}

/// <summary>Counts messages and picks the one that is paid for with a life.</summary>
internal sealed class Toll
{
    private readonly Lock _gate = new();
    private int _passed;
    private int _fatal = int.MaxValue;
    private Action _collect = () => { };

    /// <summary>How many messages passed since the last arming.</summary>
    public int Passed
    {
        get
        {
            lock (_gate) return _passed;
        }
    }

    /// <summary>Counts from here on; the answer to message <paramref name="fatal"/> is withheld, and <paramref name="collect"/> called.</summary>
    public void Arm(int fatal, Action collect)
    {
        lock (_gate) (_passed, _fatal, _collect) = (0, fatal, collect);
    }

    /// <summary>Counts a message; whether it is the one.</summary>
    public bool Pay()
    {
        lock (_gate) return ++_passed == _fatal;
    }

    /// <summary>The message was carried out.</summary>
    public void Collect()
    {
        lock (_gate) _collect();
    }
}
