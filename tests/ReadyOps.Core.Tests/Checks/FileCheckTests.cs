using System.Text;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class FileCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_is_there_passes_and_one_that_is_not_fails()
    {
        _folder.Write("plan.md", "hello");
        Evidence there = await RunAsync("""{"path": "plan.md"}""");
        Assert.Equal((Verdict.Pass, "plan.md exists."), (there.Verdict, there.Reason));
        Assert.Equal(5L, there.Value);
        Assert.Equal(Unit.Bytes, there.Unit);

        Evidence missing = await RunAsync("""{"path": "none.md"}""");
        Assert.Equal((Verdict.Fail, "none.md does not exist."), (missing.Verdict, missing.Reason));
        Assert.Equal(Verdict.Fail, (await RunAsync("""{"path": "no/such/folder.md"}""")).Verdict);
    }

    [Fact]
    public async Task A_file_that_must_not_be_there_fails_when_it_is()
    {
        _folder.Write("HOLD", "");
        Evidence hold = await RunAsync("""{"path": "HOLD", "exists": false}""");
        Assert.Equal((Verdict.Fail, "HOLD exists and must not."), (hold.Verdict, hold.Reason));
        Assert.Equal(Verdict.Pass, (await RunAsync("""{"path": "FREEZE", "exists": false}""")).Verdict);
    }

    [Fact]
    public async Task A_folder_is_not_a_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "dist"));
        Assert.Equal("dist is a folder, not a file.", (await RunAsync("""{"path": "dist"}""")).Reason);
        Assert.Equal(Verdict.Fail, (await RunAsync("""{"path": "dist", "exists": false}""")).Verdict);
    }

    [Theory]
    [InlineData(""" "minSize": 5 """, Verdict.Pass, "report.txt exists, is of the right size.")]
    [InlineData(""" "minSize": 6 """, Verdict.Fail, "report.txt has 5B, less than its least size 6B.")]
    [InlineData(""" "maxSize": "4B" """, Verdict.Fail, "report.txt has 5B, more than its greatest size 4B.")]
    [InlineData(""" "maxSize": "1KiB" """, Verdict.Pass, "report.txt exists, is of the right size.")]
    [InlineData(""" "maxAge": "60m" """, Verdict.Pass, "report.txt exists, is new enough.")]
    [InlineData(""" "maxAge": "59m" """, Verdict.Fail, "report.txt was changed 1h ago, longer than the 59m it may be.")]
    [InlineData(""" "contains": "ell" """, Verdict.Pass, "report.txt exists, holds what it must.")]
    [InlineData(""" "contains": "ELL" """, Verdict.Fail, "report.txt does not contain 'ELL'.")]
    [InlineData(""" "matches": "^h.*o$" """, Verdict.Pass, "report.txt exists, holds what it must.")]
    [InlineData(""" "matches": "(?=x)h" """, Verdict.Fail, "report.txt has nothing that matches '(?=x)h'.")]
    public async Task Each_condition_passes_and_fails_by_itself(string condition, Verdict verdict, string reason)
    {
        _folder.Write("report.txt", "hello", _clock.GetUtcNow() - TimeSpan.FromHours(1));
        Evidence evidence = await RunAsync($$"""{"path": "report.txt", {{condition}}}""");
        Assert.Equal((verdict, reason), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task The_hash_is_over_the_bytes()
    {
        // SHA-256 of the three bytes "abc", from FIPS 180-4's own example.
        const string Abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        _folder.Write("a.bin", "abc");
        Assert.Equal(Verdict.Pass, (await RunAsync($$"""{"path": "a.bin", "sha256": "{{Abc}}"}""")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync($$"""{"path": "a.bin", "sha256": "sha256:{{Abc.ToUpperInvariant()}}"}""")).Verdict);
        Evidence other = await RunAsync($$"""{"path": "a.bin", "sha256": "{{new string('0', 64)}}"}""");
        Assert.Equal((Verdict.Fail, $"a.bin has the SHA-256 {Abc}, not {new string('0', 64)}."), (other.Verdict, other.Reason));
    }

    [Fact]
    public async Task A_file_from_the_future_has_no_known_age()
    {
        _folder.Write("a.txt", "a", _clock.GetUtcNow() + TimeSpan.FromHours(2));
        Evidence evidence = await RunAsync("""{"path": "a.txt", "maxAge": "1d"}""");
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
        Assert.Contains("2h in the future", evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UTF_16_text_is_read_by_its_byte_order_mark()
    {
        _folder.Write("a.txt", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("all clear")]);
        Assert.Equal(Verdict.Pass, (await RunAsync("""{"path": "a.txt", "contains": "clear"}""")).Verdict);
    }

    [Fact]
    public async Task An_expression_that_backtracks_for_ever_is_an_error_and_no_stall()
    {
        _folder.Write("a.txt", new string('a', 40) + "!");
        // The back-reference keeps it out of the linear engine.
        Evidence evidence = await RunAsync("""{"path": "a.txt", "matches": "^(a+)+\\1$", "timeout": "60s"}""", new EngineContext());
        Assert.Equal(Verdict.Error, evidence.Verdict);
    }

    [Fact]
    public async Task A_link_to_nothing_is_no_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "latest"), Path.Combine(_folder.Path, "gone"));
        Assert.Equal("latest is a link to something that is not there.", (await RunAsync("""{"path": "latest"}""")).Reason);
        Assert.Equal(Verdict.Fail, (await RunAsync("""{"path": "latest", "exists": false}""")).Verdict);

        _folder.Write("gone", "12345");
        Evidence found = await RunAsync("""{"path": "latest", "minSize": 5, "maxSize": 5}""");
        Assert.Equal(Verdict.Pass, found.Verdict);
    }

    [Fact]
    public async Task What_may_not_be_read_is_an_error_and_never_absent()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "Needs a user who can be locked out.");
        if (OperatingSystem.IsWindows()) return;
        string locked = Path.Combine(_folder.Path, "locked");
        Directory.CreateDirectory(locked);
        File.SetUnixFileMode(locked, UnixFileMode.None);
        try
        {
            Assert.Equal(Verdict.Error, (await RunAsync("""{"path": "locked/HOLD", "exists": false}""")).Verdict);
        }
        finally
        {
            File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Theory]
    [InlineData(""" "path": "a", "exists": false, "maxAge": "1h" """, "/maxAge: a file that must not be there has no 'maxAge'")]
    [InlineData(""" "path": "a", "sha256": "abc" """, "/sha256: this is not a SHA-256")]
    [InlineData(""" "path": "a", "matches": "(" """, "/matches: this is not a regular expression")]
    [InlineData(""" "path": "a", "minSize": "5s" """, "/minSize: this is '5s'")]
    [InlineData(""" "path": "a", "minSize": 5, "maxSize": 4 """, "/minSize: the least size is above the greatest")]
    [InlineData(""" "exists": true """, ": 'path' is missing")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "f", "type": "file", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private Task<Evidence> RunAsync(string members, EngineContext? context = null) =>
        CheckTesting.RunAsync("""{"name": "f", "type": "file", """ + members.TrimStart()[1..], _folder.Path, context ?? new EngineContext { Clock = _clock });
}
