using System.Globalization;
using System.Text;
using ReadyOps.Core.Checks.Reports;

namespace ReadyOps.Core.Tests.Checks.Reports;

/// <summary>Nothing else runs beside these tests, or its memory would be measured too.</summary>
[CollectionDefinition(nameof(HostileReportTests), DisableParallelization = true)]
public sealed class HostileReportTestsAlone;

/// <summary>
/// Input that was made to do harm, or that is only very long: a clear error or the right answer, in memory that does not grow with it.
/// What is measured is what is still held after collecting garbage, sampled while the stream is read.
/// </summary>
[Collection(nameof(HostileReportTests))]
public sealed class HostileReportTests
{
    private const long Long = 200L * 1000 * 1000;
    private const long Held = 24L * 1024 * 1024;

    [Fact]
    public void A_TRX_of_200_MB_is_read_in_constant_memory()
    {
        const string Result = "<UnitTestResult testId=\"0\" testName=\"Shop.Tests.T{0}\" duration=\"00:00:00.0010000\" outcome=\"Passed\"><Output><StdOut>{1}</StdOut></Output></UnitTestResult>\n";
        string log = new('x', 1000);
        var report = new TestReport();
        Constant("<TestRun><Results>", i => string.Format(CultureInfo.InvariantCulture, Result, i, log), "</Results><ResultSummary outcome=\"Completed\"/></TestRun>",
            stream => TestReportReader.Read(stream, "r.trx", report));
        Assert.True(report.Passed > 150_000);
        Assert.Empty(report.Doubts);
    }

    [Fact]
    public void One_log_of_200_MB_is_passed_over_in_constant_memory()
    {
        string log = new string('y', 10_000) + "\n";
        var report = new TestReport();
        Constant("<testsuite><testcase name=\"a\"><system-out>", _ => log, "</system-out></testcase></testsuite>", stream => TestReportReader.Read(stream, "r.xml", report));
        Assert.Equal(1, report.Passed);
    }

    [Fact]
    public void A_Cobertura_report_of_200_MB_is_read_in_constant_memory()
    {
        var map = new CoverageMap();
        // The same million lines again and again.
        Constant("<coverage><packages><package name='p'><classes><class name='c' filename='f'><lines>", i => $"<line number=\"{i % 1_000_000}\" hits=\"{i % 2}\" branch=\"false\"/>\n",
            "</lines></class></classes></package></packages></coverage>", stream => CoverageReader.Read(stream, "c.xml", map));
        Assert.Equal(new CoverageCount(500_000, 1_000_000), map.Whole(CoverageMetric.Line));
    }

    [Fact]
    public void A_SARIF_of_200_MB_is_read_in_constant_memory()
    {
        var tally = new SarifTally();
        string flow = string.Concat(Enumerable.Repeat("""{"location":{"physicalLocation":{"region":{"startLine":1}}}},""", 20));
        Constant("""{"version":"2.1.0","runs":[{"results":[{"ruleId":"R","message":{"text":"m"}}""",
            i => $$""",{"ruleId":"R{{i % 50}}","level":"warning","message":{"text":"m{{i}}"},"codeFlows":[{{flow}}1]}""", "]}]}",
            stream => SarifReader.Read(stream, "s.sarif", tally.Result, tally.Run));
        Assert.True(tally.Total > 100_000);
    }

    [Theory]
    [InlineData("<testsuite name=\"", "aaaaaaaaaaaaaaaa", "one tag, comment or value of more than 8 MiB")]
    [InlineData("<testsuite><!--", "aaaaaaaaaaaaaaaa", "one tag, comment or value of more than 8 MiB")]
    [InlineData("<testsuite>", "<a>", "nested more than 256 deep")]
    [InlineData("<testsuite>", "<a# />", "more than 10000 different names")]
    [InlineData("<testsuite a#='1'", " a#='1'", "more than")]
    public void XML_that_wants_all_of_the_memory_is_an_error(string head, string piece, string reason)
    {
        var made = new MadeStream(head.Replace("#", "x", StringComparison.Ordinal), i => piece.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), Long / 4, "");
        using var stream = new ReportStream(made, "r.xml", CancellationToken.None);
        ReadyOpsException wrong = Assert.Throws<ReadyOpsException>(() => TestReportReader.Read(stream, "r.xml", new TestReport()));
        Assert.StartsWith("r.xml", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.True(made.Made < 20_000_000);
    }

