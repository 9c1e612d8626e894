using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Rollouts;

/// <summary>Whom to tell when a person must look, and how often to try.</summary>
public sealed record EscalationHooks
{
    /// <summary>Where to post to; <see langword="null"/> for nowhere.</summary>
    public HttpEndpoint? Webhook { get; init; }

    /// <summary>The URL to post to where it is a secret itself, as those of chat systems are.</summary>
    public SecretText? SecretUrl { get; init; }

    /// <summary>The program to run and its arguments; <see langword="null"/> for none.</summary>
    public IReadOnlyList<string>? Script { get; init; }

    /// <summary>The folder that the program runs in.</summary>
    public string Folder { get; init; } = "";

    /// <summary>How long one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often each hook is tried, the first time included.</summary>
    public int Attempts { get; init; } = 12;

    /// <summary>The hooks by name.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            if (Webhook is not null) yield return "webhook";
            if (Script is not null) yield return "script";
        }
    }

    /// <summary>How long to wait after a try that failed: half a minute, then twice as long each time, up to half an hour.</summary>
    public static TimeSpan PauseAfter(int attempt) => TimeSpan.FromSeconds(Math.Min(30 * Math.Pow(2, Math.Min(attempt - 1, 10)), 1800));

    /// <summary>Reads <c>escalation:</c>.</summary>
    public static EscalationHooks? Read(ObjectReader? reader)
    {
        if (reader is null) return null;
        TimeSpan timeout = reader.Duration("timeout", TimeSpan.FromSeconds(10));
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromSeconds(30))
        {
            reader.Problem("timeout", "the rollout waits for it", "a duration above 0 and up to 30s");
            timeout = TimeSpan.FromSeconds(10);
        }

        var hooks = new EscalationHooks { Timeout = timeout, Attempts = reader.Integer("attempts", 12, 1, 100), Folder = reader.BaseDirectory };
        if (reader.Object("webhook") is { } webhook)
        {
            bool secret = webhook.OptionalSecret("url") is { IsReference: true };
            hooks = hooks with
            {
                SecretUrl = secret ? webhook.OptionalSecret("url") : null,
                Webhook = (secret ? HttpEndpoint.ReadSettings(webhook, new Uri("https://secret.invalid")) : HttpEndpoint.ReadObject(webhook, "url")) with { Timeout = timeout, MaxBodyBytes = 64 * 1024 },
            };
        }

        if (reader.Has("script"))
        {
            IReadOnlyList<string> command = reader.Texts("script");
            if (command.Count == 0 || command[0].Length == 0) reader.Problem("script", "it names no program", "a program and its arguments as a list");
            else hooks = hooks with { Script = [Beside(command[0], reader.BaseDirectory), .. command.Skip(1)] };
        }

        if (!hooks.Names.Any() && !reader.Has("script")) reader.Problem("webhook", "nobody would be told", "'webhook' or 'script'");
        return hooks;
    }

    // A program named by a path is the one beside the document, not one beside whoever runs ReadyOps.
    private static string Beside(string program, string folder) =>
        program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? Path.GetFullPath(program, folder) : program;
}
