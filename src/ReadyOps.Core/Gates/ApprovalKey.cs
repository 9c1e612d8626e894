using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates;

/// <summary>What a person signs decisions with: an HMAC key, or a certificate with its private key.</summary>
public sealed class ApprovalKey
{
    internal const string HmacName = "hmac-sha256";
    internal const string RsaName = "rsa-pss-sha256";
    internal const string EcdsaName = "ecdsa-sha256";

    /// <summary>Anything shorter could be found by trying.</summary>
    internal const int ShortestSecret = 16;

    private readonly byte[]? _secret;
    private readonly X509Certificate2? _certificate;

    private ApprovalKey(byte[]? secret, X509Certificate2? certificate) => (_secret, _certificate) = (secret, certificate);

    /// <summary>An HMAC key, taken as UTF-8.</summary>
    /// <exception cref="ReadyOpsException"><c>SigningKeyInvalid</c>: shorter than 16 bytes.</exception>
    public static ApprovalKey OfSecret(string secret)
    {
        byte[] key = Encoding.UTF8.GetBytes(secret);
        return key.Length >= ShortestSecret ? new ApprovalKey(key, null)
            : throw new ReadyOpsException("SigningKeyInvalid", $"The signing key has fewer than {ShortestSecret} bytes, so it could be found by trying.", "Use a random key of 32 characters or more.");
    }

    /// <summary>A certificate with an RSA or ECDSA private key.</summary>
    /// <exception cref="ReadyOpsException"><c>SigningKeyInvalid</c>: it has no private key.</exception>
    public static ApprovalKey OfCertificate(X509Certificate2 certificate) => certificate.HasPrivateKey ? new ApprovalKey(null, certificate)
        : throw new ReadyOpsException("SigningKeyInvalid", $"The certificate {certificate.Subject} has no private key, so nothing can be signed with it.", "Give a PFX file, or a PEM file that holds the private key too.");

    /// <summary>The key behind a text: <c>secret:NAME</c>, <c>env:NAME</c>, a thumbprint, or the path of a PEM or PFX file.</summary>
    /// <exception cref="ReadyOpsException"><c>SecretMissing</c>, <c>SigningKeyNotFound</c>, <c>SigningKeyInvalid</c></exception>
    public static async Task<ApprovalKey> LoadAsync(string reference, ISecretSource secrets, CancellationToken cancel)
    {
        var text = new SecretText(reference);
        if (text.IsReference) return OfSecret(await text.ResolveAsync(secrets, cancel).ConfigureAwait(false));
        if (File.Exists(reference)) return OfCertificate(Read(reference));
        if (reference.Length == 40 && reference.All(char.IsAsciiHexDigit)) return OfCertificate(Find(reference));
        throw new ReadyOpsException("SigningKeyNotFound", "The signing key is neither a file nor a thumbprint.",
            "Give secret:NAME or env:NAME for an HMAC key, the path of a PEM or PFX file or a thumbprint for a certificate, or a SecureString.");
    }

    internal (string Algorithm, byte[] Value) Sign(byte[] text)
    {
        if (_certificate is null) return (HmacName, HMACSHA256.HashData(_secret!, text));
        using RSA? rsa = _certificate.GetRSAPrivateKey();
        if (rsa is not null) return (RsaName, rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        using ECDsa? ecdsa = _certificate.GetECDsaPrivateKey();
        return ecdsa is not null ? (EcdsaName, ecdsa.SignData(text, HashAlgorithmName.SHA256))
            : throw new ReadyOpsException("SigningKeyInvalid", $"The certificate {_certificate.Subject} has neither an RSA nor an ECDSA key.", "Use a certificate with one of the two.");
    }

    private static X509Certificate2 Read(string file)
    {
        try
        {
            string ending = Path.GetExtension(file).ToLowerInvariant();
            return ending is ".pfx" or ".p12" ? new X509Certificate2(file) : X509Certificate2.CreateFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("SigningKeyInvalid", $"No certificate with its private key can be read from '{Path.GetFileName(file)}': {e.Message.TrimEnd('.')}.",
                "Use a PEM file that holds both, or a PFX file; for one with a password: -Signature (Get-PfxCertificate -FilePath ./me.pfx).", e);
        }
    }

    private static X509Certificate2 Find(string thumbprint)
    {
        foreach (StoreLocation location in (StoreLocation[])[StoreLocation.CurrentUser, StoreLocation.LocalMachine])
        {
            using var store = new X509Store(StoreName.My, location);
            try
            {
                store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            }
            catch (CryptographicException)
            {
                // There is no such store on this machine.
                continue;
            }

            foreach (X509Certificate2 found in store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false)) return found;
        }

        throw new ReadyOpsException("SigningKeyNotFound", $"No certificate with the thumbprint {thumbprint} is in the personal store.", "Import it, or give its file.");
    }
}
