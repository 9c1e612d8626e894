using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace ReadyOps.Core.Checks;

/// <summary>
/// How hard a certificate is to forge, in bits of security by NIST SP 800-57 part 1 (revision 5): table 2 for keys, table 3 for the
/// hash of a signature.
/// </summary>
internal static class CertificateStrength
{
    /// <summary>The weaker of the key and, unless the certificate signs itself, the signature; NaN when one of them is of an unknown kind.</summary>
    public static double Of(X509Certificate2 certificate)
    {
        bool selfSigned = certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
        double key = OfKey(certificate);
        return selfSigned ? key : Math.Min(key, OfSignature(certificate));
    }

    private static double OfKey(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null) return Modulus(rsa.KeySize);
        using var ecdsa = certificate.GetECDsaPublicKey();
        if (ecdsa is not null) return Math.Min(256, ecdsa.KeySize / 2);
        using var dsa = certificate.GetDSAPublicKey();
        if (dsa is not null) return Modulus(dsa.KeySize);
        return certificate.PublicKey.Oid.Value switch
        {
            "1.3.101.112" => 128, // Ed25519
            "1.3.101.113" => 224, // Ed448
            _ => double.NaN,
        };
    }

    private static double Modulus(int bits) => bits switch
    {
        >= 15360 => 256,
        >= 7680 => 192,
        >= 3072 => 128,
        >= 2048 => 112,
        >= 1024 => 80,
        _ => 0,
    };

    // SHA-1 and MD5 have known collisions: less than the 80 bits that table 3 once gave SHA-1.
    private static double OfSignature(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.4" => 0, // md5WithRSA
        "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" or "1.2.840.10040.4.3" => 63, // SHA-1 with RSA, ECDSA, DSA
        "1.2.840.113549.1.1.14" or "1.2.840.10045.4.3.1" => 112,
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" or "2.16.840.1.101.3.4.3.2" => 128,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => 192,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => 256,
        "1.2.840.113549.1.1.10" => OfPss(certificate.RawData),
        "1.3.101.112" => 128,
        "1.3.101.113" => 224,
        _ => double.NaN,
    };

    // RSASSA-PSS names its hash in the parameters (RFC 4055); without any it is SHA-1.
    private static double OfPss(byte[] certificate)
    {
        AsnReader fields = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        fields.ReadEncodedValue();
        ReadOnlySpan<byte> algorithm = fields.ReadEncodedValue().Span;
        // 2.16.840.1.101.3.4.2.1 to 3: SHA-256, SHA-384, SHA-512.
        ReadOnlySpan<byte> family = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
        int at = algorithm.IndexOf(family);
        return at < 0 || at + family.Length >= algorithm.Length ? 63 : algorithm[at + family.Length] switch { 1 => 128, 2 => 192, 3 => 256, _ => double.NaN };
    }
}
