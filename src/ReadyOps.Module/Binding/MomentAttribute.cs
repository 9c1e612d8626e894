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
        object? given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return given switch
        {
            string text when Quantities.TryParseDuration(text, out TimeSpan ago) => ReadyCmdlet.Clock.GetUtcNow() - ago,
            TimeSpan ago => ReadyCmdlet.Clock.GetUtcNow() - ago,
            _ => inputData,
        };
    }
}
