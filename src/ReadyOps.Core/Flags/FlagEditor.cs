using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags;

/// <summary>
/// Changes a flag document in JSON and leaves every byte that is not changed as it was: the order of members, numbers as
/// written, indentation, line ends.
/// </summary>
public sealed class FlagEditor
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _file;

    // Looking at every flag of a document would parse it as often as it has flags.
    private (byte[] Of, JsonSpan Root)? _parsed;

    /// <summary>Begins with a document.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="ReadyOpsException"><c>FlagUnreadable</c>: it is no JSON object with <c>flags</c>.</exception>
    public FlagEditor(ReadOnlyMemory<byte> utf8, string file)
    {
        (Utf8, _file) = (utf8.ToArray(), file);
        _ = Flags(Parse());
    }

    /// <summary>An empty document.</summary>
    public static byte[] EmptyDocument => "{\n  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n  \"flags\": {}\n}\n"u8.ToArray();

    /// <summary>The document as it is by now.</summary>
    public byte[] Utf8 { get; private set; }

    /// <summary>The keys of the flags, in the order of the document.</summary>
    public IReadOnlyList<string> Keys => [.. All(Parse()).Select(flag => flag.Key)];

    /// <summary>A flag as it is written by now, as JSON; <see langword="null"/> where there is none of that key.</summary>
    public JsonObject? Find(string key) => TryFlag(Parse(), key) is { } flag ? JsonNode.Parse(Utf8.AsSpan(flag.Start, flag.End - flag.Start)) as JsonObject : null;

    /// <summary>Adds a flag behind the others.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="definition">Its definition in flagd's format.</param>
    /// <exception cref="ReadyOpsException"><c>FlagExists</c>.</exception>
    public void Add(string key, JsonObject definition)
    {
        JsonSpan flags = Flags(Parse());
        if (TryFlag(Parse(), key) is not null)
            throw new ReadyOpsException("FlagExists", $"There is a flag '{key}' in {_file} already.", "Change it with Set-FeatureFlag, or remove it first.");
        if (!flags.IsArray)
        {
            SetMember(flags, key, Text(definition));
            return;
        }

        JsonObject listed = new() { ["key"] = key };
        foreach ((string name, JsonNode? value) in definition) listed[name] = value?.DeepClone();
        if (flags.Items.Count == 0) Splice(flags.Start + 1, flags.Start + 1, Text(listed));
        else Splice(flags.Items[^1].End, flags.Items[^1].End, $",{Gap(flags.Items[^1].Start)}{Text(listed)}");
    }

    /// <summary>Removes a flag.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagMissing</c>.</exception>
    public void Remove(string key)
    {
        JsonSpan flags = Flags(Parse());
        _ = Flag(key);
        if (!flags.IsArray)
        {
            RemoveMember(flags, key);
            return;
        }

        int at = flags.Items.FindIndex(item => KeyOf(item) == key);
        if (at + 1 < flags.Items.Count) Splice(flags.Items[at].Start, flags.Items[at + 1].Start, "");
        else Splice(at > 0 ? flags.Items[at - 1].End : flags.Items[at].Start, flags.Items[at].End, "");
    }

    /// <summary>Sets a member of a flag, or removes it.</summary>
    /// <param name="key">The flag.</param>
    /// <param name="member">The member: <c>state</c>, <c>defaultVariant</c>, <c>variants</c>, <c>targeting</c>.</param>
    /// <param name="json">Its value in JSON; <see langword="null"/> removes it.</param>
    /// <exception cref="ReadyOpsException"><c>FlagMissing</c>.</exception>
    public void Set(string key, string member, string? json)
    {
        JsonSpan flag = Flag(key);
        if (json is null) RemoveMember(flag, member);
        else if (Member(flag, member) is not { } now || !SameJson(now, json)) SetMember(flag, member, json);
    }

    /// <summary>Switches a flag on or off.</summary>
    public void SetState(string key, bool enabled) => Set(key, "state", enabled ? "\"ENABLED\"" : "\"DISABLED\"");

    /// <summary>Sets the variant for those whom no rule gives another.</summary>
    public void SetDefaultVariant(string key, string? variant) => Set(key, "defaultVariant", variant is null ? null : Quote(variant));

    /// <summary>Sets the targeting, in JSON; <see langword="null"/> removes it.</summary>
    public void SetTargeting(string key, string? json) => Set(key, "targeting", json);

    /// <summary>Sets a variant of a flag, or removes it.</summary>
    public void SetVariant(string key, string variant, JsonNode? value)
    {
        JsonSpan flag = Flag(key);
        if (Member(flag, "variants") is not { } variants)
        {
            if (value is not null) SetMember(flag, "variants", $"{{{Quote(variant)}: {value.ToJsonString(Plain)}}}");
        }
        else if (value is null) RemoveMember(variants, variant);
        else SetMember(variants, variant, value.ToJsonString(Plain));
    }

    /// <summary>Sets a member of a flag's metadata, or removes it.</summary>
    /// <param name="key">The flag.</param>
    /// <param name="name">The member.</param>
    /// <param name="value">A text, a number or a truth value; <see langword="null"/> removes it.</param>
    public void SetMetadata(string key, string name, JsonValue? value)
    {
        JsonSpan flag = Flag(key);
        string? json = value?.ToJsonString(Plain);
        if (Member(flag, "metadata") is not { } metadata)
        {
            if (json is not null) SetMember(flag, "metadata", $"{{{Quote(name)}: {json}}}");
        }
        else if (json is null) RemoveMember(metadata, name);
        else if (Member(metadata, name) is not { } now || !SameJson(now, json)) SetMember(metadata, name, json);
    }

    /// <summary>Sets what the flags share, <c>$evaluators</c> or <c>metadata</c> of the set, or removes it.</summary>
    /// <param name="member">Which of them.</param>
    /// <param name="json">Its value in JSON; <see langword="null"/> removes it.</param>
    public void SetShared(string member, string? json)
    {
        if (json is null) RemoveMember(Parse(), member);
        else SetMember(Parse(), member, json);
    }

    private JsonSpan Parse()
    {
        if (_parsed is { } known && ReferenceEquals(known.Of, Utf8)) return known.Root;
        try
        {
            JsonSpan root = JsonSpan.Parse(Utf8);
            _parsed = (Utf8, root);
            return root;
        }
        catch (JsonException e)
        {
            throw Unreadable($"it is no JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}");
        }
    }

    private JsonSpan Flags(JsonSpan root) => root.IsObject && Member(root, "flags") is { } flags && (flags.IsObject || flags.IsArray)
        ? flags : throw Unreadable("it is no object with a member 'flags'");

    private IEnumerable<(string Key, JsonSpan Flag)> All(JsonSpan root)
    {
        JsonSpan flags = Flags(root);
        return flags.IsArray ? flags.Items.Select(item => (KeyOf(item) ?? "", item)) : flags.Members.Select(member => (member.Name, member.Value));
    }

    private JsonSpan? TryFlag(JsonSpan root, string key)
    {
        JsonSpan[] found = [.. All(root).Where(flag => flag.Key == key).Select(flag => flag.Flag)];
        return found switch
        {
            [] => null,
            [{ IsObject: true } flag] => flag,
            [_] => throw Unreadable($"the flag '{key}' is no object"),
            _ => throw Unreadable($"the flag '{key}' is there {found.Length} times"),
        };
    }

    private JsonSpan Flag(string key) => TryFlag(Parse(), key)
        ?? throw new ReadyOpsException("FlagMissing", $"There is no flag '{key}' in {_file}.", "Get-FeatureFlag lists those that there are.");

    private JsonSpan? Member(JsonSpan span, string name)
    {
        JsonSpan[] found = [.. span.Members.Where(member => member.Name == name).Select(member => member.Value)];
        // Readers of JSON differ in which of two equal keys counts.
        return found.Length < 2 ? found.FirstOrDefault() : throw Unreadable($"the key '{name}' is there twice in one object");
    }

    private static string? KeyOf(JsonSpan item) => item.Members.Where(member => member.Name == "key").Select(member => member.Value.Text).FirstOrDefault();

    private void SetMember(JsonSpan parent, string name, string json)
    {
        if (Member(parent, name) is { } old)
        {
            Splice(old.Start, old.End, json);
        }
        else if (parent.Members.Count > 0)
        {
            (_, int key, JsonSpan last) = parent.Members[^1];
            Splice(last.End, last.End, $",{Gap(key)}{Quote(name)}: {json}");
        }
        else
        {
            string outer = Gap(Line(parent.Start));
            bool broken = outer.Contains('\n', StringComparison.Ordinal);
            Splice(parent.Start + 1, parent.End - 1, broken ? $"{outer}  {Quote(name)}: {json}{outer}" : $"{Quote(name)}: {json}");
        }
    }

    private void RemoveMember(JsonSpan parent, string name)
    {
        int at = parent.Members.FindIndex(member => member.Name == name);
        if (at < 0) return;
        if (at + 1 < parent.Members.Count) Splice(parent.Members[at].KeyStart, parent.Members[at + 1].KeyStart, "");
        else Splice(at > 0 ? parent.Members[at - 1].Value.End : parent.Members[at].KeyStart, parent.Members[at].Value.End, "");
    }

    /// <summary>The white space before a byte.</summary>
    private string Gap(int at)
    {
        int gap = at;
        while (gap > 0 && Utf8[gap - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') gap--;
        string space = Encoding.UTF8.GetString(Utf8, gap, at - gap);
        return space.Length > 0 ? space : " ";
    }

    /// <summary>The first byte in the line of a byte that is not white space.</summary>
    private int Line(int at)
    {
        while (at > 0 && Utf8[at - 1] != (byte)'\n') at--;
        while (Utf8[at] is (byte)' ' or (byte)'\t') at++;
        return at;
    }

    private bool SameJson(JsonSpan now, string json) => JsonNode.DeepEquals(JsonNode.Parse(Utf8.AsSpan(now.Start, now.End - now.Start)), JsonNode.Parse(json));

    private static string Text(JsonObject definition) => definition.ToJsonString(Plain);

    private static string Quote(string text) => JsonSerializer.Serialize(text, Plain);

    private void Splice(int start, int end, string text) => Utf8 = [.. Utf8.AsSpan(0, start), .. Encoding.UTF8.GetBytes(text), .. Utf8.AsSpan(end)];

    private ReadyOpsException Unreadable(string why) => new("FlagUnreadable", $"The flag document {_file} cannot be changed: {why}.", "Correct it; nothing was changed.");
}
