using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Core.Flags.Stores.Redis;

/// <summary>
/// One connection to Redis in its text protocol, RESP2 (redis.io/docs/latest/develop/reference/protocol-spec): a command, then
/// its answer. Not for two callers at once.
/// </summary>
internal sealed class RedisConnection : IDisposable
{
    /// <summary>Flag documents are read up to this size, and no answer is longer.</summary>
    private const int MostBytes = 16 * 1024 * 1024;

    private const int MostDepth = 8;

    private readonly TcpClient _tcp;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RedisConnection(TcpClient tcp, Stream stream) => (_tcp, _stream) = (tcp, stream);

    /// <summary>Connects and signs in.</summary>
    /// <exception cref="IOException">It cannot be reached.</exception>
    /// <exception cref="RedisException">It refuses.</exception>
    public static async Task<RedisConnection> OpenAsync(RedisAddress address, CancellationToken cancel)
    {
        var tcp = new TcpClient { NoDelay = true };
        // Who listens sends nothing: only this finds out that the other end is gone.
        tcp.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        tcp.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        tcp.Client.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        try
        {
            await tcp.ConnectAsync(address.Host, address.Port, cancel).ConfigureAwait(false);
            Stream stream = tcp.GetStream();
            if (address.Tls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, cancel).ConfigureAwait(false);
                stream = tls;
            }

            var connection = new RedisConnection(tcp, stream);
            if (address.Password is { } password) await connection.SendAsync(address.User is { } user ? ["AUTH", user, password] : ["AUTH", password], cancel).ConfigureAwait(false);
            if (address.Database > 0) await connection.SendAsync(["SELECT", address.Database.ToString(CultureInfo.InvariantCulture)], cancel).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            tcp.Dispose();
            throw e is SocketException or System.Security.Authentication.AuthenticationException ? new IOException(e.Message, e) : e;
        }
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <returns>A text or <see cref="byte"/>[] for bulk, a <see cref="long"/>, an <see cref="object"/>[] or <see langword="null"/>.</returns>
    /// <exception cref="IOException">The connection is lost: whether the command took effect is not known.</exception>
    /// <exception cref="RedisException">It answered with an error.</exception>
    public async Task<object?> SendAsync(IReadOnlyList<object> command, CancellationToken cancel)
    {
        await WriteAsync(command, cancel).ConfigureAwait(false);
        return await ReadAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Sends a command without waiting for an answer.</summary>
    public async Task WriteAsync(IReadOnlyList<object> command, CancellationToken cancel)
    {
        using var text = new MemoryStream();
        Write(text, $"*{command.Count}\r\n");
        foreach (object part in command)
        {
            byte[] bytes = part as byte[] ?? Encoding.UTF8.GetBytes((string)part);
            Write(text, $"${bytes.Length}\r\n");
            text.Write(bytes);
            Write(text, "\r\n");
        }

        await _stream.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for an answer, or for a message of a channel.</summary>
    public Task<object?> ReadAsync(CancellationToken cancel) => ReadAsync(0, cancel);

    /// <summary>Lets go of it at once: what was asked and is still on its way goes nowhere.</summary>
    public void Abort()
    {
        try
        {
            _tcp.Client.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        Dispose();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private static void Write(MemoryStream stream, string text) => stream.Write(Encoding.ASCII.GetBytes(text));

    private async Task<object?> ReadAsync(int depth, CancellationToken cancel)
    {
        string line = await LineAsync(cancel).ConfigureAwait(false);
        string rest = line.Length > 0 ? line[1..] : "";
        switch (line.Length > 0 ? line[0] : '\0')
        {
            case '+':
                return rest;
            case '-':
                throw new RedisException(rest);
            case ':':
                return Number(rest);
            case '$':
                return Number(rest) is var length && length < 0 ? null : await BytesAsync(length, cancel).ConfigureAwait(false);
            case '*' when depth < MostDepth:
                long count = Number(rest);
                if (count < 0) return null;
                if (count > MostBytes) throw Nonsense($"an array of {count}");
                var items = new List<object?>();
                while (items.Count < count) items.Add(await ReadAsync(depth + 1, cancel).ConfigureAwait(false));
                return items.ToArray();
            default:
                throw Nonsense(line.Length > 40 ? line[..40] : line);
        }
    }

    private async Task<string> LineAsync(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            int at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int stop = at < 0 ? _end : _start + at;
            line.Append(Encoding.UTF8.GetString(_buffer, _start, stop - _start));
            if (line.Length > 64 * 1024) throw Nonsense("a line without an end");
            _start = at < 0 ? _end : stop + 1;
            if (at >= 0) return line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : throw Nonsense("a line with another end");
            await FillAsync(cancel).ConfigureAwait(false);
        }
    }

    private async Task<byte[]> BytesAsync(long length, CancellationToken cancel)
    {
        if (length > MostBytes) throw Nonsense($"{length} bytes");
        byte[] bytes = new byte[length];
        int got = 0;
        while (got < length + 2)
        {
            if (_start == _end) await FillAsync(cancel).ConfigureAwait(false);
            int part = (int)Math.Min(_end - _start, length + 2 - got);
            int wanted = (int)Math.Clamp(length - got, 0, part);
            _buffer.AsSpan(_start, wanted).CopyTo(bytes.AsSpan(got));
            _start += part;
            got += part;
        }

        return bytes;
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        _start = 0;
        _end = 0;
        _end = await _stream.ReadAsync(_buffer, cancel).ConfigureAwait(false);
        if (_end == 0) throw new IOException("the connection was closed");
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : throw Nonsense(text);

    private static IOException Nonsense(string what) => new($"it does not speak the protocol of Redis: {what}");
}

/// <summary>An error that Redis answered with; the connection goes on.</summary>
internal sealed class RedisException(string message) : Exception(message)
{
    /// <summary>The first word of the answer: <c>OOM</c>, <c>NOAUTH</c>, <c>WRONGTYPE</c>, <c>READONLY</c>.</summary>
    public string Code => Message.Split(' ', 2)[0];
}
