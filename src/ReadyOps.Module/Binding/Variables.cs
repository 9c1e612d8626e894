using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>Variables of documents as users give them: a hashtable.</summary>
internal static class Variables
{
    /// <summary>Names and values as texts.</summary>
    public static IReadOnlyDictionary<string, string> Read(IDictionary? given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
            variables[Text(entry.Key)] = Text(entry.Value);
        return variables;
    }

    private static string Text(object? value) =>
        (string)LanguagePrimitives.ConvertTo(value is bool yes ? yes ? "true" : "false" : value, typeof(string), CultureInfo.InvariantCulture) ?? "";
}