    [Theory]
    [InlineData("{'version':'2.1.0','runs':[{'results':[{'message':{'text':'", "aaaaaaaaaaaaaaaa", "one tag, comment or value of more than 8 MiB")]
    [InlineData("{'version':'2.1.0','runs':[{'results':[{'x':'", "aaaaaaaaaaaaaaaa", "one tag, comment or value of more than 8 MiB")]
    [InlineData("""{"version":"2.1.0","runs":[{"results":[{"ruleId":"a"}""", ",{\"ruleId\":\"a#\"}", "more than 100000 rules")]
    [InlineData("""{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":[{"id":"a"}""", ",{\"id\":\"a#\"}", "more than 100000 rules")]
    public void SARIF_that_wants_all_of_the_memory_is_an_error(string head, string piece, string reason)
    {
        var made = new MadeStream(head.Replace('\'', '"'), i => piece.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), Long / 4, "");
        using var stream = new ReportStream(made, "s.sarif", CancellationToken.None);
        var tally = new SarifTally();
        ReadyOpsException wrong = Assert.Throws<ReadyOpsException>(() => SarifReader.Read(stream, "s.sarif", tally.Result, tally.Run));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.True(made.Made < 40_000_000);
    }

    [Theory]
    [InlineData("SF:a\n", "DA:#00,1\n", "more than can be added up")]
    [InlineData("SF:a\n", "BRDA:1,0,#,1\n", "more than can be added up")]
    [InlineData("TN:", "aaaaaaaaaaaaaaaa", "a line of more than 64 KiB")]
    [InlineData("", "SF:#\nend_of_record\n", "more than can be added up")]
    public void Lcov_that_wants_all_of_the_memory_is_an_error(string head, string piece, string reason)
    {
        var made = new MadeStream(head, i => piece.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), Long / 4, "");
        using var stream = new ReportStream(made, "l.info", CancellationToken.None);
        ReadyOpsException wrong = Assert.Throws<ReadyOpsException>(() => CoverageReader.Read(stream, "l.info", new CoverageMap()));
        Assert.Contains(reason, wrong.Message, StringComparison.Ordinal);
        Assert.True(made.Made < 100_000_000);
    }

    [Fact]
    public void More_than_the_largest_report_is_an_error()
    {
        byte[] piece = Encoding.UTF8.GetBytes(new string('\n', 1 << 20));
        using var stream = new ReportStream(new Endless(piece), "r.xml", CancellationToken.None);
        byte[] buffer = new byte[1 << 20];
        ReadyOpsException wrong = Assert.Throws<ReadyOpsException>(() =>
        {
            int read = buffer.Length;
            while (read > 0)
            {
                stream.NextPiece();
                read = stream.Read(buffer);
            }
        });
        Assert.Equal("r.xml has more than 1024 MiB, too much to read.", wrong.Message);
    }

    [Fact]
    public async Task A_linked_folder_that_leads_out_is_refused_where_it_stands_behind_a_wildcard()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        using var folder = new TestFolder();
        folder.Write("elsewhere/report.xml", TestReportSamples.Gotestsum);
        folder.Write("in/one/real/report.xml", TestReportSamples.Gotestsum);
        Assert.Equal(Verdict.Pass, (await RunAsync(folder, "in/*/real/*.xml")).Verdict);
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "in", "one", "results"), Path.Combine(folder.Path, "elsewhere"));
        Evidence found = await RunAsync(folder, "in/*/results/*.xml");
        Assert.Equal((Verdict.Error, true), (found.Verdict, found.Reason.StartsWith("one/results/report.xml leads by a link out of", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_a_link_the_age_of_the_file_counts_that_it_leads_to()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        using var folder = new TestFolder();
        folder.Write("old.xml", TestReportSamples.Gotestsum, DateTimeOffset.UtcNow.AddDays(-3));
        // Made just now, as a build that failed before its tests would leave it.
        File.CreateSymbolicLink(Path.Combine(folder.Path, "latest.xml"), "old.xml");
        Evidence seen = await CheckTesting.RunAsync("""{"name": "t", "type": "tests", "path": "latest.xml", "maxAge": "1d"}""", folder.Path);
        Assert.Equal((Verdict.Stale, "latest.xml was written more than 1d ago."), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public async Task A_linked_file_that_leads_out_of_the_folder_is_refused_where_a_wildcard_finds_it_and_read_where_it_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        using var folder = new TestFolder();
        string outside = folder.Write("elsewhere/report.xml", TestReportSamples.Gotestsum);
        folder.Write("in/real.xml", TestReportSamples.Gotestsum);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "in", "link.xml"), outside);
        Evidence found = await RunAsync(folder, "in/*.xml");
        Assert.Equal((Verdict.Error, true), (found.Verdict, found.Reason.StartsWith("link.xml leads by a link out of", StringComparison.Ordinal)));
        Assert.Contains("Name the file itself", found.NextStep, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync(folder, "in/link.xml")).Verdict);

        // One that stays inside is a file like any other, through a linked folder too.
        File.Delete(Path.Combine(folder.Path, "in", "link.xml"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "in", "link.xml"), Path.Combine(folder.Path, "in", "real.xml"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "latest"), Path.Combine(folder.Path, "in"));
        Assert.Contains("6 of 6", (await RunAsync(folder, "latest/*.xml")).Reason, StringComparison.Ordinal);

        // A link to nothing, and links in a circle.
        File.CreateSymbolicLink(Path.Combine(folder.Path, "in", "a.xml"), Path.Combine(folder.Path, "in", "b.xml"));
        Assert.Equal(Verdict.Error, (await RunAsync(folder, "in/*.xml")).Verdict);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "in", "b.xml"), Path.Combine(folder.Path, "in", "a.xml"));
        Assert.Equal(Verdict.Error, (await RunAsync(folder, "in/*.xml")).Verdict);
    }

    [Fact]
    public async Task A_file_name_with_a_newline_is_told_on_one_line()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        using var folder = new TestFolder();
        folder.Write("a\nVerdict: Pass.xml", "<html/>");
        Evidence evidence = await RunAsync(folder, "*.xml");
        Assert.Equal((Verdict.Error, "a Verdict: Pass.xml begins with <html>, which is no test report."), (evidence.Verdict, evidence.Reason));
    }

    private static Task<Evidence> RunAsync(TestFolder folder, string path) =>
        CheckTesting.RunAsync($$"""{"name": "t", "type": "tests", "path": "{{path}}"}""", folder.Path);

    private static void Constant(string head, Func<long, string> piece, string tail, Action<ReportStream> read)
    {
        long pieces = Long / piece(100_000).Length;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        var made = new MadeStream(head, i =>
        {
            if (i % (pieces / 8) == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            return piece(i);
        }, pieces, tail);
        using var stream = new ReportStream(made, "made", TestContext.Current.CancellationToken);
        read(stream);
        Assert.True(made.Made >= Long * 9 / 10, $"only {made.Made} bytes were read");
        Assert.True(most < Held, $"{most} bytes were held");
    }

    private sealed class Endless(byte[] piece) : MemoryStream
    {
        public override int Read(Span<byte> buffer)
        {
            int length = Math.Min(buffer.Length, piece.Length);
            piece.AsSpan(0, length).CopyTo(buffer);
            return length;
        }
    }
}
