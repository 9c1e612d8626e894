using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>
/// What is published about the types of checks: their definitions in the schemas, and the page of the help. All of it follows
/// from <see cref="CheckTypes.All"/>; the test compares, and writes the files anew where READYOPS_WRITE_SCHEMAS is 1.
/// </summary>
internal static class PublishedChecks
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly IReadOnlyDictionary<CheckMemberKind, string> Shared = new Dictionary<CheckMemberKind, string>
    {
        [CheckMemberKind.Texts] = "texts",
        [CheckMemberKind.Paths] = "texts",
        [CheckMemberKind.Duration] = "duration",
        [CheckMemberKind.Size] = "size",
        [CheckMemberKind.Bound] = "bound",
        [CheckMemberKind.Unit] = "unit",
        [CheckMemberKind.Url] = "url",
        [CheckMemberKind.Status] = "status",
        [CheckMemberKind.Endpoint] = "endpoint",
        [CheckMemberKind.Authentication] = "auth",
        [CheckMemberKind.Tls] = "tls",
        [CheckMemberKind.Headers] = "headers",
        [CheckMemberKind.Retry] = "retry",
        [CheckMemberKind.JsonBounds] = "jsonBounds",
        [CheckMemberKind.Share] = "share",
        [CheckMemberKind.Checks] = "checks",
    };

    /// <summary>The schema of gates with the definitions of the checks as they are now.</summary>
    public static string Gate(string published)
    {
        IEnumerable<(string, JsonObject)> types = CheckTypes.All.Select(type => (type.Name, Definition(type.Summary, CheckReader.CommonMembers, type, CheckMemberUse.Signal)));
        return Replace(published, "check", "One observation of the world. What else it has depends on its type.", "What kind of check it is.", [], types);
    }

    /// <summary>The schema of rollouts with the definitions of those checks that can be signals.</summary>
    public static string Rollout(string published)
    {
        CheckMember[] common = [.. SignalReader.CommonMembers, .. CheckReader.CommonMembers.Where(member => member.Name is "timeout" or "retry")];
        IEnumerable<(string, JsonObject)> types = CheckTypes.All.Where(type => type.AsSignal)
            .Select(type => (type.Name, Definition(type.SignalSummary, [.. common.Where(member => !type.NoSignalMembers.Contains(member.Name))], type, CheckMemberUse.Check)));
        string replaced = Replace(published, "signal", "A check followed over time. What else it has depends on its type; without a type it is a PromQL query.", "Where its values come from.", ["prometheus", "scrape"], types);
        // An analysis holds checks of any type.
        JsonObject schema = JsonNode.Parse(Gate(replaced))!.AsObject();
        schema["$defs"]!["checks"] = new JsonObject
        {
            ["type"] = "array",
            ["minItems"] = 1,
            ["description"] = "Checks.",
            ["items"] = new JsonObject { ["$ref"] = "#/$defs/check" },
        };
        Set(schema["$defs"]!["signalPrometheus"]!, [.. SignalReader.CommonMembers, .. SignalMembers.OfQueries]);
        Set(schema["$defs"]!["signalScrape"]!, [.. SignalReader.CommonMembers, .. SignalMembers.OfQueries.Where(member => member.Name == "direction")]);
        Set(schema["properties"]!["goldenSignals"]!,
            [.. SignalReader.CommonMembers.Where(member => GoldenSignals.Shared.Contains(member.Name)), .. SignalMembers.OfQueries.Where(member => member.Name == "minTraffic")]);
        Set(schema["properties"]!["policies"]!, SignalPolicies.Members);
        return schema.ToJsonString(Indented) + "\n";
    }

    // What the definition has besides is written by hand.
    private static void Set(JsonNode definition, IEnumerable<CheckMember> members)
    {
        JsonObject properties = definition["properties"]!.AsObject();
        foreach (CheckMember member in members) properties[member.Name] = Member(member);
    }

    /// <summary>The schema of monitoring windows with the definitions of that of rollouts: their signals are the same.</summary>
    public static string Monitor(string published, string rollout)
    {
        JsonObject schema = JsonNode.Parse(published)!.AsObject();
        foreach (string shared in (string[])["variables", "release", "prometheus", "goldenSignals", "policies", "rollback"])
            schema["properties"]![shared] = JsonNode.Parse(rollout)!["properties"]![shared]!.DeepClone();
        schema["$defs"] = JsonNode.Parse(rollout)!["$defs"]!.DeepClone();
        return schema.ToJsonString(Indented) + "\n";
    }

    /// <summary>The page of the help.</summary>
    public static string Page()
    {
        StringBuilder page = new("# about_ReadyOps_Checks\n\n## Short description\nEvery type of check that a gate can ask, and its members.\n\n");
        page.Append("## Every check\n");
        Describe(page, CheckReader.CommonMembers, "");
        foreach (CheckType type in CheckTypes.All.OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {type.Name}\n{type.Summary}{(type.AsSignal ? " A rollout can follow it as a signal." : "")}\n\n");
            Describe(page, type.Members, "");
        }

        return page.Append("\n## See also\nabout_ReadyOps_Gate, Test-DeploymentGate\n").ToString();
    }

    private static void Describe(StringBuilder page, IReadOnlyList<CheckMember> members, string indent)
    {
        foreach (CheckMember member in members)
        {
            string use = member.Use switch { CheckMemberUse.Check => " Not in a signal.", CheckMemberUse.Signal => " Only in a signal.", _ => "" };
            string more = use + (member.Required ? " Required." : "") + (member.Default is { } standard ? $" {standard} without it." : "")
                + (member.Values.Count > 0 ? $" One of {string.Join(", ", member.Values)}." : "");
            page.Append(CultureInfo.InvariantCulture, $"{indent}- {member.Name}: {member.Description}{more}\n");
            Describe(page, member.Members, indent + "  ");
        }
    }

    private static string Replace(
        string published, string noun, string description, string typeDescription, string[] others, IEnumerable<(string Name, JsonObject Definition)> types)
    {
        JsonObject schema = JsonNode.Parse(published)!.AsObject();
        JsonObject definitions = schema["$defs"]!.AsObject();
        string[] kept = [noun, .. others.Select(other => noun + Pascal(other))];
        foreach (string old in definitions.Select(p => p.Key).Where(key => IsOfType(key, noun) && !kept.Contains(key)).ToArray()) definitions.Remove(old);
        (string Name, JsonObject Definition)[] all = [.. types];
        string[] names = [.. others, .. all.Select(type => type.Name)];
        var type = new JsonObject { ["enum"] = new JsonArray([.. names.Select(name => (JsonNode)name)]), ["description"] = typeDescription };
        if (others.Length > 0) type["default"] = others[0];
        definitions[noun] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = description,
            ["required"] = others.Length > 0 ? new JsonArray("name") : new JsonArray("name", "type"),
            ["properties"] = new JsonObject { ["type"] = type },
            ["allOf"] = new JsonArray([.. names.Select((name, i) => (JsonNode)Case(noun, name, isDefault: others.Length > 0 && i == 0))]),
        };
        foreach ((string name, JsonObject definition) in all) definitions[noun + Pascal(name)] = definition;
        return schema.ToJsonString(Indented) + "\n";
    }

    private static bool IsOfType(string key, string noun) => key.Length > noun.Length && key.StartsWith(noun, StringComparison.Ordinal) && char.IsAsciiLetterUpper(key[noun.Length]);

    private static JsonObject Case(string noun, string name, bool isDefault)
    {
        var condition = new JsonObject { ["properties"] = new JsonObject { ["type"] = new JsonObject { ["const"] = name } } };
        if (!isDefault) condition["required"] = new JsonArray("type");
        return new JsonObject { ["if"] = condition, ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{noun}{Pascal(name)}" } };
    }

    private static JsonObject Definition(string summary, IReadOnlyList<CheckMember> common, CheckType type, CheckMemberUse without)
    {
        CheckMember[] own = [.. type.Members.Where(member => member.Use != without)];
        // A type may say more exactly what a member that all have means to it.
        JsonObject definition = Object(summary, [.. common.Where(member => member.Name is not "type" && own.All(one => one.Name != member.Name)), .. own], elsewhere: "name");
        JsonObject properties = definition["properties"]!.AsObject();
        properties.Insert(1, "type", new JsonObject { ["const"] = type.Name, ["description"] = common.First(member => member.Name == "type").Description });
        return definition;
    }

    // 'elsewhere' is required already where the definition is referred to from.
    private static JsonObject Object(string description, IReadOnlyList<CheckMember> members, string elsewhere = "")
    {
        string[] required = [.. members.Where(member => member.Required && member.Name != elsewhere).Select(member => member.Name)];
        var definition = new JsonObject { ["type"] = "object", ["description"] = description };
        if (required.Length > 0) definition["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
        definition["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)Member(member))));
        definition["additionalProperties"] = false;
        return definition;
    }

    private static JsonObject Member(CheckMember member)
    {
        JsonObject json = Value(member);
        json["description"] = member.Description;
        if (member.Minimum is { } least) json["minimum"] = least;
        if (member.Maximum is { } greatest) json["maximum"] = greatest;
        if (member.Default is { } standard) json["default"] = Typed(member, standard);
        if (member.Examples.Count > 0) json["examples"] = new JsonArray([.. member.Examples.Select(example => Typed(member, example))]);
        return json;
    }

    private static JsonObject Value(CheckMember member) => member.Kind switch
    {
        CheckMemberKind.Text => new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        CheckMemberKind.Path => new JsonObject { ["type"] = "string", ["minLength"] = 1 },
        CheckMemberKind.Flag => new JsonObject { ["type"] = "boolean" },
        CheckMemberKind.Number => new JsonObject { ["type"] = "number" },
        CheckMemberKind.Integer => new JsonObject { ["type"] = "integer" },
        CheckMemberKind.Choice => new JsonObject { ["enum"] = new JsonArray([.. member.Values.Select(value => (JsonNode)value)]) },
        CheckMemberKind.Object => Object(member.Description, member.Members),
        CheckMemberKind.Objects => new JsonObject { ["type"] = "array", ["items"] = Object(member.Description, member.Members) },
        _ => new JsonObject { ["$ref"] = "#/$defs/" + Shared[member.Kind] },
    };

    private static JsonNode? Typed(CheckMember member, string text) => member.Kind switch
    {
        CheckMemberKind.Flag or CheckMemberKind.Number or CheckMemberKind.Integer => JsonNode.Parse(text),
        _ => JsonValue.Create(text),
    };

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
