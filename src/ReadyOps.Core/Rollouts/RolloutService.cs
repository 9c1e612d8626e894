using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Everything one can do with rollouts. Stateless between calls: what is known of a rollout is in its journal, so any process on
/// any machine that reaches the store may make the next call.
/// </summary>
/// <param name="store">Where the journals live.</param>
/// <param name="context">The surroundings.</param>
/// <param name="factory">Makes runnable rollouts of documents; on the real world when it is not given.</param>
public sealed partial class RolloutService(IJournalStore store, EngineContext context, RolloutFactory? factory = null)
{
    /// <summary>Streams of rollouts begin with this.</summary>
    public const string Prefix = "rollouts/";

    private static readonly TimeSpan LeaseWait = TargetOwnership.LeaseWait;

    private readonly TargetOwnership _ownership = new(store);

    private readonly RolloutFactory _factory = factory ?? RolloutPlan.Read;

    private readonly EndedRollouts _ended = new(store);

    // From here on the context has the clock of the store (agents whose machines disagree must not take each other's past for the future),
    // and rollouts that ask the same of Prometheus ask it once.
    private readonly ILogger _log = (context = context.On(store).SharingQueries()).Logs.CreateLogger("ReadyOps.Rollouts");

    private readonly FoldCache _folds = new(context.Logs.CreateLogger("ReadyOps.Rollouts"));

    private volatile Tuple<RolloutStarted, DocumentNode>? _lastRoot;

    /// <summary>How many bytes a journal grows before its state is kept beside it anew.</summary>
    internal long SnapshotEvery { init => _folds.KeepEvery = value; }

    /// <summary>What would happen when, if it were started now and every signal passed. Touches nothing.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with the document.</exception>
    public IReadOnlyList<RolloutTimelineEntry> Preview(Document document)
    {
        RolloutPlan plan = PlanOf(document);
        return RolloutTimeline.Of(new RolloutEngine(plan.Definition, plan.Parts, context).Definition, context.Clock.GetUtcNow());
    }

    /// <summary>Refuses what may not start, as far as that can be said without asking the target. Touches nothing.</summary>
    /// <returns>The release that would be rolled out.</returns>
    /// <exception cref="ReadyOpsException"><c>ReleaseMissing</c>, <c>GateNotPassed</c>, <c>GateForOtherRelease</c>, <c>GateStale</c></exception>
    public string Demand(Document document, RolloutStart start)
    {
        string release = start.Release ?? PlanOf(document).Definition.Release ?? throw new ReadyOpsException("ReleaseMissing",
            $"'{document.File}' does not say which release it rolls out.", "Write 'release:' into the document or name it with -Release.");
        if (PlanOf(document).Definition.Escalation?.Script is { } script && !context.AllowCommand)
            throw new ReadyOpsException("CommandNotAllowed", $"The escalation's command {script[0]} may not run: commands written in documents run only when the caller allows it.", "Read the command in the document, then repeat with -AllowCommand.");
        foreach (GateResult gate in start.Gates) GateDemand.Passed(gate, release, context.Clock.GetUtcNow());
        return release;
    }

