using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class BackupCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_young_whole_backup_of_the_usual_size_passes()
    {
        Backup("db-1.dump", 1000, hours: 50);
        Backup("db-2.dump", 1200, hours: 26);
        Backup("db-3.dump", 1000, hours: 2);
        Sum("db-3.dump");
        Evidence seen = await RunAsync();
        Assert.True(seen.Verdict == Verdict.Pass, seen.Reason);
        Assert.StartsWith("The newest backup db-3.dump is 2h old and has 1kB.", seen.Reason, StringComparison.Ordinal);
        // 1000 against the median of 1000 and 1200.
        Assert.Contains("is 90.909% (1kB; the median of the 2 before it is 1.1kB)", seen.Reason, StringComparison.Ordinal);
        Assert.Contains("Its SHA-256 is that of db-3.dump.sha256.", seen.Reason, StringComparison.Ordinal);
        Assert.Equal((7200d, Unit.Seconds), (seen.Value, seen.Unit));
    }

    [Fact]
    public async Task No_backup_fails()
    {
        Assert.Equal((Verdict.Fail, "There is no backup at *.dump."), Told(await RunAsync()));
        _folder.Write("db.dump.sha256", "x");
        Assert.Equal(Verdict.Fail, (await RunAsync("""
            "path": "*", "maxAge": "26h"
            """)).Verdict);
    }

    [Theory]
    [InlineData(25.9, Verdict.Pass)]
    [InlineData(26.1, Verdict.Fail)]
    [InlineData(-0.01, Verdict.Pass)] // 36 s: clocks differ by that much.
    [InlineData(-1, Verdict.Inconclusive)]
    public async Task Its_age_counts_and_one_of_the_future_says_nothing(double hours, Verdict verdict)
    {
        Backup("db.dump", 1000, hours);
        Sum("db.dump");
        Assert.Equal(verdict, (await RunAsync()).Verdict);
    }

    [Fact]
    public async Task An_empty_one_fails_whatever_else()
    {
        Backup("db-1.dump", 0, hours: 30);
        Backup("db-2.dump", 0, hours: 2);
        Evidence seen = await RunAsync(""" "path": "*.dump", "maxAge": "26h", "checksum": "none" """);
        Assert.Equal((Verdict.Fail, "The newest backup db-2.dump is empty."), Told(seen));
    }

    [Theory]
    [InlineData(800, "", Verdict.Pass)]
    [InlineData(799, "", Verdict.Fail)]
    [InlineData(5000, "", Verdict.Pass)]
    [InlineData(5000, """, "size": "between 50% and 200%" """, Verdict.Fail)]
    [InlineData(600, """, "size": ">= 50%" """, Verdict.Pass)]
    [InlineData(900, """, "minSize": "1kB" """, Verdict.Fail)]
    public async Task Its_size_is_held_against_the_median_of_those_before(int size, string members, Verdict verdict)
    {
        // One that was cut off does not drag the measure down: the median is 1000.
        foreach ((int earlier, int i) in new[] { 1000, 10, 1000, 1100 }.Select((earlier, i) => (earlier, i))) Backup($"db-{i}.dump", earlier, hours: 100 - i);
        Backup("db-9.dump", size, hours: 2);
        Evidence seen = await RunAsync($$""" "path": "*.dump", "maxAge": "26h", "checksum": "none"{{members}} """);
        Assert.Equal(verdict, seen.Verdict);
    }

    [Fact]
    public async Task There_must_be_enough_of_them()
    {
        Backup("db-1.dump", 1000, hours: 2);
        Evidence seen = await RunAsync(""" "path": "*.dump", "maxAge": "26h", "checksum": "none", "minimum": 2 """);
        Assert.Equal((Verdict.Fail, "There are 1 backups, and 2 must be there."), Told(seen));
    }

    [Fact]
    public async Task What_a_passed_evaluation_remembers_is_compared_with_when_the_files_are_gone()
    {
        Backup("db-1.dump", 1000, hours: 20);
        Evidence first = await RunAsync(""" "path": "*.dump", "maxAge": "26h", "checksum": "none" """);
        Assert.Equal(Verdict.Pass, first.Verdict);
        Assert.Contains("There is no earlier one to compare its size with.", first.Reason, StringComparison.Ordinal);
        Observation left = await CheckTesting.Read("""{"name": "b", "type": "backup", "path": "*.dump", "maxAge": "26h", "checksum": "none"}""", _folder.Path)
            .Check.ObserveAsync(new EngineContext { Clock = _clock }, TestContext.Current.CancellationToken);

        File.Delete(Path.Combine(_folder.Path, "db-1.dump"));
        Backup("db-2.dump", 500, hours: 1);
        EarlierEvidence[] earlier =
        [
            // One that failed is not what to compare with.
            new(_clock.GetUtcNow(), "2", Verdict.Fail, JsonSerializer.SerializeToElement(new[] { new { name = "db-x.dump", time = _clock.GetUtcNow().AddHours(-5), size = 500 } })),
            new(_clock.GetUtcNow(), "1", Verdict.Pass, left.Memory),
        ];
        var scene = new CheckScene { Document = "g", Digest = "", EarlierAsync = (name, _) => new(name == "b" ? earlier : []) };
        Evidence second = await CheckTesting.RunAsync(
            """{"name": "b", "type": "backup", "path": "*.dump", "maxAge": "26h", "checksum": "none"}""", _folder.Path, new EngineContext { Clock = _clock, Scene = scene });
        Assert.Equal(Verdict.Fail, second.Verdict);
        Assert.Contains("50% (500B; the one before it has 1kB) is below the bound >= 80%", second.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}", Verdict.Pass)]
    [InlineData("{0}\n", Verdict.Pass)]
    [InlineData("{0}  db.dump\n", Verdict.Pass)]
    [InlineData("{0} *./out/db.dump\r\n", Verdict.Pass)]
    [InlineData("SHA256 (db.dump) = {0}", Verdict.Pass)]
    [InlineData("{0}  other.dump\n", Verdict.Fail)]
    [InlineData("{1}  db.dump\n", Verdict.Fail)]
    [InlineData("", Verdict.Fail)]
    [InlineData("{0}x  db.dump", Verdict.Fail)]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e  db.dump", Verdict.Fail)] // An MD5 proves nothing.
    public async Task Its_checksum_is_verified_as_it_was_written(string text, Verdict verdict)
    {
        Backup("db.dump", 1000, hours: 2);
        _folder.Write("db.dump.sha256", text.Replace("{0}", Hash("db.dump"), StringComparison.Ordinal).Replace("{1}", new string('0', 64), StringComparison.Ordinal));
        Assert.Equal(verdict, (await RunAsync()).Verdict);
    }

    [Fact]
    public async Task One_list_of_checksums_serves_all()
    {
        Backup("db-1.dump", 1000, hours: 30);
        Backup("db-2.dump", 1000, hours: 2);
        _folder.Write("SHA256SUMS", $"{Hash("db-1.dump")}  db-1.dump\n{Hash("db-2.dump")}  db-2.dump\n");
        Assert.Equal(Verdict.Pass, (await RunAsync()).Verdict);
        _folder.Write("SHA256SUMS", $"{Hash("db-1.dump")}  db-1.dump\n");
        Evidence missing = await RunAsync();
        Assert.Equal((Verdict.Fail, "There is no checksum of db-2.dump to verify it by."), Told(missing));
        Assert.Equal("Write one when the backup is made: sha256sum db-2.dump > db-2.dump.sha256", missing.NextStep);
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "path": "*.dump", "maxAge": "26h", "checksum": "present" """)).Verdict);
    }

    [Fact]
    public async Task A_SHA_512_counts_too()
    {
        Backup("db.dump", 1000, hours: 2);
        _folder.Write("db.dump.sha512", Convert.ToHexString(SHA512.HashData(File.ReadAllBytes(Path.Combine(_folder.Path, "db.dump")))));
        Assert.Contains("Its SHA-512 is that of", (await RunAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_the_newest_is_no_second_backup()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need a privilege there.");
        Backup("db-1.dump", 1000, hours: 2);
        Sum("db-1.dump");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "a-latest.dump"), "db-1.dump");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "z-gone.dump"), "nowhere");
        Evidence seen = await RunAsync(""" "path": "*.dump", "maxAge": "26h", "minimum": 2 """);
        Assert.Equal((Verdict.Fail, "There are 1 backups, and 2 must be there."), Told(seen));
        Assert.Equal(Verdict.Pass, (await RunAsync()).Verdict);
    }

    [Fact]
    public async Task A_name_with_a_line_break_is_told_on_one_line()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no such names there.");
        Backup("db\nPass: all is well.dump", 1000, hours: 2);
        // As GNU sha256sum writes such a name.
        _folder.Write("SHA256SUMS", $"\\{Hash("db\nPass: all is well.dump")}  db\\nPass: all is well.dump\n");
        Evidence seen = await RunAsync();
        Assert.True(seen.Verdict == Verdict.Pass, seen.Reason);
        Assert.DoesNotContain('\n', seen.Reason);
    }

    [Fact]
    public async Task A_manifest_says_what_there_is()
    {
        Backup("data/db-2.dump", 1000, hours: 1);
        string good = Entry("data/db-2.dump", hours: 3, size: 1000, sha256: Hash("data/db-2.dump"));
        string old = $$"""{"name": "db-1", "time": "{{Time(27)}}", "size": 1000}""";
        Assert.Equal(Verdict.Pass, (await ManifestAsync($"[{good}, {old}]")).Verdict);
        Assert.Equal(Verdict.Pass, (await ManifestAsync($$"""{"backups": [{{old}}, {{good}}]}""")).Verdict);
        Assert.Equal(Verdict.Fail, (await ManifestAsync($"[{Entry("data/db-2.dump", 3, 999, Hash("data/db-2.dump"))}]")).Verdict);
        Assert.Equal(Verdict.Fail, (await ManifestAsync($"[{Entry("data/db-2.dump", 3, 1000, new string('0', 64))}]")).Verdict);
        Assert.Equal(Verdict.Fail, (await ManifestAsync($"[{Entry("data/gone.dump", 3, 1000, new string('0', 64))}]")).Verdict);
        Assert.Equal(Verdict.Fail, (await ManifestAsync($"[{Entry("data/db-2.dump", 27, 1000, Hash("data/db-2.dump"))}]")).Verdict);
        Assert.Equal(Verdict.Fail, (await ManifestAsync("[]")).Verdict);
        // One that is somewhere else cannot be verified here.
        Assert.Equal(Verdict.NoData, (await ManifestAsync($$"""[{"name": "s3://x", "time": "{{Time(1)}}", "size": 1000}]""")).Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"file": "db.dump"}]""")]
    [InlineData("""[{"file": "db.dump", "time": "yesterday"}]""")]
    [InlineData("""[{"file": "db.dump", "time": "2027-01-15T07:00:00"}]""")] // Of which zone?
    [InlineData("""[{"time": "2027-01-15T07:00:00Z"}]""")]
    [InlineData("""[{"file": "../db.dump", "time": "2027-01-15T07:00:00Z"}]""")]
    [InlineData("""[{"file": "/etc/passwd", "time": "2027-01-15T07:00:00Z"}]""")]
    [InlineData("""[{"name": "x", "time": "2027-01-15T07:00:00Z"}]""")]
    [InlineData("""[{"name": "x", "time": "2027-01-15T07:00:00Z", "size": -1}]""")]
    [InlineData("""[{"name": "x", "time": "2027-01-15T07:00:00Z", "size": "big"}]""")]
    [InlineData("""[{"name": "x", "time": "2027-01-15T07:00:00Z", "size": 5, "sha256": "abc"}]""")]
    public async Task A_manifest_that_is_not_understood_is_an_error(string text) => Assert.Equal(Verdict.Error, (await ManifestAsync(text)).Verdict);

    [Fact]
    public async Task A_manifest_that_is_not_there_is_an_error() =>
        Assert.Equal(Verdict.Error, (await RunAsync(""" "manifest": "missing.json", "maxAge": "26h" """)).Verdict);

    [Theory]
    [InlineData(""" "maxAge": "26h" """, "either 'path' or 'manifest'")]
    [InlineData(""" "path": "a", "manifest": "b", "maxAge": "26h" """, "either 'path' or 'manifest'")]
    [InlineData(""" "path": "a" """, "how long ago the newest may have been made")]
    [InlineData(""" "path": "a", "maxAge": "26h", "size": "> 5" """, "a bound such as '>= 80%'")]
    [InlineData(""" "path": "a", "maxAge": "26h", "size": "<= 150%" """, "a bound from below, such as '>= 98%'")]
    [InlineData(""" "path": "a", "maxAge": "26h", "checksum": "maybe" """, "required, present or none")]
    public void A_document_that_says_nonsense_is_refused(string members, string expected) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "b", "type": "backup", {{members}}}"""), p => p.Contains(expected, StringComparison.Ordinal));

    private static (Verdict, string) Told(Evidence seen) => (seen.Verdict, seen.Reason);

    private string Time(double hours) => _clock.GetUtcNow().AddHours(-hours).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    private string Entry(string file, double hours, long size, string sha256) => $$"""{"file": "{{file}}", "time": "{{Time(hours)}}", "size": {{size}}, "sha256": "{{sha256}}"}""";

    private void Backup(string name, int size, double hours) => _folder.Write(name, Encoding.ASCII.GetBytes(new string('b', size)), _clock.GetUtcNow().AddHours(-hours));

    private void Sum(string name) => _folder.Write(name + ".sha256", $"{Hash(name)}  {name}\n");

    private string Hash(string name) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Path, name)))).ToLowerInvariant();

    private Task<Evidence> ManifestAsync(string text)
    {
        _folder.Write("manifest.json", text);
        return RunAsync(""" "manifest": "manifest.json", "maxAge": "26h" """);
    }

    private Task<Evidence> RunAsync(string members = """ "path": "*.dump", "maxAge": "26h" """) =>
        CheckTesting.RunAsync($$"""{"name": "b", "type": "backup", {{members}}}""", _folder.Path, new EngineContext { Clock = _clock });
}
