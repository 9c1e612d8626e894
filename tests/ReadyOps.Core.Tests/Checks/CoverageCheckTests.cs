namespace ReadyOps.Core.Tests.Checks;

public sealed class CoverageCheckTests : IDisposable
{
    // Shop.Core: 3 of 4 lines, 1 of 2 branches, 1 of 2 methods. Shop.Web: 1 of 2 lines, its method covered. Counted by hand.
    private const string Cobertura = """
        <?xml version="1.0"?>
        <!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
        <coverage line-rate="0.6667" branch-rate="0.5" lines-covered="4" lines-valid="6" version="1.9" timestamp="1">
          <sources><source>/build/src/</source></sources>
          <packages>
            <package name="Shop.Core" line-rate="0.75">
              <classes>
                <class name="Shop.Cart" filename="Cart.cs" line-rate="0.75">
                  <methods>
                    <method name="Add" signature="(int)"><lines><line number="1" hits="3"/><line number="2" hits="3"/></lines></method>
                    <method name="Drop" signature="()"><lines><line number="3" hits="0"/></lines></method>
                  </methods>
                  <lines>
                    <line number="1" hits="3" branch="False"/>
                    <line number="2" hits="3" branch="False"/>
                    <line number="3" hits="0" branch="False"/>
                    <line number="4" hits="1" branch="True" condition-coverage="50% (1/2)"><conditions><condition number="0" type="jump" coverage="50%"/></conditions></line>
                  </lines>
                </class>
              </classes>
            </package>
            <package name="Shop.Web" line-rate="0.5">
              <classes>
                <class name="Shop.Page" filename="Page.cs">
                  <methods><method name="Show" signature="()"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></method></methods>
                  <lines><line number="1" hits="1"/><line number="2" hits="0"/></lines>
                </class>
              </classes>
            </package>
          </packages>
        </coverage>
        """;

