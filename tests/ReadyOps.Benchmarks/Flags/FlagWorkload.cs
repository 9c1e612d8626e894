using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Flags;

namespace ReadyOps.Benchmarks.Flags;

/// <summary>The flags that are evaluated and those they are evaluated for, in flagd's format and, as far as it has the like, in Unleash's.</summary>
internal static class FlagWorkload
{
    public const int Flags = 10_000;
    public const int Users = 1000;

    public static readonly string[] Names = ["static", "half", "rules", "many"];

    /// <summary>The keys that each workload goes through in turn.</summary>
    public static string[] Keys(string workload) => workload == "many" ? [.. Enumerable.Range(0, Flags).Select(Key)] : [workload];

    /// <summary>A document of 10,000 flags with a share each, and the three that are measured by themselves.</summary>
    public static byte[] Flagd()
    {
        var text = new StringBuilder("{\n  \"flags\": {\n");
        text.Append("    \"static\": {\"state\": \"ENABLED\", \"variants\": {\"on\": true, \"off\": false}, \"defaultVariant\": \"on\"},\n");
        text.Append("    \"half\": ").Append(Flag("{\"fractional\": [[\"on\", 50], [\"off\", 50]]}")).Append(",\n");
        text.Append("    \"rules\": ").Append(Flag("""
            {"if": [{"in": [{"var": "tier"}, ["gold", "platinum"]]}, "on", {"ends_with": [{"var": "email"}, "@example.com"]}, "on", {"sem_ver": [{"var": "version"}, ">=", "3.0.0"]}, "on",
            {"and": [{"==": [{"var": "country"}, "de"]}, {">": [{"var": "age"}, 60]}]}, "on", {"fractional": [["on", 10], ["off", 90]]}]}
            """)).Append(",\n");
        for (int i = 0; i < Flags; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"    \"{Key(i)}\": ").Append(Flag(string.Create(CultureInfo.InvariantCulture, $"{{\"fractional\": [[\"on\", {i % 101}], [\"off\", {100 - (i % 101)}]]}}")));
            text.Append(i < Flags - 1 ? ",\n" : "\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("  }\n}\n").ToString());
    }

    /// <summary>The same decisions as features of Unleash: gradual rollouts, and strategies with constraints.</summary>
    public static byte[] Unleash()
    {
        object Constraint(string name, string op, string value) => new { contextName = name, @operator = op, value, values = new[] { value }, inverted = false, caseInsensitive = false };
        object In(string name, params string[] values) => new { contextName = name, @operator = "IN", values, inverted = false, caseInsensitive = false };
        object Rollout(string group, int percent, params object[] constraints) => new { name = "flexibleRollout", parameters = new { rollout = percent.ToString(CultureInfo.InvariantCulture), stickiness = "userId", groupId = group }, constraints };
        object Feature(string name, params object[] strategies) => new { name, type = "release", enabled = true, strategies, variants = Array.Empty<object>(), impressionData = false };
        object[] rules =
        [
            Rollout("rules", 100, In("tier", "gold", "platinum")), Rollout("rules", 100, Constraint("email", "STR_ENDS_WITH", "@example.com")), Rollout("rules", 100, Constraint("version", "SEMVER_GT", "2.999.999")),
            Rollout("rules", 100, In("country", "de"), Constraint("age", "NUM_GT", "60")), Rollout("rules", 10),
        ];
        object[] features =
        [
            Feature("static", new { name = "default", parameters = new { }, constraints = Array.Empty<object>() }), Feature("half", Rollout("half", 50)), Feature("rules", rules),
            .. Enumerable.Range(0, Flags).Select(i => Feature(Key(i), Rollout(Key(i), i % 101))),
        ];
        return JsonSerializer.SerializeToUtf8Bytes(new { version = 2, features });
    }

    /// <summary>Whom the flags are evaluated for, and the keys of the workloads.</summary>
    public static byte[] Asked() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        keys = Names.ToDictionary(name => name, Keys),
        contexts = Enumerable.Range(0, Users).Select(Attributes),
    });

    public static FlagContext[] Contexts() => [.. Enumerable.Range(0, Users).Select(i => FlagContext.FromJson(JsonSerializer.SerializeToElement(Attributes(i))))];

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"feature-{i:00000}");

    private static object Attributes(int i) => new
    {
        targetingKey = string.Create(CultureInfo.InvariantCulture, $"user-{i:000000}"),
        tier = i % 50 == 0 ? "gold" : "free",
        email = string.Create(CultureInfo.InvariantCulture, $"user{i}@{(i % 25 == 0 ? "example.com" : "mail.example.org")}"),
        version = i % 40 == 0 ? "3.1.0" : "2.14.3",
        country = i % 3 == 0 ? "de" : "fr",
        age = 18 + (i % 60),
    };

    private static string Flag(string targeting) =>
        $"{{\"state\": \"ENABLED\", \"variants\": {{\"on\": true, \"off\": false}}, \"defaultVariant\": \"off\", \"targeting\": {targeting}, \"metadata\": {{\"readyops.owner\": \"payments\", \"readyops.kind\": \"release\"}}}}";
}
