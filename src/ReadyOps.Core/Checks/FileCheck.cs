using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>file</c>.</summary>
internal sealed class FileCheckType : CheckType
{
    public override string Name => "file";

    public override string Summary => "A file is there, or is not, and looks as it must.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Path, "The file.") { Required = true },
        new("exists", CheckMemberKind.Flag, "Whether it must be there, or must not.") { Default = "true" },
        new("minSize", CheckMemberKind.Size, "The least size."),
        new("maxSize", CheckMemberKind.Size, "The greatest size."),
        new("maxAge", CheckMemberKind.Duration, "How long ago it may have been changed last."),
        new("contains", CheckMemberKind.Text, "A text that must be in it, letter for letter."),
        new("matches", CheckMemberKind.Text, "A regular expression (.NET) that must match somewhere in it."),
        new("sha256", CheckMemberKind.Text, "Its SHA-256 in hex."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        var check = new FileCheck(reader.RequiredPath("path"), reader.OptionalText("path") ?? "")
        {
            MustExist = reader.Flag("exists", true),
            MinSize = CheckReader.Size(reader, "minSize"),
            MaxSize = CheckReader.Size(reader, "maxSize"),
            MaxAge = reader.OptionalDuration("maxAge"),
            Contains = reader.OptionalText("contains"),
            Matches = CheckReader.Pattern(reader, "matches"),
            Sha256 = ReadHash(reader),
        };
        if (check.MinSize > check.MaxSize) reader.Problem("minSize", "the least size is above the greatest", "a size up to 'maxSize'");
        if (check.Contains is "") reader.Problem("contains", "every file contains the empty text", "a text to look for");
        foreach (CheckMember member in Members.Skip(2).Where(member => !check.MustExist && reader.Has(member.Name)))
            reader.Problem(member.Name, $"a file that must not be there has no '{member.Name}'", "either 'exists: false' or this");
        return check;
    }

    private static string? ReadHash(ObjectReader reader)
    {
        if (reader.OptionalText("sha256") is not { } text) return null;
        string hex = text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text["sha256:".Length..] : text;
        if (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit)) reader.Problem("sha256", "this is not a SHA-256", "64 hexadecimal digits");
        return hex.ToLowerInvariant();
    }
}

/// <summary>Looks at a file.</summary>
/// <param name="path">Where it is.</param>
/// <param name="name">What the document calls it.</param>
internal sealed class FileCheck(string path, string name) : ICheck
{
    private const int MaxText = 64 * 1024 * 1024;

    public bool MustExist { get; init; } = true;

    public long? MinSize { get; init; }

    public long? MaxSize { get; init; }

    public TimeSpan? MaxAge { get; init; }

    public string? Contains { get; init; }

    public Regex? Matches { get; init; }

    public string? Sha256 { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        try
        {
            if (!FileReading.TryFind(path, out FileInfo? file, out string problem)) return Missing(problem);
            if (!MustExist) return Observation.Of(Verdict.Fail, $"{name} exists and must not.", file.Length, Unit.Bytes);
            Observation? broken = Size(file) ?? Age(file, context.Clock.GetUtcNow())
                ?? await HashAsync(cancel).ConfigureAwait(false) ?? await TextAsync(cancel).ConfigureAwait(false);
            return (broken ?? Observation.Of(Verdict.Pass, $"{name} exists{Kept()}.")) with { Value = file.Length, Unit = Unit.Bytes };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing("went away while it was looked at");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"{name} cannot be read: {e.Message.TrimEnd('.')}.") with
            {
                Details = ["See that the account that runs ReadyOps may read it."],
            };
        }
    }

    private Observation Missing(string problem)
    {
        bool absent = problem == "does not exist";
        if (MustExist) return Observation.Of(Verdict.Fail, $"{name} {problem}.");
        return absent
            ? Observation.Of(Verdict.Pass, $"{name} does not exist, as it must not.")
            : Observation.Of(Verdict.Fail, $"{name} {problem}, and nothing may be there.");
    }

    private Observation? Size(FileInfo file)
    {
        string size = Quantities.Format(file.Length, Unit.Bytes);
        if (file.Length < MinSize) return Broken($"{name} has {Exact(file.Length, MinSize.Value, size)}, less than its least size {Quantities.Format(MinSize.Value, Unit.Bytes)}.");
        if (file.Length > MaxSize) return Broken($"{name} has {Exact(file.Length, MaxSize.Value, size)}, more than its greatest size {Quantities.Format(MaxSize.Value, Unit.Bytes)}.");
        return null;
    }

    private Observation? Age(FileInfo file, DateTimeOffset now)
    {
        if (MaxAge is not { } max) return null;
        TimeSpan age = now - new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        if (age < -FileAge.ClockSkew)
        {
            return Observation.Of(Verdict.Inconclusive, $"{name} was changed {About(-age)} in the future by this machine's clock, so its age is not known.");
        }

        return age > max ? Broken($"{name} was changed {About(age)} ago, longer than the {Quantities.Format(max)} it may be.") : null;
    }

    private async Task<Observation?> HashAsync(CancellationToken cancel)
    {
        if (Sha256 is null) return null;
        using FileStream stream = FileReading.Open(path);
        string actual = Convert.ToHexString(await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false)).ToLowerInvariant();
        return actual == Sha256 ? null : Broken($"{name} has the SHA-256 {actual}, not {Sha256}.");
    }

    private async Task<Observation?> TextAsync(CancellationToken cancel)
    {
        if (Contains is null && Matches is null) return null;
        ArraySegment<byte> bytes = await FileReading.ReadAsync(path, name, MaxText, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(new MemoryStream(bytes.Array!, 0, bytes.Count), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        string text = await reader.ReadToEndAsync(cancel).ConfigureAwait(false);
        if (Contains is not null && !text.Contains(Contains, StringComparison.Ordinal)) return Broken($"{name} does not contain '{Judge.Cut(Contains)}'.");
        try
        {
            return Matches?.IsMatch(text) == false ? Broken($"{name} has nothing that matches '{Judge.Cut(Matches.ToString())}'.") : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return Observation.Of(Verdict.Error, $"Looking for '{Judge.Cut(Matches!.ToString())}' in {name} takes too long.") with
            {
                Details = ["Write the expression without look-around and back-references: it is then matched in linear time."],
            };
        }
    }

    private string Kept()
    {
        List<string> kept = [];
        if (MinSize is not null || MaxSize is not null) kept.Add("is of the right size");
        if (MaxAge is not null) kept.Add("is new enough");
        if (Sha256 is not null) kept.Add("has the right SHA-256");
        if (Contains is not null || Matches is not null) kept.Add("holds what it must");
        return kept.Count == 0 ? "" : ", " + string.Join(", ", kept);
    }

    private static Observation Broken(string reason) => Observation.Of(Verdict.Fail, reason);

    private static string Exact(long length, long limit, string shown) =>
        shown == Quantities.Format(limit, Unit.Bytes) ? $"{length}B" : shown;

    private static string About(TimeSpan age) => Quantities.Format(age < TimeSpan.FromMinutes(1) ? age : TimeSpan.FromSeconds(Math.Floor(age.TotalSeconds)));
}
