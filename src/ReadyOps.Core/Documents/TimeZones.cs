namespace ReadyOps.Core.Documents;

/// <summary>
/// Time zones by their names. IANA ids are known everywhere but on Windows without ICU, which is any Windows before 10 version 1903 and
/// Server 2019, and any process in globalization-invariant mode; names of Windows are known elsewhere only where ICU is.
/// </summary>
/// <remarks>https://learn.microsoft.com/dotnet/core/extensions/globalization-icu and the remarks of TimeZoneInfo.TryConvertIanaIdToWindowsId.</remarks>
internal static class TimeZones
{
    /// <summary>What to write instead of a name that this machine does not know.</summary>
    public static string Expected => Expect(OperatingSystem.IsWindows() && !TimeZoneInfo.TryConvertIanaIdToWindowsId("Europe/Berlin", out _));

    /// <summary>A zone by its IANA id, for example <c>Europe/Berlin</c>, or its name in Windows; <see langword="null"/> for one that this machine does not know.</summary>
    public static TimeZoneInfo? Find(string id)
    {
        if (id == "UTC") return TimeZoneInfo.Utc;
        // Ids are names of files on some systems: what is no id must not lead anywhere else.
        if (id.Length == 0 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+' or ' ' or '.' or '(' or ')') || id.Contains("..", StringComparison.Ordinal) || id[0] == '/') return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(id, out TimeZoneInfo? zone) ? zone : null;
    }

    internal static string Expect(bool windowsNamesOnly) => windowsNamesOnly
        ? "UTC or a name of Windows such as 'W. Europe Standard Time': this process has no ICU, without which Windows knows no IANA ids"
        : "an IANA id such as Europe/Berlin";
}
