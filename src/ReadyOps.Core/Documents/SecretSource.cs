namespace ReadyOps.Core.Documents;

/// <summary>
/// The plain source of secrets: files in the folder <c>$READYOPS_SECRETS</c>, one a secret, as container platforms mount them.
/// </summary>
public sealed class SecretSource : ISecretSource
{
    /// <inheritdoc/>
    public async ValueTask<string> GetSecretAsync(string name, CancellationToken cancel)
    {
        string? folder = Environment.GetEnvironmentVariable("READYOPS_SECRETS");
        bool plainName = name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && !name.StartsWith('.');
        string? file = folder is not null && plainName ? Path.Combine(folder, name) : null;
        if (file is null || !File.Exists(file))
        {
            throw new ReadyOpsException("SecretMissing", $"There is no secret named '{name}'.",
                "Put a file of that name into the folder that READYOPS_SECRETS names, or write env:NAME in the document.");
        }

        try
        {
            string text = await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false);
            return text.TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("SecretMissing", $"The secret '{name}' cannot be read: {exception.Message}", "Give the process that runs ReadyOps the right to read it.", exception);
        }
    }
}