    // src/cart.js: 2 of 3 lines, 1 of 2 branches, 1 of 2 functions. src/web/page.js: 1 of 1 line.
    private const string Lcov = """
        TN:unit
        SF:src/cart.js
        FN:1,add(int, int)
        FN:5,9,drop
        FNDA:4,add(int, int)
        FNDA:0,drop
        FNF:2
        FNH:1
        BRDA:2,0,0,4
        BRDA:2,0,1,-
        BRF:2
        BRH:1
        DA:1,4
        DA:2,4,checksum
        DA:5,0
        LF:3
        LH:2
        end_of_record
        SF:src/web/page.js
        DA:1,1
        LF:1
        LH:1
        end_of_record

        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Cobertura, "line", 4, 6)]
    [InlineData(Cobertura, "branch", 1, 2)]
    [InlineData(Cobertura, "method", 2, 3)]
    [InlineData(Lcov, "line", 3, 4)]
    [InlineData(Lcov, "branch", 1, 2)]
    [InlineData(Lcov, "method", 1, 2)]
    public async Task Rates_are_made_of_what_the_report_lists(string report, string metric, int covered, int total)
    {
        _folder.Write("report", report);
        Evidence evidence = await RunAsync($$""" "metric": "{{metric}}", "bound": ">= 99%" """);
        Assert.Equal((Verdict.Fail, (double)covered / total), (evidence.Verdict, evidence.Value));
        Assert.Contains($"({covered} of {total} ", evidence.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync($$""" "metric": "{{metric}}", "bound": ">= 50%" """)).Verdict);
    }

    [Theory]
    [InlineData("Shop.*", ">= 50%", Verdict.Pass, "All 2 packages 'Shop.*' keep the bound >= 50%; Line coverage of Shop.Web is 50% (1 of 2 lines), exactly on the bound >= 50%.")]
    [InlineData("*", ">= 60%", Verdict.Fail, "Line coverage of Shop.Web 50% (1 of 2 lines) is below the bound >= 60% by 10%.")]
    [InlineData("Shop.Core", ">= 75%", Verdict.Pass, "Line coverage of Shop.Core is 75% (3 of 4 lines), exactly on the bound >= 75%.")]
    [InlineData("Shop.Data", ">= 0%", Verdict.NoData, "There is no package 'Shop.Data' in the coverage reports.")]
    public async Task Each_package_that_fits_keeps_the_bound_for_itself(string name, string bound, Verdict verdict, string reason)
    {
        _folder.Write("report", Cobertura);
        Evidence evidence = await RunAsync($$""" "packages": [{"name": "{{name}}", "bound": "{{bound}}"}] """);
        Assert.Equal((verdict, reason), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task The_folders_of_lcov_are_its_packages()
    {
        _folder.Write("report", Lcov);
        Evidence evidence = await RunAsync(""" "packages": [{"name": "src/web", "bound": ">= 100%"}, {"name": "src", "bound": ">= 60%"}] """);
        Assert.Equal(Verdict.Pass, evidence.Verdict);
    }

    [Fact]
    public async Task A_line_that_several_reports_tell_of_counts_once_and_as_covered_when_one_of_them_ran_it()
    {
        _folder.Write("a.xml", Report("/build/", "src/A.cs", (1, 1), (2, 0), (3, 0)));
        // The same file, named from another root.
        _folder.Write("b.xml", Report("/build/src", "A.cs", (2, 5), (3, 0)));
        // Another file of the same name.
        _folder.Write("c.xml", Report("/other/src", "A.cs", (1, 0)));
        // Lines 1 and 2 of 3, and 0 of 1.
        Evidence evidence = await RunAsync(""" "bound": ">= 50%" """, "\"*.xml\"");
        Assert.Equal((Verdict.Pass, "Line coverage is 50% (2 of 4 lines), exactly on the bound >= 50%."), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task A_file_in_two_packages_counts_once_in_the_whole_and_for_each_of_them()
    {
        string report = """
            <coverage><packages>
              <package name="A"><classes><class name="X" filename="X.cs"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package>
              <package name="B"><classes><class name="X" filename="X.cs"><lines><line number="1" hits="0"/><line number="2" hits="0"/></lines></class></classes></package>
            </packages></coverage>
            """;
        _folder.Write("report", report);
        Assert.Equal(0.5, (await RunAsync(""" "bound": ">= 50%" """)).Value);
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "packages": [{"name": "B", "bound": "> 0%"}] """)).Verdict);
    }

    [Fact]
    public async Task Files_of_one_name_in_several_projects_never_pass_as_one()
    {
        // src/index.js of two packages: together 2 of 4 lines are covered, and as one file it would be 2 of 3.
        _folder.Write("a/lcov.info", "SF:src/index.js\nDA:1,1\nDA:2,0\nend_of_record\n");
        _folder.Write("b/lcov.info", "SF:src/index.js\nDA:2,1\nDA:9,0\nend_of_record\n");
        Evidence seen = await RunAsync(""" "bound": ">= 60%" """, "\"*/lcov.info\"");
        Assert.Equal(Verdict.Inconclusive, seen.Verdict);
        Assert.Contains("may be two files of one name", seen.Reason, StringComparison.Ordinal);

        // Two runs of one file tell of the same lines.
        _folder.Write("b/lcov.info", "SF:src/index.js\nDA:1,0\nDA:2,1\nend_of_record\n");
        Evidence twice = await RunAsync(""" "bound": ">= 60%" """, "\"*/lcov.info\"");
        Assert.Equal((Verdict.Pass, 1d), (twice.Verdict, twice.Value));
    }

    [Fact]
    public async Task A_rate_that_the_lines_contradict_never_passes()
    {
        _folder.Write("report", Cobertura.Replace("line-rate=\"0.6667\"", "line-rate=\"0.95\"", StringComparison.Ordinal));
        Evidence evidence = await RunAsync(""" "bound": ">= 60%" """);
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
        Assert.Contains("report claims a line rate of 95%, and its lines make 66.67%", evidence.Reason, StringComparison.Ordinal);
        // A failure stays one.
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "bound": ">= 90%" """)).Verdict);

        _folder.Write("report", Lcov.Replace("LF:3", "LF:30", StringComparison.Ordinal));
        evidence = await RunAsync(""" "bound": ">= 60%" """);
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
        Assert.Contains("the record of src/cart.js claims 2 of 30 lines, and has 2 of 3", evidence.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<coverage line-rate='1'/>", "line", "The coverage reports tell of no code at all.")]
    [InlineData("<coverage line-rate='1'><packages><package name='a'><classes><class name='c' filename='f'><lines/></class></classes></package></packages></coverage>", "line", "The coverage reports have no lines.")]
    [InlineData("SF:a\nDA:1,1\nend_of_record\n", "branch", "The coverage reports do not tell of any branches.")]
    [InlineData("TN:\n", "line", "The coverage reports tell of no code at all.")]
    public async Task Nothing_to_cover_is_no_data(string report, string metric, string reason)
    {
        _folder.Write("report", report);
        Evidence evidence = await RunAsync($$""" "metric": "{{metric}}", "bound": ">= 0%" """);
        Assert.Equal((Verdict.NoData, reason), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task It_is_compared_with_the_last_run_that_passed_so_that_a_drop_does_not_pass_the_second_time()
    {
        var gate = new GateScene();
        const string Check = """{"name": "c", "type": "coverage", "path": "report", "drop": "1%"}""";
        // 90 of 100, 89.5, 85, 85, 88.5.
        Evidence first = await At(900);
        Assert.Equal((Verdict.Pass, "Line coverage is 90% (900 of 1000 lines); no run before this one passed, so the next is compared with it."), (first.Verdict, first.Reason));
        Assert.Equal((Verdict.Pass, "Line coverage fell from 90% to 89.5% since the last run, and it may fall by 1 percentage points."), Told(await At(895)));
        Assert.Equal((Verdict.Fail, "Line coverage fell from 89.5% to 85% since the last run, and it may fall by 1 percentage points."), Told(await At(850)));
        Assert.Equal(Verdict.Fail, (await At(850)).Verdict);
        Assert.Equal((Verdict.Pass, "Line coverage fell from 89.5% to 88.5% since the last run, and it may fall by 1 percentage points."), Told(await At(885)));
        Assert.Equal((Verdict.Pass, "Line coverage rose from 88.5% to 99% since the last run, and it may fall by 1 percentage points."), Told(await At(990)));

        async Task<Evidence> At(int covered)
        {
            _folder.Write("report", Report("/", "A.cs", [.. Enumerable.Range(1, 1000).Select(line => (line, line <= covered ? 1 : 0))]));
            return await gate.RunAsync(Check, _folder.Path);
        }
    }

    [Fact]
    public async Task Without_a_journal_and_without_earlier_reports_a_drop_cannot_be_judged()
    {
        _folder.Write("report", Lcov);
        Evidence evidence = await RunAsync(""" "drop": "0%", "bound": ">= 10%" """);
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
        Assert.Contains("'previous'", evidence.NextStep, StringComparison.Ordinal);
        // Without a 'drop' nothing has to be compared.
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "bound": ">= 10%" """)).Verdict);
    }

    [Fact]
    public async Task Reports_of_an_earlier_run_take_the_place_of_the_last_one()
    {
        _folder.Write("report", Lcov.Replace("DA:5,0", "DA:5,0\nDA:6,0", StringComparison.Ordinal).Replace("LF:3", "LF:4", StringComparison.Ordinal));
        _folder.Write("old", Lcov);
        // 3 of 5 now, 3 of 4 then: 15 points.
        Evidence evidence = await RunAsync(""" "drop": "14%", "previous": "old" """);
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.Contains("src fell from 66.667% to 50%.", evidence.Details);
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "drop": "15%", "previous": "old" """)).Verdict);
        Assert.Equal(Verdict.NoData, (await RunAsync(""" "drop": "15%", "previous": "none/*" """)).Verdict);
    }

    [Theory]
    [InlineData("", "report")]
    [InlineData("{\"data\": []}", "report:1 cannot be read as a coverage report")]
    [InlineData("hello", "report:1 cannot be read as a coverage report: it begins like no coverage report.")]
    [InlineData("<report name='jacoco'/>", "report begins with <report>, which is no coverage report.")]
    [InlineData("<coverage><packages><package name='a'>", "report:1:")]
    [InlineData("<coverage><packages><package><classes><class filename='f'><lines><line number='x' hits='1'/></lines></class></classes></package></packages></coverage>", "report:1:")]
    [InlineData("<coverage><packages><package><classes><class filename='f'><lines><line number='1'/></lines></class></classes></package></packages></coverage>", "report:1:")]
    [InlineData("""<!DOCTYPE coverage [<!ENTITY x SYSTEM "file:///etc/hostname">]><coverage><sources><source>&x;</source></sources></coverage>""", "report:1:")]
    [InlineData("""<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><coverage version="&b;"/>""", "report:1:")]
    [InlineData("SF:\nDA:1,1\nend_of_record\n", "report:1 cannot be read as a coverage report: a record names no file.")]
    [InlineData("SF:a\nDA:1,1\n", "report:2 cannot be read as a coverage report: it ends in the middle of a record.")]
    [InlineData("SF:a\nDA:1,1\nSF:b\nend_of_record\n", "report:3 cannot be read as a coverage report: a record begins in the middle of another.")]
    [InlineData("DA:1,1\n", "report:1 cannot be read as a coverage report: something is counted before any file is named (SF).")]
    [InlineData("SF:a\nDA:1\nend_of_record\n", "report:2 cannot be read as a coverage report: 'DA:1' names no line.")]
    [InlineData("SF:a\nDA:1,many\nend_of_record\n", "report:2 cannot be read as a coverage report: 'DA:1,many' has no count.")]
    [InlineData("SF:a\n<coverage/>\nend_of_record\n", "report:2 cannot be read as a coverage report: '<coverage/>' is no line of an lcov tracefile.")]
    public async Task What_is_no_whole_report_is_an_error_with_its_place(string text, string reason)
    {
        _folder.Write("report", text);
        Evidence evidence = await RunAsync(""" "bound": ">= 0%" """);
        Assert.Equal(Verdict.Error, evidence.Verdict);
        Assert.StartsWith(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_report_is_stale_and_a_missing_one_no_data()
    {
        _folder.Write("report", Lcov, DateTimeOffset.UtcNow.AddHours(-3));
        Assert.Equal(Verdict.Stale, (await RunAsync(""" "bound": ">= 0%", "maxAge": "2h" """)).Verdict);
        Assert.Equal(Verdict.NoData, (await RunAsync(""" "bound": ">= 0%" """, "\"nowhere/*.xml\"")).Verdict);
    }

    [Fact]
    public async Task Classes_without_a_file_are_not_taken_for_one()
    {
        // Line 1 of two classes, of which one was run: half of the code, and not all of it.
        _folder.Write("report", "<coverage><packages><package name='p'><classes><class name='a'><lines><line number='1' hits='0'/></lines></class>"
            + "<class name='b' filename=''><lines><line number='1' hits='1'/></lines></class></classes></package></packages></coverage>");
        Evidence seen = await RunAsync(""" "bound": ">= 100%" """);
        Assert.Equal((Verdict.Fail, 0.5), (seen.Verdict, seen.Value));
    }

    [Theory]
    [InlineData(""" "path": "a" """, ": nothing says how much must be covered")]
    [InlineData(""" "path": "a", "bound": "< 80%" """, "/bound: '< 80%' is kept by the worst there can be")]
    [InlineData(""" "path": "a", "packages": [{"name": "x", "bound": "< 3%"}] """, "/packages/0/bound: '< 3%' is kept by the worst there can be")]
    [InlineData(""" "path": "a", "bound": ">= 80" """, "/bound: '>= 80' is not on a share of the code")]
    [InlineData(""" "path": "a", "bound": ">= 80%", "metric": "lines" """, "/metric: this is 'lines'; expected one of line, branch, method")]
    [InlineData(""" "path": "a", "packages": [{"name": "x"}] """, "/packages/0: 'bound' is missing")]
    [InlineData(""" "path": "a", "packages": [{"name": "x", "bound": "> 3"}] """, "/packages/0/bound: '> 3' is not on a share")]
    [InlineData(""" "path": "a", "drop": "200%" """, "/drop: this is '200%'")]
    [InlineData(""" "path": [], "bound": ">= 80%" """, "/path: there is no report to read")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "c", "type": "coverage", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private static (Verdict, string) Told(Evidence evidence) => (evidence.Verdict, evidence.Reason);

    private static string Report(string source, string file, params (int Line, int Hits)[] lines) =>
        $"<coverage><sources><source>{source}</source></sources><packages><package name='p'><classes><class name='c' filename='{file}'><lines>"
        + string.Concat(lines.Select(line => $"<line number='{line.Line}' hits='{line.Hits}'/>"))
        + "</lines></class></classes></package></packages></coverage>";

    private Task<Evidence> RunAsync(string members, string path = "\"report\"") =>
        CheckTesting.RunAsync($$"""{"name": "c", "type": "coverage", "path": {{path}}, {{members}}}""", _folder.Path);
}
