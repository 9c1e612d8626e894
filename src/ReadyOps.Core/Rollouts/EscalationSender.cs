using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using ReadyOps.Core.Http;
using ReadyOps.Core.Processes;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Tells hooks that a person must look: at least once, with a key that stays the same for every try, so that whoever is told twice
/// can see that it is the same.
/// </summary>
/// <param name="hooks">The hooks.</param>
/// <param name="context">Clock, HTTP, secrets, and whether commands may run.</param>
internal sealed class EscalationSender(EscalationHooks hooks, EngineContext context)
{
    /// <summary>What came of everything that is due, each hook tried once.</summary>
    /// <param name="id">The rollout.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<RolloutEvent>> SendAsync(string id, RolloutState state, CancellationToken cancel)
    {
        DateTimeOffset now = context.Clock.GetUtcNow();
        var outcomes = new List<Task<RolloutEvent>>();
        foreach (Escalation escalation in state.Escalations)
        {
            foreach (string hook in hooks.Names.Where(hook => !escalation.Done.Contains(hook)))
            {
                bool tried = escalation.Tries.TryGetValue(hook, out (int Attempts, DateTimeOffset NextAt) before);
                if (!tried || state.Ended || before.NextAt <= now) outcomes.Add(TryAsync(id, state, escalation, hook, before.Attempts + 1, cancel));
            }
        }

        return await Task.WhenAll(outcomes).ConfigureAwait(false);
    }

    private async Task<RolloutEvent> TryAsync(string id, RolloutState state, Escalation escalation, string hook, int attempt, CancellationToken cancel)
    {
        string error;
        try
        {
            if (hook == "script") await RunAsync(id, state, escalation, cancel).ConfigureAwait(false);
            else await PostAsync(id, state, escalation, cancel).ConfigureAwait(false);
            return new EscalationSent(escalation.Number, hook, attempt);
        }
        catch (ReadyOpsException e)
        {
            // The words of a failed request name its URL, which is the secret here.
            error = hook == "webhook" && hooks.SecretUrl is not null && e.Id is not ("SecretMissing" or "HttpStatus") ? $"it could not be reached ({e.Id})." : e.Message;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            error = hooks.SecretUrl is null ? e.Message : e.GetType().Name;
        }

        DateTimeOffset? again = attempt < hooks.Attempts ? context.Clock.GetUtcNow() + EscalationHooks.PauseAfter(attempt) : null;
        return new EscalationNotSent(escalation.Number, hook, attempt, error, again);
    }

    private async Task PostAsync(string id, RolloutState state, Escalation escalation, CancellationToken cancel)
    {
        HttpEndpoint endpoint = hooks.Webhook!;
        if (hooks.SecretUrl is { } secret)
        {
            string text = await secret.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            if (!HttpEndpoint.TryParseUrl(text, out Uri? url, out _)) throw new ReadyOpsException("HttpUrlInvalid", $"{secret} holds no URL.");
            endpoint = endpoint with { Url = url! };
        }

        byte[] body = Body(id, state, escalation);
        HttpAnswer answer = await endpoint.SendAsync(context, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("Idempotency-Key", Key(id, escalation));
            return request;
        }, cancel).ConfigureAwait(false);
        if (!answer.IsSuccess) throw new ReadyOpsException("HttpStatus", string.Create(CultureInfo.InvariantCulture, $"It answered {answer.Status}."));
    }

    private async Task RunAsync(string id, RolloutState state, Escalation escalation, CancellationToken cancel)
    {
        IReadOnlyList<string> command = hooks.Script!;
        if (!context.AllowCommand)
            throw new ReadyOpsException("CommandNotAllowed", $"The command {command[0]} may not run: commands written in documents run only when the caller allows it.", "Tick with -AllowCommand.");
        RolloutStarted started = state.Started!;
        var run = new ProcessRun
        {
            Command = command,
            Folder = hooks.Folder,
            Clock = context.Clock,
            Label = "The escalation's command",
            Timeout = hooks.Timeout,
            Environment = new Dictionary<string, string?>
            {
                ["READYOPS_KEY"] = Key(id, escalation),
                ["READYOPS_REASON"] = escalation.Reason,
                ["READYOPS_ROLLOUT"] = id,
                ["READYOPS_RELEASE"] = started.Release,
                ["READYOPS_TARGET"] = started.Target,
                ["READYOPS_PHASE"] = state.Phase.ToString(),
                ["READYOPS_PERCENT"] = state.SharePercent.ToString("0.###", CultureInfo.InvariantCulture),
            },
        };
        ProcessResult result = await context.Programs(run, cancel).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw new ReadyOpsException("CommandFailed", string.Create(CultureInfo.InvariantCulture, $"The command {command[0]} ended with exit code {result.ExitCode}."));
    }

    private static string Key(string id, Escalation escalation) => string.Create(CultureInfo.InvariantCulture, $"{id}#{escalation.Number}");

    // 'text' is what the incoming webhooks of chat systems show.
    private static byte[] Body(string id, RolloutState state, Escalation escalation)
    {
        RolloutStarted started = state.Started!;
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("text", $"{started.Name} {started.Release}: {escalation.Reason}");
            writer.WriteString("key", Key(id, escalation));
            writer.WriteString("event", "RolloutEscalated");
            writer.WriteNumber("number", escalation.Number);
            writer.WriteString("time", escalation.At);
            writer.WriteString("reason", escalation.Reason);
            writer.WriteString("id", id);
            writer.WriteString("name", started.Name);
            writer.WriteString("release", started.Release);
            writer.WriteString("target", started.Target);
            writer.WriteString("phase", state.Phase.ToString());
            writer.WriteNumber("sharePercent", state.SharePercent);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
