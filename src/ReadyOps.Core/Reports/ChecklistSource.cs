using System.Text;

namespace ReadyOps.Core.Reports;

/// <summary>The text of a checklist.</summary>
/// <param name="File">Its file, by whose name the checks of a gate refer to it.</param>
/// <param name="Text">The whole text.</param>
public sealed record ChecklistSource(string File, string Text)
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>Reads a checklist.</summary>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnreadable</c>.</exception>
    public static ChecklistSource Load(string file)
    {
        try
        {
            using FileStream stream = System.IO.File.OpenRead(file);
            if (stream.Length > MostBytes) throw Unreadable(file, "it has more than 4 MiB.");
            var bytes = new byte[stream.Length];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return new ChecklistSource(file, Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, Directory.Exists(file) ? "it is a folder." : e.Message, e);
        }
    }

    private static ReadyOpsException Unreadable(string file, string why, Exception? inner = null) =>
        new("ChecklistUnreadable", $"The checklist {file} cannot be read: {why}", "Give the Markdown file that the gate was made of.", inner);
}
