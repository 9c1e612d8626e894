using System.Globalization;
using System.Text;

namespace ReadyOps.Benchmarks;

/// <summary>What a healthy Prometheus answers: a value at each moment that is asked for.</summary>
internal static class SamplePage
{
    /// <summary>The answer to the form of a query, of a moment or of a range.</summary>
    public static string Of(string posted)
    {
        Dictionary<string, string> form = posted.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        bool isRange = form.ContainsKey("start");
        decimal start = decimal.Parse(form[isRange ? "start" : "time"], CultureInfo.InvariantCulture);
        decimal end = isRange ? decimal.Parse(form["end"], CultureInfo.InvariantCulture) : start, step = isRange ? decimal.Parse(form["step"], CultureInfo.InvariantCulture) : 1;
        var text = new StringBuilder(isRange ? """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[""" : """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":""");
        for (decimal time = start; time <= end; time += step)
            text.Append(CultureInfo.InvariantCulture, $"{(time > start ? "," : "")}[{time},\"{0.3 + (0.1 * Math.Sin((double)time)):R}\"]");
        return text.Append(isRange ? "]}]}}" : "}]}}").ToString();
    }
}
