using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Monitoring;

/// <summary>
/// Writes a metrics page in the text exposition format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Refuses what would make a scraper throw the page away: names
/// that are none, a family begun twice, a series written twice.
/// </summary>
public sealed class ExpositionWriter
{
    /// <summary>The content type of the page.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);
    private string _family = "";
    private MetricType _type;

    /// <summary>Begins a family; the samples that follow belong to it.</summary>
    /// <param name="name">Its name, base unit at the end, <c>_total</c> for a counter.</param>
    /// <param name="type">What kind of metric it is.</param>
    /// <param name="help">What it says, in a sentence.</param>
    public ExpositionWriter Family(string name, MetricType type, string help)
    {
        if (!IsName(name, colon: true)) throw new ArgumentException($"'{name}' is not the name of a metric.", nameof(name));
        if (!_families.Add(name)) throw new ArgumentException($"The family '{name}' was written before.", nameof(name));
        (_family, _type) = (name, type);
        _series.Clear();
        _text.Append("# HELP ").Append(name).Append(' ');
        Escape(help, quote: false);
        _text.Append("\n# TYPE ").Append(name).Append(' ').Append(type switch { MetricType.Counter => "counter", MetricType.Histogram => "histogram", _ => "gauge" }).Append('\n');
        return this;
    }

    /// <summary>Writes a sample of the family.</summary>
    public ExpositionWriter Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (_type == MetricType.Histogram) throw new InvalidOperationException($"'{_family}' is a histogram.");
        Write("", value, labels);
        return this;
    }

    /// <summary>Writes a histogram of the family.</summary>
    public ExpositionWriter Sample(Histogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (_type != MetricType.Histogram) throw new InvalidOperationException($"'{_family}' is no histogram.");
        (IReadOnlyList<(double Bound, long Count)> buckets, double sum) = histogram.Read();
        foreach ((double bound, long count) in buckets) Write("_bucket", count, [.. labels, ("le", Number(bound))]);
        Write("_sum", sum, labels);
        Write("_count", buckets[^1].Count, labels);
        return this;
    }

    /// <summary>The page.</summary>
    public override string ToString() => _text.ToString();

    private void Write(string suffix, double value, ReadOnlySpan<(string Name, string Value)> labels)
    {
        int start = _text.Length;
        if (_family.Length == 0) throw new InvalidOperationException("A sample needs a family.");
        _text.Append(_family).Append(suffix);
        for (int i = 0; i < labels.Length; i++)
        {
            (string name, string text) = labels[i];
            if (!IsName(name, colon: false) || name.StartsWith("__", StringComparison.Ordinal)) throw new ArgumentException($"'{name}' is not the name of a label.", nameof(labels));
            for (int j = 0; j < i; j++)
                if (labels[j].Name == name) throw new ArgumentException($"The label '{name}' is there twice.", nameof(labels));
            _text.Append(i == 0 ? '{' : ',').Append(name).Append("=\"");
            Escape(text, quote: true);
            _text.Append('"');
        }

        if (labels.Length > 0) _text.Append('}');
        string series = _text.ToString(start, _text.Length - start);
        if (!_series.Add(series)) throw new ArgumentException($"The series {series} was written before.", nameof(labels));
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private void Escape(string text, bool quote)
    {
        foreach (char c in text)
        {
            if (c == '\\') _text.Append("\\\\");
            else if (c == '\n') _text.Append("\\n");
            else if (c == '"' && quote) _text.Append("\\\"");
            else _text.Append(c);
        }
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static bool IsName(string name, bool colon)
    {
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (!(char.IsAsciiLetter(c) || c == '_' || (colon && c == ':') || (i > 0 && char.IsAsciiDigit(c)))) return false;
        }

        return name.Length > 0;
    }
}
