using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Targets;

/// <summary>
/// A share in a flag file of flagd's JSON format: the weights of a <c>fractional</c> rule between two variants. Steps of
/// 0.001 % are exact. Whoever has one share keeps it at every greater one, because flagd compares one hash of the user with the
/// running sum of the weights: with two entries the group only grows.
/// </summary>
/// <remarks>The share is that of the users whom the rule reaches; an allow-list before it in the flag's targeting is left as it is and is not counted.</remarks>
public sealed class FlagTarget : IAllowingTarget
{
    private readonly FlagFile _file;
    private readonly string _flag;
    private readonly string _variant;
    private readonly string _stable;

    internal FlagTarget(string path, string flag, string variant, string stable, EngineContext context)
    {
        _file = new FlagFile(path, context.Clock);
        (_flag, _variant, _stable) = (flag, variant, stable);
        Identity = $"flag {path}#{flag}";
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>Reads <c>{type: flag, path, flag, variant: on, stable: off}</c>.</summary>
    public static FlagTarget Read(ObjectReader reader, EngineContext context)
    {
        string path = reader.RequiredPath("path");
        string flag = reader.RequiredText("flag");
        string variant = reader.OptionalText("variant") ?? "on";
        string stable = reader.OptionalText("stable") ?? "off";
        if (Path.GetExtension(path) is ".yaml" or ".yml" or ".YAML" or ".YML")
            reader.Problem("path", "this is a YAML file", "a flag file in JSON: a YAML file cannot be changed without losing its comments");
        if (variant == stable)
            reader.Problem(reader.Has("stable") ? "stable" : "variant", $"'{variant}' is both the variant and the stable one", "two different variants");
        return new FlagTarget(path, flag, variant, stable, context);
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
    public async ValueTask<decimal> ReadAsync(CancellationToken cancel) =>
        Parse(await _file.ReadAsync(cancel).ConfigureAwait(false)).Share();

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        decimal share = Nearest(percent);
        return _file.ChangeAsync(utf8 => Parse(utf8).WithShare(share), cancel);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel) =>
        Parse(await _file.ReadAsync(cancel).ConfigureAwait(false)).Allowed();

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel)
    {
        decimal share = Nearest(percent);
        return _file.ChangeAsync(utf8 => Parse(Parse(utf8).WithShare(share, allowed)).WithAllowed(allowed), cancel);
    }

    private FlagDocument Parse(byte[] utf8) => new(utf8, _file.Path, _flag, _variant, _stable);
}
