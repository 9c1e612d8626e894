using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Targets;

/// <summary>Makes the target that a document's <c>target:</c> object describes.</summary>
public static class TargetReader
{
    private const string Types = "one of flag, haproxy, script";

    /// <summary>Reads a <c>target:</c> object. What is wrong is noted in the reader's problems, and the target returned then is a stand-in.</summary>
    public static ITarget Read(ObjectReader reader, EngineContext context)
    {
        switch (reader.RequiredText("type"))
        {
            case "flag": return FlagTarget.Read(reader, context);
            case "haproxy": return HaproxyTarget.Read(reader, context);
            case "script": return ScriptTarget.Read(reader, context);
            case var type:
                if (reader.Has("type")) reader.Problem("type", $"there is no target type '{type}'", Types);
                return new FlagTarget(reader.BaseDirectory, "", "", "", context);
        }
    }

    /// <summary>A share as it is written for people and scripts: <c>12.5</c>.</summary>
    internal static string Text(decimal percent) => percent.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Guards the share that a caller hands in.</summary>
    internal static void ThrowIfNoShare(decimal percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
    }
}
