using System.Globalization;
using System.Management.Automation;
using ReadyOps.Core.Documents;

namespace ReadyOps.Binding;

/// <summary>Lets a TimeSpan parameter take durations as documents write them: <c>30s</c>, <c>1h30m</c>, <c>7d</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        (object? value, string text) = Argument.Read(inputData);
        if (value is null or TimeSpan) return inputData;

        // A bare number would be ticks of 100 ns to PowerShell and seconds to a reader.
        if (!Argument.IsBareNumber(value, text))
        {
            if (Quantities.TryParseDuration(text, out TimeSpan duration)) return duration;
            if (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration)) return duration;
        }

        throw new ArgumentTransformationMetadataException($"'{text}' is not {Quantities.DurationExpected}; a TimeSpan will do too.");
    }
}
