using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Core.Targets;

/// <summary>
/// A flag document as the target of a rollout sees it: a flag whose strategy is a share of ours is moved by that strategy, so that its
/// parameters tell what is; of any other only the weights are touched.
/// </summary>
internal sealed class FlagTargetDocument
{
    private readonly byte[] _utf8;
    private readonly string _location;
    private readonly string _flag;
    private readonly string _variant;
    private readonly string _stable;
    private readonly FlagDocument _document;
    private readonly FlagStrategy? _strategy;

    /// <exception cref="ReadyOpsException">As <see cref="FlagDocument"/>.</exception>
    public FlagTargetDocument(byte[] utf8, string location, string flag, string variant, string stable)
    {
        (_utf8, _location, _flag, _variant, _stable) = (utf8, location, flag, variant, stable);
        _document = Parse(utf8);
        _strategy = StrategyOf(utf8, flag) is { } strategy && strategy.Variant == variant && strategy.Stable == stable ? strategy : null;
    }

    /// <summary>The share of the variant in per cent.</summary>
    /// <exception cref="ReadyOpsException">As <see cref="FlagDocument.Share"/>.</exception>
    public decimal Share()
    {
        if (PercentOf(_strategy) is not { } percent) return _document.Share();
        _document.ThrowIfDisabled();
        return decimal.Round(percent * 1000, MidpointRounding.ToZero) / 1000;
    }

    /// <summary>The document with the variant at that share; the very same bytes where it is there already.</summary>
    /// <param name="share">The share in per cent, in steps of 0.001.</param>
    /// <param name="allowed">Who is named before the share; <see langword="null"/> to leave that as it is.</param>
    /// <param name="rollout">The rollout that owns the share from now on, or <see langword="null"/> to leave that as it is.</param>
    /// <exception cref="ReadyOpsException">As <see cref="FlagDocument.WithShare(decimal)"/>.</exception>
    public byte[] Moved(decimal share, IReadOnlyList<string>? allowed, string? rollout)
    {
        byte[] moved = PercentOf(_strategy) is not { } now ? Named(_document, share, allowed)
            : allowed is not { Count: > 0 } ? MovedBy(_strategy!, now, share)
            : Named(Parse(Freed(_strategy!)), share, allowed);
        return rollout is null || moved.AsSpan().SequenceEqual(_utf8) ? moved : Owned(Refreshed(moved), rollout);
    }

    /// <summary>Whom the rule that holds the share names before it.</summary>
    public IReadOnlyList<string> Allowed() => _document.Allowed();

    private byte[] Named(FlagDocument document, decimal share, IReadOnlyList<string>? allowed) =>
        allowed is null ? document.WithShare(share) : Parse(document.WithShare(share, allowed)).WithAllowed(allowed);

    /// <summary>The same flag without the strategy, which does not know of people whom a rollout names; its rule stays, with weights to be set.</summary>
    private byte[] Freed(FlagStrategy strategy)
    {
        var editor = new FlagEditor(_utf8, _location);
        // Of nobody or everybody, a strategy makes a rule without weights.
        FlagStrategies.Apply(editor, _flag, With(strategy, Math.Clamp(PercentOf(strategy)!.Value, 0.001m, 99.999m)));
        FlagStrategies.Forget(editor, _flag);
        return editor.Utf8;
    }

    private FlagDocument Parse(byte[] utf8) => new(utf8, _location, _flag, _variant, _stable);

    private static FlagStrategy With(FlagStrategy strategy, decimal percent) => strategy is Canary canary ? canary with { Percent = percent } : ((Percentage)strategy) with { Percent = percent };

    private byte[] MovedBy(FlagStrategy strategy, decimal now, decimal share)
    {
        if (share > 0) _document.ThrowIfDisabled();
        if (now == share) return _utf8;
        var editor = new FlagEditor(_utf8, _location);
        try
        {
            FlagStrategies.Apply(editor, _flag, With(strategy, share));
        }
        catch (ReadyOpsException) when (share == 0)
        {
            // Whatever is wrong with what it requires: nobody is left with the variant.
            FlagStrategies.Forget(editor, _flag);
            editor.SetTargeting(_flag, null);
            editor.SetDefaultVariant(_flag, _stable);
        }

        return editor.Utf8;
    }

    /// <summary>The flags that require this one have its rule in theirs.</summary>
    private byte[] Refreshed(byte[] moved)
    {
        if (moved.AsSpan().IndexOf(Encoding.UTF8.GetBytes(FlagMetadataKeys.Requires)) < 0) return moved;
        try
        {
            var editor = new FlagEditor(moved, _location);
            FlagRequirements.Refresh(editor);
            return editor.Utf8;
        }
        catch (Exception e) when (e is ReadyOpsException or JsonException or ArgumentException or InvalidOperationException)
        {
            // What is wrong with other flags keeps this one from nothing.
            return moved;
        }
    }

    private byte[] Owned(byte[] moved, string rollout)
    {
        try
        {
            var editor = new FlagEditor(moved, _location);
            if (editor.Find(_flag)?["metadata"] is null or JsonObject) editor.SetMetadata(_flag, FlagMetadataKeys.Rollout, JsonValue.Create(rollout));
            return editor.Utf8;
        }
        catch (Exception e) when (e is ReadyOpsException or JsonException or ArgumentException or InvalidOperationException)
        {
            // A note only: no share stays where it is for want of one.
            return moved;
        }
    }

    private static decimal? PercentOf(FlagStrategy? strategy) => strategy switch { Percentage share => share.Percent, Canary canary => canary.Percent, _ => null };

    /// <summary>The strategy that the flag still follows. Read from this flag alone: what is wrong with others is none of its business.</summary>
    private static FlagStrategy? StrategyOf(byte[] utf8, string key)
    {
        try
        {
            if (new FlagEditor(utf8, key).Find(key) is not { } json || json["metadata"] is not JsonObject metadata || !metadata.ContainsKey(FlagMetadataKeys.Prefix + "strategy")) return null;
            // Until its moment, the parameters of a scheduled change tell what will be.
            if (metadata.ContainsKey(FlagMetadataKeys.Prefix + "at")) return null;
            byte[] alone = Encoding.UTF8.GetBytes(new JsonObject { ["flags"] = new JsonObject { [key] = json } }.ToJsonString());
            return FlagSet.Load(alone, key, FlagSetOptions.AsFlagd).Find(key) is { } flag && FlagStrategies.IsAsCompiled(flag) ? FlagStrategies.Read(flag) : null;
        }
        catch (Exception e) when (e is ReadyOpsException or JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
