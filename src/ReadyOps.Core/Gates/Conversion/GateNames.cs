using System.Text;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>Names that documents and checks may have.</summary>
internal static class GateNames
{
    private const int LongestDocument = 63;
    private const int LongestCheck = 80;

    /// <summary>The name of a document made of a text: letters, digits, dots, underscores and hyphens.</summary>
    public static string Of(string text)
    {
        var name = new StringBuilder();
        foreach (char c in text.Normalize(NormalizationForm.FormKD))
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_') name.Append(c);
            else if (char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark && name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        string plain = name.ToString().TrimStart('.', '_', '-');
        if (plain.Length > LongestDocument) plain = plain[..LongestDocument];
        plain = plain.TrimEnd('.', '_', '-');
        return plain.Length > 0 ? plain : "gate";
    }

    /// <summary>A text cut to the length of a name, at a blank where there is one.</summary>
    public static string Short(string text)
    {
        if (text.Length <= LongestCheck) return text;
        int end = text.LastIndexOf(' ', LongestCheck - 1);
        if (end < LongestCheck / 2) end = LongestCheck - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end].TrimEnd() + "…";
    }
}
