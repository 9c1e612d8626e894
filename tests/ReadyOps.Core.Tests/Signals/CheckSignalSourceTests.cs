using System.Net;
using System.Net.Sockets;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class CheckSignalSourceTests
{
    [Fact]
    public async Task A_port_breaks_its_signal_when_it_refuses_and_not_when_its_name_is_unknown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string check = $$"""{"name": "t", "type": "tcp", "host": "127.0.0.1", "port": {{port}}}""";
        Assert.Equal([1d], (await CollectAsync(check)).Samples.Select(sample => sample.Value));
        listener.Stop();
        Assert.Equal([0d], (await CollectAsync(check)).Samples.Select(sample => sample.Value));

        SignalBatch unknown = await CollectAsync($$"""{"name": "t", "type": "tcp", "host": "{{new string('a', 63)}}.invalid", "port": {{port}}}""");
        Assert.Empty(unknown.Samples);
        Assert.Contains("cannot be resolved", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"success","data":{"alerts":[]}}""", "", 1d)]
    [InlineData("""{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"annotations":{},"state":"firing","value":"1"}]}}""", "", 0d)]
    [InlineData("""{"status":"success","data":{"alerts":[]}}""", """, "watchdog": "W" """, null)]
    [InlineData("no json", "", null)]
    public async Task An_alert_breaks_its_signal_and_a_server_that_cannot_be_asked_does_not(string body, string members, double? value)
    {
        var stub = new StubHandler(_ => StubHandler.Text(body));
        SignalBatch batch = await CollectAsync($$"""{"name": "a", "type": "alerts", "url": "http://p.test", "api": "prometheus"{{members}}}""", stub.Context());
        Assert.Equal(value is { } one ? [one] : [], batch.Samples.Select(sample => sample.Value));
    }

    [Theory]
    [InlineData("json", """ "url": "http://s.test", "pointer": "/rate", "unit": "ratio", "bound": "< 1%" """, """{"rate": 0.02}""", 0d, 0.02)]
    [InlineData("json", """ "url": "http://s.test", "pointer": "/state", "bound": "== up" """, """{"state": "up"}""", 1d, null)]
    [InlineData("http", """ "url": "http://s.test" """, "ok", 1d, 200d)]
    public async Task What_a_check_measured_is_kept_beside_its_verdict(string type, string members, string body, double verdict, double? measured)
    {
        var stub = new StubHandler(_ => StubHandler.Text(body));
        SignalBatch batch = await CollectAsync($$"""{"name": "a", "type": "{{type}}", {{members}}}""", stub.Context());
        Assert.Equal(measured, batch.Measured);
        Assert.Equal(verdict, Assert.Single(batch.Samples).Value);
    }

    private static async Task<SignalBatch> CollectAsync(string check, EngineContext? context = null)
    {
        context ??= new EngineContext();
        DateTimeOffset now = context.Clock.GetUtcNow();
        var source = new CheckSignalSource(CheckTesting.Read(check), context);
        return await source.CollectAsync(new SignalSpan(now.AddSeconds(-15), now, now.AddSeconds(-60), now.AddSeconds(-60)), null, TestContext.Current.CancellationToken);
    }
}
