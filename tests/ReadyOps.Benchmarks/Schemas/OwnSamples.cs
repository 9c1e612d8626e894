using System.Text.Json.Nodes;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Gates of 6 to 60 checks and rollouts of 2 to 12 signals, as people write them.</summary>
internal static class OwnSamples
{
    public static JsonNode Gate(Random random) => new JsonObject
    {
        ["apiVersion"] = "readyops/v1",
        ["kind"] = "Gate",
        ["name"] = $"service-{random.Next(10_000)}",
        ["passScore"] = random.Next(2) == 0 ? 95 : "95%",
        ["variables"] = new JsonObject { ["host"] = "https://api.example.com", ["reports"] = "reports", ["limit"] = random.Next(500) },
        ["prerequisites"] = new JsonArray(Check(random, 0)),
        ["sections"] = new JsonArray([.. Enumerable.Range(1, random.Next(1, 6)).Select(i => new JsonObject
        {
            ["name"] = $"part {i}",
            ["weight"] = random.Next(1, 5),
            ["checks"] = new JsonArray([.. Enumerable.Range(0, random.Next(5, 11)).Select(j => Check(random, j))]),
        })]),
    };

    public static JsonNode Rollout(Random random) => new JsonObject
    {
        ["apiVersion"] = "readyops/v1",
        ["kind"] = "Rollout",
        ["name"] = $"service-{random.Next(10_000)}",
        ["target"] = new JsonObject { ["type"] = "flag", ["path"] = "flags.json", ["flag"] = "new-checkout" },
        ["strategy"] = "custom",
        ["steps"] = new JsonArray([.. new[] { 5, 10, 25, 50, 100 }.Select(share => new JsonObject { ["share"] = $"{share}%", ["hold"] = $"{random.Next(1, 48)}h" })]),
        ["bake"] = "48h",
        ["tick"] = "15s",
        ["signals"] = new JsonArray([.. Enumerable.Range(0, random.Next(2, 13)).Select(i => Signal(random, i))]),
        ["rollback"] = new JsonObject { ["settle"] = "5m" },
    };

    private static JsonObject Check(Random random, int index)
    {
        JsonObject check = random.Next(5) switch
        {
            0 => new JsonObject { ["type"] = "http", ["url"] = "${host}/healthz", ["status"] = 200, ["latency"] = $"< {random.Next(100, 900)}ms" },
            1 => new JsonObject { ["type"] = "json", ["path"] = "${reports}/build.json", ["pointer"] = "/status", ["bound"] = "== succeeded" },
            2 => new JsonObject { ["type"] = "tests", ["path"] = "${reports}/unit.xml", ["bound"] = ">= 98%", ["minimum"] = random.Next(1, 500) },
            3 => new JsonObject { ["type"] = "file", ["path"] = "release-notes.md", ["minSize"] = 1, ["contains"] = $"## 2.{random.Next(9)}.0" },
            _ => new JsonObject { ["type"] = "tcp", ["host"] = "db.example.com", ["port"] = random.Next(1, 65_000) },
        };
        check["name"] = $"check {index}";
        if (random.Next(4) == 0) check["critical"] = true;
        if (random.Next(4) == 0) check["weight"] = random.Next(1, 10);
        return check;
    }

    private static JsonObject Signal(Random random, int index) => random.Next(2) == 0
        ? new JsonObject { ["name"] = $"signal {index}", ["type"] = "json", ["path"] = "health.json", ["pointer"] = "/errorRate", ["unit"] = "ratio", ["bound"] = "< 1%", ["consecutive"] = random.Next(1, 5), ["interval"] = "15s" }
        : new JsonObject { ["name"] = $"signal {index}", ["type"] = "http", ["url"] = "https://api.example.com/healthz", ["status"] = 200, ["interval"] = "30s" };
}
