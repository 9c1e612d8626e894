using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>
/// The scenarios of flagd's own test bed (github.com/open-feature/flagd-testbed), which is not part of this repository: a clone is looked for in
/// the folder that READYOPS_FLAGD_TESTBED names.
/// </summary>
public sealed class TestbedTests(ITestOutputHelper output)
{
    // What needs a flagd, or what the test bed has given up.
    private static readonly string[] Elsewhere = ["@deprecated"];

    [Fact]
    public void Every_scenario_of_the_evaluator_suite_passes()
    {
        string root = Root();
        var flags = new Flagged(Path.Combine(root, "evaluator", "flags"), FlagBucketing.V2);
        List<GherkinCase> cases = [.. Directory.GetFiles(Path.Combine(root, "evaluator", "gherkin"), "*.feature").Order(StringComparer.Ordinal).SelectMany(file => Gherkin.Read(File.ReadAllText(file)))];
        Run("evaluator", cases.Where(one => !one.Tags.Contains("@fractional-v1")), flags);
        Run("evaluator v1", cases.Where(one => one.Tags.Contains("@fractional-v1")), new Flagged(Path.Combine(root, "evaluator", "flags"), FlagBucketing.V1));
    }

    [Fact]
    public void Every_scenario_of_the_provider_suite_that_needs_only_files_passes()
    {
        string root = Root();
        string flags = Path.Combine(root, "flags");
        string[] features = ["evaluation", "targeting", "disabled", "metadata"];
        List<GherkinCase> cases = [.. features.SelectMany(name => Gherkin.Read(File.ReadAllText(Path.Combine(root, "gherkin", $"{name}.feature"))))];
        cases = [.. cases.Where(one => !one.Tags.Overlaps(Elsewhere) && !one.Steps.Any(step => step.Text.Contains("flagSetId", StringComparison.Ordinal)))];
        bool Versioned(GherkinCase one) => one.Tags.Contains("@fractional-v1") || one.Tags.Contains("@fractional-v2") || one.Tags.Contains("@fractional-v3");
        Run("provider", cases.Where(one => !Versioned(one)), new Flagged(flags, FlagBucketing.V2));
        Run("provider v1", cases.Where(one => one.Tags.Contains("@fractional-v1")), new Flagged(flags, FlagBucketing.V1));
        Run("provider v2", cases.Where(one => one.Tags.Contains("@fractional-v2")), new Flagged(flags, FlagBucketing.V2));
        Run("provider v3", cases.Where(one => one.Tags.Contains("@fractional-v3")), new Flagged(flags, FlagBucketing.V3));
    }

    private static string Root()
    {
        string? root = Environment.GetEnvironmentVariable("READYOPS_FLAGD_TESTBED");
        if (string.IsNullOrEmpty(root)) Assert.Skip("flagd's test bed is not here: set READYOPS_FLAGD_TESTBED to its folder.");
        return root;
    }

    private void Run(string suite, IEnumerable<GherkinCase> cases, Flagged flags)
    {
        var wrong = new List<string>();
        int count = 0;
        foreach (GherkinCase one in cases)
        {
            count++;
            if (new Scenario(flags).Run(one) is { Length: > 0 } problem) wrong.Add($"{one.Name}: {problem}");
        }

        output.WriteLine($"{suite}: {count - wrong.Count} of {count}");
        Assert.NotEqual(0, count);
        Assert.True(wrong.Count == 0, $"{suite}: {wrong.Count} of {count}:{Environment.NewLine}{string.Join(Environment.NewLine, wrong)}");
    }

    /// <summary>Flags of several files in one set, a later file before an earlier one; a selector means one file alone.</summary>
    private sealed class Flagged(string folder, FlagBucketing bucketing)
    {
        private readonly FlagSet _all = Load(Directory.GetFiles(folder, "*.json").Where(file => !Path.GetFileName(file).StartsWith("selector", StringComparison.Ordinal)).Order(StringComparer.Ordinal), bucketing);

        public FlagSet Of(string selector) => selector is "" or "flags/allFlags.json" ? _all : Load([Path.Combine(folder, Path.GetFileName(selector))], bucketing);

        private static FlagSet Load(IEnumerable<string> files, FlagBucketing bucketing)
        {
            var merged = new JsonObject();
            foreach (string file in files)
            {
                foreach ((string name, JsonNode? members) in JsonNode.Parse(File.ReadAllBytes(file))!.AsObject())
                {
                    if (members is not JsonObject) continue;
                    if (merged[name] is null) merged[name] = new JsonObject();
                    foreach ((string key, JsonNode? value) in members.AsObject()) merged[name]![key] = value?.DeepClone();
                }
            }

            return FlagSet.Load(JsonSerializer.SerializeToUtf8Bytes(merged), "merged.json", FlagSetOptions.AsFlagd with { Bucketing = bucketing });
        }
    }