    /// <summary>Starts a rollout and ticks it once.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with the document.</exception>
    /// <exception cref="ReadyOpsException">
    /// <c>GateNotPassed</c>, <c>GateForOtherRelease</c>, <c>GateStale</c>, <c>GateSuperseded</c>, <c>ReleaseMissing</c>, <c>TargetBusy</c>, <c>TargetNotAtRest</c>, or what the target says.
    /// </exception>
    public async ValueTask<RolloutStatus> StartAsync(Document document, RolloutStart start, CancellationToken cancel)
    {
        RolloutPlan plan = PlanOf(document);
        string release = Demand(document, start);
        foreach (GateResult gate in start.Gates)
        {
            await GateDemand.NewestAsync(gate, store, cancel).ConfigureAwait(false);
            // Once more: a store that others share shows with its first answer what time it is.
            GateDemand.Passed(gate, release, context.Clock.GetUtcNow());
        }

        IReadOnlyList<string> targets = plan.Parts.Target.Identities;
        await using LeaseSet claims = await _ownership.AcquireAsync(targets, cancel).ConfigureAwait(false);
        IReadOnlyList<decimal> shares = await plan.Parts.Target.ReadEachAsync(cancel).ConfigureAwait(false);
        await using LeaseSet holders = await _ownership.HoldersAsync(claims, (holder, state) => DemandTakeover(holder, state, document.Name, release, targets, start.Force), cancel).ConfigureAwait(false);
        // Only now: of one that another rollout moves, its share is not for anybody to set.
        if (shares.Any(one => !RolloutMachine.Same(one, shares[0])))
        {
            throw new ReadyOpsException("TargetsApart",
                $"The targets are to be moved as one and do not expose the same share: {string.Join(", ", targets.Zip(shares, (target, one) => string.Create(CultureInfo.InvariantCulture, $"{target} {one:0.###}%")))}.",
                "Set them to the same share first.");
        }

        decimal share = shares[0];
        IReadOnlyList<string> named = await plan.Parts.ReadAllowedAsync(plan.Definition, cancel).ConfigureAwait(false) ?? [];
        string[] superseded = [.. holders.Select(holder => holder.Stream[Prefix.Length..])];
        DemandRest(plan, share, start.Force || superseded.Length > 0);
        if (named.Count > 0 && !start.Force && superseded.Length == 0)
            throw new ReadyOpsException("TargetNotAtRest", $"{plan.Parts.Target.Identity} names people already: {string.Join(", ", named)}.", "Take them out first, or start with -Force, which replaces them.");
        await using IJournalLease lease = await AcquireNewAsync(NewId(document.Name, release), cancel).ConfigureAwait(false);
        string id = lease.Stream[Prefix.Length..];

        // In this order: claims bind nobody until the start is written, which is the one moment that hands the targets over; whoever had
        // them is told after that, and finds out by itself if this process dies before.
        foreach (IJournalLease claim in claims) await claim.AppendAsync([TargetClaim.Encode(plan.Parts.Target.Identity, id, context.Actor)], cancel).ConfigureAwait(false);
        var started = new RolloutStarted(document.Name, release, document.File, document.BaseDirectory, document.Digest, DocumentJson.ToJson(document.Root),
            plan.Parts.Target.Identity, share, GatesOf(start), start.Reason, context.Actor, start.RetryOf, superseded.Length > 0 ? superseded : null, targets.Count > 1 ? targets : null, named.Count > 0 ? named : null);

        // Who stood still meanwhile may hold what others have moved since: a rollback of what is to be taken over, another start.
        if (claims.Concat(holders).FirstOrDefault(held => !held.IsHeld) is { } lost)
            throw new ReadyOpsException("JournalFenced", $"The lease of {lost.Stream} ended before '{id}' could be started.", "Nothing was started. Look at what has the target now, and start again.");
        await lease.AppendAsync([RolloutEvents.Encode(started, context.Actor)], cancel).ConfigureAwait(false);
        foreach (IJournalLease holder in holders) await SupersedeAsync(holder, lease, id, cancel).ConfigureAwait(false);
        return await TickAsync(id, lease, 0, cancel).ConfigureAwait(false);
    }

    /// <summary>Ticks one rollout. One that has ended is only looked at.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c>, <c>RolloutBusy</c> when another process is at it, <c>JournalDamaged</c>.</exception>
    public async ValueTask<RolloutStatus> TickAsync(string id, CancellationToken cancel)
    {
        await DemandExistsAsync(id, cancel).ConfigureAwait(false);
        await _folds.LearnAsync(id, store, Prefix + id, cancel).ConfigureAwait(false);
        await using IJournalLease lease = await _ownership.AcquireAsync(Prefix + id, LeaseWait, cancel, _folds.Known(id)).ConfigureAwait(false);
        return await TickAsync(id, lease, lease.Lines.Count, cancel).ConfigureAwait(false);
    }

    /// <summary>Ticks a rollout again and again until it has ended, telling after each tick where it stands.</summary>
    public async IAsyncEnumerable<RolloutStatus> RunAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            RolloutStatus? status = await TryTickAsync(id, cancel).ConfigureAwait(false);
            if (status is null)
            {
                await Task.Delay(LeaseWait, context.Clock, cancel).ConfigureAwait(false);
                continue;
            }

            yield return status;
            if (status.Ended) yield break;
            TimeSpan wait = status.NextTickAt!.Value - context.Clock.GetUtcNow();
            if (status.Remaining is { } remaining && remaining > TimeSpan.Zero && remaining < wait) wait = remaining;
            if (wait > TimeSpan.Zero) await Task.Delay(wait, context.Clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Ticks, or tells why not where that passes: another process is at it, or the store fails for now. Whoever guards a rollout must
    /// not stop guarding it because a person paused it from elsewhere or a disk was full for a minute.
    /// </summary>
    private async ValueTask<RolloutStatus?> TryTickAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await TickAsync(id, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id is "RolloutBusy" or "JournalWriteFailed" or "JournalUnavailable" or "JournalFenced")
        {
            Tell(id, e);
            return null;
        }
    }

    /// <summary>Where a rollout stands. Looks at its journal only.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c></exception>
    public async ValueTask<RolloutStatus> GetAsync(string id, CancellationToken cancel)
    {
        (RolloutDefinition definition, RolloutState state) = await FoldAsync(id, cancel).ConfigureAwait(false);
        return RolloutReport.Look(id, definition, state, context.Clock.GetUtcNow());
    }

    /// <summary>A rollout and its state, folded from its journal.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c></exception>
    internal async ValueTask<(RolloutDefinition Definition, RolloutState State)> FoldAsync(string id, CancellationToken cancel)
    {
        RolloutState state = await StateAsync(id, cancel).ConfigureAwait(false);
        return state.Started is null ? throw NotFound(id) : (PlanOf(state).Definition, state);
    }

    private async ValueTask<RolloutState> StateAsync(string id, CancellationToken cancel)
    {
        await _folds.LearnAsync(id, store, Prefix + id, cancel).ConfigureAwait(false);
        return _folds.Fold(id, await store.ReadAfterAsync(Prefix + id, _folds.Known(id), cancel).ConfigureAwait(false));
    }

    /// <summary>Every rollout in the store, by name and then by time of its start. Looks at journals only.</summary>
    public async IAsyncEnumerable<RolloutStatus> ListAsync(bool activeOnly, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (JournalStamp stamp in await store.ListStampsAsync(Prefix, cancel).ConfigureAwait(false))
        {
            string stream = stamp.Stream;
            RolloutStatus? status = null;
            try
            {
                if (activeOnly && await _ended.KnowsAsync(stamp, cancel).ConfigureAwait(false)) continue;
                status = await GetAsync(stream[Prefix.Length..], cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A journal that cannot be read must not hide the rollouts beside it.
                Tell(stream, e);
            }

            bool isOver = status is { Ended: true, EscalationsPending: 0 };
            if (isOver) _ended.Note(stamp);
            if (status is not null && !(activeOnly && isOver)) yield return status;
        }
    }

    /// <summary>The rollouts that are not known to have ended, in ordinal order; costs a look at the last line of each that was not known before.</summary>
    public async ValueTask<IReadOnlyList<string>> ListActiveIdsAsync(CancellationToken cancel)
    {
        List<string> ids = [];
        IReadOnlyList<JournalStamp> stamps = await store.ListStampsAsync(Prefix, cancel).ConfigureAwait(false);
        foreach (string gone in _folds.ForgetAllBut(stamps.Select(stamp => stamp.Stream[Prefix.Length..])))
            _log.LogError("{Location} has no rollout {Id} any more, which this process has ticked: somebody removed it, or the store lost it. Nobody watches its target.", store.Location, gone);
        foreach (JournalStamp stamp in stamps)
            if (!await _ended.KnowsAsync(stamp, cancel).ConfigureAwait(false)) ids.Add(stamp.Stream[Prefix.Length..]);
        return ids;
    }

    /// <summary>Follows a rollout that others tick, telling whenever something was journalled, until it has ended.</summary>
    public async IAsyncEnumerable<RolloutStatus> WatchAsync(string id, TimeSpan pace, [EnumeratorCancellation] CancellationToken cancel)
    {
        DateTimeOffset? last = null;
        while (true)
        {
            RolloutStatus status = await GetAsync(id, cancel).ConfigureAwait(false);
            if (status.LastEventAt != last) yield return status;
            if (status.Ended) yield break;
            last = status.LastEventAt;
            await Task.Delay(pace, context.Clock, cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask<RolloutStatus> TickAsync(string id, IJournalLease lease, int known, CancellationToken cancel)
    {
        RolloutState state = await NoticeLossAsync(id, lease, _folds.Fold(id, lease), cancel).ConfigureAwait(false);
        RolloutPlan plan = PlanOf(state);
        // Whom a rollout called before it ended may be still to be reached.
        if (state.Ended && !state.IsEscalationDue(plan.Definition.Escalation, context.Clock.GetUtcNow()))
            return RolloutReport.Look(id, plan.Definition, state, context.Clock.GetUtcNow());
        if (state.TakingOver.Count > 0) state = await TellFormerOwnersAsync(id, lease, state, cancel).ConfigureAwait(false);
        var engine = new RolloutEngine(plan.Definition, plan.Parts, context with { Journals = store }) { SuccessorAsync = stop => FindSuccessorAsync(id, state, stop) };
        state = await engine.TickAsync(lease, state, cancel).ConfigureAwait(false);
        _folds.Leave(id, lease);
        if (state.Ended && lease.Lines.Count > known) await SealAsync(lease, cancel).ConfigureAwait(false);
        if (!lease.UsedReserve)
        {
            await _folds.KeepAsync(id, store, lease, cancel).ConfigureAwait(false);
            (store as IJournalReserve)?.KeepRoom();
        }

        JournalEvent[] events = [.. lease.Lines.Skip(known).Select(line => JournalEvents.ToContract(lease.Stream, line))];
        return RolloutReport.Of(id, engine.Definition, state, context.Clock.GetUtcNow(), engine.Signals, events);
    }

    /// <summary>Tells, and pauses, where the journal lost what this process was told is kept. No process without such a memory can see that.</summary>
    private async ValueTask<RolloutState> NoticeLossAsync(string id, IJournalLease lease, RolloutState state, CancellationToken cancel)
    {
        if (_folds.Lost(id) is not { } lost) return state;
        _log.LogError("{Stream} in {Location} had event {Sequence}, which ends with {Hash}, and has it no more: the store lost what it had confirmed.", lease.Stream, store.Location, lost.Sequence, lost.Hash);
        IReadOnlyList<RolloutEvent> events = RolloutMachine.NoticeLoss(state, lost.Sequence);
        if (events.Count > 0) await lease.AppendUrgentAsync([.. events.Select(happened => RolloutEvents.Encode(happened, RolloutEngine.Self))], cancel).ConfigureAwait(false);
        _folds.TellLost(id);
        return _folds.Fold(id, lease);
    }

    private async ValueTask SealAsync(IJournalLease lease, CancellationToken cancel)
    {
        try
        {
            await lease.SealAsync(cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            // The rollout has ended as it has; without the seal, only a later loss of the journal's end would go unnoticed.
            Tell(lease.Stream, e);
        }
    }

    private RolloutPlan PlanOf(Document document)
    {
        var problems = new ProblemList(document.File);
        var reader = ObjectReader.For(document, problems);
        RolloutPlan plan = _factory(reader, document.Name, context with { Journals = store });
        WindowReader.NoteUnusable(reader, plan.Definition.Windows, context.Clock.GetUtcNow());
        problems.ThrowIfAny();
        return plan;
    }

    private RolloutPlan PlanOf(RolloutState state)
    {
        RolloutStarted started = state.Started!;
        var problems = new ProblemList(started.File);
        RolloutPlan plan = _factory(new ObjectReader(RootOf(started), "", started.BaseDirectory, problems), started.Name, context with { Journals = store });
        problems.ThrowIfAny();
        return plan;
    }

    /// <summary>The document that a rollout runs by. Of one only, the last: a process that has many would keep them all.</summary>
    private DocumentNode RootOf(RolloutStarted started)
    {
        if (_lastRoot is { } last && ReferenceEquals(last.Item1, started)) return last.Item2;
        DocumentNode root = DocumentJson.FromJson(started.Document);
        _lastRoot = new(started, root);
        return root;
    }

    private static string? GatesOf(RolloutStart start) => start.Gates.Count == 0 ? null
        : string.Join("; ", start.Gates.Select(gate => $"{gate.Gate}: {(gate.JournalReference.Length > 0 ? gate.JournalReference : "not journalled")}"));

    private static void DemandRest(RolloutPlan plan, decimal share, bool force)
    {
        decimal first = plan.Definition.Steps[0].Percent;
        if (plan.Definition.Window is not null)
        {
            if (RolloutMachine.Same(share, plan.Parts.Target.Nearest(first))) return;
            throw new ReadyOpsException("ShareDiffers",
                string.Create(CultureInfo.InvariantCulture, $"{plan.Parts.Target.Identity} exposes {share:0.###}%, and the window is to watch {first:0.###}%."),
                "Wait until the rollout has come to its end, or write the share that is to be watched into 'share'.");
        }

        if (share <= plan.Parts.Target.Nearest(first) + RolloutMachine.Tolerance || force) return;
        throw new ReadyOpsException("TargetNotAtRest",
            string.Create(CultureInfo.InvariantCulture, $"{plan.Parts.Target.Identity} already exposes {share:0.###}%, more than the first step of {first:0.###}%."),
            "Set it back first, or start with -Force to begin from there.");
    }

    private async ValueTask DemandExistsAsync(string id, CancellationToken cancel)
    {
        // Taking the lease of a stream makes it; a mistyped id must not leave an empty journal behind.
        if (!await store.ExistsAsync(Prefix + id, cancel).ConfigureAwait(false)) throw NotFound(id);
    }

    /// <summary>The journal of a new rollout. Two starts in the same millisecond must not share one.</summary>
    private async ValueTask<IJournalLease> AcquireNewAsync(string id, CancellationToken cancel)
    {
        for (int twin = 1; ; twin++)
        {
            string unique = twin == 1 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}-{twin}");
            IJournalLease? lease = await store.TryAcquireAsync(Prefix + unique, TimeSpan.Zero, cancel).ConfigureAwait(false);
            if (lease is { Lines.Count: 0 }) return lease;
            if (lease is not null) await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Tell(string what, Exception problem) =>
        _log.LogError("{What}: {Problem} {NextStep}", what, problem.Message, (problem as ReadyOpsException)?.NextStep);

    private ReadyOpsException NotFound(string id) => new("RolloutNotFound", $"There is no rollout '{id}' in {store.Location}.", "Get-ProgressiveRollout lists those that there are.");

    private string NewId(string name, string release)
    {
        string stamp = context.Clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        string plain = new([.. release.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-')]);
        return $"{name}-{plain}-{stamp}";
    }
}
