using System.Text;
using System.Text.RegularExpressions;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace ReadyOps.Core.Checklists;

/// <summary>What a person reads of a piece of Markdown.</summary>
internal static partial class InlineText
{
    /// <summary>The text in one line without Markdown, and the code and the URLs in it. A box is written as it was, <c>[x] </c>.</summary>
    public static (string Text, IReadOnlyList<string> Codes, IReadOnlyList<string> Urls) Of(ContainerInline? inline)
    {
        if (inline is null) return ("", [], []);
        var text = new StringBuilder();
        List<string> codes = [], urls = [];
        Append(inline, text, codes, urls);
        return (Spaces().Replace(text.ToString(), " ").Trim(), codes, urls);
    }

    // As deep as Markdig nests, which has a limit.
    private static void Append(ContainerInline container, StringBuilder text, List<string> codes, List<string> urls)
    {
        foreach (Inline inline in container)
        {
            switch (inline)
            {
                case TaskList box:
                    text.Append(box.Checked ? "[x] " : "[ ] ");
                    break;
                case LiteralInline literal:
                    text.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    codes.Add(code.Content);
                    text.Append(code.Content);
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case AutolinkInline link:
                    urls.Add(link.Url);
                    text.Append(link.Url);
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.AsSpan());
                    break;
                case LinkInline link:
                    if (link.Url is { Length: > 0 } url && !link.IsImage) urls.Add(url);
                    Append(link, text, codes, urls);
                    break;
                case DelimiterInline delimiter:
                    text.Append(delimiter.ToLiteral());
                    Append(delimiter, text, codes, urls);
                    break;
                case ContainerInline inner:
                    Append(inner, text, codes, urls);
                    break;
            }
        }
    }

    [GeneratedRegex(@"[\s\p{Cc}]+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
