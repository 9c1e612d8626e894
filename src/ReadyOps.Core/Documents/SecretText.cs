namespace ReadyOps.Core.Documents;

/// <summary>
/// A text of a document that may name a secret (<c>secret:NAME</c>) or an environment variable (<c>env:NAME</c>) instead of
/// holding the value. It is resolved at use; its <see cref="ToString"/> is the reference, never the value.
/// </summary>
public sealed record SecretText(string Reference)
{
    /// <summary>Whether it names a value that is kept elsewhere.</summary>
    public bool IsReference =>
        Reference.StartsWith("secret:", StringComparison.Ordinal) || Reference.StartsWith("env:", StringComparison.Ordinal);

    /// <summary>The value, now.</summary>
    /// <exception cref="ReadyOpsException"><c>SecretMissing</c>: names the reference.</exception>
    public async ValueTask<string> ResolveAsync(ISecretSource secrets, CancellationToken cancel)
    {
        if (Reference.StartsWith("secret:", StringComparison.Ordinal))
            return await secrets.GetSecretAsync(Reference["secret:".Length..], cancel).ConfigureAwait(false);
        if (!Reference.StartsWith("env:", StringComparison.Ordinal)) return Reference;

        string name = Reference["env:".Length..];
        return Environment.GetEnvironmentVariable(name)
            ?? throw new ReadyOpsException("SecretMissing", $"The environment variable '{name}' is not set.", $"Set {name} for the process that runs ReadyOps.");
    }

    /// <inheritdoc/>
    public override string ToString() => IsReference ? Reference : "***";
}
