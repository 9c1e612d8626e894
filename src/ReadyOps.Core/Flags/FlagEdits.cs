using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Core.Flags;

/// <summary>Changes of flags that take more than one member.</summary>
public static class FlagEdits
{
    private const string On = "on";

    private const string Off = "off";

    /// <summary>A new flag, enabled, for nobody yet.</summary>
    /// <param name="variants">Its variants, an object of JSON; <see langword="null"/> for the booleans <c>on</c> and <c>off</c>.</param>
    /// <param name="defaultVariant">The variant for those whom no rule gives another; <see langword="null"/> for <c>off</c>, or the first where there is no <c>off</c>.</param>
    public static JsonObject Definition(JsonObject? variants, string? defaultVariant)
    {
        JsonObject values = variants ?? new JsonObject { [On] = true, [Off] = false };
        return new JsonObject
        {
            ["state"] = "ENABLED",
            ["variants"] = values,
            ["defaultVariant"] = defaultVariant ?? (values.ContainsKey(Off) ? Off : values.Select(variant => variant.Key).FirstOrDefault()),
        };
    }

    /// <summary>
    /// Switches a flag on or off: its state, and for one of emergencies its default variant, because a DISABLED one would be off without a word,
    /// whatever its default variant says.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>FlagMissing</c>, <c>FlagVariantMissing</c></exception>
    public static void Switch(FlagEditor editor, string key, bool on, DateTimeOffset now)
    {
        JsonObject flag = Find(editor, key);
        if (!IsEmergency(flag))
        {
            FlagSchedules.Collapse(editor, key, now);
            editor.SetState(key, on);
            return;
        }

        editor.SetState(key, true);
        FlagStrategies.Apply(editor, key, new AllAtOnce(on) { Variant = Boolean(flag, key, true), Stable = Boolean(flag, key, false) });
    }

    /// <summary>Refuses a flag that is not there.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagMissing</c></exception>
    public static void Demand(FlagEditor editor, string key) => _ = Find(editor, key);

    /// <summary>Puts a rule in JsonLogic, written by hand, in the place of a strategy; an empty text for none.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagTargetingMalformed</c>, <c>FlagRequirementInvalid</c></exception>
    public static void SetRule(FlagEditor editor, string key, string json)
    {
        if (Find(editor, key)["metadata"]?[FlagMetadataKeys.Requires] is not null)
            throw new ReadyOpsException("FlagRequirementInvalid", $"The flag '{key}' requires another one, and only a strategy can be held to that.", "Let it require none first (-Requires @()), and ask for the other flag in the rule.");
        FlagStrategies.Forget(editor, key);
        try
        {
            editor.SetTargeting(key, string.IsNullOrWhiteSpace(json) ? null : JsonNode.Parse(json)!.ToJsonString(Plain));
        }
        catch (JsonException e)
        {
            throw new ReadyOpsException("FlagTargetingMalformed", $"The rule for '{key}' is no JSON: {e.Message}", "Give JsonLogic as JSON text or as a hashtable; nothing was changed.", e);
        }
    }

    /// <summary>A strategy with what was not said about it taken from the flag that it is for.</summary>
    public static FlagStrategy Complete(FlagEditor editor, string key, FlagStrategy strategy, string? variant, string? stable, FlagSlot? slot, bool keepSlot)
    {
        JsonObject flag = Find(editor, key);
        FlagStrategy? now = FlagStrategies.Read(FlagSet.Load(editor.Utf8, "", FlagSetOptions.AsFlagd).Find(key)!);
        string brought = variant ?? now?.Variant ?? On;
        string other = stable ?? now?.Stable ?? Off;
        foreach (string name in (string[])[brought, other])
        {
            if ((flag["variants"] as JsonObject)?.ContainsKey(name) != true)
                throw new ReadyOpsException("FlagVariantMissing", $"The flag '{key}' has no variant '{name}'.", "Name the variant to bring out with -Variant, and that of everybody else with -Stable.");
        }

        return strategy with { Variant = brought, Stable = other, Slot = slot ?? (keepSlot && strategy is Percentage or Progressive ? now?.Slot : null) };
    }

    /// <summary>What flags are required, as users write it: <c>key</c>, or <c>key=variant</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadRequirements(FlagEditor editor, IEnumerable<string> texts)
    {
        var requires = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int at = editor.Find(text) is null ? text.LastIndexOf('=') : -1;
            string key = at < 0 ? text : text[..at];
            JsonObject flag = editor.Find(key) ?? throw FlagListing.Missing(key, "the document", editor.Keys);
            requires[key] = at >= 0 ? text[(at + 1)..] : flag["metadata"]?["readyops.variant"]?.GetValue<string>() ?? On;
        }

