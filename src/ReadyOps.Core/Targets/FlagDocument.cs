using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Targets;

/// <summary>
/// The content of a flag file, as far as the share of one flag goes. Semantics are those of flagd's <c>fractional</c>
/// (core/pkg/evaluator/fractional.go): weights are whole, 1 when left out, 0 when negative; their sum is from 1 to 2147483647; a
/// user is compared with weight over sum, so that another sum with the same ratio moves nobody.
/// </summary>
internal sealed class FlagDocument
{
    /// <summary>The sum of weights that ReadyOps writes: one is 0.001 %.</summary>
    public const int Total = 100_000;

    private readonly byte[] _utf8;
    private readonly string _file;
    private readonly string _name;
    private readonly string _variant;
    private readonly string _stable;
    private readonly JsonSpan _flag;

    /// <summary>Finds the flag and its variants.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagUnreadable</c>, <c>FlagMissing</c>, <c>FlagVariantMissing</c>.</exception>
    public FlagDocument(byte[] utf8, string file, string flag, string variant, string stable)
    {
        (_utf8, _file, _name, _variant, _stable) = (utf8, file, flag, variant, stable);
        JsonSpan root = Parse();
        _flag = Find(Member(root, "flags") ?? throw Unreadable("it has no member 'flags'"));
        JsonSpan? variants = Member(_flag, "variants");
        foreach (string wanted in (string[])[variant, stable])
        {
            if (variants is null || Member(variants, wanted) is null)
                throw new ReadyOpsException("FlagVariantMissing", $"The flag '{flag}' in {file} has no variant '{wanted}'.", "Add it to 'variants', or name the variants in the target's 'variant' and 'stable'.");
        }
    }

    /// <summary>The share of the variant in per cent, to six decimals.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagDisabled</c>, <c>FlagTargetingUnfit</c>: what the file says is no share.</exception>
    public decimal Share()
    {
        ThrowIfDisabled();
        string? fallback = Member(_flag, "defaultVariant")?.Text;
        if (Targeting() is null)
        {
            if (fallback == _variant) return 100;
            if (fallback == _stable) return 0;
            throw Unfit($"it has no targeting, and its defaultVariant is neither '{_variant}' nor '{_stable}'", $"Set its 'defaultVariant' to \"{_stable}\".");
        }

        (Entry variant, Entry stable) = Entries();
        decimal share = ShareOf(variant, stable);
        if (share < 100 && fallback == _variant)
            throw Unfit($"its defaultVariant is '{_variant}', so that a caller without a targetingKey gets it whatever the share", $"Set its 'defaultVariant' to \"{_stable}\".");
        return share;
    }

    /// <exception cref="ReadyOpsException"><c>FlagDisabled</c></exception>
    public void ThrowIfDisabled()
    {
        if (Member(_flag, "state")?.Text != "ENABLED")
            throw new ReadyOpsException("FlagDisabled", $"The flag '{_name}' in {_file} is not ENABLED: every caller gets the value that its own code falls back to, and no share is exposed.", "Set its 'state' to ENABLED.");
    }

    /// <summary>
    /// The file with the variant at that share; the very same bytes where it is there already. A share of 0 is written whenever
    /// the weights can be found, even where the share could not be read: taking back must not fail for what forbids a raise.
    /// </summary>
    /// <exception cref="ReadyOpsException">As <see cref="Share"/>.</exception>
    public byte[] WithShare(decimal percent)
    {
        if (percent > 0) _ = Share();
        (int variantWeight, int stableWeight) = ((int)(percent * (Total / 100)), Total - (int)(percent * (Total / 100)));
        if (Targeting() is null) return WithTargeting(percent, variantWeight, stableWeight);

        (Entry variant, Entry stable) = Entries();
        if (TryShareOf(variant, stable) == percent) return _utf8;
        (Entry Entry, int Weight) first = (variant, variantWeight);
        (Entry Entry, int Weight) second = (stable, stableWeight);
        if (first.Entry.Span.Start > second.Entry.Span.Start) (first, second) = (second, first);
        // The later bytes first, so that the earlier positions still hold.
        return Put(Put(_utf8, second.Entry, second.Weight), first.Entry, first.Weight);
    }

    /// <summary>The same, with a rule to stand in where there is none yet and people are to be named.</summary>
    public byte[] WithShare(decimal percent, IReadOnlyList<string> allowed)
    {
        if (Targeting() is not null || allowed.Count == 0) return WithShare(percent);
        (int variantWeight, int stableWeight) = ((int)(percent * (Total / 100)), Total - (int)(percent * (Total / 100)));
        return WithTargeting(percent, variantWeight, stableWeight, always: true);
    }

