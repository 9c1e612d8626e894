using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>Variables of documents as users give them: a hashtable, and the release.</summary>
internal static class Variables
{
    /// <summary>Names and values as texts. The release is the variable <c>release</c>, unless that is given too.</summary>
    public static IReadOnlyDictionary<string, string> Read(IDictionary? given, string? release)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (release is not null) variables["release"] = release;
        foreach (DictionaryEntry entry in given ?? new Hashtable())
            variables[Text(entry.Key)] = Text(entry.Value);
        return variables;
    }

    private static string Text(object? value) =>
        (string)LanguagePrimitives.ConvertTo(value is bool yes ? yes ? "true" : "false" : value, typeof(string), CultureInfo.InvariantCulture) ?? "";
}