    private sealed class Scenario(Flagged flags)
    {
        private static readonly string[] Forms =
        [
            "an evaluator", "a stable flagd provider", "a metadata flagd provider", "an option _ of type _ with value _",
            "a T-flag with key _ and a default value _", "a T-flag with key _ and a fallback value _",
            "a context containing a targeting key with value _", "a context containing a key _, with type _ and with value _",
            "a context containing a nested property with outer key _ and inner key _, with value _",
            "the flag was evaluated with details", "the resolved details value should be _", "the reason should be _", "the error-code should be _",
            "the resolved metadata is empty", "the resolved metadata should contain",
        ];

        private FlagContext _context;
        private string _type = "", _key = "", _fallback = "", _selector = "";
        private FlagEvaluation? _details;
        private FlagValue _value;

        public string Run(GherkinCase scenario)
        {
            foreach (GherkinStep step in scenario.Steps)
                if (Step(step) is { Length: > 0 } problem) return problem;
            return "";
        }

        private string Step(GherkinStep step)
        {
            (string form, string[] quoted) = Form(step.Text);
            switch (form)
            {
                case "an option _ of type _ with value _":
                    if (quoted[0] == "selector") _selector = quoted[2];
                    return "";
                case "an evaluator" or "a stable flagd provider" or "a metadata flagd provider":
                    return "";
                case "a T-flag with key _ and a default value _" or "a T-flag with key _ and a fallback value _":
                    (_type, _key, _fallback) = (Regex.Match(step.Text, @"(\w+)-flag").Groups[1].Value, quoted[0], quoted[1]);
                    return "";
                case "a context containing a targeting key with value _":
                    _context = _context.With("targetingKey", quoted[0]);
                    return "";
                case "a context containing a key _, with type _ and with value _":
                    _context = _context.With(quoted[0], Typed(quoted[1], quoted[2]));
                    return "";
                case "a context containing a nested property with outer key _ and inner key _, with value _":
                    _context = _context.With(quoted[0], FlagValue.Object([KeyValuePair.Create(quoted[1], (FlagValue)quoted[2])]));
                    return "";
                case "the flag was evaluated with details":
                    Evaluate();
                    return "";
                case "the resolved details value should be _":
                    FlagValue expected = Typed(_type, quoted[0]);
                    return _value.ToString() == expected.ToString() ? "" : $"the value is {_value} and not {expected}: {_details}";
                case "the reason should be _":
                    return _details!.Reason == quoted[0] ? "" : $"the reason is {_details.Reason} and not {quoted[0]}";
                case "the error-code should be _":
                    return (_details!.ErrorCode ?? "") == quoted[0] ? "" : $"the error code is {_details.ErrorCode} and not {quoted[0]}";
                case "the resolved metadata is empty":
                    return _details!.FlagMetadata.Count == 0 ? "" : "there are metadata";
                case "the resolved metadata should contain":
                    return string.Concat(step.Table.Skip(1).Where(row => !Contains(row)).Select(row => $"metadata '{row[0]}' is wrong"));
                default:
                    return $"no such step: {form}";
            }
        }

        private bool Contains(string[] row) => _details!.FlagMetadata.TryGetValue(row[0], out object? value) && FlagValue.From(value).ToString() == Typed(row[1], row[2]).ToString();

        private void Evaluate()
        {
            FlagSet set = flags.Of(_selector);
            FlagValue fallback = Typed(_type, _fallback);
            (_details, _value) = _type switch
            {
                "Boolean" => Details(set.ResolveBoolean(_key, _context, (bool)fallback.ToObject()!)),
                "String" => Details(set.ResolveString(_key, _context, (string)fallback.ToObject()!)),
                "Integer" => Details(set.ResolveInteger(_key, _context, (long)fallback.ToObject()!)),
                "Float" => Details(set.ResolveDouble(_key, _context, Convert.ToDouble(fallback.ToObject(), CultureInfo.InvariantCulture))),
                _ => Details(set.ResolveObject(_key, _context, fallback)),
            };
        }

        private static (FlagEvaluation, FlagValue) Details<T>(FlagResult<T> result) => (result.ToEvaluation(), FlagValue.From(result.Value));

        private static FlagValue Typed(string type, string text) => type switch
        {
            "Boolean" => bool.Parse(text),
            "Integer" => long.Parse(text, CultureInfo.InvariantCulture),
            "Float" => double.Parse(text, CultureInfo.InvariantCulture),
            "Object" => FlagValue.FromJson(JsonDocument.Parse(text.Replace("\\\"", "\"", StringComparison.Ordinal)).RootElement),
            _ => text,
        };

        // A value may hold quotes itself, so each form says where its values begin and end.
        private static (string Form, string[] Values) Form(string text)
        {
            string form = Forms.FirstOrDefault(form => Pattern(form).IsMatch(text)) ?? text;
            return (form, [.. Pattern(form).Match(text).Groups.Values.Skip(1).Select(group => group.Value)]);
        }

        private static Regex Pattern(string form) => new("^" + Regex.Escape(form).Replace("a\\ T-", "an?\\ \\w+-", StringComparison.Ordinal).Replace("_", "\"(.*)\"", StringComparison.Ordinal) + "$");
    }
}
