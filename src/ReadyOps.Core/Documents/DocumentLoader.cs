using System.Security.Cryptography;
using System.Text;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Documents;

/// <summary>Reads documents: text to tree, variables put in, checked against the published schema of its kind.</summary>
public static class DocumentLoader
{
    /// <summary>
    /// Reads a file of at most 4 MiB in UTF-8. A file named <c>.yaml</c> or <c>.yml</c> is YAML, one named <c>.json</c> is JSON;
    /// any other is JSON when it begins with a brace or a bracket and reads as JSON, and YAML otherwise.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="kind">The kind it must be, or <see langword="null"/> for any.</param>
    /// <param name="variables">Values for <c>${name}</c> that go before those of the document; <c>READYOPS_*</c> of the environment come last.</param>
    /// <param name="read">Reads what such a document means, and throws what is wrong with that. Asked only where the schema is not kept, for what is wrong besides.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static Document Load(string file, string? kind, IReadOnlyDictionary<string, string>? variables = null, Action<Document>? read = null)
    {
        var problems = new ProblemList(file);
        byte[] bytes = ReadAll(file, problems);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? Path.GetFullPath(".");
        return Parse(bytes, file, folder, kind, variables, read);
    }

    /// <summary>Reads a text, as <see cref="Load"/> does a file.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="baseDirectory">The folder that relative paths in it start from.</param>
    /// <param name="kind">The kind it must be, or <see langword="null"/> for any.</param>
    /// <param name="variables">Values for <c>${name}</c>.</param>
    /// <param name="read">Reads what such a document means.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static Document Parse(ReadOnlyMemory<byte> utf8, string file, string baseDirectory, string? kind, IReadOnlyDictionary<string, string>? variables = null, Action<Document>? read = null)
    {
        var problems = new ProblemList(file);
        DocumentNode root = ReadTree(utf8, problems);
        problems.ThrowIfAny();
        root = VariableExpander.Expand(root, variables, problems);
        // What could not be expanded was said; that it does not fit the schema either goes without saying.
        SchemaFailure[] failures = [.. SchemaOf(root, kind)?.Validate(root).Where(failure => !problems.AnyAt(failure.Line, failure.Column)) ?? []];
        DocumentHeader.Check(root, kind, problems);
        bool named = !problems.Any;
        foreach (SchemaFailure failure in failures.Where(failure => !DocumentHeader.Covers(failure)))
            problems.Add(failure.Line, failure.Column, failure.InstancePath, failure.Message, failure.Expected);
        // With a header that says what it is, what is wrong with the rest is told at once, too.
        if (problems.Any && named && read is not null) SoundParts.Read(ToDocument(root, utf8, file, baseDirectory), read, problems);
        problems.ThrowIfAny();
        return ToDocument(root, utf8, file, baseDirectory);
    }

    /// <summary>Reads any YAML or JSON text to its tree: no variables, no kind, no schema.</summary>
    /// <exception cref="DocumentException">It is neither.</exception>
    internal static DocumentNode ReadTree(ReadOnlyMemory<byte> utf8, ProblemList problems)
    {
        ReadOnlyMemory<byte> text = SourceText.Check(utf8, problems);
        string extension = Path.GetExtension(problems.File).ToLowerInvariant();
        int first = text.Span.IndexOfAnyExcept(" \t\r\n"u8);
        bool mayBeJson = first >= 0 && text.Span[first] is (byte)'{' or (byte)'[';
        if (extension == ".json") return JsonReader.Read(text.Span, problems, out _);
        if (extension is ".yaml" or ".yml" || !mayBeJson) return YamlReader.Read(Encoding.UTF8.GetString(text.Span), problems);

        // A YAML mapping may begin with a brace too. Where it is neither, the sentence about JSON is the one that helps.
        var asJson = new ProblemList(problems.File);
        bool syntax = false;
        try
        {
            DocumentNode root = JsonReader.Read(text.Span, asJson, out syntax);
            asJson.ThrowIfAny();
            return root;
        }
        catch (DocumentException) when (syntax)
        {
            try
            {
                return YamlReader.Read(Encoding.UTF8.GetString(text.Span), problems);
            }
            catch (DocumentException)
            {
                asJson.ThrowIfAny();
                throw;
            }
        }
    }

    // By the kind that it says it is, or should be: a slip in one line is no reason to keep quiet about the others.
    private static JsonSchema? SchemaOf(DocumentNode root, string? kind)
    {
        string? known = root["kind"] is { } written && DocumentHeader.Kinds.Contains(written.Text) ? written.Text : kind;
        return root.Kind == NodeKind.Object && known is not null ? DocumentSchemas.For(known) : null;
    }

    private static byte[] ReadAll(string file, ProblemList problems)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            if (stream.CanSeek && stream.Length > SourceText.MostBytes) throw problems.Fatal(0, 0, SourceText.TooLarge);
            // What cannot say how long it is (a pipe, a device) is read no further than one byte over the limit.
            using var bytes = new MemoryStream();
            byte[] part = new byte[64 * 1024];
            for (int read = stream.Read(part); read > 0 && bytes.Length <= SourceText.MostBytes; read = stream.Read(part)) bytes.Write(part, 0, read);
            return bytes.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw problems.Fatal(0, 0, "there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = Directory.Exists(file) ? "this is a folder, not a file" : $"the file cannot be read: {exception.Message}";
            throw problems.Fatal(0, 0, why);
        }
    }

    private static Document ToDocument(DocumentNode root, ReadOnlyMemory<byte> utf8, string file, string baseDirectory) => new()
    {
        File = file,
        BaseDirectory = baseDirectory,
        Kind = root["kind"]!.Text,
        Name = root["name"]!.Text,
        Digest = Convert.ToHexString(SHA256.HashData(utf8.Span)).ToLowerInvariant(),
        Root = root,
    };
}
