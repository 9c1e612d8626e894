using System.Buffers;
using System.Runtime.CompilerServices;
using ReadyOps.Core.Checks;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Contracts;

/// <summary>Holds documents against one contract. What cannot even be read as JSON does not keep it, and the result says where it breaks off.</summary>
/// <param name="schema">The contract.</param>
/// <param name="name">What results call it.</param>
public sealed class ContractTester(JsonSchema schema, string name)
{
    private const int LongestLine = 64 * 1024 * 1024;
    private const int Chunk = 128 * 1024;

    private readonly string[] _warnings = [.. schema.Warnings.Select(warning => warning.ToString())];

    /// <summary>What results call the contract.</summary>
    public string Name => name;

    /// <summary>What the schema's author may want to look at.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    private readonly JsonInstance _spare = JsonInstance.Parse("null"u8);

    /// <summary>The names of files that hold one document a line.</summary>
    public static bool IsLines(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson";

    /// <summary>Tests one JSON text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="path">The file it is from; empty when it is from none.</param>
    /// <param name="line">The line of the file it stands in, from 1; 0 for a file that is one document.</param>
    /// <exception cref="ReadyOpsException">The contract gives no answer about this document: it is endless, or too costly.</exception>
    public ContractResult Test(ReadOnlySpan<byte> utf8, string path = "", long line = 0)
    {
        try
        {
            _spare.Load(utf8);
        }
        catch (DocumentException broken)
        {
            return Result(path, line, [.. broken.Problems.Select(problem => NotJson(problem, line))]);
        }

        return Test(_spare, path, line);
    }

    /// <summary>Whether one JSON text keeps the contract.</summary>
    /// <exception cref="ReadyOpsException">The contract gives no answer about this document.</exception>
    public bool IsValid(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return schema.IsValid(utf8);
        }
        catch (DocumentException)
        {
            return false;
        }
    }

    /// <summary>Tests a file: one document, JSON or YAML by its name, or one a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="lines">Whether it holds one document a line; lines of white space hold none.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException">It cannot be read, is too large, or the contract gives no answer.</exception>
    public async IAsyncEnumerable<ContractResult> TestFileAsync(string path, bool lines, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!lines)
        {
            yield return await TestWholeAsync(path, cancel).ConfigureAwait(false);
            yield break;
        }

        FileStream stream = Open(path);
        await using (stream.ConfigureAwait(false))
        {
            await foreach (ContractResult result in TestLinesAsync(stream, path, cancel).ConfigureAwait(false)) yield return result;
        }
    }

    /// <summary>Tests a stream of JSON Lines, one line in memory at a time.</summary>
    /// <exception cref="ReadyOpsException"><c>LineTooLarge</c>: a line has more than 64 MiB.</exception>
    public async IAsyncEnumerable<ContractResult> TestLinesAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            long line = 0;
            int start = 0, end = 0, scanned = 0;
            bool more = true;
            while (more || start < end)
            {
                int length = Array.IndexOf(buffer, (byte)'\n', scanned, end - scanned) - start;
                if (length < 0 && more)
                {
                    scanned = end - start;
                    (buffer, end) = Room(buffer, start, end, path, line + 1);
                    start = 0;
                    int read = await stream.ReadAsync(buffer.AsMemory(end), cancel).ConfigureAwait(false);
                    end += read;
                    more = read > 0;
                    continue;
                }

                if (length < 0) length = end - start;
                line++;
                if (buffer.AsSpan(start, length).IndexOfAnyExcept(" \t\r"u8) >= 0) yield return Test(buffer.AsSpan(start, length), path, line);
                start = Math.Min(end, start + length + 1);
                scanned = start;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Results in lists of up to so many, for whoever pays for each step.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<ContractResult>> InBatches(IAsyncEnumerable<ContractResult> results, int size)
    {
        List<ContractResult> batch = [];
        await foreach (ContractResult result in results.ConfigureAwait(false))
        {
            batch.Add(result);
            if (batch.Count < size) continue;
            yield return batch;
            batch = [];
        }

        if (batch.Count > 0) yield return batch;
    }

    private async Task<ContractResult> TestWholeAsync(string path, CancellationToken cancel)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > JsonInstance.MostBytes) throw TooLarge(path);
            bytes = await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }

        if (Path.GetExtension(path).ToLowerInvariant() is not (".yaml" or ".yml")) return Test(bytes, path);
        try
        {
            using JsonInstance document = SchemaFile.Read(bytes, path);
            return Test(document, path, 0);
        }
        catch (DocumentException broken)
        {
            return Result(path, 0, [.. broken.Problems.Select(problem => NotJson(problem, 0))]);
        }
    }

    private ContractResult Test(JsonInstance document, string path, long line) =>
        Result(path, line, [.. schema.Validate(document).Select(failure => Error(failure, line))]);

    private ContractResult Result(string path, long line, IReadOnlyList<ContractError> errors) =>
        new() { Valid = errors.Count == 0, Contract = name, Path = path, Line = line, Errors = errors, Warnings = _warnings };

    private static ContractError NotJson(DocumentProblem problem, long line) => new()
    {
        Message = $"this is no {(problem.File.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || problem.File.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) ? "YAML" : "JSON")} that can be judged: {problem.Message}",
        Expected = problem.Expected,
        Line = Shift(problem.Line, line),
        Column = problem.Column,
    };

    private static ContractError Error(SchemaFailure failure, long line) => new()
    {
        InstanceLocation = failure.InstancePath,
        KeywordLocation = failure.KeywordLocation,
        SchemaLocation = failure.AbsoluteKeywordLocation,
        Message = failure.Message,
        Expected = failure.Expected,
        Value = failure.Value,
        Line = Shift(failure.Line, line),
        Column = failure.Column,
    };

    // A document that stands in a line has no line of its own.
    private static int Shift(int own, long line) => line == 0 ? own : (int)Math.Min(line, int.MaxValue);

    private static (byte[] Buffer, int End) Room(byte[] buffer, int start, int end, string path, long line)
    {
        int length = end - start;
        if (length > LongestLine)
            throw new ReadyOpsException("LineTooLarge", FormattableString.Invariant($"Line {line} of {path} has more than 64 MiB."), "One document a line is meant; test a single large document without -JsonLines.");
        byte[] next = buffer;
        if (length > buffer.Length / 2) next = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(start, length).CopyTo(next);
        if (!ReferenceEquals(next, buffer)) ArrayPool<byte>.Shared.Return(buffer);
        return (next, length);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return FileReading.Open(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    private static ReadyOpsException Unreadable(string path, Exception e) =>
        new("DocumentUnreadable", $"{path} cannot be read: {e.Message.TrimEnd('.')}.", "See that the file is there and that you may read it.", e);

    private static ReadyOpsException TooLarge(string path) =>
        new("DocumentTooLarge", $"{path} has more than {JsonInstance.MostBytes / 1024 / 1024} MiB, the most that one document may have.", "Write many documents as JSON Lines: any number of them is read line by line.");
}
