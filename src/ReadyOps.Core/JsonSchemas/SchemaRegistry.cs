using ReadyOps.Core.Checks;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// Where schemas that others refer to are found: in folders of JSON and YAML files, by their <c>$id</c> or by their path, and from a resolver
/// where one is given. Nothing is ever fetched from the network here. What was read is kept: make another registry after files have changed.
/// </summary>
public sealed class SchemaRegistry
{
    private const int MostFiles = 10_000;

    private readonly string[] _folders;
    private readonly Func<string, ReadOnlyMemory<byte>?>? _resolver;
    private readonly object _gate = new();
    private readonly Dictionary<string, (JsonInstance Values, string Uri)> _known = new(StringComparer.Ordinal);
    private Dictionary<string, string>? _files;

    /// <summary>Makes a registry.</summary>
    /// <param name="folders">The folders, with all folders in them.</param>
    /// <param name="resolver">Gives the bytes for a URI without fragment, or <see langword="null"/>; asked last.</param>
    public SchemaRegistry(IEnumerable<string>? folders = null, Func<string, ReadOnlyMemory<byte>?>? resolver = null)
    {
        _folders = [.. (folders ?? []).Select(Path.GetFullPath)];
        _resolver = resolver;
    }

    /// <summary>The folders.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>Puts a schema in under a URI.</summary>
    /// <exception cref="DocumentException">It is neither JSON nor, by the name of its file, YAML.</exception>
    public void Add(string uri, ReadOnlyMemory<byte> utf8, string file = "")
    {
        JsonInstance values = SchemaFile.Read(utf8, file.Length > 0 ? file : uri);
        lock (_gate) _known[SchemaUri.SplitFragment(uri).Uri] = (values, SchemaUri.SplitFragment(uri).Uri);
    }

    /// <summary>Finds a schema.</summary>
    /// <param name="uri">Its URI, without fragment.</param>
    /// <param name="from">The resource that refers to it.</param>
    internal (JsonInstance Values, string Uri)? Find(string uri, SchemaResource? from)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(uri, out (JsonInstance, string) known)) return known;
            if (FileOf(uri, from) is { } file) return _known[uri] = (SchemaFile.Read(file), uri);
            if (_resolver?.Invoke(uri) is not { } bytes) return null;
            return _known[uri] = (SchemaFile.Read(bytes, uri), uri);
        }
    }

    private string? FileOf(string uri, SchemaResource? from)
    {
        if (_folders.Length == 0) return null;
        _files ??= Index();
        if (_files.TryGetValue(uri, out string? named)) return named;
        if (uri.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return Uri.TryCreate(uri, UriKind.Absolute, out Uri? local) ? Within(local.LocalPath) : null;
        if (!SchemaUri.IsAbsolute(uri)) return _folders.Select(folder => Within(Path.Combine(folder, Uri.UnescapeDataString(uri)))).FirstOrDefault(path => path is not null);

        // Files that refer to each other by name may all have an $id of one folder on the web.
        if (from is null || from.Document.Values.File.Length == 0 || SchemaUri.RelativeTo(from.Uri, uri) is not { } relative) return null;
        return Within(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from.Document.Values.File)) ?? "", Uri.UnescapeDataString(relative)));
    }

    private string? Within(string path)
    {
        string full = Path.GetFullPath(path);
        return Array.Exists(_folders, folder => IsBelow(full, folder)) && File.Exists(full) && LeadsInside(full) ? full : null;
    }

    // A link is followed where it stays in the folders: whoever writes schemas must not be able to have any file read.
    private bool LeadsInside(string file)
    {
        string real = FileGlob.RealPath(file);
        return Array.Exists(_folders, folder => IsBelow(real, FileGlob.RealPath(folder)));
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // The files by their $id. What cannot be read is told when a schema refers to it by its path, and is nobody's business before.
    private Dictionary<string, string> Index()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (string folder in _folders.Where(Directory.Exists))
        {
            foreach (string file in SchemaFile.Below(folder, options).Where(IsSchema).Order(StringComparer.Ordinal).Take(MostFiles).Where(LeadsInside))
            {
                try
                {
                    using JsonInstance values = SchemaFile.Read(file);
                    if (values.TextOf(0, "$id") is { Length: > 0 } id) files.TryAdd(SchemaUri.Resolve(SchemaUri.OfFile(file), SchemaUri.SplitFragment(id).Uri), file);
                }
                catch (DocumentException)
                {
                }
            }
        }

        return files;
    }

    private static bool IsSchema(string file) => Path.GetExtension(file).ToLowerInvariant() is ".json" or ".yaml" or ".yml";
}