    /// <summary>Whom the rule that holds the share names before it.</summary>
    public IReadOnlyList<string> Allowed() => Targeting() is { } targeting && ShareRule(targeting, null) is { Around: { } around } ? FlagAllowList.Of(around, _variant)! : [];

    /// <summary>The file with these people named before the share; the very same bytes where they are already.</summary>
    public byte[] WithAllowed(IReadOnlyList<string> allowed)
    {
        if (Allowed().SequenceEqual(allowed)) return _utf8;
        _ = Entries();
        (JsonSpan rule, JsonSpan? around) = ShareRule(Targeting()!, null)!.Value;
        JsonSpan old = around ?? rule;
        string own = Encoding.UTF8.GetString(_utf8, rule.Start, rule.End - rule.Start);
        return Splice(_utf8, old.Start, old.End, allowed.Count == 0 ? own : FlagAllowList.Around(allowed, _variant, own));
    }

    /// <summary>The rule that holds the share, and the one around it that names people, if there is one.</summary>
    private (JsonSpan Rule, JsonSpan? Around)? ShareRule(JsonSpan node, JsonSpan? around)
    {
        if (node.IsObject && node.Members.Any(m => m.Name == "fractional" && m.Value.Items.Any(e => Names(e, _variant)) && m.Value.Items.Any(e => Names(e, _stable)))) return (node, around);
        if (FlagAllowList.Of(node, _variant) is not null) return ShareRule(FlagAllowList.Otherwise(node), node);
        foreach (JsonSpan child in node.Members.Select(m => m.Value).Concat(node.Items))
            if (ShareRule(child, null) is { } found) return found;
        return null;
    }

    private static byte[] Put(byte[] utf8, Entry entry, int weight)
    {
        string number = weight.ToString(CultureInfo.InvariantCulture);
        return entry.Span.Items.Count == 2
            ? Splice(utf8, entry.Span.Items[1].Start, entry.Span.Items[1].End, number)
            : Splice(utf8, entry.Span.Items[0].End, entry.Span.End, $", {number}]");
    }

