using System.Globalization;

namespace ReadyOps.Core.Targets;

/// <summary>
/// Several targets that are moved as one. They rise one after the other in the order of the document and stop at the first that
/// fails; they go back all at once, so that one that hangs keeps no other up.
/// </summary>
public sealed class TargetGroup : IAllowingTarget
{
    private readonly IReadOnlyList<ITarget> _members;

    /// <summary>Makes one of several.</summary>
    /// <param name="members">The targets, in the order in which they rise; at least one.</param>
    public TargetGroup(IReadOnlyList<ITarget> members)
    {
        _members = members;
        Identities = [.. members.Select(member => member.Identity)];
        Identity = string.Join(" + ", Identities);
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Identities { get; }

    /// <summary>The targets that cannot expose a share that the first can: they could not be moved as one.</summary>
    /// <param name="percent">The share, in per cent.</param>
    public IEnumerable<string> Strangers(decimal percent) => _members
        .Where(member => member.Nearest(percent) != Nearest(percent))
        .Select(member => string.Create(CultureInfo.InvariantCulture, $"{member.Identity} would expose {member.Nearest(percent):0.######}%, and {_members[0].Identity} {Nearest(percent):0.######}%"));

    /// <inheritdoc/>
    public decimal Nearest(decimal percent) => _members[0].Nearest(percent);

    /// <inheritdoc/>
    /// <remarks>The greatest share that any of them exposes.</remarks>
    public async ValueTask<decimal> ReadAsync(CancellationToken cancel) => (await ReadEachAsync(cancel).ConfigureAwait(false)).Max();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<decimal>> ReadEachAsync(CancellationToken cancel)
    {
        (decimal? Share, Exception? Error)[] seen = await LookAsync(cancel).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        ThrowIfAny(seen.Select(one => one.Error), "cannot be read");
        return [.. seen.Select(one => one.Share!.Value)];
    }

    /// <summary>The targets that cannot name people.</summary>
    public IEnumerable<string> WithoutNames => _members.Where(member => member is not IAllowingTarget).Select(member => member.Identity);

    /// <inheritdoc/>
    /// <remarks>What only some of them name counts as named, so that it is seen and taken back.</remarks>
    public async ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel)
    {
        var named = new List<IReadOnlyList<string>>();
        foreach (IAllowingTarget member in _members.OfType<IAllowingTarget>()) named.Add(await member.ReadAllowedAsync(cancel).ConfigureAwait(false));
        return named.All(names => names.SequenceEqual(named[0])) ? named[0] : [.. named.SelectMany(names => names).Distinct(), $"(not all of {Identity})"];
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, CancellationToken cancel) => SetAsync(percent, (member, stop) => member.SetAsync(percent, stop), null, always: false, cancel);

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel) =>
        SetAsync(percent, (member, stop) => ((IAllowingTarget)member).SetAsync(percent, allowed, stop), null, always: true, cancel);

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, TargetMove move, CancellationToken cancel) =>
        SetAsync(percent, (member, stop) => member.SetAsync(percent, move, stop), move, always: move.Allow is not null, cancel);

    private async ValueTask SetAsync(decimal percent, Func<ITarget, CancellationToken, ValueTask> set, TargetMove? move, bool always, CancellationToken cancel)
    {
        (decimal? Share, Exception? Error)[] seen = await LookAsync(cancel).ConfigureAwait(false);
        bool rises = move is { Rises: true };
        // Who is named anew has it from then on: that is a rise, whatever the share was and will be.
        bool Rises(int i) => seen[i].Share is { } share && (share < _members[i].Nearest(percent) || (rises && always));
        int[] all = [.. Enumerable.Range(0, _members.Count)];
        // One that cannot be read may still be taken back; it is never the one that is raised.
        int[] down = [.. all.Where(i => seen[i].Share is { } share ? !Rises(i) && (always || share > _members[i].Nearest(percent)) : !rises)];
        Exception?[] errors = await Task.WhenAll(down.Select(i => TrySetAsync(_members[i], set, cancel))).ConfigureAwait(false);
        Exception?[] failed = new Exception?[_members.Count];
        for (int i = 0; i < down.Length; i++) failed[down[i]] = errors[i];
        ThrowIfAny(failed, "was not set");
        int[] up = move is { TakesBack: true } ? [] : [.. all.Where(Rises)];
        if (rises || up.Length > 0) ThrowIfAny(seen.Select(one => one.Error), "cannot be read, so that none is raised");
        foreach (int i in up)
        {
            failed[i] = await TrySetAsync(_members[i], set, cancel).ConfigureAwait(false);
            ThrowIfAny(failed, "was not raised");
        }
    }

    private async Task<(decimal? Share, Exception? Error)[]> LookAsync(CancellationToken cancel) =>
        await Task.WhenAll(_members.Select(async member =>
        {
            try
            {
                return ((decimal?)await member.ReadAsync(cancel).ConfigureAwait(false), (Exception?)null);
            }
            catch (Exception e)
            {
                return (null, e);
            }
        })).ConfigureAwait(false);

    private static async Task<Exception?> TrySetAsync(ITarget member, Func<ITarget, CancellationToken, ValueTask> set, CancellationToken cancel)
    {
        try
        {
            await set(member, cancel).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void ThrowIfAny(IEnumerable<Exception?> errors, string what)
    {
        (Exception? Error, string Target)[] failed = [.. errors.Zip(Identities).Where(pair => pair.First is not null)];
        if (failed.Length == 0) return;
        string message = string.Join(" ", failed.Select(one => $"{one.Target} {what}: {one.Error!.Message}"));
        throw new ReadyOpsException("TargetGroupFailed", message, (failed[0].Error as ReadyOpsException)?.NextStep ?? "", failed[0].Error);
    }
}
