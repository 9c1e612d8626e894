using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Answers of <c>query_range</c> as they were saved: a file for each signal, which its name without <c>.json</c> names
/// (<c>errors.json</c>, <c>errors.stable.json</c>), or one with an object of names and answers.
/// </summary>
internal sealed class BacktestAnswers : BacktestSamples
{
    private readonly Dictionary<string, Answer> _answers = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];

    private BacktestAnswers(string name) => Name = name;

    /// <summary>One answer and where it stands.</summary>
    private sealed record Answer(string Place, IReadOnlyList<MetricSeries> Series);

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> Columns => _answers.Keys;

    /// <inheritdoc/>
    public override DateTimeOffset First => Times(samples => samples[0]).Min();

    /// <inheritdoc/>
    public override DateTimeOffset Last => Times(samples => samples[^1]).Max();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Whether a file is JSON, by its name or its first character.</summary>
    public static bool IsJson(string path)
    {
        if (Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)) return true;
        try
        {
            using StreamReader reader = new(path);
            int first = reader.Read();
            while (first >= 0 && char.IsWhiteSpace((char)first)) first = reader.Read();
            return first == '{';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says why it cannot be read.
            return false;
        }
    }

    /// <summary>Reads the files.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c></exception>
    public static new BacktestAnswers Read(IReadOnlyList<string> paths)
    {
        var all = new BacktestAnswers(paths.Count == 1 ? paths[0] : $"{paths[0]} and {paths.Count - 1} more");
        foreach (string path in paths)
        {
            try
            {
                all.Take(path, File.ReadAllBytes(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw BacktestHistory.Unreadable($"{path}: {e.Message}");
            }
        }

        return all._answers.Values.Any(answer => answer.Series.Any(series => series.Samples.Count > 0)) ? all : throw BacktestHistory.Unreadable($"{all.Name} has no sample.");
    }

    /// <inheritdoc/>
    public override SignalSample[] Samples(string column, TimeSpan interval, SeriesReducer? reduce)
    {
        if (!_answers.TryGetValue(column, out Answer? answer))
            throw new ReadyOpsException("HistoryIncomplete", $"{Name} has no answer '{column}'.", $"Save it as {column}.json, or under that name in one file; there are {string.Join(", ", Columns)}.");
        var values = new SortedDictionary<DateTimeOffset, List<double>>();
        foreach (MetricSample sample in answer.Series.SelectMany(series => series.Samples))
        {
            if (!values.TryGetValue(sample.Time, out List<double>? there)) values.Add(sample.Time, there = new(1));
            there.Add(sample.Value);
        }

        if (reduce is null && values.FirstOrDefault(at => at.Value.Count > 1) is { Value: { } several } twin)
            throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{answer.Place}: '{column}' has {several.Count} series at {twin.Key.UtcDateTime:u} where a signal is one: {string.Join(", ", answer.Series.Take(3))}. Aggregate them in the query, or say 'reduce'."));
        return [.. values.Select(at => new SignalSample(at.Key, reduce is { } reducer ? reducer.Reduce(at.Value) : at.Value[0], interval, InStep: true))];
    }

    private IEnumerable<DateTimeOffset> Times(Func<IReadOnlyList<MetricSample>, MetricSample> pick) =>
        _answers.Values.SelectMany(answer => answer.Series).Where(series => series.Samples.Count > 0).Select(series => pick(series.Samples).Time);

    private void Take(string path, byte[] bytes)
    {
        ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsMemory(3) : bytes;
        foreach ((string name, int start, int length) in Parts(path, text.Span)) Take(path, text.Span, name, start, length);
    }

    // An answer has a status, and no signal is called that which has an object for a value.
    private static List<(string Name, int Start, int Length)> Parts(string path, ReadOnlySpan<byte> text)
    {
        List<(string, int, int)> parts = [];
        bool isAnswer = false;
        try
        {
            var json = new Utf8JsonReader(text);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject) throw At(path, text, 0, "this is no object: an answer of query_range, or names with one each, is expected.");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                string name = json.GetString()!;
                json.Read();
                isAnswer |= name == "status" && json.TokenType == JsonTokenType.String;
                int start = (int)json.TokenStartIndex;
                if (!isAnswer && name is not ("data" or "warnings" or "infos") && json.TokenType != JsonTokenType.StartObject) throw At(path, text, start, $"'{name}' is no answer of query_range.");
                json.Skip();
                parts.Add((name, start, (int)json.BytesConsumed - start));
            }

            // What follows must be nothing.
            json.Read();
        }
        catch (JsonException e)
        {
            throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{path}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}: this is no JSON: {Plain(e)}."));
        }

        return isAnswer ? [(Path.GetFileNameWithoutExtension(path), 0, text.Length)] : parts;
    }

    private void Take(string path, ReadOnlySpan<byte> text, string name, int start, int length)
    {
        if (_answers.TryGetValue(name, out Answer? other)) throw At(path, text, start, $"there is another answer '{name}' in {other.Place}.");
        try
        {
            PrometheusEnvelope<IReadOnlyList<MetricSeries>> envelope = PrometheusEnvelope<IReadOnlyList<MetricSeries>>.Read(text.Slice(start, length), SeriesReader.Range);
            if (envelope.Status != "success") throw At(path, text, start, $"'{name}' is no answer but a refusal: {envelope.ErrorType}: {envelope.Error}.");
            _answers.Add(name, new Answer(Place(path, text, start), envelope.Data!));
            _warnings.AddRange(envelope.Warnings.Select(warning => $"{name}: {warning}"));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException || e is ReadyOpsException { Id: "PrometheusNativeHistogram" })
        {
            throw At(path, text, start, $"'{name}' is not what query_range answers: {Plain(e)}.");
        }
    }

    private static string Plain(Exception e) => e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');

    private static ReadyOpsException At(string path, ReadOnlySpan<byte> text, int position, string problem) => BacktestHistory.Unreadable($"{Place(path, text, position)}: {problem}");

    private static string Place(string path, ReadOnlySpan<byte> text, int position)
    {
        ReadOnlySpan<byte> before = text[..position];
        int line = before.Count((byte)'\n') + 1, column = position - (before.LastIndexOf((byte)'\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{path}:{line}:{column}");
    }
}