        return requires;
    }

    /// <summary>A switch for emergencies has to reach everybody at once: booleans, enabled, and no rule.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagEmergencyInvalid</c></exception>
    public static void ThrowIfUnfitForEmergencies(FlagEditor editor, string key)
    {
        JsonObject flag = Find(editor, key);
        if (IsEmergency(flag) && flag["targeting"] is JsonObject { Count: > 0 })
            throw new ReadyOpsException("FlagEmergencyInvalid", $"The flag '{key}' is for emergencies, and such a one has no rule: it reaches everybody at once, or nobody.", "Use -On or -Off, or Enable- and Disable-FeatureFlag; nothing was changed.");
    }

    /// <summary>Whether a flag is one of those that switch something off in an emergency.</summary>
    public static bool IsEmergency(JsonObject flag) => flag["metadata"]?[FlagMetadataKeys.Kind] is JsonValue kind && kind.TryGetValue(out string? text) && text == FlagMetadataKeys.EmergencyKind;

    /// <summary>Puts the flags of another document in: those that are there already as they are in that one, the others behind them.</summary>
    /// <param name="editor">The document to change.</param>
    /// <param name="utf8">The other document.</param>
    /// <param name="file">What to call that in messages.</param>
    /// <param name="replace">Whether flags that the other document does not have are removed.</param>
    /// <exception cref="ReadyOpsException"><c>FlagUnreadable</c></exception>
    public static void Import(FlagEditor editor, ReadOnlyMemory<byte> utf8, string file, bool replace)
    {
        var other = new FlagEditor(utf8, file);
        JsonObject document = JsonNode.Parse(utf8.Span)!.AsObject();
        foreach (string member in (string[])["$evaluators", "metadata"]) MergeMember(editor, member, document[member] as JsonObject, replace);
        if (replace)
            foreach (string key in editor.Keys.Except(other.Keys).ToArray()) editor.Remove(key);
        string[] known = [.. editor.Keys];
        foreach (string key in other.Keys)
        {
            JsonObject flag = other.Find(key) ?? throw new ReadyOpsException("FlagUnreadable", $"The flag '{key}' in {file} is no object.", "Correct it; nothing was changed.");
            _ = flag.Remove("key");
            if (!known.Contains(key, StringComparer.Ordinal)) editor.Add(key, flag);
            else Put(editor, key, flag);
        }
    }

    /// <summary>A document with some flags of another only.</summary>
    public static byte[] Select(ReadOnlyMemory<byte> utf8, string file, Func<string, bool> wanted)
    {
        var editor = new FlagEditor(utf8, file);
        foreach (string key in editor.Keys.Where(key => !wanted(key)).ToArray()) editor.Remove(key);
        return editor.Utf8;
    }

    /// <summary>A moment as metadata have it: a day alone where it is the beginning of one in UTC.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.TimeOfDay == TimeSpan.Zero
        ? moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Progressive.Moment(moment);

    private static void Put(FlagEditor editor, string key, JsonObject flag)
    {
        JsonObject now = Find(editor, key);
        foreach (string name in now.Select(member => member.Key).Where(name => name != "key").Union(flag.Select(member => member.Key)).ToArray())
            editor.Set(key, name, flag.ContainsKey(name) ? flag[name]?.ToJsonString(Plain) ?? "null" : null);
    }

    private static void MergeMember(FlagEditor editor, string member, JsonObject? wanted, bool replace)
    {
        JsonObject? now = JsonNode.Parse(editor.Utf8)![member] as JsonObject;
        if (wanted is null && !replace) return;
        var merged = (JsonObject)((replace ? null : now)?.DeepClone() ?? new JsonObject());
        foreach ((string name, JsonNode? value) in wanted ?? []) merged[name] = value?.DeepClone();
        if (!JsonNode.DeepEquals(merged.Count == 0 ? null : merged, now)) editor.SetShared(member, merged.Count == 0 ? null : merged.ToJsonString(Plain));
    }

    private static JsonSerializerOptions Plain { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static JsonObject Find(FlagEditor editor, string key) => editor.Find(key)
        ?? throw new ReadyOpsException("FlagMissing", $"There is no flag '{key}'.", "Get-FeatureFlag lists those that there are.");

    private static string Boolean(JsonObject flag, string key, bool value) =>
        (flag["variants"] as JsonObject)?.Where(variant => variant.Value?.GetValueKind() == (value ? JsonValueKind.True : JsonValueKind.False)).Select(variant => variant.Key).FirstOrDefault()
        ?? throw new ReadyOpsException("FlagVariantMissing", $"The flag '{key}' has no variant that is {(value ? "true" : "false")}.", "A switch for emergencies has one that is true and one that is false.");
}
