using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Tests.Reports;

public sealed class JsonReportTests
{
    [Fact]
    public void A_result_is_written_as_the_journal_holds_it() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        using JsonDocument report = JsonDocument.Parse(ReportTesting.Write(GateReportFormat.Json, result));
        return JsonElement.DeepEquals(report.RootElement, GateJournal.ToJson(result));
    }));

    [Fact]
    public void Several_results_are_an_array_in_their_order()
    {
        using JsonDocument report = JsonDocument.Parse(ReportTesting.Write(GateReportFormat.Json, ReportTesting.Failed(), ReportTesting.Unasked()));
        Assert.Equal(["production", "broken"], report.RootElement.EnumerateArray().Select(one => one.GetProperty("gate").GetString()));
    }
}
