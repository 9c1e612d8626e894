using System.Security;
using System.Security.Cryptography.X509Certificates;

namespace ReadyOps;

/// <summary>
/// What a decision is signed with: an HMAC key as a SecureString, a certificate with its private key, or a text that names either.
/// </summary>
public sealed class SigningKey
{
    /// <summary>An HMAC key.</summary>
    public SigningKey(SecureString key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Value = key;
    }

    /// <summary>A certificate with its private key.</summary>
    public SigningKey(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Value = certificate;
    }

    /// <summary>
    /// <c>secret:NAME</c> or <c>env:NAME</c> for an HMAC key; the path of a PEM or PFX file, or the thumbprint of a certificate
    /// in the personal store, for a certificate. Never the key itself: it would stay in the history of the shell.
    /// </summary>
    public SigningKey(string reference)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reference);
        Value = reference;
    }

    internal object Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value is string reference ? reference : Value is X509Certificate2 certificate ? certificate.Thumbprint : "***";
}
