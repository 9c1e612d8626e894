namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>The classes that ECMA-262 has a letter for, section 22.2.2.9: their digits and word characters are ASCII.</summary>
internal static class PatternSets
{
    public static readonly CodePointSet Word = CodePointSet.Of([('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]);

    /// <summary>All but the ends of lines.</summary>
    public static readonly CodePointSet Dot = CodePointSet.Of([('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)]).Complement();

    private static readonly CodePointSet Digit = CodePointSet.Of([('0', '9')]);

    // White_Space and LineTerminator of sections 12.2 and 12.3: general category Zs and some by name.
    private static readonly CodePointSet Space =
        CodePointSet.Of([(0x9, 0xD), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]);

    private static readonly CodePointSet NotDigit = Digit.Complement();
    private static readonly CodePointSet NotWord = Word.Complement();
    private static readonly CodePointSet NotSpace = Space.Complement();

    public static CodePointSet? Find(char letter) => letter switch
    {
        'd' => Digit,
        'D' => NotDigit,
        'w' => Word,
        'W' => NotWord,
        's' => Space,
        'S' => NotSpace,
        _ => null,
    };
}
