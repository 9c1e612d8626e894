using ReadyOps.Core.Flags;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>Answers as the OFREP specification (0.2) and flagd give them.</summary>
public sealed class OfrepClientTests
{
    private static readonly FlagContext User = new FlagContext("user-1").With("plan", "gold");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flag_is_asked_for_by_its_key_with_the_context_and_told_in_the_terms_of_OpenFeature()
    {
        var stub = new StubHandler(_ => StubHandler.Text("""{"key":"a/b","value":12,"reason":"TARGETING_MATCH","variant":"big","metadata":{"readyops.owner":"shop"}}"""));
        FlagEvaluation told = await Client(stub).EvaluateAsync("a/b", User, Cancel);

        Assert.Equal(("a/b", 12L, "big", "TARGETING_MATCH", null), (told.FlagKey, told.Value, told.Variant, told.Reason, told.ErrorCode));
        Assert.Equal("shop", told.FlagMetadata["readyops.owner"]);
        StubRequest request = Assert.Single(stub.Requests);
        Assert.Equal(("POST", "http://flagd:8016/ofrep/v1/evaluate/flags/a%2Fb"), (request.Method, request.Url.AbsoluteUri));
        using var sent = System.Text.Json.JsonDocument.Parse(request.Body);
        Assert.Equal("user-1", sent.RootElement.GetProperty("context").GetProperty("targetingKey").GetString());
        Assert.Equal("gold", sent.RootElement.GetProperty("context").GetProperty("plan").GetString());
        Assert.StartsWith("application/json", request.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"key":"f","reason":"DISABLED"}""", "DISABLED")]
    [InlineData("""{"key":"f","reason":"DEFAULT","value":null}""", "DEFAULT")]
    public async Task Without_a_value_the_callers_own_default_counts(string body, string reason)
    {
        FlagEvaluation told = await Client(new StubHandler(_ => StubHandler.Text(body))).EvaluateAsync("f", User, Cancel);
        Assert.Equal((null, null, reason, null), (told.Value, told.Variant, told.Reason, told.ErrorCode));
    }

    [Theory]
    [InlineData(400, """{"key":"f","errorCode":"PARSE_ERROR","errorDetails":"bad rule"}""", "PARSE_ERROR", "bad rule")]
    [InlineData(400, """{"key":"f","errorCode":"TARGETING_KEY_MISSING"}""", "TARGETING_KEY_MISSING", "")]
    [InlineData(400, """{"key":"f","errorCode":"INVALID_CONTEXT","errorDetails":"no object"}""", "INVALID_CONTEXT", "no object")]
    [InlineData(404, """{"key":"f","errorCode":"FLAG_NOT_FOUND","errorDetails":"no such flag"}""", "FLAG_NOT_FOUND", "no such flag")]
    [InlineData(401, "", "PROVIDER_FATAL", "refuses")]
    [InlineData(403, "{}", "PROVIDER_FATAL", "refuses")]
    [InlineData(413, "{}", "INVALID_CONTEXT", "too large")]
    [InlineData(429, "", "PROVIDER_NOT_READY", "after 7 s")]
    [InlineData(500, """{"errorDetails":"it broke"}""", "GENERAL", "it broke")]
    [InlineData(200, """{"key":""", "GENERAL", "JSON")]
    [InlineData(200, "[]", "GENERAL", "protocol")]
    public async Task What_goes_wrong_is_told_and_never_thrown(int status, string body, string code, string why)
    {
        var stub = new StubHandler(_ =>
        {
            HttpResponseMessage answer = StubHandler.Text(body, status);
            if (status == 429) answer.Headers.TryAddWithoutValidation("Retry-After", "7");
            return answer;
        });
        FlagEvaluation told = await Client(stub).EvaluateAsync("f", User, Cancel);
        Assert.Equal((null, null, "ERROR", code), (told.Value, told.Variant, told.Reason, told.ErrorCode));
        Assert.Contains(why, told.ErrorMessage, StringComparison.Ordinal);
        OfrepAnswers all = await Client(stub).EvaluateAllAsync(User, Cancel);
        Assert.Empty(all.Flags);
        Assert.NotNull(all.ErrorCode);
    }

    [Fact]
    public async Task A_page_that_is_no_OFREP_is_not_a_flag_that_is_missing()
    {
        FlagEvaluation told = await Client(new StubHandler(_ => StubHandler.Text("<html>", 404, "text/html"))).EvaluateAsync("f", User, Cancel);
        Assert.Equal("PROVIDER_FATAL", told.ErrorCode);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told()
    {
        var stub = new StubHandler(_ => throw new HttpRequestException("connection refused"));
        FlagEvaluation told = await Client(stub).EvaluateAsync("f", User, Cancel);
        Assert.Equal(("ERROR", "PROVIDER_NOT_READY"), (told.Reason, told.ErrorCode));
    }

    [Fact]
    public async Task All_flags_are_asked_at_once_and_not_sent_again_while_nothing_changed()
    {
        var stub = new StubHandler(request =>
        {
            if (request.Headers.TryGetValue("If-None-Match", out string? known) && known == "\"v1\"") return StubHandler.Text("", 304);
            HttpResponseMessage answer = StubHandler.Text("""{"flags":[{"key":"a","value":true,"reason":"STATIC","variant":"on"},{"key":"b","errorCode":"PARSE_ERROR","errorDetails":"bad rule"}],"metadata":{}}""");
            answer.Headers.TryAddWithoutValidation("ETag", "\"v1\"");
            return answer;
        });
        OfrepClient client = Client(stub);
        OfrepAnswers first = await client.EvaluateAllAsync(User, Cancel);
        Assert.Equal(["a: on (STATIC)", "b: PARSE_ERROR: bad rule"], first.Flags.Select(flag => flag.ToString()));
        OfrepAnswers again = await client.EvaluateAllAsync(User, Cancel);
        Assert.Equal((true, false), (first.Changed, again.Changed));
        Assert.Equal(first.Flags, again.Flags);
        // For another context the answer would be another one.
        Assert.True((await client.EvaluateAllAsync(new FlagContext("user-2"), Cancel)).Changed);
        Assert.Equal(["/ofrep/v1/evaluate/flags"], stub.Requests.Select(request => request.Url.AbsolutePath).Distinct());
    }

    private static OfrepClient Client(StubHandler stub) => new(HttpEndpoint.For("http://flagd:8016"), stub.Context());
}
