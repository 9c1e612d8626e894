using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checklists;

/// <summary>
/// Bytes of a checklist to text. UTF-8, or UTF-16 with a byte order mark; and UTF-8 that some program read in an older code page
/// and saved again, which turns <c>✅</c> into <c>âœ…</c>: that is undone.
/// </summary>
internal static class ChecklistText
{
    private const int MostLayers = 3;

    // Bytes of UTF-8: three Chinese characters.
    private const int LeastWord = 9;
    private const int FewShort = 3;

    // What a text must have gone through to look like this, the likeliest first.
    private static readonly CodePage[] CodePages = [new("Windows-1252", 1252), new("Mac Roman", 10000), new("code page 437", 437), new("code page 850", 850)];

    /// <summary>The text of a file, and what was done to it; empty when it was read as it is.</summary>
    /// <exception cref="DocumentException">It is no text.</exception>
    public static (string Text, string Repair) Decode(ReadOnlyMemory<byte> bytes, string file)
    {
        var problems = new ProblemList(file);
        if (bytes.Length > SourceText.MostBytes) throw problems.Fatal(0, 0, "the file is larger than 4 MiB, which is the most that a checklist may have");
        string utf16 = "";
        if (bytes.Span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            bytes = FromUtf16(bytes, problems);
            utf16 = "read as UTF-16";
        }

        string text = Encoding.UTF8.GetString(SourceText.Check(bytes, problems).Span);
        (text, string repair) = Repair(text);
        return (text, string.Join("; ", ((string[])[utf16, repair]).Where(part => part.Length > 0)));
    }

    /// <summary>
    /// Undoes a wrong reading. It is one only when nearly every run of characters beyond ASCII, written in one code page, is
    /// well-formed UTF-8: in a text that was read rightly, hardly any is.
    /// </summary>
    internal static (string Text, string Repair) Repair(string text)
    {
        List<string> undone = [];
        for (int layer = 0; layer < MostLayers; layer++)
        {
            Attempt best = CodePages.Select(page => Undo(text, page)).MaxBy(attempt => attempt.Repaired)!;
            if (!IsSure(best)) break;
            text = best.Text;
            undone.Add($"UTF-8 that was read as {best.Page.Name} and saved again, repaired in {best.Repaired} places"
                + (best.Kept > 0 ? $"; {best.Kept} were lost and are left as they are" : ""));
        }

        return (text, string.Join("; then ", undone));
    }

    /// <summary>What a text looks like after a program took its UTF-8 for a code page; for tests.</summary>
    internal static string Misread(string text, int codePage) =>
        (CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.Latin1).GetString(Encoding.UTF8.GetBytes(text));

    // "€Ü" happens to be UTF-8 in Mac Roman: two bytes prove little. A sign such as ✅ has three or four, and those prove much. So does a
    // word of another script; one character of it does not: "né…”" in Windows-1252 ends in the UTF-8 of a Chinese one. Single characters may be lost on the way (a byte that the code page has no character for); most must be right.
    private static bool IsSure(Attempt attempt) => attempt.Long > 0
        ? attempt.Kept * 4 <= attempt.Repaired
        : attempt is { Kept: 0, Repaired: >= FewShort } && attempt.Page == CodePages[0];

    private static Attempt Undo(string text, CodePage page)
    {
        var result = new StringBuilder(text.Length);
        int repaired = 0, kept = 0, longer = 0;
        for (int at = 0; at < text.Length;)
        {
            if (text[at] < 0x80)
            {
                result.Append(text[at++]);
                continue;
            }

            int end = at;
            while (end < text.Length && text[end] >= 0x80) end++;
            ReadOnlySpan<char> run = text.AsSpan(at, end - at);
            if (page.Undo(run) is { } right)
            {
                repaired++;
                if (Proves(right)) longer++;
                result.Append(right);
            }
            else
            {
                kept++;
                result.Append(run);
            }

            at = end;
        }

        return new Attempt(page, result.ToString(), repaired, kept, longer);
    }

    private static bool Proves(string right)
    {
        int foreign = 0;
        foreach (Rune rune in right.EnumerateRunes().Where(rune => rune.Value >= 0x800))
        {
            if (IsSign(rune.Value)) return true;
            if (Rune.IsLetter(rune)) foreign += rune.Utf8SequenceLength;
        }

        return foreign >= LeastWord;
    }

    // By the blocks of Unicode: punctuation, currency, letterlike signs, arrows, mathematics, technical signs, box drawing, shapes,
    // symbols and dingbats; the arrows beyond; variation selectors; and the pictures from U+1F000 on.
    private static bool IsSign(int code) =>
        code is (>= 0x2000 and <= 0x27BF) or (>= 0x2900 and <= 0x297F) or (>= 0x2B00 and <= 0x2BFF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0x1F000 and <= 0x1FAFF);

    // What undoing the reading of one code page would give: how many runs it repairs, leaves, and repairs with something that proves it.
    private sealed record Attempt(CodePage Page, string Text, int Repaired, int Kept, int Long);

    private static ReadOnlyMemory<byte> FromUtf16(ReadOnlyMemory<byte> bytes, ProblemList problems)
    {
        try
        {
            var encoding = new UnicodeEncoding(bigEndian: bytes.Span[0] == 0xFE, byteOrderMark: true, throwOnInvalidBytes: true);
            return Encoding.UTF8.GetBytes(encoding.GetString(bytes.Span[2..]));
        }
        catch (ArgumentException)
        {
            throw problems.Fatal(1, 1, "the file begins as UTF-16 does and is none", "UTF-8");
        }
    }

    private sealed class CodePage
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        private readonly Dictionary<char, byte> _bytes = [];

        public CodePage(string name, int number)
        {
            Name = name;
            byte[] upper = [.. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)];
            string characters = CodePagesEncodingProvider.Instance.GetEncoding(number)!.GetString(upper);
            for (int i = 0; i < upper.Length; i++) _bytes.TryAdd(characters[i], upper[i]);
            // Latin-1 is the same but for 32 control characters.
            for (int c = 0x80; number == 1252 && c < 0xA0; c++) _bytes.TryAdd((char)c, (byte)c);
            // The currency sign of Mac Roman became the euro in 1998, and its ohm is written as the letter omega by some.
            if (number == 10000)
            {
                _bytes.TryAdd('\u20AC', 0xDB);
                _bytes.TryAdd('\u03A9', 0xBD);
            }
        }

        public string Name { get; }

        /// <summary>The characters whose UTF-8 these would be; <see langword="null"/> when they are none.</summary>
        public string? Undo(ReadOnlySpan<char> run)
        {
            byte[] bytes = new byte[run.Length];
            for (int i = 0; i < run.Length; i++)
                if (!_bytes.TryGetValue(run[i], out bytes[i])) return null;
            try
            {
                string right = Strict.GetString(bytes);
                // Two code pages may both give UTF-8; nobody writes control characters, private ones, and those kept for compatibility.
                return right.Any(c => c is (>= '\uE000' and < '\uFE00') or (>= '\uFE70' and < '\uFF00') || char.GetUnicodeCategory(c) is UnicodeCategory.Control) ? null : right;
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }
}
