using Microsoft.Extensions.Logging;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Core.Targets;

/// <summary>
/// A share in a flag document of flagd's JSON format, in a file or in Redis: the weights of a <c>fractional</c> rule between two variants.
/// Steps of 0.001 % are exact. Whoever has one share keeps it at every greater one, because flagd compares one hash of the user with the
/// running sum of the weights: with two entries the group only grows.
/// </summary>
/// <remarks>The share is that of the users whom the rule reaches; an allow-list before it in the flag's targeting is left as it is and is not counted.</remarks>
public sealed class FlagTarget : IAllowingTarget
{
    private const int Attempts = 50;

    // Longer than a change of flags takes, and short enough for a rollback to wait for it.
    private static readonly TimeSpan JournalPatience = TimeSpan.FromSeconds(3);

    private readonly EngineContext _context;
    private readonly string _location;
    private readonly string _flag;
    private readonly string _variant;
    private readonly string _stable;

    internal FlagTarget(string location, string flag, string variant, string stable, EngineContext context)
    {
        (_location, _context) = (location, context);
        (_flag, _variant, _stable) = (flag, variant, stable);
        Identity = $"flag {location}#{flag}";
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>Reads <c>{type: flag, path or store, flag, variant: on, stable: off}</c>.</summary>
    public static FlagTarget Read(ObjectReader reader, EngineContext context)
    {
        string location = reader.Has("store") ? ReadStore(reader, context) : ReadPath(reader);
        string flag = reader.RequiredText("flag");
        string variant = reader.OptionalText("variant") ?? "on";
        string stable = reader.OptionalText("stable") ?? "off";
        if (variant == stable)
            reader.Problem(reader.Has("stable") ? "stable" : "variant", $"'{variant}' is both the variant and the stable one", "two different variants");
        return new FlagTarget(location, flag, variant, stable, context);
    }

    /// <inheritdoc/>
    public decimal Nearest(decimal percent)
    {
        TargetReader.ThrowIfNoShare(percent);
        if (percent is 0 or 100) return percent;
        decimal steps = decimal.Ceiling(percent * 1000 - 0.5m); // Half a step goes down: the smaller exposure.
        return decimal.Clamp(steps, 1, FlagDocument.Total - 1) / 1000;
    }

    /// <inheritdoc/>
    public async ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        IFlagStore store = FlagStores.Open(_location, _context);
        await using (store.ConfigureAwait(false))
        {
            return Parse((await ReadAsync(store, cancel).ConfigureAwait(false)).Utf8).Share();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel)
    {
        IFlagStore store = FlagStores.Open(_location, _context);
        await using (store.ConfigureAwait(false))
        {
            return Parse((await ReadAsync(store, cancel).ConfigureAwait(false)).Utf8).Allowed();
        }
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, CancellationToken cancel) => SetAsync(percent, null, null, cancel);

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel) => SetAsync(percent, allowed, null, cancel);

    /// <inheritdoc/>
    /// <remarks>Noted in the history of the flags too where journals are at hand; one that is busy or broken keeps no share from being set.</remarks>
    public ValueTask SetAsync(decimal percent, TargetMove move, CancellationToken cancel) => SetAsync(percent, move.Allow, move, cancel);

    private async ValueTask SetAsync(decimal percent, IReadOnlyList<string>? allowed, TargetMove? move, CancellationToken cancel)
    {
        decimal share = Nearest(percent);
        IFlagStore store = FlagStores.Open(_location, _context);
        await using (store.ConfigureAwait(false))
        {
            if (move is null || !await TryNoteAsync(store, share, move, cancel).ConfigureAwait(false))
                await ChangeAsync(store, utf8 => Parse(utf8).Moved(share, allowed, move?.Rollout), cancel).ConfigureAwait(false);
        }
    }

    private static string ReadPath(ObjectReader reader)
    {
        string path = reader.RequiredPath("path");
        if (Path.GetExtension(path) is ".yaml" or ".yml" or ".YAML" or ".YML")
            reader.Problem("path", "this is a YAML file", "a flag file in JSON: a YAML file cannot be changed without losing its comments");
        return path;
    }

    private static string ReadStore(ObjectReader reader, EngineContext context)
    {
        const string expected = "redis://host:6379/0?key=flags, or secret:NAME or env:NAME that holds such an address with its password";
        string store = reader.RequiredText("store");
        if (reader.Has("path")) reader.Problem("store", "the flags are in a file or in a store, not in both", "either 'path' or 'store'");
        if (!FlagStores.IsRedis(store))
        {
            reader.Problem("store", "this is no store of flags", expected + "; a file is named by 'path'");
            return reader.BaseDirectory;
        }

        try
        {
            return FlagStores.Open(store, context).Location;
        }
        catch (ReadyOpsException e)
        {
            reader.Problem("store", e.Message.TrimEnd('.'), expected);
            return reader.BaseDirectory;
        }
    }

    /// <summary>Sets the share and writes it into the history of the flags; <see langword="false"/> where it is the history that failed.</summary>
    private async ValueTask<bool> TryNoteAsync(IFlagStore store, decimal share, TargetMove move, CancellationToken cancel)
    {
        if (_context.Journals is not { } journals) return false;
        using var patience = new CancellationTokenSource(2 * JournalPatience, _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        try
        {
            await new FlagService(store, journals, _context)
                .MoveAsync(_flag, move.ToString(), utf8 => Parse(utf8).Moved(share, move.Allow, move.Rollout), JournalPatience, either.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && !IsOfFlags(e))
        {
            _context.Logs.CreateLogger("ReadyOps.Flags").LogWarning("{Target} is set without a note in the history of the flags: {Problem}", Identity, e.Message);
            return false;
        }
    }

    /// <summary>Whether it is the flags that failed, and not their history: then there is nothing to be gained by going without one.</summary>
    private static bool IsOfFlags(Exception e) =>
        e is ReadyOpsException { Id: not FlagStoreErrors.UnknownId } problem && problem.Id.StartsWith("Flag", StringComparison.Ordinal);

    private static async ValueTask ChangeAsync(IFlagStore store, Func<ReadOnlyMemory<byte>, byte[]> change, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            FlagStoreContent before = await ReadAsync(store, cancel).ConfigureAwait(false);
            byte[] after = change(before.Utf8);
            if (after.AsSpan().SequenceEqual(before.Utf8.Span)) return;
            try
            {
                await store.WriteAsync(after, before.Version, cancel).ConfigureAwait(false);
                return;
            }
            catch (ReadyOpsException e) when (e.Id is FlagStoreErrors.ConflictId or FlagStoreErrors.UnknownId && attempt < Attempts)
            {
                // Somebody else was faster; the share is put into what they wrote.
            }
        }
    }

    private static async ValueTask<FlagStoreContent> ReadAsync(IFlagStore store, CancellationToken cancel)
    {
        try
        {
            return await store.ReadAsync(cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.MissingId)
        {
            throw new ReadyOpsException("FlagUnreadable", e.Message, "Check 'path' or 'store' of the target; a relative path starts from the folder of the document.", e);
        }
    }

    private FlagTargetDocument Parse(ReadOnlyMemory<byte> utf8) => new(utf8.ToArray(), _location, _flag, _variant, _stable);
}
