using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Core.Targets;

/// <summary>HAProxy's runtime API: one line of commands to the stats socket, one answer, one connection each.</summary>
internal sealed class HaproxyRuntime(HaproxyAddress address, TimeSpan timeout, TimeProvider clock)
{
    private const int MaxAnswer = 16 * 1024 * 1024;

    public string Address => address.Text;

    /// <summary>Sends one line, in which commands are separated by <c>;</c>, and returns all that HAProxy answers.</summary>
    /// <exception cref="ReadyOpsException"><c>TargetUnreachable</c>.</exception>
    public async Task<string> AskAsync(string line, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var socket = address.EndPoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address.EndPoint, either.Token).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), either.Token).ConfigureAwait(false);
            return await ReadToEndAsync(stream, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"did not answer within {timeout.TotalSeconds:0.###} s", "Check that HAProxy runs and that this is its stats socket, or give the target a longer 'timeout'.", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            SocketError? code = (e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode;
            string next = code == SocketError.AccessDenied
                ? "Let the account that runs ReadyOps open the socket: 'mode', 'user' and 'group' of 'stats socket'."
                : "Check that HAProxy runs and has this 'stats socket' in its 'global' section.";
            throw Unreachable($"cannot be reached: {e.Message}", next, e);
        }
    }

    private async Task<string> ReadToEndAsync(NetworkStream stream, CancellationToken cancel)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            int count = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
            if (count == 0) return Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length);
            answer.Write(buffer, 0, count);
            if (answer.Length > MaxAnswer)
                throw Unreachable($"answered with more than {MaxAnswer:N0} bytes", "Check that this is the stats socket of HAProxy.", null);
        }
    }

    public ReadyOpsException Unreachable(string why, string next, Exception? inner) =>
        new("TargetUnreachable", $"HAProxy at {address.Text} {why}.", next, inner);
}
