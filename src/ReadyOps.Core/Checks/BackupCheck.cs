using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>backup</c>.</summary>
internal sealed class BackupCheckType : CheckType
{
    public override string Name => "backup";

    public override string Summary => "The newest backup is young, whole and about as large as the ones before it.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The backups: paths with * and ?, and ** for any folders; either this or 'manifest'. Files of checksums beside them are no backups."),
        new("manifest", CheckMemberKind.Path, "A JSON file that lists the backups: a list, or an object with one in 'backups', of objects with 'file' (from its folder) or 'name', 'time' (RFC 3339), 'size' (bytes) and 'sha256'."),
        new("maxAge", CheckMemberKind.Duration, "How long ago the newest may have been made.") { Required = true, Examples = ["26h"] },
        new("size", CheckMemberKind.Bound, "The size of the newest in parts of the median of up to ten earlier ones, of the folder and of the gate's journal. With nothing to compare with it passes; 'minimum' can ask for more.") { Default = ">= 80%", Examples = [">= 80%", "within 50% of 100%"] },
        new("minSize", CheckMemberKind.Size, "The least size of the newest.") { Default = "1B" },
        new("minimum", CheckMemberKind.Integer, "How many backups there must be.") { Default = "1", Minimum = 1 },
        new("checksum", CheckMemberKind.Choice, "Whether the SHA-256 or SHA-512 of the newest is verified: by the manifest, by <file>.sha256 or <file>.sha512, or by SHA256SUMS or SHA512SUMS beside it. 'present' does so only where there is one.") { Default = "required", Values = ["required", "present", "none"] },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        if (reader.Has("path") == reader.Has("manifest")) reader.Problem("path", "this does not say one place to find the backups", "either 'path' or 'manifest'");
        IReadOnlyList<string> paths = reader.Texts("path");
        if (reader.Has("path") && (paths.Count == 0 || paths.Any(path => path.Length == 0))) reader.Problem("path", "there is no backup to look at", "a path, or a list of paths");
        if (!reader.Has("maxAge")) reader.Problem("maxAge", "'maxAge' is missing", "how long ago the newest may have been made, such as 26h");
        Bound size = reader.OptionalBound("size") ?? new Bound(">= 80%", BoundOperator.GreaterOrEqual, Unit.Ratio, [0.8]);
        if (size.Unit != Unit.Ratio) reader.Problem("size", $"'{size}' is not on a share of the earlier sizes", "a bound such as '>= 80%'");
        CheckReader.RefuseUpsideDown(reader, "size", size, moreIsBetter: true);
        string checksum = reader.OptionalText("checksum") ?? "required";
        if (checksum is not ("required" or "present" or "none")) reader.Problem("checksum", $"this is '{Judge.Cut(checksum)}'", "required, present or none");
        return new BackupCheck(reader.BaseDirectory, paths, reader.OptionalPath("manifest"), reader.OptionalText("manifest") ?? "")
        {
            Name = reader.OptionalText("name") ?? "",
            MaxAge = reader.OptionalDuration("maxAge") ?? TimeSpan.Zero,
            Size = size,
            MinSize = Math.Max(1, CheckReader.Size(reader, "minSize") ?? 1),
            Minimum = reader.Integer("minimum", 1, 1),
            Checksum = checksum,
        };
    }
}

/// <summary>Looks at the newest backup.</summary>
/// <param name="baseDirectory">The folder that patterns start from.</param>
/// <param name="patterns">Where the backups are.</param>
/// <param name="manifest">What lists them instead.</param>
/// <param name="manifestName">What the document calls it.</param>
internal sealed class BackupCheck(string baseDirectory, IReadOnlyList<string> patterns, string? manifest, string manifestName) : ICheck
{
    private const int Compared = 10;

    public string Name { get; init; } = "";

    public TimeSpan MaxAge { get; init; }

    public required Bound Size { get; init; }

    public long MinSize { get; init; } = 1;

    public int Minimum { get; init; } = 1;

