using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>What is kept of a coverage run to compare the next one with.</summary>
/// <param name="Metric">What was counted.</param>
/// <param name="Whole">All files.</param>
/// <param name="Packages">By package; the first of very many.</param>
internal sealed record CoverageMemory(CoverageMetric Metric, CoverageCount Whole, IReadOnlyDictionary<string, CoverageCount> Packages)
{
    // With names of a hundred characters, escaped at worst, well below the 64 KiB that a memory may have.
    private const int MaxPackages = 80;
    private const int LongestName = 100;

    public static CoverageMemory Of(CoverageMap map, CoverageMetric metric) => new(metric, map.Whole(metric), map.Packages(metric));

    public JsonElement ToJson()
    {
        var packages = new JsonObject();
        foreach ((string name, CoverageCount count) in Packages.Where(package => package.Key.Length <= LongestName).Take(MaxPackages))
            packages[name] = new JsonArray(count.Covered, count.Total);
        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["metric"] = Metric.ToString(),
            ["covered"] = Whole.Covered,
            ["total"] = Whole.Total,
            ["packages"] = packages,
        });
    }

    /// <summary>Reads it back; <see langword="null"/> when it is something else, such as that of another metric.</summary>
    public static CoverageMemory? FromJson(JsonElement json, CoverageMetric metric)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("metric", out JsonElement name) || name.GetString() != metric.ToString()) return null;
        var packages = new Dictionary<string, CoverageCount>(StringComparer.Ordinal);
        foreach (JsonProperty package in json.GetProperty("packages").EnumerateObject())
            packages[package.Name] = new CoverageCount(package.Value[0].GetInt64(), package.Value[1].GetInt64());
        return new CoverageMemory(metric, new CoverageCount(json.GetProperty("covered").GetInt64(), json.GetProperty("total").GetInt64()), packages);
    }
}
