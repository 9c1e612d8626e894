using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ReadyOps.Core.Tests.Http;

/// <summary>An HTTP server on a free port of 127.0.0.1 that keeps its connections, as a real one does; with TLS where it has a certificate.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string, string> _answer;
    private readonly X509Certificate2? _own;
    private readonly X509Certificate2? _signer;
    private int _connections;

    /// <summary>Starts one.</summary>
    /// <param name="answer">From the head of a request and the serial number of who sent it to the whole answer.</param>
    /// <param name="own">Its certificate, or <see langword="null"/> for no TLS.</param>
    /// <param name="signer">Who must have signed the client's certificate; the client must send that one along.</param>
    public LoopbackServer(Func<string, string, string> answer, X509Certificate2? own = null, X509Certificate2? signer = null)
    {
        (_answer, _own, _signer) = (answer, own, signer);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it has taken.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            Interlocked.Increment(ref _connections);
            try
            {
                (Stream stream, string who) = await OpenAsync(client);
                using var reader = new StreamReader(stream, Encoding.ASCII);
                while (true)
                {
                    var head = new StringBuilder();
                    for (string? line = await reader.ReadLineAsync(); line != ""; line = await reader.ReadLineAsync())
                    {
                        if (line is null) return;
                        head.AppendLine(line);
                    }

                    await stream.WriteAsync(Encoding.UTF8.GetBytes(_answer(head.ToString(), who)));
                }
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
            }
        }
    }

    private async Task<(Stream Stream, string Who)> OpenAsync(TcpClient client)
    {
        if (_own is null) return (client.GetStream(), "");
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = _own,
            ClientCertificateRequired = _signer is not null,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                _signer is null || (certificate is not null && chain!.ChainPolicy.ExtraStore.Any(one => one.Thumbprint == _signer.Thumbprint)),
        });
        return (stream, (stream.RemoteCertificate as X509Certificate2)?.SerialNumber ?? "nobody");
    }
}
