using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ReadyOps.Core.Targets;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Targets;

/// <summary>Against a stand-in for HAProxy, for what a real one does not do on demand; see the scenario tests for the real one.</summary>
public sealed class HaproxyTargetTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(25, 0)]
    [InlineData(0, 5)]
    [InlineData(33, 34)]
    [InlineData(75, 10)]
    public async Task Interrupted_at_any_command_the_share_is_never_above_the_old_and_the_new(int from, int to)
    {
        const string config = """{"type":"haproxy","address":"ADDRESS","backend":"web","canary":["c1","c2"],"stable":["s1","s2","s3"]}""";
        for (int allowed = 0; ; allowed++)
        {
            await using var fake = new FakeHaproxy("s1", "s2", "s3", "c1", "c2");
            ITarget target = TargetDocument.Read(config.Replace("ADDRESS", fake.Address, StringComparison.Ordinal), "/");
            await target.SetAsync(from, Cancel);
            fake.CommandsLeft = allowed;
            bool interrupted = false;
            try
            {
                await target.SetAsync(to, Cancel);
            }
            catch (ReadyOpsException e) when (e.Id == "TargetUnreachable")
            {
                interrupted = true;
            }

            fake.CommandsLeft = int.MaxValue;
            Assert.InRange(await target.ReadAsync(Cancel), 0, Math.Max(target.Nearest(from), target.Nearest(to)));
            await target.SetAsync(to, Cancel); // The next tick completes it.
            Assert.Equal(target.Nearest(to), await target.ReadAsync(Cancel));
            if (!interrupted) break;
            Assert.True(allowed < 5);
        }
    }

    [Fact]
    public async Task A_refusal_while_the_share_is_lowered_keeps_it_from_being_raised()
    {
        await using var fake = new FakeHaproxy("stable", "canary") { Refuses = "stable" };
        fake.Weights["stable"] = 10;
        fake.Weights["canary"] = 0;
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(fake.Address).SetAsync(25, Cancel));
        Assert.Equal("TargetRefused", e.Id);
        Assert.Equal(0, fake.Weights["canary"]);
    }

    [Fact]
    public async Task A_step_of_whole_per_cents_is_one_line_of_commands()
    {
        await using var fake = new FakeHaproxy("stable", "canary");
        ITarget target = Target(fake.Address);
        await target.SetAsync(10, Cancel);
        fake.Lines.Clear();
        await target.SetAsync(25, Cancel);
        Assert.Equal(["show stat -1 6 -1", "set server web/canary weight 25;set server web/stable weight 75"], fake.Lines);
    }

    [Fact]
    public async Task An_answer_that_is_cut_off_is_no_answer()
    {
        await using var fake = new FakeHaproxy("stable", "canary") { CutsAnswers = true };
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target(fake.Address).ReadAsync(Cancel));
        Assert.Equal("TargetUnreachable", e.Id);
    }

    [Fact]
    public async Task Silence_ends_with_the_timeout_of_the_document()
    {
        var clock = new ManualClock();
        await using var fake = new FakeHaproxy("stable", "canary") { IsSilent = true };
        ITarget target = Target(fake.Address, new EngineContext { Clock = clock });
        Task<decimal> read = target.ReadAsync(Cancel).AsTask();
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(3));
        clock.Advance(TimeSpan.FromSeconds(3));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => read);
        Assert.Equal("TargetUnreachable", e.Id);
        Assert.Contains("3 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_stops_waiting_gets_a_cancellation()
    {
        await using var fake = new FakeHaproxy("stable", "canary") { IsSilent = true };
        using var stop = new CancellationTokenSource();
        Task<decimal> read = Target(fake.Address).ReadAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Theory]
    [InlineData("UP", true)]
    [InlineData("UP 1/3", true)]
    [InlineData("no check", true)]
    [InlineData("DOWN", false)]
    [InlineData("DOWN 1/2", false)]
    [InlineData("DOWN (agent)", false)]
    [InlineData("DRAIN", false)]
    [InlineData("MAINT", false)]
    [InlineData("MAINT (via other/one)", false)]
    [InlineData("MAINT (resolution)", false)]
    [InlineData("NOLB", false)]
    public void Only_a_server_that_is_up_takes_traffic(string status, bool takes)
    {
        HaproxyBackend? backend = HaproxyBackend.Parse(
            $"# pxname,svname,status,weight,bck,throttle,check_desc,algo,\nweb,a,{status},5,0,,\"says \"\"no, wait\"\"\",,\nshop,b,UP,1,0,,,,\nweb,BACKEND,UP,5,0,,,roundrobin,\n\n", "web");
        Assert.Equal(takes, Assert.Single(backend!.Servers).TakesTraffic);
        Assert.Equal("roundrobin", backend.Algorithm);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad request\r\n\r\n")]
    [InlineData("# pxname,svname,status\nweb,a,UP\n\n")]
    [InlineData("# pxname,svname,status,weight,bck,throttle,\nweb,a,UP\n\n")]
    [InlineData("# pxname,svname,status,weight,bck,throttle,\nweb,a,UP,x,0,,\n\n")]
    public void What_is_no_statistics_is_refused(string answer) => Assert.Throws<FormatException>(() => HaproxyBackend.Parse(answer, "web"));

    private static ITarget Target(string address, EngineContext? context = null) =>
        TargetDocument.Read($$"""{"type":"haproxy","address":"{{address}}","backend":"web","canary":"canary","stable":"stable","timeout":"3s"}""", "/", context);

    /// <summary>Knows <c>show stat</c> and <c>set server … weight</c>, each as HAProxy 2.6 answers it.</summary>
    private sealed class FakeHaproxy : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public FakeHaproxy(params string[] servers)
        {
            foreach (string server in servers) Weights[server] = 50;
            _listener.Start();
            _serving = ServeAsync();
        }

        public string Address => _listener.LocalEndpoint.ToString()!;

        public Dictionary<string, int> Weights { get; } = [];

        public List<string> Lines { get; } = [];

        /// <summary>After so many commands it hangs up.</summary>
        public int CommandsLeft { get; set; } = int.MaxValue;

        public string Refuses { get; init; } = "";

        public bool CutsAnswers { get; init; }

        public bool IsSilent { get; init; }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream());
                    string line = await reader.ReadLineAsync() ?? "";
                    Lines.Add(line);
                    if (IsSilent) await reader.ReadToEndAsync();
                    else await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(Answer(line)));
                }
            }
            catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
            {
                // Stopped.
            }
        }

        private string Answer(string line)
        {
            if (line.StartsWith("show stat", StringComparison.Ordinal))
            {
                string rows = string.Concat(Weights.Select(w => string.Create(CultureInfo.InvariantCulture, $"web,{w.Key},no check,{w.Value},0,,\n")));
                return $"# pxname,svname,status,weight,bck,throttle,\n{rows}web,BACKEND,UP,1,0,,{(CutsAnswers ? "" : "\n\n")}";
            }

            var answer = new System.Text.StringBuilder();
            foreach (string command in line.Split(';'))
            {
                if (CommandsLeft-- <= 0) break;
                string[] words = command.Split(' ');
                string server = words[2].Split('/')[1];
                if (server == Refuses) answer.Append("Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n\n");
                else
                {
                    Weights[server] = int.Parse(words[4], CultureInfo.InvariantCulture);
                    answer.Append('\n');
                }
            }

            return answer.ToString();
        }
    }
}
