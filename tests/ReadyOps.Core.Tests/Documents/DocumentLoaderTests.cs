using System.Security.Cryptography;
using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class DocumentLoaderTests : IDisposable
{
    private const string Gate = "apiVersion: readyops/v1\nkind: Gate\nname: release\nchecks:\n- name: a\n  type: file\n  path: a.txt\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Document Parse(string text, string? kind = null, params (string Name, string Value)[] variables) =>
        DocumentLoader.Parse(Utf8(text), "g.yaml", "/base", kind, variables.ToDictionary(pair => pair.Name, pair => pair.Value));

    private static string[] ParseProblems(string text, string? kind = null) => Problems(() => Parse(text, kind));

    private string Write(string name, byte[] bytes)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    [Fact]
    public void A_file_becomes_a_document()
    {
        string file = Write("g.yaml", Utf8(Gate));
        Document document = DocumentLoader.Load(file, "Gate");
        Assert.Equal(file, document.File);
        Assert.Equal(_folder, document.BaseDirectory);
        Assert.Equal("Gate", document.Kind);
        Assert.Equal("release", document.Name);
        Assert.Equal("a.txt", document.Root["checks"]!.Items[0]["path"]!.Text);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Utf8(Gate))), document.Digest);
    }

    [Fact]
    public void Variables_are_put_in_before_anything_is_checked() =>
        Assert.Equal("release-7", Parse(Gate.Replace("name: release", "name: release-${n}", StringComparison.Ordinal), null, ("n", "7")).Name);

    [Theory]
    [InlineData("apiVersion: readyops/v2\nkind: Gate\nname: a\nchecks: []", "g.yaml:1:13: /apiVersion: 'readyops/v2' is no version that this ReadyOps reads; expected 'readyops/v1'")]
    [InlineData("apiVersion: readyops/v1\nkind: Gaet\nname: a\nchecks: []", "g.yaml:2:7: /kind: there is no kind 'Gaet'; did you mean 'Gate'?; expected Baseline or Gate or Monitor or Rollout")]
    [InlineData("apiVersion: readyops/v1\nkind: Gate\nname: a b\nchecks: []", "g.yaml:3:7: /name: 'a b' is no name; expected up to 63 letters, digits, '.', '_' and '-', the first a letter or a digit")]
    [InlineData("- 1", "g.yaml:1:1: this is no object; expected a document with 'apiVersion', 'kind' and 'name'")]
    public void A_header_that_does_not_fit_says_so(string text, string problem) => Assert.Contains(problem, ParseProblems(text));

    [Fact]
    public void What_is_missing_in_the_header_is_said_at_once()
    {
        string[] problems = ParseProblems("nmae: a");
        Assert.Equal(
            [
                "g.yaml:1:1: 'apiVersion' is missing; expected 'apiVersion: readyops/v1'",
                "g.yaml:1:1: 'kind' is missing; expected 'kind: Baseline' or 'kind: Gate' or 'kind: Monitor' or 'kind: Rollout'",
                "g.yaml:1:1: 'name' is missing; expected a member named 'name'",
            ],
            problems);
    }

    [Fact]
    public void Another_kind_than_the_caller_wants_is_refused() =>
        Assert.Contains("g.yaml:2:7: /kind: this is a Gate; expected a Rollout", ParseProblems(Gate, "Rollout"));

    [Fact]
    public void A_document_written_to_a_journal_reads_back_without_its_variables_being_looked_for()
    {
        Document document = Parse(Gate.Replace("a.txt", "$${a}-${b}", StringComparison.Ordinal), null, ("b", "1"));
        DocumentNode back = DocumentJson.FromJson(DocumentJson.ToJson(document.Root));
        Assert.Equal("${a}-1", back["checks"]!.Items[0]["path"]!.Text);
        Assert.Equal(Json(document.Root), Json(back));
    }

    [Fact]
    public void A_file_that_is_not_there_and_a_folder_say_so()
    {
        string missing = Path.Combine(_folder, "no.yaml");
        Assert.Equal([$"{missing}: there is no such file"], Problems(() => DocumentLoader.Load(missing, null)));
        Assert.Equal([$"{_folder}: this is a folder, not a file"], Problems(() => DocumentLoader.Load(_folder, null)));
    }

    [Fact]
    public void A_file_of_fifty_megabytes_is_refused_before_it_is_read()
    {
        string file = Path.Combine(_folder, "big.yaml");
        using (FileStream stream = File.Create(file)) stream.SetLength(50_000_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal([$"{file}: the file is larger than 4 MiB, which is the most that a document may have"], Problems(() => DocumentLoader.Load(file, null)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(new byte[] { 0x61, 0x3A, 0x20, 0xC3, 0xA4, 0x0A, 0x62, 0x3A, 0x20, 0xFF, 0x0A }, "t.yaml:2:4: the byte 0xFF is not UTF-8; expected a file in UTF-8")]
    [InlineData(new byte[] { 0x61, 0x3A, 0x20, 0xC3 }, "t.yaml:1:4: the byte 0xC3 is not UTF-8; expected a file in UTF-8")]
    [InlineData(new byte[] { 0xC3, 0xA4, 0xF0, 0x9F, 0x98, 0x80, 0x3A, 0x20, 0xE4 }, "t.yaml:1:6: the byte 0xE4 is not UTF-8; expected a file in UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "t.yaml:1:1: the file is encoded in UTF-16; expected UTF-8")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0x00, 0x61 }, "t.yaml:1:1: the file is encoded in UTF-16; expected UTF-8")]
    [InlineData(new byte[] { 0x61, 0x00, 0x3A, 0x00, 0x20, 0x00 }, "t.yaml:1:1: the file is encoded in UTF-16; expected UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00 }, "t.yaml:1:1: the file is encoded in UTF-32; expected UTF-8")]
    [InlineData(new byte[] { 0x61, 0x3A, 0x0D, 0x0A, 0x20, 0x1B }, "t.yaml:2:2: the control character U+001B stands here: this is not a text file; expected YAML or JSON")]
    public void Bytes_that_are_no_text_in_utf8_say_where(byte[] bytes, string problem) => Assert.Equal([problem], TreeProblems(bytes));

    [Fact]
    public void The_exception_reads_one_problem_a_line()
    {
        DocumentException exception = Assert.Throws<DocumentException>(() => Parse("{}"));
        Assert.Equal(exception.Problems.Count, exception.Message.Split(Environment.NewLine).Length);
    }
}
