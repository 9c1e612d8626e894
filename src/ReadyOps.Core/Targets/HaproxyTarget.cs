using Microsoft.Extensions.Logging;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Targets;

/// <summary>
/// The share of a backend's requests that HAProxy sends to the canary's servers, moved by server weights over the runtime API
/// (HAProxy management guide, "set server"). The <c>weight</c> in HAProxy's own configuration counts again after a reload, which
/// is then seen as drift.
/// </summary>
/// <remarks>
/// The share read is that of new requests without persistence: a client whom a cookie or a stick table binds to a server of
/// weight 0 still reaches it. An agent check may overwrite weights; that too is seen as drift.
/// </remarks>
public sealed class HaproxyTarget : ITarget
{
    private const int MaxLine = 4000; // HAProxy takes a line of up to its tune.bufsize, 16384 unless configured smaller.

    private readonly HaproxyRuntime _runtime;
    private readonly string _backend;
    private readonly IReadOnlyList<string> _canary;
    private readonly IReadOnlyList<string> _stable;
    private readonly ILogger _log;

    private HaproxyTarget(HaproxyRuntime runtime, string backend, IReadOnlyList<string> canary, IReadOnlyList<string> stable, EngineContext context)
    {
        (_runtime, _backend, _canary, _stable) = (runtime, backend, canary, stable);
        _log = context.Logs.CreateLogger<HaproxyTarget>();
        // The backend, whichever of its servers are the canary: a share is one of all of them, so two rollouts would undo each other's.
        Identity = $"haproxy {runtime.Address} {backend}";
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>Reads <c>{type: haproxy, address, backend, canary, stable, timeout: 5s}</c>; <c>canary</c> and <c>stable</c> are a server or a list.</summary>
    public static HaproxyTarget Read(ObjectReader reader, EngineContext context)
    {
        string text = reader.RequiredText("address");
        if (!HaproxyAddress.TryParse(text, reader.BaseDirectory, out HaproxyAddress? address))
        {
            if (reader.Has("address")) reader.Problem("address", $"'{text}' is no address of a stats socket", HaproxyAddress.Expected);
            address = new HaproxyAddress("", new System.Net.DnsEndPoint("localhost", 0));
        }

        string backend = reader.RequiredText("backend");
        if (reader.Has("backend") && !IsName(backend)) reader.Problem("backend", $"'{backend}' is no name in HAProxy", "letters, digits and . : _ -");
        IReadOnlyList<string> canary = Servers(reader, "canary");
        IReadOnlyList<string> stable = Servers(reader, "stable");
        foreach (string both in canary.Intersect(stable)) reader.Problem("stable", $"'{both}' is a canary server too", "each server on one side");

        TimeSpan timeout = reader.Duration("timeout", TimeSpan.FromSeconds(5));
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromMinutes(10)) reader.Problem("timeout", "no server can be waited for that long", "a duration from 1ms to 10m");
        return new HaproxyTarget(new HaproxyRuntime(address, timeout, context.Clock), backend, canary, stable, context);
    }

    /// <inheritdoc/>
    public decimal Nearest(decimal percent) =>
        HaproxyWeights.Told(HaproxyWeights.Fit(percent, _canary.Count, _stable.Count).Share(_canary.Count, _stable.Count));

    /// <inheritdoc/>
    /// <remarks>
    /// Counted over the servers that take traffic, those included that the document does not name: they are not the canary. It
    /// fails, rather than telling a share that nobody decided, where a side was given weight and all of its servers are down,
    /// drained or in maintenance, and while <c>slowstart</c> holds a server back.
    /// </remarks>
    public async ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        HaproxyBackend backend = await LookAsync(cancel).ConfigureAwait(false);
        ThrowIfMissing(backend);
        List<HaproxyServer> canary = [.. backend.Servers.Where(s => IsCanary(s) && s.GivenWeight > 0)];
        List<HaproxyServer> others = [.. backend.Servers.Where(s => !IsCanary(s) && s.GivenWeight > 0 && (!s.IsBackup || IsNamed(s)))];
        if (canary.Count == 0 && others.Count == 0) throw Unfit("all of its servers have weight 0, so that nobody is served", "Set a share, or give the servers weight again.");
        if (canary.Count == 0) return 0;

        ThrowIfBackup(canary.Concat(others));
        ThrowIfDown(canary, "canary", "no request reaches the canary, whatever its weight");
        if (others.Count == 0) return 100;
        ThrowIfDown(others, "stable", "the canary takes every request");
        List<HaproxyServer> serving = [.. canary.Concat(others).Where(s => s.TakesTraffic)];
        if (serving.FirstOrDefault(s => s.StartsSlowly) is { } slow)
            throw new ReadyOpsException("TargetWarmingUp", $"Server '{slow.Name}' of backend '{_backend}' of HAProxy at {_runtime.Address} is in slowstart: it has {slow.Weight} of its weight {slow.GivenWeight}, and the share changes by itself.", "Wait until its slowstart is over.");

