using System.Text;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// References of RFC 3986, section 5.2, kept as they are written: what names a schema must not be changed by a tidy parser. Bases may be of any
/// scheme (<c>urn:</c> too) or empty, for a schema that has no name.
/// </summary>
internal static class SchemaUri
{
    /// <summary>The reference as seen from a base; its fragment is kept.</summary>
    public static string Resolve(string @base, string reference)
    {
        Parts b = Split(@base), r = Split(reference);
        if (r.Scheme is not null) return Join(r with { Path = RemoveDots(r.Path) });
        if (r.Authority is not null) return Join(r with { Scheme = b.Scheme, Path = RemoveDots(r.Path) });
        if (r.Path.Length == 0) return Join(b with { Query = r.Query ?? b.Query, Fragment = r.Fragment });
        string path = r.Path[0] == '/' ? r.Path : Merge(b, r.Path);
        return Join(b with { Path = b.Scheme is null && b.Authority is null && !path.StartsWith('/') ? RemoveDots($"/{path}")[1..] : RemoveDots(path), Query = r.Query, Fragment = r.Fragment });
    }

    /// <summary>Parts a URI into what comes before the number sign and what comes after it, percent-decoded.</summary>
    public static (string Uri, string Fragment) SplitFragment(string uri)
    {
        int at = uri.IndexOf('#', StringComparison.Ordinal);
        return at < 0 ? (uri, "") : (uri[..at], Uri.UnescapeDataString(uri[(at + 1)..]));
    }

    /// <summary>Whether it names something by itself.</summary>
    public static bool IsAbsolute(string uri) => Split(uri).Scheme is not null;

    /// <summary>How to get from one URI to another by a relative reference into the same or a lower folder, or <see langword="null"/>.</summary>
    public static string? RelativeTo(string from, string to)
    {
        int folder = from.LastIndexOf('/') + 1;
        return folder > 0 && to.Length > folder && to.AsSpan(0, folder).SequenceEqual(from.AsSpan(0, folder)) ? to[folder..] : null;
    }

    /// <summary>The URI of a file.</summary>
    public static string OfFile(string path) => new Uri(Path.GetFullPath(path)).AbsoluteUri;

    private static Parts Split(string uri)
    {
        string? fragment = null, query = null, authority = null, scheme = null;
        int hash = uri.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0) (fragment, uri) = (uri[(hash + 1)..], uri[..hash]);
        int mark = uri.IndexOf('?', StringComparison.Ordinal);
        if (mark >= 0) (query, uri) = (uri[(mark + 1)..], uri[..mark]);
        int colon = uri.AsSpan().IndexOfAny(':', '/');
        if (colon > 0 && uri[colon] == ':' && char.IsAsciiLetter(uri[0])) (scheme, uri) = (uri[..colon], uri[(colon + 1)..]);
        if (uri.StartsWith("//", StringComparison.Ordinal))
        {
            int slash = uri.IndexOf('/', 2);
            if (slash < 0) slash = uri.Length;
            (authority, uri) = (uri[2..slash], uri[slash..]);
        }

        return new Parts(scheme, authority, uri, query, fragment);
    }

    private static string Join(Parts parts)
    {
        var uri = new StringBuilder();
        if (parts.Scheme is not null) uri.Append(parts.Scheme).Append(':');
        if (parts.Authority is not null) uri.Append("//").Append(parts.Authority);
        uri.Append(parts.Path);
        if (parts.Query is not null) uri.Append('?').Append(parts.Query);
        if (parts.Fragment is not null) uri.Append('#').Append(parts.Fragment);
        return uri.ToString();
    }

    private static string Merge(Parts @base, string path)
    {
        if (@base.Authority is not null && @base.Path.Length == 0) return $"/{path}";
        return @base.Path[..(@base.Path.LastIndexOf('/') + 1)] + path;
    }

    // Section 5.2.4.
    private static string RemoveDots(string path)
    {
        if (!path.StartsWith('/') || !path.Contains("/.", StringComparison.Ordinal)) return path;
        var kept = new List<string>();
        string[] segments = path[1..].Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            bool last = i == segments.Length - 1;
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (last) kept.Add("");
        }

        return $"/{string.Join('/', kept)}";
    }

    private sealed record Parts(string? Scheme, string? Authority, string Path, string? Query, string? Fragment);
}
