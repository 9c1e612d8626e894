using System.Text;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Contracts;

public sealed class ContractTesterTests : IDisposable
{
    private static readonly ContractTester Positive = new(JsonSchema.Compile("""{"type": "object", "required": ["n"], "properties": {"n": {"minimum": 1}}}"""u8.ToArray()), "positive");

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_result_says_what_does_not_fit_and_where_it_stands()
    {
        ContractResult result = Positive.Test("{\n  \"n\": 0\n}"u8, "a.json");
        ContractError error = Assert.Single(result.Errors);
        Assert.Equal((false, "positive", "a.json", 0L), (result.Valid, result.Contract, result.Path, result.Line));
        Assert.Equal(("/n", "/properties/n/minimum", "0", 2, 8), (error.InstanceLocation, error.KeywordLocation, error.Value, error.Line, error.Column));
        Assert.True(Positive.Test("""{"n": 1}"""u8).Valid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_for_a_pipe_that_nobody_writes_into_can_be_stopped(bool lines)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders.");
        string pipe = Path.Combine(_folder.Path, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<ContractResult> results = Positive.TestFileAsync(pipe, lines, stop.Token).GetAsyncEnumerator(CancellationToken.None);
        // Opening it waits for a writer; before, this call itself did not come back.
        ValueTask<bool> next = results.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await using FileStream writer = new(pipe, FileMode.Open, FileAccess.Write); // Lets the one that waits go.
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"n": 1} {"n": 2}""")]
    [InlineData("""{"n": 1, "n": 1}""")]
    [InlineData("NaN")]
    public void What_is_no_JSON_does_not_keep_the_contract(string text)
    {
        ContractResult result = Positive.Test(Encoding.UTF8.GetBytes(text));
        Assert.False(result.Valid);
        Assert.StartsWith("this is no JSON that can be judged: ", Assert.Single(result.Errors).Message, StringComparison.Ordinal);
        Assert.False(Positive.IsValid(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public async Task A_stream_of_lines_gives_one_result_a_line_wherever_the_reads_cut_it()
    {
        byte[] lines = Encoding.UTF8.GetBytes("{\"n\": 1}\r\n\n  \n{\"n\": 0}\n{\"n\"\n{\"n\": 7}");
        for (int size = 1; size <= lines.Length; size++)
        {
            List<ContractResult> results = await ReadAsync(new Chunks(lines, size));
            Assert.Equal([(1L, true), (4L, false), (5L, false), (6L, true)], results.Select(result => (result.Line, result.Valid)));
            Assert.Equal((4, 7), (results[1].Errors[0].Line, results[1].Errors[0].Column));
        }
    }

    // The stream makes its bytes as they are read; what is kept of a line would show in the sum.
    [Fact]
    public async Task Any_number_of_lines_is_read_in_constant_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long count = 0;
        await foreach (ContractResult result in Positive.TestLinesAsync(new Chunks([.. "{\"n\": 1}\n"u8], 1 << 16, repeat: 200_000), "big.jsonl", TestContext.Current.CancellationToken))
        {
            Assert.True(result.Valid);
            count++;
        }

        Assert.Equal(200_000, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000 * 400L);
    }

    [Fact]
    public async Task Files_are_read_as_what_their_names_say()
    {
        Assert.True((await FileAsync(_folder.Write("a.json", """{"n": 1}"""))).Single().Valid);
        Assert.True((await FileAsync(_folder.Write("a.yaml", "n: 3\n"))).Single().Valid);
        ContractError error = (await FileAsync(_folder.Write("b.yaml", "# none\nn: 0\n"))).Single().Errors.Single();
        Assert.Equal((2, 4), (error.Line, error.Column));
        Assert.Equal(2, (await FileAsync(_folder.Write("a.ndjson", "{\"n\": 1}\n{\"n\": 2}\n"))).Count);
        Assert.Equal("DocumentUnreadable", (await Assert.ThrowsAsync<ReadyOpsException>(() => FileAsync(Path.Combine(_folder.Path, "gone.json")))).Id);
    }

    private static async Task<List<ContractResult>> FileAsync(string file)
    {
        List<ContractResult> results = [];
        await foreach (ContractResult result in Positive.TestFileAsync(file, ContractTester.IsLines(file), TestContext.Current.CancellationToken)) results.Add(result);
        return results;
    }

    private static async Task<List<ContractResult>> ReadAsync(Stream stream)
    {
        List<ContractResult> results = [];
        await foreach (ContractResult result in Positive.TestLinesAsync(stream, "a.jsonl", TestContext.Current.CancellationToken)) results.Add(result);
        return results;
    }

    /// <summary>Gives the same bytes so many times over, at most so many at once.</summary>
    private sealed class Chunks(byte[] bytes, int size, long repeat = 1) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => bytes.Length * repeat;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = 0;
            for (; read < Math.Min(size, buffer.Length) && _position < Length; read++) buffer[read] = bytes[_position++ % bytes.Length];
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
