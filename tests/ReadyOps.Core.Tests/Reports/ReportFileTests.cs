using ReadyOps.Core.Reports;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Reports;

public sealed class ReportFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Report => Path.Combine(_folder.Path, "report.md");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_is_written_without_a_byte_order_mark_and_leaves_nothing_beside_it()
    {
        ReportFile.Write(Report, "é", replace: true, force: false);
        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(Report));
        Assert.Equal([Report], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_unless_it_must_not_be()
    {
        File.WriteAllText(Report, "old");
        Assert.Equal("ReportExists", Assert.Throws<ReadyOpsException>(() => ReportFile.Write(Report, "new", replace: false, force: false)).Id);
        Assert.Equal("old", File.ReadAllText(Report));
        ReportFile.Write(Report, "new", replace: true, force: false);
        Assert.Equal("new", File.ReadAllText(Report));
    }

    [Fact]
    public void A_read_only_file_is_replaced_only_by_force()
    {
        File.WriteAllText(Report, "old");
        File.SetAttributes(Report, FileAttributes.ReadOnly);
        ReadyOpsException refused = Assert.Throws<ReadyOpsException>(() => ReportFile.Write(Report, "new", replace: true, force: false));
        Assert.Equal(("ReportNotWritten", "Use -Force, or another path."), (refused.Id, refused.NextStep));
        ReportFile.Write(Report, "new", replace: true, force: true);
        Assert.Equal("new", File.ReadAllText(Report));
    }

    [Fact]
    public void A_link_stays_a_link()
    {
        File.WriteAllText(Report, "old");
        string link = Path.Combine(_folder.Path, "link.md");
        File.CreateSymbolicLink(link, Report);
        ReportFile.Write(link, "new", replace: true, force: false);
        Assert.Equal("new", File.ReadAllText(Report));
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void A_folder_and_a_path_without_one_are_refused()
    {
        Assert.Equal("ReportNotWritten", Assert.Throws<ReadyOpsException>(() => ReportFile.Write(_folder.Path, "new", replace: true, force: false)).Id);
        Assert.Equal("ReportNotWritten", Assert.Throws<ReadyOpsException>(() => ReportFile.Write(Path.Combine(_folder.Path, "none", "report.md"), "new", replace: true, force: false)).Id);
    }

    [Fact]
    public void A_report_of_nothing_is_refused() =>
        Assert.Equal("ReportEmpty", Assert.Throws<ReadyOpsException>(() => ReportTesting.Write(GateReportFormat.JUnit)).Id);
}
