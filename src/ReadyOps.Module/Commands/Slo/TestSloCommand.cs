using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Says whether a service keeps its objective: what is left of its error budget, and how fast that burns.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Slo", DefaultParameterSetName = ByErrors)]
[OutputType(typeof(SloResult), typeof(bool))]
public sealed class TestSloCommand : SloCmdlet
{
    /// <summary>The least severity of a pair of windows that decides.</summary>
    [Parameter]
    public SloSeverity Severity { get; set; } = SloSeverity.Ticket;

    /// <summary>Returns whether it passes, and nothing else.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override SloSeverity LeastSeverity => Severity;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Try(Name, () =>
        {
            SloResult result = Measure();
            if (Quiet)
            {
                WriteObject(result.Verdict == Verdict.Pass);
                return;
            }

            foreach (string note in result.Notes) WriteWarning(note);
            WriteObject(result);
            if (result.Verdict != Verdict.Pass) WriteError(Errors.SloNotKept(result));
        });
    }
}
