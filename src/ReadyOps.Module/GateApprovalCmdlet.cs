using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps;

/// <summary>What every cmdlet shares that records what a person decides about gates.</summary>
public abstract class GateApprovalCmdlet : StateCmdlet
{
    /// <summary>The gate documents.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, HelpMessage = "A document of kind Gate, for example ./gate.yaml")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The gate documents, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The rollouts, where a step asks for approval.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>The release.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Whether it is meant for a gate that is asked without a release.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public SwitchParameter NoRelease { get; set; }

    /// <summary>The check.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApprovalCheckCompleter))]
    public string? Check { get; set; }

    /// <summary>The role to decide in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApprovalRoleCompleter))]
    public string? Role { get; set; }

    /// <summary>What to sign the decision with.</summary>
    [Parameter]
    [Alias("SigningKey")]
    [ValidateNotNull]
    public SigningKey? Signature { get; set; }

    /// <summary>Values for the variables of the documents.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public IDictionary? Variable { get; set; }

    /// <summary>Who decides.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Actor { get; set; }

    /// <summary>What the user is asked about, for example <c>Approve</c>.</summary>
    private protected abstract string Action { get; }

    /// <summary>The decision as far as the leaf knows it.</summary>
    private protected abstract ApprovalRequest Request { get; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string id in ParameterSetName == "Id" ? Id : [])
        {
            Try(id, () =>
            {
                EngineContext context = CreateContext(Actor);
                IJournalStore store = OpenJournals(context);
                var rollouts = new RolloutService(store, context);
                GateDefinition gate = Await(cancel => rollouts.ApprovalsAsync(id, cancel).AsTask());
                Decide(gate, gate.Release, store, context);
            });
        }

        if (ParameterSetName == "Id") return;
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
        {
            foreach (string file in Paths.Resolve(this, path, literal))
                Try(file, () => Decide(file));
        }
    }

    private void Decide(string file)
    {
        string? release = Release;
        GateDefinition gate = GateReader.Read(DocumentLoader.Load(file, "Gate", Variables.Read(Variable, ref release)));
        EngineContext context = CreateContext(Actor);
        Decide(gate, release, OpenJournals(context), context);
    }

    private void Decide(GateDefinition gate, string? release, IJournalStore store, EngineContext context)
    {
        ApprovalRequest request = Request with
        {
            Release = release,
            NoRelease = NoRelease,
            Check = Check,
            Role = Role,
            Key = Signature is { } given ? Await(cancel => KeyAsync(given, context, cancel)) : null,
        };
        var service = new ApprovalService(store, context);
        GateApproval wanted = service.Demand(gate, request);
        string what = wanted.Release is { } name ? $"release {name}" : "no particular release";
        string role = wanted.Role is { } own ? $" ({own})" : "";
        string where = ParameterSetName == "Id" ? wanted.Gate : $"the gate '{wanted.Gate}'";
        if (!ShouldProcess($"'{wanted.Check}' of {where} for {what}, as {wanted.Person}{role}", Action)) return;
        GateApproval recorded = Await(cancel => service.RecordAsync(gate, request, cancel));
        WriteVerbose($"{recorded.JournalReference}: {recorded}.");
        WriteObject(recorded);
    }

    private Task<ApprovalKey> KeyAsync(SigningKey given, EngineContext context, CancellationToken cancel) => given.Value switch
    {
        SecureString secret => Task.FromResult(ApprovalKey.OfSecret(new NetworkCredential("", secret).Password)),
        X509Certificate2 certificate => Task.FromResult(ApprovalKey.OfCertificate(certificate)),
        string reference when reference.Contains(':', StringComparison.Ordinal) && new SecretText(reference).IsReference => ApprovalKey.LoadAsync(reference, context.Secrets, cancel),
        string reference => ApprovalKey.LoadAsync(FileOr(reference), context.Secrets, cancel),
        _ => throw new PSNotSupportedException(),
    };

    // A path as the session means it; what is no file may be a thumbprint.
    private string FileOr(string reference)
    {
        try
        {
            string file = SessionState.Path.GetUnresolvedProviderPathFromPSPath(reference, out ProviderInfo provider, out _);
            return provider.Name == "FileSystem" && File.Exists(file) ? file : reference;
        }
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ItemNotFoundException or NotSupportedException)
        {
            return reference;
        }
    }
}
