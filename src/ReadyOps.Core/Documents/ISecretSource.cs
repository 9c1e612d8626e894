namespace ReadyOps.Core.Documents;

/// <summary>Finds the value behind a <see cref="SecretText"/> at the moment it is used.</summary>
public interface ISecretSource
{
    /// <summary>The value of <c>secret:NAME</c>.</summary>
    /// <exception cref="ReadyOpsException">There is none; the message names the secret, never a value.</exception>
    ValueTask<string> GetSecretAsync(string name, CancellationToken cancel);
}
