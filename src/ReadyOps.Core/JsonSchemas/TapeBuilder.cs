using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>A text that is JSON by its grammar but that no two readers understand alike, or that is not UTF-8.</summary>
internal sealed class TapeException(int offset, string message) : Exception(message)
{
    public int Offset => offset;
}

/// <summary>Fills an instance: from a text in one pass, or value by value.</summary>
internal ref struct TapeBuilder
{
    private const int FewNames = 8;

    private readonly JsonInstance _instance;
    private TapeNode[] _nodes;
    private byte[] _text;
    private int _count;
    private int _textLength;
    private int _open = -1;

    public TapeBuilder(JsonInstance instance)
    {
        _instance = instance;
        _nodes = instance.Nodes;
        _text = instance.Text;
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="TapeException">It is ambiguous or no text.</exception>
    public void Read(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) throw new TapeException(FirstInvalid(utf8), "the text is not UTF-8 from here on");
        GrowText(utf8.Length);
        utf8.CopyTo(_text);
        _textLength = _instance.SourceLength = utf8.Length;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonInstance.MostDepth });
        while (reader.Read())
        {
            int at = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Open(TapeKind.Object, at);
                    break;
                case JsonTokenType.StartArray:
                    Open(TapeKind.Array, at);
                    break;
                case JsonTokenType.EndObject:
                    RefuseTwins(_open);
                    Close(_open);
                    break;
                case JsonTokenType.EndArray:
                    Close(_open);
                    break;
                default:
                    ReadToken(ref reader, at);
                    break;
            }
        }

        Finish();
    }

    public int Open(TapeKind kind, int source)
    {
        CountItem();
        // Until it is closed, Next holds the container around it.
        ref TapeNode node = ref Add(kind, 0, 0, source);
        node.Next = _open;
        _open = _count - 1;
        return _open;
    }

    public void Close(int start)
    {
        int around = _nodes[start].Next;
        _nodes[start].Next = _count;
        _open = around;
    }

    public void Name(string name, int source)
    {
        int length = Append(name);
        ref TapeNode node = ref Add(TapeKind.String, _textLength - length, length, source);
        node.Info = NameHash.Of(_text.AsSpan(node.Start, length));
        _nodes[_open].Info++;
    }

    public void Scalar(TapeKind kind, string text, int source)
    {
        CountItem();
        int length = Append(text);
        Add(kind, _textLength - length, length, source);
    }

    public readonly void Finish()
    {
        _instance.Nodes = _nodes;
        _instance.Text = _text;
        _instance.Count = _count;
        _instance.TextLength = _textLength;
    }

    private void ReadToken(ref Utf8JsonReader reader, int at)
    {
        ReadOnlySpan<byte> value = reader.ValueSpan;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _nodes[_open].Info++;
                ref TapeNode name = ref AddString(ref reader, at, value.Length);
                name.Info = NameHash.Of(_text.AsSpan(name.Start, name.Length));
                break;
            case JsonTokenType.String:
                CountItem();
                AddString(ref reader, at, value.Length);
                break;
            case JsonTokenType.Number:
                CountItem();
                Add(value.IndexOfAny(".eE"u8) < 0 ? TapeKind.Integer : TapeKind.Number, at, value.Length, at);
                break;
            default:
                CountItem();
                TapeKind kind = reader.TokenType == JsonTokenType.Null ? TapeKind.Null : reader.TokenType == JsonTokenType.True ? TapeKind.True : TapeKind.False;
                Add(kind, at, value.Length, at);
                break;
        }
    }

    private ref TapeNode AddString(ref Utf8JsonReader reader, int at, int length)
    {
        if (!reader.ValueIsEscaped) return ref Add(TapeKind.String, at + 1, length, at);
        GrowText(_textLength + length);
        int written;
        try
        {
            written = reader.CopyString(_text.AsSpan(_textLength));
        }
        catch (InvalidOperationException)
        {
            throw new TapeException(at, "the text holds half of a surrogate pair");
        }

        _textLength += written;
        return ref Add(TapeKind.String, _textLength - written, written, at);
    }

    private readonly void CountItem()
    {
        if (_open >= 0 && _nodes[_open].Kind == TapeKind.Array) _nodes[_open].Info++;
    }

    private ref TapeNode Add(TapeKind kind, int start, int length, int source)
    {
        if (_count == _nodes.Length) GrowNodes();
        ref TapeNode node = ref _nodes[_count++];
        node.Kind = kind;
        node.Start = start;
        node.Length = length;
        node.Source = source;
        node.Next = _count;
        node.Info = 0;
        return ref node;
    }

    private int Append(string text)
    {
        GrowText(_textLength + Encoding.UTF8.GetMaxByteCount(text.Length));
        int length = Encoding.UTF8.GetBytes(text, _text.AsSpan(_textLength));
        _textLength += length;
        return length;
    }

    // The instance learns of new buffers at once, so that they find their way back to the pool after a failure too.
    private void GrowNodes()
    {
        TapeNode[] larger = ArrayPool<TapeNode>.Shared.Rent(Math.Max(64, _nodes.Length * 2));
        _nodes.AsSpan(0, _count).CopyTo(larger);
        if (_nodes.Length > 0) ArrayPool<TapeNode>.Shared.Return(_nodes);
        _instance.Nodes = _nodes = larger;
    }

    private void GrowText(int needed)
    {
        if (needed <= _text.Length) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _text.Length * 2));
        _text.AsSpan(0, _textLength).CopyTo(larger);
        if (_text.Length > 0) ArrayPool<byte>.Shared.Return(_text);
        _instance.Text = _text = larger;
    }

    // A name that is there twice means one value to one reader and another to the next.
    private readonly void RefuseTwins(int start)
    {
        int count = _nodes[start].Info;
        if (count < 2) return;
        if (count > FewNames)
        {
            RefuseTwinsOfMany(start, count);
            return;
        }

        Span<int> names = stackalloc int[FewNames];
        int known = 0;
        for (int name = start + 1; name < _count; name = _nodes[name + 1].Next)
        {
            int hash = _nodes[name].Info;
            for (int i = 0; i < known; i++)
                if (_nodes[names[i]].Info == hash) RefuseIfEqual(names[i], name);
            names[known++] = name;
        }
    }

    private readonly void RefuseTwinsOfMany(int start, int count)
    {
        int size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count * 2);
        int[] table = ArrayPool<int>.Shared.Rent(size);
        try
        {
            table.AsSpan(0, size).Clear();
            for (int name = start + 1; name < _count; name = _nodes[name + 1].Next)
            {
                int hash = _nodes[name].Info;
                int slot = hash & (size - 1);
                for (; table[slot] != 0; slot = (slot + 1) & (size - 1))
                    if (_nodes[table[slot]].Info == hash) RefuseIfEqual(table[slot], name);
                table[slot] = name;
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(table);
        }
    }

    private readonly void RefuseIfEqual(int first, int second)
    {
        ReadOnlySpan<byte> name = _text.AsSpan(_nodes[second].Start, _nodes[second].Length);
        if (!_text.AsSpan(_nodes[first].Start, _nodes[first].Length).SequenceEqual(name)) return;
        throw new TapeException(_nodes[second].Source, $"'{Encoding.UTF8.GetString(name)}' is here twice in one object");
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == OperationStatus.Done) at += length;
        return Math.Min(at, bytes.Length - 1);
    }
}
