using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Reports;

/// <summary>A checklist to be written back.</summary>
public sealed record ChecklistSource
{
    private const int MostBytes = 4 * 1024 * 1024;

    private ChecklistSource(string file, string text, IReadOnlySet<int> triggers)
    {
        File = file;
        Text = text;
        Triggers = triggers;
    }

    /// <summary>Its file, by whose name the checks of a gate refer to it.</summary>
    public string File { get; }

    /// <summary>The whole text, a wrong encoding undone.</summary>
    public string Text { get; }

    /// <summary>The lines that say what must not happen (what starts a rollback, what skips the phase): ticked, they have happened.</summary>
    internal IReadOnlySet<int> Triggers { get; }

    /// <summary>Reads a checklist from its file.</summary>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnreadable</c>.</exception>
    /// <exception cref="DocumentException">It is no text.</exception>
    public static ChecklistSource Load(string file)
    {
        try
        {
            using FileStream stream = System.IO.File.OpenRead(file);
            if (stream.Length > MostBytes) throw Unreadable(file, "it has more than 4 MiB.");
            var bytes = new byte[stream.Length];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return Read(file, bytes.AsMemory(0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, Directory.Exists(file) ? "it is a folder." : e.Message, e);
        }
    }

    /// <summary>Reads a checklist.</summary>
    /// <exception cref="DocumentException">It is no text.</exception>
    internal static ChecklistSource Read(string file, ReadOnlyMemory<byte> bytes)
    {
        IEnumerable<ChecklistItem> triggers = ChecklistReader.Read(bytes, file).AllItems.Where(item => item.IsTrigger);
        return new ChecklistSource(file, ChecklistText.Decode(bytes, file).Text, triggers.Select(item => item.Line).ToHashSet());
    }

    private static ReadyOpsException Unreadable(string file, string why, Exception? inner = null) =>
        new("ChecklistUnreadable", $"The checklist {file} cannot be read: {why}", "Give the Markdown file that the gate was made of.", inner);
}
