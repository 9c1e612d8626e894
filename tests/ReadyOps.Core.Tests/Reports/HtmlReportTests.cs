using System.Net;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed partial class HtmlReportTests
{
    [Fact]
    public void A_page_tells_verdict_value_bound_and_reason_in_words()
    {
        string page = ReportTesting.Write(GateReportFormat.Html, ReportTesting.Failed());
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", page, StringComparison.Ordinal);
        string text = Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(page[page.IndexOf("<body>", StringComparison.Ordinal)..], " ")), " ");
        Assert.Contains("production ✗ Failed The readiness score 40 is below the pass score 95.", text, StringComparison.Ordinal);
        Assert.Contains("✓ Pass unit deploy/gate.yaml:16 98.28% >= 98% Pass rate is 98.28%", text, StringComparison.Ordinal);
        Assert.Contains("✗ Fail load deploy/gate.yaml:16 620.5ms p95 620.5ms is above the bound < 500ms by 120.5ms. Failed: checkout Next: Look at it.", text, StringComparison.Ordinal);
        Assert.Contains("? NoData coverage", text, StringComparison.Ordinal);
        Assert.Contains("! Error http", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_has_gone_stale_does_not_look_passed() =>
        Assert.Contains("""<span class="chip open"><span aria-hidden="true">?</span> Passed, stale since 2026-11-21 13:00:00Z</span>""", ReportTesting.Write(GateReportFormat.Html, ReportTesting.Stale()), StringComparison.Ordinal);

    [Fact]
    public void A_page_runs_nothing_and_fetches_nothing()
    {
        string page = ReportTesting.Write(GateReportFormat.Html, ReportTesting.Failed(), ReportTesting.Skipped());
        Assert.Contains("""<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">""", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("""(?i)<(script|link|img|iframe|object|form|a)\b|\bsrc=|\bhref=|@import|url\(|\son\w+=""", page);
    }

    [Fact]
    public void No_text_changes_the_page_around_it() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        string page = ReportTesting.Write(GateReportFormat.Html, result);
        string plain = ReportTesting.Write(GateReportFormat.Html, Plain(result));
        return Skeleton(page) == Skeleton(plain) && !Forbidden().IsMatch(page);
    }));

    [Fact]
    public void No_text_is_lost() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        string text = WebUtility.HtmlDecode(ReportTesting.Write(GateReportFormat.Html, result));
        return result.Evidence.All(one => text.Contains(ReportText.Line(one.Reason), StringComparison.Ordinal) && text.Contains(ReportText.Name(one.Check), StringComparison.Ordinal));
    }));

    // The same result with a plain letter for each text that is there.
    private static GateResult Plain(GateResult result) => result with
    {
        Gate = Plain(result.Gate), Release = Plain(result.Release!), Reason = Plain(result.Reason), Digest = Plain(result.Digest), JournalReference = Plain(result.JournalReference),
        Prerequisites = [.. result.Prerequisites.Select(Plain)],
        Sections = [.. result.Sections.Select(section => section with { Name = Plain(section.Name), Evidence = [.. section.Evidence.Select(Plain)] })],
    };

    private static Evidence Plain(Evidence one) => one with
    {
        Check = Plain(one.Check), Reason = Plain(one.Reason), Value = Plain((string)one.Value!), NextStep = Plain(one.NextStep), Source = "a", Bound = null, Details = [.. one.Details.Select(Plain)],
    };

    private static string Plain(string text) => string.IsNullOrWhiteSpace(text) || text.Length == 0 ? text : "a";

    private static string Skeleton(string page) => string.Concat(Tags().Matches(page).Select(tag => tag.Value));

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\x00-\x08\x0B-\x1F\x7F-\x9F\u202A-\u202E\u2066-\u2069]")]
    private static partial Regex Forbidden();
}
