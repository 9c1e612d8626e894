using System.Management.Automation;
using ReadyOps.Core.Documents;

namespace ReadyOps.Binding;

/// <summary>Lets a parameter of a moment take how long ago it was: <c>1h</c> is an hour before now.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MomentAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        (object? value, string text) = Argument.Read(inputData);
        if (value is TimeSpan ago) return ReadyCmdlet.Clock.GetUtcNow() - ago;
        if (value is null or DateTime or DateTimeOffset) return inputData;
        if (Argument.IsBareNumber(value, text)) throw new ArgumentTransformationMetadataException($"'{text}' is no moment; write a date, or how long ago it was, such as 30m or 7d.");
        return Quantities.TryParseDuration(text, out ago) ? ReadyCmdlet.Clock.GetUtcNow() - ago : inputData;
    }
}
