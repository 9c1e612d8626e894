using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>Variables of documents as users give them: a hashtable, and the release.</summary>
internal static class Variables
{
    private const string ReleaseName = "release";

    /// <summary>Names and values as texts. The release is the variable <c>release</c>, whichever way it is given.</summary>
    /// <exception cref="ReadyOpsException"><c>ReleaseAmbiguous</c>: it is given in both ways, and differently.</exception>
    public static IReadOnlyDictionary<string, string> Read(IDictionary? given, ref string? release)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in given ?? new Hashtable())
            variables[Text(entry.Key)] = Text(entry.Value);

        // Queries select by the variable and the journal notes the release: they must be one.
        if (release is not null && variables.TryGetValue(ReleaseName, out string? other) && other != release)
            throw new ReadyOpsException("ReleaseAmbiguous", $"-Release says '{release}' and -Variable says '{other}'.", "Give the release once, with -Release.");
        if (release is not null) variables[ReleaseName] = release;
        else release = variables.GetValueOrDefault(ReleaseName);
        return variables;
    }

    private static string Text(object? value) =>
        (string)LanguagePrimitives.ConvertTo(value is bool yes ? yes ? "true" : "false" : value, typeof(string), CultureInfo.InvariantCulture) ?? "";
}