    public string Checksum { get; init; } = "required";

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        try
        {
            List<Backup> all = manifest is null ? BackupFiles.Find(baseDirectory, patterns) : await BackupManifest.ReadAsync(manifest, manifestName, cancel).ConfigureAwait(false);
            if (all.Count == 0) return Observation.Of(Verdict.Fail, $"There is no backup {(manifest is null ? $"at {string.Join(", ", patterns)}" : $"in {manifestName}")}.");
            // Of twins of one time, the one that is worse off counts.
            all = [.. all.OrderByDescending(one => one.Time).ThenBy(one => one.Size)];
            return await LookAsync(all, context, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"The backups cannot be read: {e.Message.TrimEnd('.')}.") with { NextStep = "See that the account that runs ReadyOps may read them." };
        }
    }

    private async Task<Observation> LookAsync(List<Backup> all, EngineContext context, CancellationToken cancel)
    {
        Backup newest = all[0];
        DateTimeOffset now = context.Clock.GetUtcNow();
        TimeSpan age = now - newest.Time;
        Observation found = Observation.Of(Verdict.Pass, $"The newest backup {newest.Shown} is {About(age)} old and has {Quantities.Format(newest.Size, Unit.Bytes)}.");
        var seen = new List<Observation> { found };
        if (age < -FileAge.ClockSkew) seen.Add(Observation.Of(Verdict.Inconclusive, $"The newest backup {newest.Shown} was made {About(-age)} in the future by this machine's clock, so its age is not known."));
        else if (age > MaxAge) seen.Add(Observation.Of(Verdict.Fail, $"The newest backup {newest.Shown} is {About(age)} old, older than the {Quantities.Format(MaxAge)} it may be.") with { NextStep = "See why no backup was made since." });
        if (all.Count < Minimum) seen.Add(Observation.Of(Verdict.Fail, string.Create(CultureInfo.InvariantCulture, $"There are {all.Count} backups, and {Minimum} must be there.")));
        if (newest.Size < MinSize) seen.Add(Observation.Of(Verdict.Fail, newest.Size == 0 ? $"The newest backup {newest.Shown} is empty." : $"The newest backup {newest.Shown} has {Quantities.Format(newest.Size, Unit.Bytes)}, less than its least size {Quantities.Format(MinSize, Unit.Bytes)}."));

        List<Backup> earlier = await EarlierAsync(all, context, cancel).ConfigureAwait(false);
        Observation? compared = earlier.Count == 0 ? null : Compare(newest, earlier);
        if (compared is not null) seen.Add(compared);
        Observation? verified = await BackupChecksum.VerifyAsync(newest, Checksum, cancel).ConfigureAwait(false);
        if (verified is not null) seen.Add(verified);

        Observation worst = Observation.Worst(seen);
        string summary = string.Join(" ", new[] { found, compared, verified }.OfType<Observation>().Select(one => one.Reason));
        return (worst.Verdict == Verdict.Pass ? worst with { Reason = compared is null ? $"{summary} There is no earlier one to compare its size with." : summary, Details = [] } : worst) with
        {
            Value = age.TotalSeconds,
            Unit = Unit.Seconds,
            Bound = new Bound($"<= {Quantities.Format(MaxAge)}", BoundOperator.LessOrEqual, Unit.Seconds, [MaxAge.TotalSeconds]),
            Margin = (MaxAge - age).TotalSeconds,
            Memory = JsonSerializer.SerializeToElement(earlier.Prepend(newest).Take(Compared + 1).Select(one => new { name = Judge.Cut(one.Name), time = one.Time, size = one.Size })),
        };
    }

    private Observation Compare(Backup newest, List<Backup> earlier)
    {
        long[] sizes = [.. earlier.Select(one => one.Size).Order()];
        double median = sizes.Length % 2 == 1 ? sizes[sizes.Length / 2] : (sizes[(sizes.Length / 2) - 1] / 2.0) + (sizes[sizes.Length / 2] / 2.0);
        string before = sizes.Length == 1 ? "the one before it has" : string.Create(CultureInfo.InvariantCulture, $"the median of the {sizes.Length} before it is");
        string note = $"{Quantities.Format(newest.Size, Unit.Bytes)}; {before} {Quantities.Format(median, Unit.Bytes)}";
        return Judge.Number($"The size of {newest.Shown} against earlier ones", median == 0 ? double.NaN : newest.Size / median, Size, note);
    }

    // What is in the folder, and what a passed evaluation remembers of those that were cleared away since.
    private async Task<List<Backup>> EarlierAsync(List<Backup> all, EngineContext context, CancellationToken cancel)
    {
        var earlier = new List<Backup>(all.Skip(1).Where(one => one.Size > 0));
        if (context.Scene is { } scene && earlier.Count < Compared)
        {
            IReadOnlyList<EarlierEvidence> before = await scene.EarlierAsync(Name, cancel).ConfigureAwait(false);
            JsonElement? memory = before.FirstOrDefault(one => one.Verdict == Verdict.Pass)?.Memory;
            foreach (Backup one in BackupManifest.Remembered(memory).Where(one => one.Time < all[0].Time && !all.Any(here => here.Name == one.Name && here.Time == one.Time))) earlier.Add(one);
        }

        return [.. earlier.OrderByDescending(one => one.Time).Take(Compared)];
    }

    private static string About(TimeSpan age) => Quantities.Format(TimeSpan.FromSeconds(Math.Floor(Math.Max(0, age.TotalSeconds))));
}
