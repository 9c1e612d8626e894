using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Tells what is left of the error budget of a service, how fast it burns and how long it lasts.</summary>
[Cmdlet(VerbsCommon.Get, "ErrorBudget", DefaultParameterSetName = ByErrors)]
[OutputType(typeof(ErrorBudget))]
public sealed class GetErrorBudgetCommand : SloCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Try(Name, () =>
        {
            ErrorBudget budget = Measure().Budget!;
            foreach (string note in budget.Notes) WriteWarning(note);
            if (budget.Verdict == Verdict.Error) WriteError(Errors.ErrorBudgetUnknown(budget));
            WriteObject(budget);
        });
    }
}