        decimal share = ShareOf(serving, s => s.Weight);
        List<HaproxyServer> failing = [.. canary.Concat(others).Where(s => s.FailsChecks)];
        if (failing.Count == 0 || share == ShareOf([.. canary, .. others], s => s.GivenWeight)) return share;

        // Nobody moved anything: health checks come and go, and a person would be called for drift that mends itself.
        throw new ReadyOpsException("TargetPartlyDown",
            $"The weights of backend '{_backend}' of HAProxy at {_runtime.Address} are not the share of traffic now, which is {TargetReader.Text(share)}%: servers fail their health checks ({Listed(failing)}).",
            "Bring them back, or set a share of 0.");
    }

    private decimal ShareOf(List<HaproxyServer> servers, Func<HaproxyServer, long> weight)
    {
        long canary = servers.Where(IsCanary).Sum(weight);
        return HaproxyWeights.Told(HaproxyWeights.Share(canary, servers.Sum(weight) - canary));
    }

    private static string Listed(List<HaproxyServer> servers) => string.Join(", ", servers.Take(20).Select(s => $"{s.Name} {s.Status}"));

    /// <inheritdoc/>
    /// <remarks>
    /// The order keeps the share at or below the greater of the old and the new one, wherever it is interrupted and whichever
    /// command is refused: first what lowers the share (stable up, then canary down), and only when HAProxy has confirmed all of
    /// it what raises it (canary up, then stable down). Weight is given before it is taken, so that some server always has some.
    /// Each of the two is one line to HAProxy, and a change between shares whose weights have the same sum needs only one.
    /// </remarks>
    public async ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        HaproxyWeights weights = HaproxyWeights.Fit(percent, _canary.Count, _stable.Count);
        HaproxyBackend backend = await LookAsync(cancel).ConfigureAwait(false);
        if (percent > 0) ThrowIfUnfit(backend);

        (List<string> lower, List<string> raise) = Plan(backend, weights);
        await SendAsync(lower, cancel).ConfigureAwait(false);
        await SendAsync(raise, cancel).ConfigureAwait(false);
        _log.LogDebug("HAProxy at {Address}: backend {Backend} got weights {Canary} (canary) and {Stable} (stable) for {Percent} %", _runtime.Address, _backend, weights.Canary, weights.Stable, TargetReader.Text(percent));
        ThrowIfMissing(backend); // Taking back does first what can be done without the missing server.
    }

    private (List<string> Lower, List<string> Raise) Plan(HaproxyBackend backend, HaproxyWeights weights)
    {
        List<HaproxyServer> canary = [.. backend.Servers.Where(IsCanary)];
        List<HaproxyServer> stable = [.. backend.Servers.Where(s => _stable.Contains(s.Name))];
        string Command(HaproxyServer server, int weight) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"set server {_backend}/{server.Name} weight {weight}");
        return (
            [.. stable.Where(s => weights.Stable >= s.GivenWeight).Select(s => Command(s, weights.Stable)), .. canary.Where(s => weights.Canary <= s.GivenWeight).Select(s => Command(s, weights.Canary))],
            [.. canary.Where(s => weights.Canary > s.GivenWeight).Select(s => Command(s, weights.Canary)), .. stable.Where(s => weights.Stable < s.GivenWeight).Select(s => Command(s, weights.Stable))]);
    }

    private async Task SendAsync(List<string> commands, CancellationToken cancel)
    {
        for (int next = 0; next < commands.Count;)
        {
            int first = next;
            int length = 0;
            while (next < commands.Count && (next == first || length + commands[next].Length < MaxLine)) length += commands[next++].Length + 1;
            string answer = await _runtime.AskAsync(string.Join(';', commands[first..next]), cancel).ConfigureAwait(false);
            ThrowIfRefused(answer, next - first);
        }
    }

    private void ThrowIfRefused(string answer, int commands)
    {
        string text = answer.Trim();
        if (text.Length == 0)
        {
            // HAProxy confirms each command by an empty line.
            if (answer.Length >= commands) return;
            throw _runtime.Unreachable("closed the connection before it had confirmed the weights", "The next attempt reads the weights back.", null);
        }

        if (text.Contains("Permission denied", StringComparison.OrdinalIgnoreCase))
            throw Refused("Permission denied", "Changing a weight needs a 'stats socket … level admin'.");
        if (text.Contains("static LB algorithm", StringComparison.OrdinalIgnoreCase)) throw Static("a static balance algorithm");
        string line = text.Split('\n')[0].Trim();
        throw Refused(line.Length > 200 ? line[..200] : line, "See HAProxy's management guide, 'set server'.");
    }

    private async Task<HaproxyBackend> LookAsync(CancellationToken cancel)
    {
        string answer = await _runtime.AskAsync(HaproxyBackend.Command, cancel).ConfigureAwait(false);
        try
        {
            return HaproxyBackend.Parse(answer, _backend)
                ?? throw new ReadyOpsException("TargetUnfit", $"HAProxy at {_runtime.Address} has no backend '{_backend}'.", "Check 'backend' of the target against HAProxy's configuration.");
        }
        catch (FormatException e)
        {
            throw _runtime.Unreachable($"answered with {e.Message}", "Check that this is the stats socket of HAProxy (not its master socket).", e);
        }
    }

    private void ThrowIfUnfit(HaproxyBackend backend)
    {
        ThrowIfMissing(backend);
        ThrowIfBackup(backend.Servers.Where(IsNamed));
        if (backend.Servers.FirstOrDefault(s => !IsNamed(s) && !s.IsBackup && s.TakesTraffic) is { } stranger)
            throw Unfit($"its server '{stranger.Name}' takes traffic and is named neither under 'canary' nor under 'stable'", $"Add '{stranger.Name}' to 'stable' of the target.");
        if (backend.Algorithm == "static-rr") throw Static("balance static-rr");
        if (backend.Algorithm == "first") throw Unfit("'balance first' takes no notice of weights", "Use balance roundrobin, leastconn or random.");
    }

    private void ThrowIfMissing(HaproxyBackend backend)
    {
        List<string> missing = [.. _canary.Concat(_stable).Where(name => backend.Servers.All(s => s.Name != name))];
        if (missing.Count > 0)
            throw Unfit($"it has no server '{string.Join("', '", missing)}'", $"Check 'canary' and 'stable' of the target; the backend has: {string.Join(", ", backend.Servers.Take(20).Select(s => s.Name))}.");
    }

    private void ThrowIfBackup(IEnumerable<HaproxyServer> servers)
    {
        if (servers.FirstOrDefault(s => s.IsBackup) is { } backup)
            throw Unfit($"its server '{backup.Name}' is a 'backup': it serves only while no other can, whatever its weight", "Take 'backup' off the server, or name other servers in the target.");
    }

    private void ThrowIfDown(List<HaproxyServer> side, string name, string effect)
    {
        if (side.Any(s => s.TakesTraffic)) return;
        throw new ReadyOpsException("TargetSideDown",
            $"All {name} servers with a weight in backend '{_backend}' of HAProxy at {_runtime.Address} are out of service ({Listed(side)}): {effect}.",
            "Bring them back, or set a share of 0.");
    }

    private bool IsCanary(HaproxyServer server) => _canary.Contains(server.Name);

    private bool IsNamed(HaproxyServer server) => IsCanary(server) || _stable.Contains(server.Name);

    private ReadyOpsException Static(string what) =>
        Refused($"it has {what}, whose weights cannot be changed while it runs", "Use balance roundrobin, leastconn or random, or 'hash-type consistent' for a hash.");

    private ReadyOpsException Refused(string why, string next) =>
        new("TargetRefused", $"HAProxy at {_runtime.Address} refused new weights for backend '{_backend}': {why}.", next);

    private ReadyOpsException Unfit(string why, string next) =>
        new("TargetUnfit", $"Backend '{_backend}' of HAProxy at {_runtime.Address} cannot hold the share: {why}.", next);

    private static IReadOnlyList<string> Servers(ObjectReader reader, string name)
    {
        IReadOnlyList<string> servers = reader.Texts(name);
        if (servers.Count == 0 && (!reader.Has(name) || reader.Node[name]!.Kind == NodeKind.Array)) reader.Problem(name, $"no {name} server is named", "a server or a list of servers");
        if (servers.Count > HaproxyWeights.MaxServers) reader.Problem(name, $"these are {servers.Count} servers", $"up to {HaproxyWeights.MaxServers}");
        foreach (string wrong in servers.Where(s => !IsName(s))) reader.Problem(name, $"'{wrong}' is no name in HAProxy", "letters, digits and . : _ -");
        foreach (string twice in servers.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key)) reader.Problem(name, $"'{twice}' is named twice", "each server once");
        return servers.Count > 0 ? servers : ["?"];
    }

    /// <summary>Also keeps a document from sending commands of its own: no blank, no semicolon, no slash.</summary>
    private static bool IsName(string text) => text.Length is > 0 and <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '_' or '-');
}
