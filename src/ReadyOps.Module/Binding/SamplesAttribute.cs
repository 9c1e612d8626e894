using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>
/// Lets a parameter of numbers take samples as they come: numbers, texts of numbers (an imported CSV), objects with a property
/// <c>Value</c>. To PowerShell nothing and the empty text are the number 0; here they are NaN, because a sample that is missing is
/// not a sample of 0.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SamplesAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? given = inputData is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : inputData;
        return given switch
        {
            null or double[] => given,
            IEnumerable many and not string and not IDictionary => many.Cast<object?>().Select(Number).ToArray(),
            _ => new[] { Number(given) },
        };
    }

    private static double Number(object? item)
    {
        object? value = item is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : item;
        if (value is MetricSample sample) return sample.Value;
        if (value is PSObject or IDictionary && PSObject.AsPSObject(value).Properties["Value"] is { } property) return Number(property.Value);
        return value switch
        {
            null => double.NaN,
            string text when string.IsNullOrWhiteSpace(text) => double.NaN,
            "+Inf" => double.PositiveInfinity, // as Prometheus writes them
            "-Inf" => double.NegativeInfinity,
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            string or bool or char => throw NoNumber(value),
            _ when LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out double number) => number,
            _ => throw NoNumber(value),
        };
    }

    private static ArgumentTransformationMetadataException NoNumber(object value) =>
        new($"'{value}' is no number. Give numbers, or objects with a property Value, such as those of Invoke-PrometheusQuery.");
}
