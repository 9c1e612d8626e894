using System.Text;

namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>cat</c> of arguments that are written in the rule. What is dealt out by it need never become a text.</summary>
internal sealed class ConcatenationNode(RuleNode[] arguments) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        var text = new StringBuilder();
        foreach (RuleNode argument in arguments) text.Append(Texts.ToText(argument.Evaluate(ref frame), ref frame));
        return text.ToString().Trim();
    }

    /// <summary>The hash of the text, and nothing on the heap.</summary>
    public uint Hash(ref RuleFrame frame)
    {
        var buffer = new Utf8Buffer(stackalloc byte[256]);
        foreach (RuleNode argument in arguments) buffer.Append(Texts.ToText(argument.Evaluate(ref frame), ref frame));
        uint hash = Murmur3.Hash(Trim(buffer.Written));
        buffer.Dispose();
        return hash;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out Rune first, out int length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(first)) text = text[length..];
        while (Rune.DecodeLastFromUtf8(text, out Rune last, out int length) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(last)) text = text[..^length];
        return text;
    }
}
