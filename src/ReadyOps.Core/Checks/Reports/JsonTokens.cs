using System.Text;
using System.Text.Json;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Reads JSON token by token out of a stream, with <see cref="Utf8JsonReader"/> over a buffer that holds little more than the token at hand.
/// That reader is a ref struct, which cannot be kept from one call to the next, and making one for each token would take longer than
/// reading it: so the places of some thousand tokens are noted at a time.
/// </summary>
internal sealed class JsonTokens
{
    private const int FirstBuffer = 64 * 1024;
    private const int Batch = 4096;
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 128 };
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReportStream _stream;
    private readonly Token[] _tokens = new Token[Batch];
    private byte[] _buffer = new byte[FirstBuffer];
    private JsonReaderState _state = new(Strict);
    private int _start;
    private int _end;
    private bool _final;
    private int _count;
    private int _next;
    private Token _token;

    /// <summary>Begins to read; a byte order mark of UTF-8 is skipped.</summary>
    public JsonTokens(ReportStream stream)
    {
        _stream = stream;
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble)) _start = Encoding.UTF8.Preamble.Length;
    }

    /// <summary>What was read last.</summary>
    public JsonTokenType Type => _token.Type;

    /// <summary>Reads the next token; false at the end of the document.</summary>
    /// <exception cref="JsonException">It is not JSON, or cut off.</exception>
    public bool Read()
    {
        if (_next == _count && !Tokenise())
        {
            _token = default;
            return false;
        }

        _token = _tokens[_next++];
        return true;
    }

    /// <summary>Within an object: goes to the next member, and stands on its name; false at the end of the object.</summary>
    public bool NextMember() => Read() && Type != JsonTokenType.EndObject;

    /// <summary>Within a list: goes to the next item, and stands on its beginning; false at the end of the list.</summary>
    public bool NextItem() => Read() && Type != JsonTokenType.EndArray;

    /// <summary>Whether the name or the text that it stands on is this one.</summary>
    public bool Is(ReadOnlySpan<byte> text) => _token.Escaped ? Encoding.UTF8.GetBytes(Text()).AsSpan().SequenceEqual(text) : Value.SequenceEqual(text);

    /// <summary>The bytes of the text or number that it stands on, as they are written.</summary>
    public ReadOnlySpan<byte> Value => _buffer.AsSpan(_token.Start, _token.Length);

    /// <summary>The name or the text that it stands on.</summary>
    /// <exception cref="JsonException">It is not UTF-8.</exception>
    public string Text()
    {
        if (!_token.Escaped) return Strictly(Value);
        var reader = new Utf8JsonReader(_buffer.AsSpan(_token.Start - 1, _token.Length + 2));
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
        for (int depth = 1; depth > 0 && Read();)
        {
            if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray) depth++;
            else if (Type is JsonTokenType.EndObject or JsonTokenType.EndArray) depth--;
        }
    }

    private bool Tokenise()
    {
        _next = _count = 0;
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _final, _state);
            while (_count < Batch && reader.Read())
            {
                bool quoted = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
                int start = _start + (int)reader.TokenStartIndex + (quoted ? 1 : 0);
                _tokens[_count++] = new Token(reader.TokenType, quoted && reader.ValueIsEscaped, start, reader.ValueSpan.Length);
            }

            _start += (int)reader.BytesConsumed;
            _state = reader.CurrentState;
            if (_count > 0) return true;
            if (_final) return false;
            Fill();
        }
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

    private readonly record struct Token(JsonTokenType Type, bool Escaped, int Start, int Length);
}
