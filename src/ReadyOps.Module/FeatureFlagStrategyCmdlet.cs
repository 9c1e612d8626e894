using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps;

/// <summary>What cmdlets share that say how a flag reaches its users, and what there is to know about it.</summary>
public abstract class FeatureFlagStrategyCmdlet : FeatureFlagChangeCmdlet
{
    private protected const string Plain = "Plain";
    private protected const string ByOn = "On";
    private protected const string ByOff = "Off";
    private protected const string ByShare = "Percentage";
    private protected const string ByTime = "Progressive";
    private protected const string ByList = "Canary";
    private protected const string ByAttribute = "CanaryByAttribute";
    private protected const string ByRule = "Targeting";

    /// <summary>Whether everybody gets the variant.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByOn)]
    public SwitchParameter On { get; set; }

    /// <summary>Whether nobody gets the variant.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByOff)]
    public SwitchParameter Off { get; set; }

    /// <summary>The share that gets the variant, in per cent.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByList)]
    [Parameter(ParameterSetName = ByAttribute)]
    [ValidateRange(0, 100)]
    public decimal Percent { get; set; }

    /// <summary>When the share begins to grow.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTime)]
    public DateTimeOffset Start { get; set; }

    /// <summary>When it has grown.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByTime)]
    public DateTimeOffset End { get; set; }

    /// <summary>The share before, in per cent.</summary>
    [Parameter(ParameterSetName = ByTime)]
    [ValidateRange(0, 100)]
    public decimal From { get; set; }

    /// <summary>The share after, in per cent.</summary>
    [Parameter(ParameterSetName = ByTime)]
    [ValidateRange(0, 100)]
    public decimal To { get; set; } = 100;

    /// <summary>Who gets the variant first, by targeting key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByList)]
    [Parameter(ParameterSetName = ByAttribute)]
    [ValidateNotNullOrEmpty]
    public string[] Allow { get; set; } = [];

    /// <summary>Who gets the variant first, by attributes.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByAttribute)]
    [ValidateNotNull]
    public IDictionary? AllowAttribute { get; set; }

    /// <summary>A rule in JsonLogic.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByRule)]
    [AllowEmptyString]
    [ValidateNotNull]
    public object? Targeting { get; set; }

