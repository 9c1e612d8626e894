using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Scenario.Tests.Targets;

/// <summary>An HTTP server on loopback that answers every request with its name, and counts.</summary>
public sealed class TinyHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name;
    private readonly Task _accepting;
    private long _requests;

    public TinyHttpServer(string name)
    {
        _name = name;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>host:port.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Requests so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>What it answers with.</summary>
    public int Status { get; set; } = 200;

    /// <summary>How long it thinks first, in milliseconds.</summary>
    public int DelayMilliseconds { get; set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient _ = client;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            if (await reader.ReadLineAsync(_stop.Token) is null) return; // A health check that only connects.
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
            {
            }

            Interlocked.Increment(ref _requests);
            if (DelayMilliseconds > 0) await Task.Delay(DelayMilliseconds, _stop.Token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {Status} Status\r\nContent-Length: {_name.Length}\r\nConnection: close\r\n\r\n{_name}"), _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client left, or the server stops.
        }
    }
}
