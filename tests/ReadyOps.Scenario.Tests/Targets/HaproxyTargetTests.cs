using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Targets;

namespace ReadyOps.Scenario.Tests.Targets;

public sealed class HaproxyTargetTests
{
    private static readonly HaproxyServerLine[] OnePerSide = [new("stable", "127.0.0.1:1", 100), new("canary", "127.0.0.1:1", 0)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(3, 5)]
    [InlineData(1, 9)]
    [InlineData(60, 100)] // More commands than fit into one line to HAProxy.
    public async Task What_is_set_is_read_back_for_any_number_of_servers(int canaries, int stables)
    {
        string[] canary = [.. Enumerable.Range(1, canaries).Select(i => $"canary-with-a-longer-name-{i}")];
        string[] stable = [.. Enumerable.Range(1, stables).Select(i => $"stable{i}")];
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([.. canary.Concat(stable).Select(name => new HaproxyServerLine(name, "127.0.0.1:1", 10))]);
        ITarget target = Target(haproxy.UnixAddress, canary, stable);

        foreach (decimal percent in (decimal[])[0, 1, 5, 10, 25, 33.3m, 50, 75, 99.9m, 100, 0, 100, 0])
        {
            await target.SetAsync(percent, Cancel);
            Assert.Equal(target.Nearest(percent), await target.ReadAsync(Cancel));
        }
    }

