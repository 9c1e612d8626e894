using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>json</c>.</summary>
internal sealed class JsonCheckType : CheckType
{
    public override string Name => "json";

    public override string Summary => "A value in a JSON file or answer keeps a bound.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Path, "The file; either this or 'url'."),
        new("url", CheckMemberKind.Url, "Where to get it; either this or 'path'."),
        new("auth", CheckMemberKind.Authentication, "How to authenticate at 'url'."),
        new("headers", CheckMemberKind.Headers, "Further request headers for 'url'."),
        new("tls", CheckMemberKind.Tls, "Whom to trust and who to be in TLS at 'url'."),
        new("proxy", CheckMemberKind.Text, "The way to 'url': a URL, none, or secret:NAME or env:NAME of one with a password. Without it that of the environment counts.") { Examples = ["http://proxy.example:3128", "none"] },
        new("maxAge", CheckMemberKind.Duration, "How long ago the file may have been changed last; an older one is stale."),
        .. JsonProbe.Members,
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        JsonProbe probe = JsonProbe.Read(reader);
        if (reader.Has("path") == reader.Has("url"))
            reader.Problem("path", "this does not say one place to read from", "either 'path' or 'url'");
        foreach (string member in reader.Has("url") ? ["maxAge"] : new[] { "auth", "headers", "tls", "proxy" })
            if (reader.Has(member)) reader.Problem(member, $"'{member}' says nothing about {(reader.Has("url") ? "a URL" : "a file")}", "no such member here");
        if (reader.Has("url")) return new JsonUrlCheck(CheckEndpoint.Read(reader), probe);
        return new JsonFileCheck(reader.OptionalPath("path") ?? "", reader.OptionalText("path") ?? "", reader.OptionalDuration("maxAge"), probe);
    }
}

/// <summary>Looks into a JSON file.</summary>
internal sealed class JsonFileCheck(string path, string name, TimeSpan? maxAge, JsonProbe probe) : ICheck
{
    private const int MaxBytes = 32 * 1024 * 1024;

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        try
        {
            if (!FileReading.TryFind(path, out FileInfo? file, out string problem)) return Observation.Of(Verdict.NoData, $"{name} {problem}.");
            TimeSpan age = context.Clock.GetUtcNow() - new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
            if (age > maxAge) return Observation.Of(Verdict.Stale, $"{name} is older than the {Quantities.Format(maxAge.Value)} it may be.");
            ReadOnlyMemory<byte> bytes = await FileReading.ReadAsync(path, name, MaxBytes, cancel).ConfigureAwait(false);
            using JsonDocument document = JsonProbe.Parse(bytes, name);
            return probe.Observe(document.RootElement, name);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"{name} cannot be read: {e.Message.TrimEnd('.')}.");
        }
    }
}

/// <summary>Looks into a JSON answer.</summary>
internal sealed class JsonUrlCheck(HttpEndpoint endpoint, JsonProbe probe) : ICheck
{
    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        HttpAnswer answer = await endpoint.SendAsync(context, () => new HttpRequestMessage(HttpMethod.Get, endpoint.Url), cancel).ConfigureAwait(false);
        if (!answer.IsSuccess)
            return Observation.Of(Verdict.Error, $"{endpoint.Display} answered with status {answer.Status} instead of the document.");
        using JsonDocument document = JsonProbe.Parse(answer.Body, endpoint.Display);
        return probe.Observe(document.RootElement, endpoint.Display);
    }
}
