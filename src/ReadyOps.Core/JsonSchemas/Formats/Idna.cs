namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>
/// U-labels of IDNA 2008: which code points may stand in them and where (section 4.2 of RFC 5891, RFC 5892 with its appendix A) and the
/// Bidi rule (section 2 of RFC 5893). Whether a label is in Unicode's normal form C is not looked at: it would take the composition
/// tables, which a runtime without ICU does not have.
/// </summary>
internal static class Idna
{
    private static readonly IdnaTable Table = IdnaTable.Load();

    /// <summary>Whether the code points are a U-label.</summary>
    /// <param name="label">At least one of them is beyond ASCII.</param>
    /// <param name="rightToLeft">Whether a character of it puts the name under the Bidi rule.</param>
    /// <param name="fitsBidi">Whether the label fits the Bidi rule.</param>
    public static bool IsLabel(ReadOnlySpan<int> label, out bool rightToLeft, out bool fitsBidi)
    {
        (rightToLeft, fitsBidi) = (false, false);
        if (label[0] == '-' || label[^1] == '-' || (label.Length > 3 && label[2] == '-' && label[3] == '-')) return false;
        Span<IdnaPoint> points = stackalloc IdnaPoint[label.Length];
        for (int i = 0; i < label.Length; i++)
        {
            points[i] = Table.Find(label[i]);
            if (points[i].Bidi == IdnaBidi.None) return false;
            rightToLeft |= points[i].Bidi is IdnaBidi.R or IdnaBidi.AL or IdnaBidi.AN;
        }

        if (points[0].Has(IdnaTraits.Mark)) return false;
        for (int i = 0; i < label.Length; i++)
            if (points[i].Has(IdnaTraits.Contextual) && !FitsContext(label, points, i)) return false;
        fitsBidi = FitsBidi(points);
        return true;
    }

    // Appendix A of RFC 5892.
    private static bool FitsContext(ReadOnlySpan<int> label, ReadOnlySpan<IdnaPoint> points, int at)
    {
        switch (label[at])
        {
            case 0x200C: // ZERO WIDTH NON-JOINER
                return (at > 0 && points[at - 1].Has(IdnaTraits.Virama)) || IsBetweenJoining(points, at);
            case 0x200D: // ZERO WIDTH JOINER
                return at > 0 && points[at - 1].Has(IdnaTraits.Virama);
            case 0x00B7: // MIDDLE DOT
                return at > 0 && at + 1 < label.Length && label[at - 1] == 'l' && label[at + 1] == 'l';
            case 0x0375: // GREEK LOWER NUMERAL SIGN (KERAIA)
                return at + 1 < label.Length && points[at + 1].Has(IdnaTraits.Greek);
            case 0x05F3 or 0x05F4: // HEBREW PUNCTUATION GERESH, GERSHAYIM
                return at > 0 && points[at - 1].Has(IdnaTraits.Hebrew);
            case 0x30FB: // KATAKANA MIDDLE DOT
                foreach (IdnaPoint point in points)
                    if (point.Has(IdnaTraits.KanaOrHan)) return true;
                return false;
            case >= 0x0660 and <= 0x0669: // ARABIC-INDIC DIGITS
                return !label.ContainsAnyInRange(0x06F0, 0x06F9);
            case >= 0x06F0 and <= 0x06F9: // EXTENDED ARABIC-INDIC DIGITS
                return !label.ContainsAnyInRange(0x0660, 0x0669);
            default:
                return false;
        }
    }

    private static bool IsBetweenJoining(ReadOnlySpan<IdnaPoint> points, int at)
    {
        (int before, int after) = (at - 1, at + 1);
        while (before >= 0 && points[before].IsTransparent) before--;
        while (after < points.Length && points[after].IsTransparent) after++;
        return before >= 0 && points[before].Has(IdnaTraits.JoinsLeft) && after < points.Length && points[after].Has(IdnaTraits.JoinsRight);
    }

    private static bool FitsBidi(ReadOnlySpan<IdnaPoint> points)
    {
        bool rightToLeft = points[0].Bidi is IdnaBidi.R or IdnaBidi.AL;
        if (!rightToLeft && points[0].Bidi != IdnaBidi.L) return false;
        (bool european, bool arabic) = (false, false);
        foreach (IdnaPoint point in points)
        {
            european |= point.Bidi == IdnaBidi.EN;
            arabic |= point.Bidi == IdnaBidi.AN;
            if (point.Bidi is IdnaBidi.L ? rightToLeft : point.Bidi is IdnaBidi.R or IdnaBidi.AL or IdnaBidi.AN && !rightToLeft) return false;
        }

        int last = points.Length - 1;
        while (points[last].Bidi == IdnaBidi.NSM) last--; // The first is no mark.
        IdnaBidi end = points[last].Bidi;
        if (european && arabic && rightToLeft) return false;
        return end == IdnaBidi.EN || (rightToLeft ? end is IdnaBidi.R or IdnaBidi.AL or IdnaBidi.AN : end == IdnaBidi.L);
    }
}
