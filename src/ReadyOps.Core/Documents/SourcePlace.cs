namespace ReadyOps.Core.Documents;

/// <summary>
/// Follows a reader through well-formed UTF-8 and knows line and column (in UTF-16 code units, as editors count) of where it
/// is. It only moves forward, so that all places of a file together cost one pass.
/// </summary>
internal struct SourcePlace()
{
    private int _offset;

    public int Line { get; private set; } = 1;

    public int Column { get; private set; } = 1;

    public void Advance(ReadOnlySpan<byte> bytes, int offset)
    {
        for (; _offset < offset && _offset < bytes.Length; _offset++)
        {
            byte b = bytes[_offset];
            bool lineEnds = b == '\n' || (b == '\r' && (_offset + 1 == bytes.Length || bytes[_offset + 1] != '\n'));
            if (lineEnds) (Line, Column) = (Line + 1, 1);
            else if (b >= 0xF0) Column += 2; // The first byte of a character beyond the BMP: two code units.
            else if (b is < 0x80 or >= 0xC0) Column++;
        }
    }
}
