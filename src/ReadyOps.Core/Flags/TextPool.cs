using System.Text;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Flags;

/// <summary>Texts of a document, each of them once: keys, variants and operators are the same few words over and over.</summary>
internal sealed class TextPool
{
    // Longer texts are hardly ever the same.
    private const int Longest = 64;

    private readonly Dictionary<int, string> _byHash = [];
    private readonly Dictionary<string, string> _others = new(StringComparer.Ordinal);

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Longest) return Encoding.UTF8.GetString(utf8);
        int hash = NameHash.Of(utf8);
        if (_byHash.TryGetValue(hash, out string? known) && Ascii.Equals(utf8, known)) return known;
        string text = Encoding.UTF8.GetString(utf8);
        if (known is null && Ascii.IsValid(utf8)) return _byHash[hash] = text;
        if (_others.TryGetValue(text, out known)) return known;
        return _others[text] = text;
    }
}
