using System.Net;
using System.Net.Sockets;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>Ports that a server may listen on.</summary>
internal static class LoopbackPort
{
    /// <summary>
    /// A free port of 127.0.0.1. Below the range that systems take ports for outgoing connections from, so that none of those
    /// gets it before the server does; by chance, because other test runs choose at the same time.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.ExclusiveAddressUse = true;
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }
}
