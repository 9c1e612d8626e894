using System.Globalization;

namespace ReadyOps;

/// <summary>One thing that is wrong with a document, and where.</summary>
public sealed record DocumentProblem
{
    internal DocumentProblem()
    {
    }

    /// <summary>The file, as the caller named it.</summary>
    public string File { get; internal init; } = "";

    /// <summary>Line, from 1; 0 when the problem is the file as a whole.</summary>
    public int Line { get; internal init; }

    /// <summary>Column in characters, from 1; 0 when the problem is the file as a whole.</summary>
    public int Column { get; internal init; }

    /// <summary>Where in the document, as a JSON Pointer.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>What is wrong.</summary>
    public string Message { get; internal init; } = "";

    /// <summary>What would be right.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary><c>file:line:column: path: what is wrong; what is expected</c></summary>
    public override string ToString()
    {
        string place = Line == 0 ? File : File.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}") : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
        string path = Path.Length > 0 ? $" {Path}:" : "";
        string expected = Expected.Length > 0 ? $"; {Expected}" : "";
        return $"{place}:{path} {Message}{expected}";
    }
}
