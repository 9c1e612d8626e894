using System.Collections.Frozen;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>
/// The formats of JSON Schema. They apply to texts only: a value of another type has no format. Those that came in with a later draft
/// are known in the earlier ones too, which leave other formats open.
/// </summary>
internal static class JsonFormats
{
    private static readonly FrozenDictionary<string, JsonFormat> Known = new[]
    {
        new JsonFormat("date-time", "a date and time of RFC 3339, such as 2026-11-21T03:14:00Z", TimeFormats.IsDateTime),
        new JsonFormat("date", "a date of RFC 3339, such as 2026-11-21", TimeFormats.IsDate),
        new JsonFormat("time", "a time of RFC 3339 with its offset, such as 03:14:00Z", TimeFormats.IsTime),
        new JsonFormat("duration", "a duration of ISO 8601, such as P1DT12H", TimeFormats.IsDuration),
        new JsonFormat("email", "an e-mail address of RFC 5321", EmailFormats.IsEmail),
        new JsonFormat("idn-email", "an e-mail address of RFC 6531", EmailFormats.IsIdnEmail),
        new JsonFormat("hostname", "a host name of RFC 1123", HostFormats.IsHostname),
        new JsonFormat("idn-hostname", "a host name of RFC 5890, which may be internationalized", HostFormats.IsIdnHostname),
        new JsonFormat("ipv4", "an IPv4 address, such as 192.0.2.1", AddressFormats.IsIpv4),
        new JsonFormat("ipv6", "an IPv6 address, such as 2001:db8::1", AddressFormats.IsIpv6),
        new JsonFormat("uri", "a URI of RFC 3986 with its scheme", UriFormats.IsUri),
        new JsonFormat("uri-reference", "a URI or a relative reference of RFC 3986", UriFormats.IsUriReference),
        new JsonFormat("iri", "an IRI of RFC 3987 with its scheme", UriFormats.IsIri),
        new JsonFormat("iri-reference", "an IRI or a relative reference of RFC 3987", UriFormats.IsIriReference),
        new JsonFormat("uri-template", "a URI template of RFC 6570", UriTemplateFormat.IsUriTemplate),
        new JsonFormat("uuid", "a UUID of RFC 4122, such as 98d80576-482e-427f-8434-7f86890ab222", OtherFormats.IsUuid),
        new JsonFormat("json-pointer", "a JSON pointer of RFC 6901, such as /items/0", OtherFormats.IsJsonPointer),
        new JsonFormat("relative-json-pointer", "a relative JSON pointer, such as 1/name", OtherFormats.IsRelativeJsonPointer),
        new JsonFormat("regex", "a regular expression of ECMA-262", OtherFormats.IsRegex),
    }.ToFrozenDictionary(format => format.Name, StringComparer.Ordinal);

    /// <summary>The names, in ordinal order.</summary>
    public static IEnumerable<string> Names => Known.Keys.Order(StringComparer.Ordinal);

    /// <summary>Finds a format by its name; <see langword="false"/> for a name that JSON Schema does not define.</summary>
    public static bool TryFind(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JsonFormat? format) => Known.TryGetValue(name, out format);
}