    [Fact]
    public async Task The_unix_socket_and_the_tcp_socket_move_the_same_weights()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        await Target(haproxy.TcpAddress).SetAsync(25, Cancel);
        Assert.Equal(25, await Target(haproxy.UnixAddress).ReadAsync(Cancel));
        Assert.Equal("25 (initial 0)", (await haproxy.AskAsync("get weight web/canary")).Trim());
        Assert.Equal("75 (initial 100)", (await haproxy.AskAsync("get weight web/stable")).Trim());
    }

    [Fact]
    public async Task A_weight_changed_by_hand_is_seen()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        ITarget target = Target(haproxy.UnixAddress);
        await target.SetAsync(25, Cancel);
        await haproxy.AskAsync("set server web/canary weight 75");
        Assert.Equal(50, await target.ReadAsync(Cancel)); // 75 of 150
    }

    [Fact]
    public async Task After_a_restart_the_configured_weights_count_again_and_are_seen()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        ITarget target = Target(haproxy.UnixAddress);
        await target.SetAsync(25, Cancel);
        await haproxy.KillAsync();
        await haproxy.StartAgainAsync();
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("static-rr")]
    [InlineData("source")]
    [InlineData("uri")]
    public async Task A_static_balance_refuses_and_the_message_says_what_to_use(string balance)
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("stable", "127.0.0.1:1", 90), new("canary", "127.0.0.1:1", 10)], balance);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(haproxy.UnixAddress).SetAsync(25, Cancel));
        Assert.Equal("TargetRefused", e.Id);
        Assert.Contains("roundrobin", e.NextStep, StringComparison.Ordinal);
        Assert.Equal(10, await Target(haproxy.UnixAddress).ReadAsync(Cancel)); // As configured.
    }

    [Theory]
    [InlineData("roundrobin")]
    [InlineData("leastconn")]
    [InlineData("random")]
    [InlineData("source\nhash-type consistent")]
    public async Task A_dynamic_balance_takes_new_weights(string balance)
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("stable", "127.0.0.1:1", 90), new("canary", "127.0.0.1:1", 10)], balance);
        ITarget target = Target(haproxy.UnixAddress);
        await target.SetAsync(25, Cancel);
        Assert.Equal(25, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Balance_first_is_refused_because_it_takes_no_notice_of_weights()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide, "first");
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(haproxy.UnixAddress).SetAsync(25, Cancel));
        Assert.Equal("TargetUnfit", e.Id);
    }

    [Fact]
    public async Task A_socket_that_is_not_admin_reads_and_refuses_to_set()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        ITarget target = Target(haproxy.UserAddress);
        Assert.Equal(0, await target.ReadAsync(Cancel));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.SetAsync(25, Cancel));
        Assert.Equal("TargetRefused", e.Id);
        Assert.Contains("level admin", e.NextStep, StringComparison.Ordinal);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_backend_or_server_that_is_not_there_is_named()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        ReadyOpsException noBackend = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(haproxy.UnixAddress, backend: "shop").ReadAsync(Cancel));
        Assert.Contains("'shop'", noBackend.Message, StringComparison.Ordinal);
        ITarget typo = Target(haproxy.UnixAddress, ["canarry"], ["stable"]);
        ReadyOpsException noServer = await Assert.ThrowsAsync<ReadyOpsException>(async () => await typo.SetAsync(5, Cancel));
        Assert.Contains("'canarry'", noServer.Message, StringComparison.Ordinal);
        Assert.Equal("100 (initial 100)", (await haproxy.AskAsync("get weight web/stable")).Trim());
    }

    [Fact]
    public async Task Servers_out_of_service_do_not_count_and_a_side_without_any_is_told()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(
            [new("s1", "127.0.0.1:1", 10), new("s2", "127.0.0.1:1", 10), new("s3", "127.0.0.1:1", 10), new("c1", "127.0.0.1:1", 10), new("c2", "127.0.0.1:1", 10)]);
        ITarget target = Target(haproxy.UnixAddress, ["c1", "c2"], ["s1", "s2", "s3"]);
        Assert.Equal(40, await target.ReadAsync(Cancel));
        await haproxy.AskAsync("set server web/s3 state drain");
        Assert.Equal(50, await target.ReadAsync(Cancel));
        await haproxy.AskAsync("set server web/c2 state maint");
        Assert.Equal(33.333333m, await target.ReadAsync(Cancel));
        await haproxy.AskAsync("set server web/c1 state maint");
        ReadyOpsException canary = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal("TargetSideDown", canary.Id);
        Assert.Contains("c1 MAINT", canary.Message, StringComparison.Ordinal);

        await haproxy.AskAsync("set server web/c1 state ready; set server web/s1 state maint; set server web/s2 state maint");
        ReadyOpsException stable = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal("TargetSideDown", stable.Id);
        Assert.Contains("s3 DRAIN", stable.Message, StringComparison.Ordinal);

        // Taking back needs nobody's health.
        await target.SetAsync(0, Cancel);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_canary_that_fails_its_health_check_is_told_as_down_and_can_be_taken_back()
    {
        await using var stable = await CountingService.StartAsync();
        // Nobody listens on port 1: the check fails at once.
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("stable", stable.Address, 75), new("canary", "127.0.0.1:1", 25, "check inter 20ms fall 1")]);
        await UntilAsync(async () => await haproxy.StatAsync("canary", "status") == "DOWN");
        ITarget target = Target(haproxy.UnixAddress);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal("TargetSideDown", e.Id);
        await target.SetAsync(0, Cancel);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_server_that_fails_its_health_check_makes_no_drift_but_a_share_that_cannot_be_told()
    {
        await using var alive = await CountingService.StartAsync();
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(
            [new("stable", alive.Address, 60), new("c1", alive.Address, 20), new("c2", "127.0.0.1:1", 20, "check inter 20ms fall 1")]);
        await UntilAsync(async () => await haproxy.StatAsync("c2", "status") == "DOWN");
        ITarget target = Target(haproxy.UnixAddress, ["c1", "c2"], ["stable"]);

        // 20 of the 80 that are left, where 40 of 100 was set.
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal("TargetPartlyDown", e.Id);
        Assert.Contains("25%", e.Message, StringComparison.Ordinal);
        Assert.Contains("c2 DOWN", e.Message, StringComparison.Ordinal);

        // A share that does not depend on it can be told all the same.
        await haproxy.AskAsync("set server web/stable weight 0");
        Assert.Equal(100, await target.ReadAsync(Cancel));
        await target.SetAsync(0, Cancel);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_server_in_slowstart_makes_no_share_that_could_be_told()
    {
        await using var server = await CountingService.StartAsync();
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(
            [new("stable", server.Address, 75), new("canary", server.Address, 25, "check inter 20ms rise 1 slowstart 1h")]);
        await haproxy.AskAsync("set server web/canary state maint");
        await haproxy.AskAsync("set server web/canary state ready");
        await UntilAsync(async () => (await haproxy.StatAsync("canary", "status")).StartsWith("UP", StringComparison.Ordinal));
        ITarget target = Target(haproxy.UnixAddress);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal("TargetWarmingUp", e.Id);
        await target.SetAsync(0, Cancel);
        Assert.Equal(0, await target.ReadAsync(Cancel));
        await target.SetAsync(100, Cancel);
        Assert.Equal(100, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_server_that_the_document_does_not_name_counts_as_not_canary_and_stops_a_raise()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([.. OnePerSide, new("third", "127.0.0.1:1", 50)]);
        ITarget target = Target(haproxy.UnixAddress);
        await haproxy.AskAsync("set server web/canary weight 50");
        Assert.Equal(25, await target.ReadAsync(Cancel)); // 50 of 200
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.SetAsync(50, Cancel));
        Assert.Contains("'third'", e.Message, StringComparison.Ordinal);
        await target.SetAsync(0, Cancel);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_backup_server_cannot_be_one_side()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("stable", "127.0.0.1:1", 75), new("canary", "127.0.0.1:1", 25, "backup")]);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(haproxy.UnixAddress).ReadAsync(Cancel));
        Assert.Contains("backup", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_as_unreachable()
    {
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync(OnePerSide);
        await haproxy.KillAsync();
        foreach (string address in (string[])[haproxy.UnixAddress, haproxy.TcpAddress, "unix:/nowhere/at.all"])
        {
            ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(address).ReadAsync(Cancel));
            Assert.Equal("TargetUnreachable", e.Id);
        }
    }

    [Fact]
    public async Task Requests_are_split_as_the_share_says_and_haproxy_counts_the_same()
    {
        await using var stable = await CountingService.StartAsync();
        await using var canary = await CountingService.StartAsync();
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("stable", stable.Address, 50), new("canary", canary.Address, 50)]);
        ITarget target = Target(haproxy.UnixAddress);
        using var http = new HttpClient();

        await target.SetAsync(0, Cancel);
        await SendAsync(http, haproxy.Frontend, 100);
        Assert.Equal((100, 0), (stable.Requests, canary.Requests));

        // Weighted round robin is exact over a whole round of 100.
        await target.SetAsync(25, Cancel);
        await SendAsync(http, haproxy.Frontend, 100);
        Assert.Equal((175, 25), (stable.Requests, canary.Requests));

        await target.SetAsync(100, Cancel);
        await SendAsync(http, haproxy.Frontend, 100);
        Assert.Equal((175, 125), (stable.Requests, canary.Requests));
        Assert.Equal((175, 125), (await haproxy.RequestsAsync("stable"), await haproxy.RequestsAsync("canary")));

        string metrics = await http.GetStringAsync(haproxy.Metrics, Cancel);
        Assert.Contains("haproxy_server_http_responses_total{proxy=\"web\",server=\"canary\",code=\"2xx\"} 125\n", metrics, StringComparison.Ordinal);
    }

    private static async Task SendAsync(HttpClient http, Uri uri, int count)
    {
        for (int i = 0; i < count; i++) await http.GetStringAsync(uri, Cancel);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await condition()) await Task.Delay(20, deadline.Token);
    }

    private static ITarget Target(string address, string[]? canary = null, string[]? stable = null, string backend = "web")
    {
        static DocumentNode Text(string text) => new() { Kind = NodeKind.String, Text = text };
        static DocumentMember Member(string name, DocumentNode value) => new(name, 1, 1, value);
        static DocumentNode List(string[] items) => new() { Kind = NodeKind.Array, Items = [.. items.Select(Text)] };
        var node = new DocumentNode
        {
            Kind = NodeKind.Object,
            Members =
            [
                Member("type", Text("haproxy")), Member("address", Text(address)), Member("backend", Text(backend)),
                Member("canary", List(canary ?? ["canary"])), Member("stable", List(stable ?? ["stable"])),
            ],
        };
        var problems = new ProblemList("test");
        ITarget target = TargetReader.Read(new ObjectReader(node, "/target", Path.GetTempPath(), problems), new EngineContext());
        problems.ThrowIfAny();
        return target;
    }
}
