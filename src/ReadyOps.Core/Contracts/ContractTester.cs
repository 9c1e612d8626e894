using System.Runtime.CompilerServices;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Contracts;

/// <summary>Holds documents against one contract. What cannot even be read as JSON does not keep it, and the result says where it breaks off.</summary>
/// <param name="schema">The contract.</param>
/// <param name="name">What results call it.</param>
public sealed class ContractTester(JsonSchema schema, string name)
{
    /// <summary>The line of what has no source at all, such as an object.</summary>
    public const long NoSource = -1;

    private readonly string[] _warnings = [.. schema.Warnings.Select(warning => warning.ToString())];

    /// <summary>What results call the contract.</summary>
    public string Name => name;

    /// <summary>What the schema's author may want to look at.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    private readonly JsonInstance _spare = JsonInstance.Parse("null"u8);

    /// <summary>The names of files that hold one document a line.</summary>
    public static bool IsLines(string path) => JsonLines.IsName(path);

    /// <summary>The output format of the specification that results have too; without one, they have none.</summary>
    public SchemaOutputFormat? Format { get; init; }

    /// <summary>Tests one JSON text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="path">The file it is from; empty when it is from none.</param>
    /// <param name="line">The line of the file it stands in, from 1; 0 for a file that is one document, <see cref="NoSource"/> for what stands in none.</param>
    /// <exception cref="ReadyOpsException">The contract gives no answer about this document: it is endless, or too costly.</exception>
    public ContractResult Test(ReadOnlySpan<byte> utf8, string path = "", long line = 0)
    {
        try
        {
            _spare.Load(utf8);
        }
        catch (DocumentException broken)
        {
            return Unread(broken, path, line);
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

        FileStream stream;
        try
        {
            stream = await JsonLines.OpenAsync(path, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }

        await using (stream.ConfigureAwait(false))
        {
            await foreach (ContractResult result in TestLinesAsync(stream, path, cancel).ConfigureAwait(false)) yield return result;
        }
    }

    /// <summary>Tests a stream of JSON Lines, one line in memory at a time.</summary>
    /// <exception cref="ReadyOpsException"><c>LineTooLarge</c>: a line has more than 64 MiB.</exception>
    public async IAsyncEnumerable<ContractResult> TestLinesAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach ((ReadOnlyMemory<byte> text, long line) in JsonLines.ReadAsync(stream, path, cancel).ConfigureAwait(false)) yield return Test(text.Span, path, line);
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
        ArraySegment<byte> bytes;
        try
        {
            bytes = await JsonLines.ReadWholeAsync(path, JsonInstance.MostBytes, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id == "FileTooLarge")
        {
            throw TooLarge(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }

        if (!SchemaFile.IsYaml(path)) return Test(bytes, path);
        try
        {
            using JsonInstance document = SchemaFile.Read(bytes, path);
            return Test(document, path, 0);
        }
        catch (DocumentException broken)
        {
            return Unread(broken, path, 0);
        }
    }

    private ContractResult Test(JsonInstance document, string path, long line)
    {
        string output = Format is { } format ? schema.Output(document, format).GetRawText() : "";
        return Result(path, line, [.. schema.Validate(document).Select(failure => Error(failure, line))], output);
    }

    private ContractResult Unread(DocumentException broken, string path, long line)
    {
        ContractError[] errors = [.. broken.Problems.Select(problem => NotJson(problem, line))];
        return Result(path, line, errors, Format is { } format ? SchemaOutput.Unread(format, errors[0].Message).GetRawText() : "");
    }

    private ContractResult Result(string path, long line, IReadOnlyList<ContractError> errors, string output) =>
        new() { Valid = errors.Count == 0, Contract = name, Path = path, Line = Math.Max(line, 0), Errors = errors, Warnings = _warnings, Output = output };

    private static ContractError NotJson(DocumentProblem problem, long line) => new()
    {
        Message = $"this is no {(SchemaFile.IsYaml(problem.File) ? "YAML" : "JSON")} that can be judged: {problem.Message}",
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
        Column = line == NoSource ? 0 : failure.Column,
    };

    // A document that stands in a line has no line of its own.
    private static int Shift(int own, long line) => line == 0 ? own : (int)Math.Clamp(line, 0, int.MaxValue);

    private static ReadyOpsException Unreadable(string path, Exception e) =>
        new("DocumentUnreadable", $"{path} cannot be read: {e.Message.TrimEnd('.')}.", "See that the file is there and that you may read it.", e);

    private static ReadyOpsException TooLarge(string path) =>
        new("DocumentTooLarge", $"{path} has more than {JsonInstance.MostBytes / 1024 / 1024} MiB, the most that one document may have.", "Write many documents as JSON Lines: any number of them is read line by line.");
}
