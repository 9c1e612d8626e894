using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates;

/// <summary>Whose signature a check accepts, and how it is known: by a shared HMAC key or by a certificate.</summary>
/// <param name="Person">Who signs.</param>
/// <param name="Key">The HMAC key, always a reference; <see langword="null"/> for a certificate.</param>
/// <param name="Certificate">The certificate in PEM, or the path of its file; <see langword="null"/> for an HMAC key.</param>
internal sealed record ApprovalSigner(string Person, SecretText? Key, string? Certificate)
{
    private const string PemBegin = "-----BEGIN";

    /// <summary>The members of one entry of <c>signers</c>.</summary>
    public static IReadOnlyList<CheckMember> Members { get; } =
    [
        new("person", CheckMemberKind.Text, "Who signs.") { Required = true },
        new("key", CheckMemberKind.Text, "The HMAC key that the person and the gate share; never written out. Either this or 'certificate'.") { Examples = ["secret:ALICE_APPROVES", "env:ALICE_APPROVES"] },
        new("certificate", CheckMemberKind.Text, "The certificate of the person, without its private key: a path from the folder of the document, or the PEM itself. Either this or 'key'.") { Examples = ["keys/alice.pem"] },
    ];

    /// <summary>Reads one entry of <c>signers</c>; what is wrong goes to the reader's problems.</summary>
    public static ApprovalSigner Read(ObjectReader reader)
    {
        string person = reader.RequiredText("person");
        if (reader.Has("key") == reader.Has("certificate")) reader.Problem("person", "this does not say how the signature is known", "either 'key' or 'certificate'");
        SecretText? key = reader.OptionalSecret("key");
        if (key is { IsReference: false }) reader.Problem("key", "a key that is written out in a document is no secret", "secret:NAME or env:NAME");
        string? certificate = reader.OptionalText("certificate");
        if (certificate?.TrimStart().StartsWith(PemBegin, StringComparison.Ordinal) == false) certificate = reader.OptionalPath("certificate");
        return new ApprovalSigner(person, key, certificate);
    }

    /// <summary>Why a signature is not this person's; <see langword="null"/> when it is.</summary>
    /// <exception cref="ReadyOpsException">The key or the certificate cannot be had, so nothing can be said.</exception>
    public async ValueTask<string?> ProblemAsync(GateApproval approval, EngineContext context, CancellationToken cancel)
    {
        byte[] text = ApprovalText.Of(approval);
        if (Key is null) return CertificateProblem(approval, text, context.Clock.GetUtcNow());
        byte[] secret = Encoding.UTF8.GetBytes(await Key.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false));
        if (secret.Length < ApprovalKey.ShortestSecret)
            throw new ReadyOpsException("SigningKeyInvalid", $"The key {Key} has fewer than {ApprovalKey.ShortestSecret} bytes, so it could be found by trying.", "Use a random key of 32 characters or more.");
        // What kind of key it is, is for the document to say and never for the signature.
        bool fits = approval.Signature == ApprovalKey.HmacName && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, text), approval.SignatureValue);
        return fits ? null : $"its signature does not fit the key of {Person}";
    }

    private string? CertificateProblem(GateApproval approval, byte[] text, DateTimeOffset now)
    {
        using X509Certificate2 certificate = Load();
        if (approval.Time.UtcDateTime < certificate.NotBefore.ToUniversalTime()) return $"it was signed before the certificate of {Person} became valid";
        // Also when it was signed in time: from here on nobody answers for the key.
        if (now.UtcDateTime > certificate.NotAfter.ToUniversalTime()) return $"the certificate of {Person} has expired";
        using RSA? rsa = certificate.GetRSAPublicKey();
        using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
        bool fits = rsa is not null ? approval.Signature == ApprovalKey.RsaName && rsa.VerifyData(text, approval.SignatureValue, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            : ecdsa is not null && approval.Signature == ApprovalKey.EcdsaName && ecdsa.VerifyData(text, approval.SignatureValue, HashAlgorithmName.SHA256);
        return fits ? null : $"its signature does not fit the certificate of {Person}";
    }

    private X509Certificate2 Load()
    {
        try
        {
            string pem = Certificate!.TrimStart().StartsWith(PemBegin, StringComparison.Ordinal) ? Certificate : File.ReadAllText(Certificate);
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("CertificateUnreadable", $"The certificate of {Person} cannot be read: {e.Message.TrimEnd('.')}.", "Put the certificate, in PEM and without its private key, where 'certificate' says.", e);
        }
    }
}
