using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Http;

/// <summary>Whom to trust and who to be in TLS. Files are read at use, and again when they have changed.</summary>
public sealed record HttpTls
{
    /// <summary>The only roots to trust, or <see langword="null"/> for those of the machine.</summary>
    public HttpTlsFile? Ca { get; init; }

    /// <summary>The client's certificate, PEM with what signed it behind it, or a PFX; <see langword="null"/> for none.</summary>
    public HttpTlsFile? Certificate { get; init; }

    /// <summary>Its private key in PEM, unless it is in the file of the certificate.</summary>
    public HttpTlsFile? Key { get; init; }

    /// <summary>The password of the key or of the PFX.</summary>
    public SecretText? Password { get; init; }

    /// <summary>The client's certificate with its private key, where it comes from no file.</summary>
    public X509Certificate2? Own { get; init; }

    /// <summary>Reads <c>{ca, certificate, key, password}</c>.</summary>
    public static HttpTls Read(ObjectReader reader)
    {
        HttpTls tls = new()
        {
            Ca = File(reader, "ca"),
            Certificate = File(reader, "certificate"),
            Key = File(reader, "key"),
            Password = HttpEndpoint.ReadReference(reader, "password"),
        };
        if (tls.Certificate is null)
        {
            foreach (string member in new[] { "key", "password" })
                if (reader.Has(member)) reader.Problem(member, $"'{member}' belongs to a certificate, and there is none", "'certificate' beside it");
            if (tls.Ca is null) reader.Problem("ca", "this says nothing about TLS", "'ca', 'certificate' or both");
        }

        return tls;
    }

    private static HttpTlsFile? File(ObjectReader reader, string name) =>
        reader.OptionalPath(name) is { } path ? new HttpTlsFile(path, reader.OptionalText(name)!) : null;
}

/// <summary>A file of certificates or keys.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">What the document calls it.</param>
public sealed record HttpTlsFile(string Path, string Name);
