using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Scenario.Tests.Agent;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>Real servers on loopback that are to call a person.</summary>
public sealed class EscalationWebhookScenarios
{
    private const string Hidden = "T0-verysecret";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<(string Path, string Key, string Body)> _posts = new();
    private readonly List<int> _statuses = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_refused_is_posted_again_with_the_same_key_after_half_a_minute_and_never_again()
    {
        await using HttpService server = await StartAsync(500, 200);
        using EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}/hook?team=web', headers: {{X-Team: web}}}}}}");
        Assert.Equal(1, (await stage.TickAsync()).EscalationsPending);
        await stage.TickAfterAsync(FirstPause - TimeSpan.FromSeconds(1));
        Assert.Single(_posts);
        Assert.Equal(0, (await stage.TickAfterAsync(TimeSpan.FromSeconds(1))).EscalationsPending);
        await stage.TickAfterAsync(TimeSpan.FromHours(1));

        Assert.Equal(2, _posts.Count);
        Assert.All(_posts, post => Assert.Equal(("/hook?team=web", $"{stage.Id}#1"), (post.Path, post.Key)));
        Assert.Single(_posts.Select(post => post.Body).Distinct());
        JsonElement body = JsonDocument.Parse(_posts.First().Body).RootElement;
        Assert.Equal(Assert.Single(await stage.EventsAsync<RolloutEscalated>()).Reason, body.GetProperty("reason").GetString());
        Assert.Equal("It answered 500.", Assert.Single(await stage.EventsAsync<EscalationNotSent>()).Error);
        Assert.Equal(2, Assert.Single(await stage.EventsAsync<EscalationSent>()).Attempt);
    }

    [Fact]
    public async Task Who_never_takes_it_is_given_up_on_and_that_is_written_down()
    {
        await using HttpService server = await StartAsync(503);
        using EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}'}}, attempts: 3}}");
        await stage.TickAsync();
        for (int i = 0; i < 10; i++) await stage.TickAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _posts.Count);
        Assert.Equal([true, true, false], (await stage.EventsAsync<EscalationNotSent>()).Select(one => one.RetryAt is not null));
    }

    [Fact]
    public async Task Who_does_not_answer_is_waited_for_as_long_as_the_document_says()
    {
        await using HttpService server = await HttpService.StartAsync(async context =>
        {
            _posts.Enqueue((context.Request.Path, "", ""));
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        using EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}/hook'}}, timeout: 7s}}");
        await stage.TickUntilAsync(() => !_posts.IsEmpty, TimeSpan.FromSeconds(7));
        Assert.Contains("did not answer within 7s", Assert.Single(await stage.EventsAsync<EscalationNotSent>()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_no_yes_and_is_not_followed()
    {
        await using HttpService elsewhere = await StartAsync(200);
        await using HttpService server = await HttpService.StartAsync(context =>
        {
            context.Response.Redirect($"{elsewhere.Url}/", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });
        using EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}'}}}}");
        Assert.Equal(1, (await stage.TickAsync()).EscalationsPending);
        Assert.Equal("It answered 307.", Assert.Single(await stage.EventsAsync<EscalationNotSent>()).Error);
        Assert.Empty(_posts);
    }

    [Fact]
    public async Task A_server_of_ones_own_authority_is_trusted_where_the_document_says_so_and_nowhere_else()
    {
        using var certificates = new TestCertificates(DateTimeOffset.UtcNow);
        // A server must send what signed its certificate, and only who has a file can say so to Kestrel: here the root signs it.
        using X509Certificate2 own = X509CertificateLoader.LoadPkcs12(certificates.Server(10, issuer: certificates.Root).Export(X509ContentType.Pfx), null);
        await using HttpService server = await HttpService.StartAsync(TakeAsync, own);
        (string, string) root = ("ca.pem", TestCertificates.Pem(certificates.Root));
        using (EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}', tls: {{ca: ca.pem}}}}}}", root))
            Assert.Equal(0, (await stage.TickAsync()).EscalationsPending);
        Assert.Single(_posts);
        using (EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: '{server.Url}'}}}}", root))
        {
            Assert.Equal(1, (await stage.TickAsync()).EscalationsPending);
            Assert.StartsWith("No secure connection to https://127.0.0.1:", Assert.Single(await stage.EventsAsync<EscalationNotSent>()).Error, StringComparison.Ordinal);
        }

        Assert.Single(_posts);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("500")]
    [InlineData("hang")]
    [InlineData("tls")]
    public async Task Secrets_of_the_url_and_of_headers_are_in_no_journal_however_it_fails(string how)
    {
        await using HttpService server = await HttpService.StartAsync(async context =>
        {
            await TakeAsync(context);
            if (how == "hang") await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync($"no such hook: {context.Request.Path}, {context.Request.Headers["X-Token"]}", Stop);
        });
        string authority = how == "refused" ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LoopbackPort.Free()}") : server.Authority;
        string url = $"{(how == "tls" ? "https" : "http")}://{authority}/{Hidden}";
        (string url, string token) names = ($"READYOPS_TEST_URL_{how.ToUpperInvariant()}", $"READYOPS_TEST_TOKEN_{how.ToUpperInvariant()}");
        Environment.SetEnvironmentVariable(names.url, url);
        Environment.SetEnvironmentVariable(names.token, Hidden);
        using EscalationStage stage = await EscalationStage.SetAsync($"{{webhook: {{url: 'env:{names.url}', headers: {{X-Token: 'env:{names.token}'}}}}}}");
        RolloutStatus status = how == "hang" ? await stage.TickUntilAsync(() => !_posts.IsEmpty, TimeSpan.FromSeconds(10)) : await stage.TickAsync();
        Assert.Equal(1, status.EscalationsPending);
        if (how is "500" or "hang") Assert.Contains(Hidden, Assert.Single(_posts).Path, StringComparison.Ordinal);
        string told = await stage.JournalAsync() + string.Join('\n', status.Events) + status;
        Assert.Contains("EscalationNotSent", told, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_was_killed_while_it_told_tells_it_again_and_once_it_is_written_down_never()
    {
        var reached = new TaskCompletionSource();
        int asked = 0;
        await using HttpService server = await HttpService.StartAsync(async context =>
        {
            await TakeAsync(context);
            if (Interlocked.Increment(ref asked) > 1) return;
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        });
        using EscalationStage stage = await EscalationStage.SetNowAsync($"{{webhook: {{url: '{server.Url}'}}, timeout: 30s}}");
        using (AgentProcess first = AgentProcess.Start(["run", "--state", stage.State, "--once"]))
        {
            await reached.Task.WaitAsync(TimeSpan.FromMinutes(1), Stop);
            first.KillIt();
            Assert.Equal(128 + 9, await first.EndAsync(TimeSpan.FromMinutes(1)));
        }

        Assert.Single(await stage.EventsAsync<RolloutEscalated>());
        for (int i = 0; i < 2; i++)
        {
            (int exitCode, _, string errors) = await AgentProcess.RunAsync("run", "--state", stage.State, "--once");
            Assert.True(exitCode == 0, errors);
            Assert.Equal([$"{stage.Id}#1", $"{stage.Id}#1"], _posts.Select(post => post.Key));
        }

        Assert.Single(_posts.Select(post => post.Body).Distinct());
        Assert.Equal(1, Assert.Single(await stage.EventsAsync<EscalationSent>()).Attempt);
    }

    /// <summary>A server that answers so, one after the other, and the last one for ever.</summary>
    private Task<HttpService> StartAsync(params int[] statuses)
    {
        _statuses.AddRange(statuses);
        return HttpService.StartAsync(async context =>
        {
            await TakeAsync(context);
            context.Response.StatusCode = _statuses[Math.Min(_posts.Count, _statuses.Count) - 1];
        });
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        _posts.Enqueue((context.Request.Path + context.Request.QueryString, context.Request.Headers["Idempotency-Key"].ToString(), body));
    }
}