    /// <summary>The variant that is brought out.</summary>
    [Parameter(ParameterSetName = ByOn)]
    [Parameter(ParameterSetName = ByOff)]
    [Parameter(ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByTime)]
    [Parameter(ParameterSetName = ByList)]
    [Parameter(ParameterSetName = ByAttribute)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlagVariantCompleter))]
    public string? Variant { get; set; }

    /// <summary>The variant of everybody else.</summary>
    [Parameter(ParameterSetName = ByOn)]
    [Parameter(ParameterSetName = ByOff)]
    [Parameter(ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByTime)]
    [Parameter(ParameterSetName = ByList)]
    [Parameter(ParameterSetName = ByAttribute)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlagVariantCompleter))]
    public string? Stable { get; set; }

    /// <summary>The group of flags that never meet.</summary>
    [Parameter(ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByTime)]
    [AllowEmptyString]
    public string? Group { get; set; }

    /// <summary>The slot in the group: from and to, in per cent.</summary>
    [Parameter(ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByTime)]
    [ValidateCount(2, 2)]
    public decimal[]? Slot { get; set; }

    /// <summary>The flags that it requires.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    public string[]? Requires { get; set; }

    /// <summary>Its values by the names of the variants.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public IDictionary? Variants { get; set; }

    /// <summary>The variant for those whom no rule gives another.</summary>
    [Parameter(ParameterSetName = Plain)]
    [Parameter(ParameterSetName = ByRule)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(FlagVariantCompleter))]
    public string? DefaultVariant { get; set; }

    /// <summary>What it is for.</summary>
    [Parameter]
    [ValidateSet("release", "operations", "emergency")]
    public string? Kind { get; set; }

    /// <summary>Who answers for it.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Owner { get; set; }

    /// <summary>What it decides.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Description { get; set; }

    /// <summary>From when on it should be removed.</summary>
    [Parameter]
    [AllowEmptyString]
    public object? Expires { get; set; }

    /// <summary>The variants that were given, as JSON.</summary>
    private protected JsonObject? GivenVariants => Variants is null ? null : JsonNode.Parse(ObjectJson.Write(Variants)) as JsonObject;

    /// <summary>Writes what was given into a flag that is there.</summary>
    private protected void Write(FlagEditor editor, string key, DateTimeOffset? at)
    {
        foreach ((string name, string? value) in ((string, string?)[])[(FlagMetadataKeys.Kind, Kind?.ToLowerInvariant()), (FlagMetadataKeys.Owner, Owner), (FlagMetadataKeys.Description, Description), (FlagMetadataKeys.Expires, ExpiresText())])
            if (value is not null) editor.SetMetadata(key, name, value.Length == 0 ? null : JsonValue.Create(value));
        if (ParameterSetName == ByRule) WriteRule(editor, key);
        else if (Strategy(editor, key) is { } strategy && at is { } moment) FlagStrategies.ApplyAt(editor, key, strategy, moment, Clock.GetUtcNow());
        else if (Strategy(editor, key) is { } now) FlagStrategies.Apply(editor, key, now);
        if (DefaultVariant is not null) editor.SetDefaultVariant(key, DefaultVariant);
        if (Requires is not null) FlagRequirements.Set(editor, key, FlagEdits.ReadRequirements(editor, Requires));
        FlagEdits.ThrowIfUnfitForEmergencies(editor, key);
    }

    private void WriteRule(FlagEditor editor, string key)
    {
        FlagEdits.SetRule(editor, key, Targeting is PSObject { BaseObject: string } or string ? Targeting.ToString()! : System.Text.Encoding.UTF8.GetString(ObjectJson.Write(Targeting)));
    }

    private FlagStrategy? Strategy(FlagEditor editor, string key)
    {
        FlagStrategy? strategy = ParameterSetName switch
        {
            ByOn => new AllAtOnce(On),
            ByOff => new AllAtOnce(!Off),
            ByShare => new Percentage(Percent),
            ByTime => new Progressive(Start, End, From, To),
            ByList or ByAttribute => new Canary(Audiences(), Percent),
            _ => null,
        };
        return strategy is null ? null : FlagEdits.Complete(editor, key, strategy, Variant, Stable, ReadSlot(), keepSlot: Group is null);
    }

    private FlagSlot? ReadSlot()
    {
        if (string.IsNullOrEmpty(Group) && Slot is null) return null;
        if (string.IsNullOrEmpty(Group) || Slot is null)
            throw new ReadyOpsException("FlagStrategyInvalid", "A group needs a slot, and a slot a group.", "Give both, for example -Group payments -Slot 0, 30; -Group '' takes the flag out of its group.");
        return new FlagSlot(Group, Slot[0], Slot[1]);
    }

    private IReadOnlyList<FlagAudience> Audiences()
    {
        var audiences = new List<FlagAudience>();
        if (Allow.Length > 0) audiences.Add(new FlagAudience("targetingKey") { In = Allow });
        foreach (DictionaryEntry entry in AllowAttribute ?? new Hashtable())
        {
            string attribute = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            object? value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            string[] texts = value is IEnumerable list and not string ? [.. list.Cast<object?>().Select(Text)] : [Text(value)];
            audiences.AddRange(texts.Where(text => text.StartsWith('*')).Select(text => new FlagAudience(attribute) { EndsWith = text[1..] }));
            audiences.AddRange(texts.Where(text => text.EndsWith('*') && !text.StartsWith('*')).Select(text => new FlagAudience(attribute) { StartsWith = text[..^1] }));
            string[] exact = [.. texts.Where(text => !text.StartsWith('*') && !text.EndsWith('*'))];
            if (exact.Length > 0) audiences.Add(new FlagAudience(attribute) { In = exact });
        }

        return audiences;
    }

    private string? ExpiresText() => Expires is PSObject wrapped ? Moment(wrapped.BaseObject) : Moment(Expires);

    private static string? Moment(object? value) => value switch
    {
        null => null,
        DateTimeOffset moment => FlagEdits.Moment(moment),
        DateTime time => FlagEdits.Moment(new DateTimeOffset(time)),
        _ => Text(value),
    };

    private static string Text(object? value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? "";
}