    private byte[] WithTargeting(decimal percent, int variantWeight, int stableWeight, bool always = false)
    {
        string? fallback = Member(_flag, "defaultVariant")?.Text;
        if (!always && percent == (fallback == _variant ? 100 : 0)) return _utf8;
        if (fallback == _variant && (percent > 0 || always))
            throw Unfit($"its defaultVariant is '{_variant}', so that a caller without a targetingKey would get it whatever the share", $"Set its 'defaultVariant' to \"{_stable}\".");

        string rule = Rule(variantWeight, stableWeight);
        if (Member(_flag, "targeting") is { } empty) return Splice(_utf8, empty.Start, empty.End, rule);
        (_, int key, JsonSpan last) = _flag.Members[^1];
        int gap = key;
        while (_utf8[gap - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') gap--;
        return Splice(_utf8, last.End, last.End, $",{Encoding.UTF8.GetString(_utf8, gap, key - gap)}\"targeting\": {rule}");
    }

    /// <summary>The targeting, or <see langword="null"/> where there is none or it is empty.</summary>
    private JsonSpan? Targeting() => Member(_flag, "targeting") switch
    {
        null or { Kind: JsonTokenType.Null } or { IsObject: true, Members.Count: 0 } => null,
        { IsObject: true } rule => rule,
        _ => throw Unfit("its targeting is not an object", Advice()),
    };

    private (Entry Variant, Entry Stable) Entries()
    {
        var found = new List<JsonSpan>();
        Search(Targeting()!, found);
        if (found.Count == 0) throw Unfit($"no 'fractional' in its targeting holds both '{_variant}' and '{_stable}'", Advice());
        if (found.Count > 1) throw Unfit($"{found.Count} 'fractional' in its targeting hold both '{_variant}' and '{_stable}', and only one can be the share", Advice());

        List<JsonSpan> entries = [.. found[0].Items.Where((item, i) => i > 0 || item.IsArray)];
        if (entries.Count != 2) throw Unfit($"its 'fractional' has {entries.Count} entries, and a share is between two", Advice());
        return (ReadEntry(entries.Single(e => Names(e, _variant))), ReadEntry(entries.Single(e => Names(e, _stable))));
    }

    private void Search(JsonSpan rule, List<JsonSpan> found)
    {
        foreach ((string name, _, JsonSpan value) in rule.Members)
        {
            if (name == "fractional" && value.Items.Any(e => Names(e, _variant)) && value.Items.Any(e => Names(e, _stable))) found.Add(value);
            // What a condition asks (another flag that this one requires, for example) is nobody's share here.
            else if (name is "if" or "?:" && value.IsArray) SearchBranches(value.Items, found);
            else if (name is not ("==" or "in")) Search(value, found);
        }

        foreach (JsonSpan item in rule.Items) Search(item, found);
    }

    private void SearchBranches(List<JsonSpan> arguments, List<JsonSpan> found)
    {
        for (int i = 0; i < arguments.Count; i++)
            if ((i & 1) == 1 || i == arguments.Count - 1) Search(arguments[i], found);
    }

    private static bool Names(JsonSpan entry, string variant) =>
        entry.IsArray && entry.Items.Count is 1 or 2 && entry.Items[0].Kind == JsonTokenType.String && entry.Items[0].Text == variant;

    private Entry ReadEntry(JsonSpan span)
    {
        if (span.Items.Count == 1) return new Entry(span, 1);
        JsonSpan weight = span.Items[1];
        if (weight.Kind != JsonTokenType.Number) throw Unfit($"the weight of '{span.Items[0].Text}' is computed and not a number", Advice());
        if (!decimal.TryParse(weight.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) || value != decimal.Floor(value) || value > int.MaxValue)
            throw Unfit($"the weight {weight.Text} of '{span.Items[0].Text}' is no whole number up to 2147483647", Advice());
        return new Entry(span, value < 0 ? 0 : (long)value);
    }

    private decimal ShareOf(Entry variant, Entry stable) =>
        TryShareOf(variant, stable) ?? throw Unfit($"the sum of its weights is {variant.Weight + stable.Weight}, and flagd takes 1 to 2147483647", Advice());

    private static decimal? TryShareOf(Entry variant, Entry stable)
    {
        long total = variant.Weight + stable.Weight;
        if (total is < 1 or > int.MaxValue) return null;
        decimal share = decimal.Round(100m * variant.Weight / total, 6);
        // Rounding must not turn somebody into nobody, nor nearly all into all.
        if (share == 0 && variant.Weight > 0) return 0.000001m;
        return share == 100 && stable.Weight > 0 ? 99.999999m : share;
    }

    private JsonSpan Parse()
    {
        JsonSpan root;
        try
        {
            root = JsonSpan.Parse(_utf8);
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line + 1}:{e.BytePositionInLine + 1}") : "";
            throw new ReadyOpsException("FlagUnreadable", $"The flag file {_file}{place} is no JSON: {e.Message.Split(" LineNumber:")[0]}", "ReadyOps changes flag files in JSON only: no comments, no trailing commas, no YAML.", e);
        }

        return root.IsObject ? root : throw Unreadable("it holds no JSON object");
    }

    private JsonSpan Find(JsonSpan flags)
    {
        // The daemon of flagd takes a list with a key in each flag as well.
        List<JsonSpan> found = flags.IsArray ? [.. flags.Items.Where(f => Member(f, "key")?.Text == _name)] : Member(flags, _name) is { } one ? [one] : [];
        return found switch
        {
            [{ IsObject: true } flag] => flag,
            [] => throw new ReadyOpsException("FlagMissing", $"There is no flag '{_name}' in {_file}.", "Check 'flag' of the target, or add the flag to the file."),
            [_] => throw Unreadable($"the flag '{_name}' is not an object"),
            _ => throw Unreadable($"the flag '{_name}' is there {found.Count} times"),
        };
    }

    private JsonSpan? Member(JsonSpan span, string name)
    {
        JsonSpan? found = null;
        foreach ((string key, _, JsonSpan value) in span.Members)
        {
            if (key != name) continue;
            // Readers of JSON differ in which of two equal keys counts.
            if (found is not null) throw Unreadable($"the key '{name}' is there twice in one object");
            found = value;
        }

        return found;
    }

    private string Rule(int variantWeight, int stableWeight) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"fractional\": [[{Quote(_variant)}, {variantWeight}], [{Quote(_stable)}, {stableWeight}]]}}");

    private string Advice() => $"Where the share is to be decided, write exactly one {Rule(0, Total)}; ReadyOps changes nothing but its two weights.";

    private ReadyOpsException Unreadable(string why) => new("FlagUnreadable", $"The flag file {_file} cannot be used: {why}.", "Correct the file; nothing was changed.");

    private ReadyOpsException Unfit(string why, string next) => new("FlagTargetingUnfit", $"The flag '{_name}' in {_file} holds no share: {why}.", next);

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static byte[] Splice(byte[] utf8, int start, int end, string text) =>
        [.. utf8.AsSpan(0, start), .. Encoding.UTF8.GetBytes(text), .. utf8.AsSpan(end)];

    private readonly record struct Entry(JsonSpan Span, long Weight);
}
