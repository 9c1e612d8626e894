using System.Text;
using System.Text.Json;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Reads JSON token by token out of a stream, with <see cref="Utf8JsonReader"/> over a buffer that holds no more than the token at hand: the
/// reader itself is a ref struct and cannot be kept while the buffer is filled.
/// </summary>
internal sealed class JsonTokens
{
    private const int FirstBuffer = 64 * 1024;
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 128 };

    private readonly ReportStream _stream;
    private byte[] _buffer = new byte[FirstBuffer];
    private JsonReaderState _state = new(Strict);
    private int _start;
    private int _end;
    private bool _final;
    private int _token;
    private int _length;
    private bool _escaped;

    /// <summary>Begins to read; a byte order mark of UTF-8 is skipped.</summary>
    public JsonTokens(ReportStream stream)
    {
        _stream = stream;
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble)) _start = Encoding.UTF8.Preamble.Length;
    }

    /// <summary>What was read last.</summary>
    public JsonTokenType Type { get; private set; }

    /// <summary>Reads the next token; false at the end of the document.</summary>
    /// <exception cref="JsonException">It is not JSON, or cut off.</exception>
    public bool Read()
    {
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _final, _state);
            if (reader.Read())
            {
                Take(ref reader);
                return true;
            }

            Leave(ref reader);
            if (_final) return false;
            Fill();
        }
    }

    /// <summary>Within an object: goes to the next member, and stands on its name; false at the end of the object.</summary>
    public bool NextMember() => Read() && Type != JsonTokenType.EndObject;

    /// <summary>Within a list: goes to the next item, and stands on its beginning; false at the end of the list.</summary>
    public bool NextItem() => Read() && Type != JsonTokenType.EndArray;

    /// <summary>Whether the name or the text that it stands on is this one.</summary>
    public bool Is(ReadOnlySpan<byte> text) => _escaped ? Encoding.UTF8.GetBytes(Text()).AsSpan().SequenceEqual(text) : Value.SequenceEqual(text);

    /// <summary>The bytes of the text or number that it stands on, as they are written.</summary>
    public ReadOnlySpan<byte> Value => _buffer.AsSpan(_token, _length);

    /// <summary>The name or the text that it stands on.</summary>
    /// <exception cref="JsonException">It is not UTF-8.</exception>
    public string Text()
    {
        if (!_escaped) return Strictly(Value);
        var reader = new Utf8JsonReader(_buffer.AsSpan(_token - 1, _length + 2));
        reader.Read();
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("a text is not valid UTF-8 or UTF-16", e);
        }
    }

    /// <summary>Passes over the value that it stands on, or over that of the member whose name it stands on.</summary>
    public void Skip()
    {
        if (Type == JsonTokenType.PropertyName) Read();
        if (Type is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        int depth = 1;
        while (true)
        {
            // One reader for as much as is in the buffer: most of a report is passed over, so this is where the time goes.
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _final, _state);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) depth++;
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && --depth == 0)
                {
                    Take(ref reader);
                    return;
                }
            }

            Leave(ref reader);
            Fill();
        }
    }

    private void Take(ref Utf8JsonReader reader)
    {
        Type = reader.TokenType;
        bool quoted = Type is JsonTokenType.String or JsonTokenType.PropertyName;
        _token = _start + (int)reader.TokenStartIndex + (quoted ? 1 : 0);
        _length = reader.ValueSpan.Length;
        _escaped = quoted && reader.ValueIsEscaped;
        Leave(ref reader);
    }

    private void Leave(ref Utf8JsonReader reader)
    {
        _start += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    private void Fill()
    {
        int left = _end - _start;
        if (left == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, ReportStream.MaxPiece * 2L));
        else if (_start > 0) _buffer.AsSpan(_start, left).CopyTo(_buffer);
        if (left < _buffer.Length / 2) _stream.NextPiece();
        _start = 0;
        _end = left;
        int read = _stream.Read(_buffer.AsSpan(_end));
        _end += read;
        _final = read == 0;
    }

    private static string Strictly(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new JsonException("a text is not valid UTF-8", e);
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
