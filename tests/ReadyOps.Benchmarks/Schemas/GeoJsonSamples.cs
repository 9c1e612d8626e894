using System.Text.Json.Nodes;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>GeoJSON (RFC 7946): features of all geometries, and a collection of features every tenth time.</summary>
internal static class GeoJsonSamples
{
    public static JsonNode Next(Random random) => random.Next(10) == 0
        ? new JsonObject { ["type"] = "FeatureCollection", ["features"] = List(random, 2, 20, Feature) }
        : Feature(random);

    private static JsonObject Feature(Random random) => new()
    {
        ["type"] = "Feature",
        ["id"] = random.Next(2) == 0 ? random.Next(100_000) : $"way/{random.Next(100_000)}",
        ["properties"] = new JsonObject { ["name"] = $"Street {random.Next(1000)}", ["lanes"] = random.Next(1, 5), ["lit"] = random.Next(2) == 0 },
        ["geometry"] = Geometry(random, random.Next(7)),
    };

    private static JsonObject Geometry(Random random, int kind) => kind switch
    {
        0 => Of("Point", Position(random)),
        1 => Of("LineString", Line(random)),
        2 => Of("Polygon", Rings(random)),
        3 => Of("MultiPoint", Line(random)),
        4 => Of("MultiLineString", List(random, 1, 4, Line)),
        5 => Of("MultiPolygon", List(random, 1, 3, Rings)),
        _ => new JsonObject { ["type"] = "GeometryCollection", ["geometries"] = List(random, 1, 4, r => Geometry(r, r.Next(6))) },
    };

    private static JsonObject Of(string type, JsonNode coordinates) => new() { ["type"] = type, ["coordinates"] = coordinates };

    private static JsonArray Line(Random random) => List(random, 2, 30, Position);

    private static JsonArray Rings(Random random) => List(random, 1, 2, ring =>
    {
        JsonArray positions = List(ring, 4, 40, Position);
        positions.Add(positions[0]!.DeepClone());
        return positions;
    });

    private static JsonArray Position(Random random) => [Math.Round((random.NextDouble() * 360) - 180, 6), Math.Round((random.NextDouble() * 180) - 90, 6)];

    private static JsonArray List(Random random, int least, int most, Func<Random, JsonNode> next) =>
        [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => next(random))];
}
