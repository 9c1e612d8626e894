using System.Text;

namespace ReadyOps.Core.Reports;

/// <summary>Puts reports in files, as a whole or not at all.</summary>
public static class ReportFile
{
    /// <summary>Writes a text in UTF-8 without a byte order mark.</summary>
    /// <param name="path">The file; a link is followed and stays a link.</param>
    /// <param name="text">The text.</param>
    /// <param name="replace">Whether a file that is there already is replaced.</param>
    /// <param name="force">Whether one that is read-only is replaced too.</param>
    /// <exception cref="ReadyOpsException"><c>ReportExists</c>, <c>ReportNotWritten</c>.</exception>
    public static void Write(string path, string text, bool replace, bool force)
    {
        try
        {
            if (Directory.Exists(path)) throw NotWritten(path, "it is a folder.");
            bool exists = File.Exists(path);
            string file = exists ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
            if (exists && !replace) throw Exists(path);
            if (exists && (File.GetAttributes(file) & FileAttributes.ReadOnly) != 0)
            {
                if (!force) throw NotWritten(path, "it is read-only.", "Use -Force, or another path.");
                if (OperatingSystem.IsWindows()) File.SetAttributes(file, FileAttributes.Normal);
            }

            // A device is written to, never replaced.
            if (!OperatingSystem.IsWindows() && file.StartsWith("/dev/", StringComparison.Ordinal)) File.WriteAllText(file, text);
            else Replace(file, text, exists, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else may have made it since.
            throw !replace && File.Exists(path) ? Exists(path) : NotWritten(path, e.Message, inner: e);
        }
    }

    /// <summary>Makes a folder for reports, if it is not there.</summary>
    /// <exception cref="ReadyOpsException"><c>ReportNotWritten</c></exception>
    public static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(path, e.Message, "Give a folder that you may write to.", e);
        }
    }

    private static void Replace(string file, string text, bool exists, bool replace)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                stream.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            if (exists && !OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, File.GetUnixFileMode(file));
            File.Move(temporary, file, replace);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static ReadyOpsException Exists(string path) =>
        new("ReportExists", $"{path} was not written, because it is there already.", "Leave -NoClobber out, or give another path.");

    private static ReadyOpsException NotWritten(string path, string why, string nextStep = "Give a path in a folder that you may write to.", Exception? inner = null) =>
        new("ReportNotWritten", $"{path} cannot be written: {why}", nextStep, inner);
}
