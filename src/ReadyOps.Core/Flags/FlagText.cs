using System.Text.Json;
using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Flags;

/// <summary>What a set keeps as text because nobody needs it while flags are evaluated: definitions, and rules to explain.</summary>
internal static class FlagText
{
    public static FlagDefinition Definition(byte[] json, CompiledFlag flag)
    {
        using JsonDocument document = Read(json, flag);
        JsonElement root = document.RootElement;
        (int line, int column) = flag.Place.In(json);
        return new FlagDefinition
        {
            Key = flag.Key,
            Enabled = flag.Enabled,
            Variants = [.. flag.Names.Zip(flag.Values, KeyValuePair.Create)],
            DefaultVariant = flag.Default < 0 ? null : flag.Names[flag.Default],
            Targeting = root.TryGetProperty("targeting", out JsonElement targeting) ? targeting.GetRawText() : null,
            Metadata = FlagResult<bool>.Metadata(root.TryGetProperty("metadata", out JsonElement metadata) ? FlagValue.FromJson(metadata).ObjectOf : null),
            Json = root.GetRawText(),
            Line = line,
            Column = column,
        };
    }

    /// <summary>The targeting with the shared rules put in.</summary>
    public static FlagValue Targeting(byte[] json, CompiledFlag flag, Dictionary<string, FlagValue> evaluators)
    {
        using JsonDocument document = Read(json, flag);
        return Resolve(FlagValue.FromJson(document.RootElement.GetProperty("targeting")), evaluators);
    }

    public static FlagExplanation Explain(FlagEvaluation evaluation, RuleTrace trace) => new()
    {
        Evaluation = evaluation,
        Steps = trace.Steps,
        Buckets = trace.Buckets,
        ContextValues = trace.ContextValues,
        Summary = Summary(evaluation, trace),
    };

    private static string Summary(FlagEvaluation evaluation, RuleTrace trace)
    {
        FlagBucket? bucket = trace.Buckets.Count > 0 ? trace.Buckets[^1] : null;
        string dealt = bucket switch
        {
            null => "",
            { Problem.Length: > 0 } => $": {bucket.Problem}",
            _ => FormattableString.Invariant($": '{bucket.BucketBy}' falls into bucket {bucket.Bucket} of {bucket.TotalWeight}, in the {bucket.Shares.FirstOrDefault(share => share.Chosen)?.Percent:0.###} % of '{bucket.Variant}'"),
        };
        return evaluation.Reason switch
        {
            FlagReason.Error => evaluation.ErrorMessage ?? "",
            FlagReason.Disabled => $"The flag '{evaluation.FlagKey}' is DISABLED, so every caller's own default counts.",
            FlagReason.Static => $"The flag '{evaluation.FlagKey}' has no targeting, so everybody gets its default variant '{evaluation.Variant}'.",
            FlagReason.TargetingMatch => $"The targeting of '{evaluation.FlagKey}' names the variant '{evaluation.Variant}'{dealt}.",
            _ when evaluation.Variant is null => $"The flag '{evaluation.FlagKey}' has no default variant and its targeting names none, so the caller's own default counts{dealt}.",
            _ => $"The targeting of '{evaluation.FlagKey}' names no variant, so the default variant '{evaluation.Variant}' counts{dealt}.",
        };
    }

    private static FlagValue Resolve(FlagValue value, Dictionary<string, FlagValue> evaluators)
    {
        switch (value.Kind)
        {
            case FlagValueKind.List:
                return FlagValue.OfItems(Array.ConvertAll(value.ItemsOf, item => Resolve(item, evaluators)));
            case FlagValueKind.Object:
                FlagObject members = value.ObjectOf;
                if (members.Count == 1 && members.Names[0] == "$ref" && members.Values[0].Kind == FlagValueKind.String
                    && evaluators.TryGetValue(members.Values[0].TextOf, out FlagValue shared)) return shared;
                return FlagValue.Of(new FlagObject(members.Names.ToArray(), Array.ConvertAll(members.Values.ToArray(), member => Resolve(member, evaluators))));
            default:
                return value;
        }
    }

    private static JsonDocument Read(byte[] json, CompiledFlag flag)
    {
        var reader = new Utf8JsonReader(json.AsSpan(flag.Start), new JsonReaderOptions { MaxDepth = JsonSchemas.JsonInstance.MostDepth });
        return JsonDocument.ParseValue(ref reader);
    }
}
