using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Checks;

/// <summary>Reads the endpoint of a check off a document.</summary>
internal static class CheckEndpoint
{
    /// <summary>The member <c>url</c> with <c>auth</c> and <c>headers</c> beside it.</summary>
    public static HttpEndpoint Read(ObjectReader reader) =>
        // The runner limits each attempt by the check's timeout; a second clock beside it would only blur which of the two struck.
        HttpEndpoint.ReadObject(reader, "url") with { Timeout = Timeout.InfiniteTimeSpan };
}
