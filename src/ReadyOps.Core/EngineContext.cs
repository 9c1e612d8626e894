using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Processes;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core;

/// <summary>What everything in the engine may need of its surroundings; a test or a simulation replaces any part.</summary>
public sealed record EngineContext
{
    /// <summary>All time comes from here; nothing else asks the system for it.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Used for every HTTP request. Has no timeout of its own: each caller sets one per request.</summary>
    public HttpClient Http { get; init; } = SharedHttp;

    /// <summary>Resolves <c>secret:NAME</c> and <c>env:NAME</c> at the moment of use.</summary>
    public ISecretSource Secrets { get; init; } = new SecretSource();

    /// <summary>Whether commands written in documents may run.</summary>
    public bool AllowCommand { get; init; }

    /// <summary>Who acts, for the journal: a person, or <c>readyops</c> for the engine itself.</summary>
    public string Actor { get; init; } = "readyops";

    /// <summary>The machine that acts, for the journal.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>Where journals live, for what must be looked up in one; <see langword="null"/> where there is none.</summary>
    public IJournalStore? Journals { get; init; }

    /// <summary>The gate that a check is asked for; <see langword="null"/> outside one.</summary>
    public CheckScene? Scene { get; init; }

    /// <summary>Where a rollout asks: the beginning of its step, before which nothing says anything about it; else <see langword="null"/>.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What is asked of Prometheus for many at once; <see langword="null"/> where everybody asks alone.</summary>
    public QueryShare? Queries { get; init; }

    /// <summary>Whether a check stays on the thread of its caller, as in a simulation, where nothing may depend on the machine; else one that hangs is left behind on another.</summary>
    internal bool StaysOnThread { get; init; }

    /// <summary>Runs the programs that escalations call.</summary>
    internal Func<ProcessRun, CancellationToken, Task<ProcessResult>> Programs { get; init; } = (run, cancel) => run.RunAsync(cancel);

    /// <summary>Where decisions are told.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The same with the clock that all who share a store go by, if it has one.</summary>
    public EngineContext On(IJournalStore store) => store.Clock is { } shared ? this with { Clock = shared } : this;

    /// <summary>The same, in which what many ask alike is asked once.</summary>
    public EngineContext SharingQueries() => Queries is null ? this with { Queries = new QueryShare(Clock, StaysOnThread) } : this;

    private static readonly HttpClient SharedHttp = HttpClients.Plain();
}
