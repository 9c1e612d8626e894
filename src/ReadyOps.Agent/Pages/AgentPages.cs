using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ReadyOps.Agent.Running;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Pages;

/// <summary>Answers <c>/</c>, <c>/metrics</c> and <c>/healthz</c>. Reads only, and tells no secret: journals hold none.</summary>
internal sealed class AgentPages(RolloutBoard board, AgentMetrics metrics, IJournalStore store, TimeProvider clock)
{
    private const int MostEvents = 12;

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!IsLocal(context.Request.Host.Host))
        {
            // A web page elsewhere could point a name of its own at 127.0.0.1 and read on.
            await WriteAsync(response, 421, "text/plain; charset=utf-8", "Ask for this page by a loopback address or localhost.\n");
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            await WriteAsync(response, 405, "text/plain; charset=utf-8", "These pages can only be read.\n");
            return;
        }

        switch (context.Request.Path.Value)
        {
            case "/":
                response.Headers.ContentSecurityPolicy = StatusPage.SecurityPolicy;
                response.Headers["Referrer-Policy"] = "no-referrer";
                await WriteAsync(response, 200, "text/html; charset=utf-8", StatusPage.Write(board.Entries, await EventsAsync(context.RequestAborted), board.Problems(), store.Location, clock.GetUtcNow()));
                break;
            case "/metrics":
                await WriteAsync(response, 200, ExpositionWriter.ContentType, metrics.Write());
                break;
            case "/healthz":
                IReadOnlyList<string> problems = board.Problems();
                string json = JsonSerializer.Serialize(new Dictionary<string, object> { ["status"] = problems.Count == 0 ? "ok" : "failing", ["reasons"] = problems });
                await WriteAsync(response, problems.Count == 0 ? 200 : 503, "application/json; charset=utf-8", json + "\n");
                break;
            default:
                await WriteAsync(response, 404, "text/plain; charset=utf-8", "There are /, /metrics and /healthz.\n");
                break;
        }
    }

    private static bool IsLocal(string host) =>
        host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static Task WriteAsync(HttpResponse response, int status, string type, string text)
    {
        response.StatusCode = status;
        response.ContentType = type;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.WriteAsync(text, response.HttpContext.RequestAborted);
    }

    /// <summary>The last news of the rollouts under way, newest first.</summary>
    private async Task<IReadOnlyList<JournalEvent>> EventsAsync(CancellationToken cancel)
    {
        var events = new List<JournalEvent>();
        foreach (RolloutBoard.Entry entry in board.Entries.Where(entry => entry.Status is { Ended: false }))
        {
            try
            {
                string stream = RolloutService.Prefix + entry.Id;
                events.AddRange((await store.ReadAsync(stream, cancel)).Select(line => JournalEvents.ToContract(stream, line)).Where(EventText.IsNews).TakeLast(MostEvents));
            }
            catch (ReadyOpsException)
            {
                // The rollout's own row says what is wrong with its journal.
            }
        }

        return [.. events.OrderByDescending(happened => happened.Time).ThenByDescending(happened => happened.Sequence).Take(MostEvents)];
    }
}
