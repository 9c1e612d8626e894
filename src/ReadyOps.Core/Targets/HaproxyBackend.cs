using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Targets;

/// <summary>One server of a backend, as <c>show stat</c> tells it (HAProxy management guide, "CSV format").</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>UP</c>, <c>UP 1/3</c> (up, but failing checks), <c>no check</c>, <c>DOWN</c>, <c>DRAIN</c>, <c>MAINT</c>, <c>NOLB</c>, …</param>
/// <param name="Weight">The weight it has now: less than the one it was given while it starts slowly.</param>
/// <param name="GivenWeight">The weight it was given.</param>
/// <param name="IsBackup">Whether it serves only while no other can.</param>
/// <param name="StartsSlowly">Whether <c>slowstart</c> holds it back now.</param>
internal sealed record HaproxyServer(string Name, string Status, int Weight, int GivenWeight, bool IsBackup, bool StartsSlowly)
{
    /// <summary>Whether new requests reach it, as far as its state goes. A server of weight 0 is told as <c>DRAIN</c>.</summary>
    public bool TakesTraffic => GivenWeight > 0 && (Status == "no check" || Status == "UP" || Status.StartsWith("UP ", StringComparison.Ordinal));

    /// <summary>Whether its health check took it out of service, rather than a person.</summary>
    public bool FailsChecks => Status.StartsWith("DOWN", StringComparison.Ordinal);
}

/// <summary>A backend and its servers at one moment.</summary>
/// <param name="Algorithm">Its <c>balance</c>; empty where the socket's level does not tell.</param>
/// <param name="Servers">Its servers, in HAProxy's order.</param>
internal sealed record HaproxyBackend(string Algorithm, IReadOnlyList<HaproxyServer> Servers)
{
    /// <summary>Asks for all backends and their servers: by number, since a name may be that of a frontend too.</summary>
    public const string Command = "show stat -1 6 -1";

    /// <summary>Reads the answer to <see cref="Command"/>; <see langword="null"/> when there is no such backend.</summary>
    /// <exception cref="FormatException">It is not the answer of an HAProxy, or it was cut off.</exception>
    public static HaproxyBackend? Parse(string answer, string name)
    {
        if (!answer.StartsWith("# ", StringComparison.Ordinal) || !answer.EndsWith("\n\n", StringComparison.Ordinal))
            throw new FormatException("no statistics, or only the beginning of them");

        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<string> header = Fields(lines[0][2..]);
        int At(string field) => header.IndexOf(field) is >= 0 and int at ? at : throw new FormatException($"statistics without the field '{field}'");
        (int proxy, int server, int status, int weight) = (At("pxname"), At("svname"), At("status"), At("weight"));
        (int backup, int throttle) = (At("bck"), At("throttle"));
        (int given, int algorithm) = (header.IndexOf("uweight"), header.IndexOf("algo")); // Older versions have neither.

        string? balance = null;
        var servers = new List<HaproxyServer>();
        foreach (string line in lines.Skip(1))
        {
            List<string> row = Fields(line);
            if (row.Count < header.Count - 1) throw new FormatException("statistics with a line of too few fields");
            if (row[proxy] != name) continue;
            if (row[server] == "BACKEND") balance = algorithm >= 0 ? row[algorithm] : "";
            else servers.Add(new HaproxyServer(row[server], row[status], Number(row[weight]), Number(given >= 0 ? row[given] : row[weight]), row[backup] == "1", row[throttle].Length > 0 && row[throttle] != "100"));
        }

        return balance is null ? null : new HaproxyBackend(balance, servers);
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : throw new FormatException($"'{text}' where a weight should be");

    /// <summary>The fields of a CSV line; one that holds a comma or a quote is in quotes, with its own quotes doubled.</summary>
    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        foreach (char c in line)
        {
            if (c == '"') quoted = !quoted; // A doubled quote closes and opens again; the quote itself is of no interest here.
            else if (c != ',' || quoted) field.Append(c);
            else
            {
                fields.Add(field.ToString());
                field.Clear();
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
