using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Checks;

/// <summary>Reads the certificates of a file: PEM, DER, PKCS#7 or PFX.</summary>
internal static class CertificateFile
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private const string PemBegin = "-----BEGIN CERTIFICATE-----";

    /// <summary>All certificates of a file, in its order; at least one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What the document calls it.</param>
    /// <param name="password">For a PFX; empty for none.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>CertificateFileMissing</c>, <c>CertificateFileInvalid</c>.</exception>
    public static async Task<X509Certificate2Collection> ReadAsync(string path, string name, string password, CancellationToken cancel)
    {
        ArraySegment<byte> bytes = await BytesAsync(path, name, cancel).ConfigureAwait(false);
        try
        {
            if (bytes.Count == 0) throw Invalid(name, "it is empty", null);
            string text = Encoding.Latin1.GetString(bytes);
            X509Certificate2Collection found = IsPem(text) ? Pem(text, name) : Binary(bytes.ToArray(), password, forTls: false);
            return found.Count > 0 ? found : throw Invalid(name, "there is no certificate in it", null);
        }
        catch (CryptographicException e)
        {
            throw NotReadable(name, password, e);
        }
    }

    /// <summary>A certificate with its private key, ready for TLS, and behind it what else its file holds.</summary>
    /// <param name="certificate">PEM, whose first certificate it is, or PFX.</param>
    /// <param name="key">The key in PEM; <see langword="null"/> when it is in the file of the certificate.</param>
    /// <param name="password">Of the key or the PFX; empty for none.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>CertificateFileMissing</c>, <c>CertificateFileInvalid</c>.</exception>
    public static async Task<X509Certificate2Collection> ReadWithKeyAsync(HttpTlsFile certificate, HttpTlsFile? key, string password, CancellationToken cancel)
    {
        ArraySegment<byte> bytes = await BytesAsync(certificate.Path, certificate.Name, cancel).ConfigureAwait(false);
        string text = Encoding.Latin1.GetString(bytes);
        string name = certificate.Name;
        try
        {
            if (!IsPem(text))
            {
                if (key is not null) throw Invalid(name, "a PFX has its key inside, so that 'key' says nothing", null);
                X509Certificate2Collection all = Binary(bytes.ToArray(), password, forTls: true);
                X509Certificate2 leaf = all.FirstOrDefault(one => one.HasPrivateKey) ?? throw Invalid(name, "there is no private key in it", null);
                return [leaf, .. all.Where(one => one != leaf)];
            }

            X509Certificate2Collection found = Pem(text, name);
            if (found.Count == 0) throw Invalid(name, "there is no certificate in it", null);
            if (key is not null)
            {
                text = Encoding.Latin1.GetString(await BytesAsync(key.Path, key.Name, cancel).ConfigureAwait(false));
                name = key.Name;
            }

            if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)) throw Invalid(name, "there is no private key in it", null);
            return [WithKey(found[0], text, password, name), .. found.Skip(1)];
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw NotReadable(name, password, e);
        }
    }

    private static bool IsPem(string text) => text.Contains("-----BEGIN ", StringComparison.Ordinal);

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string key, string password, string name)
    {
        string pem = certificate.ExportCertificatePem();
        bool locked = key.Contains("ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal);
        if (locked && password.Length == 0) throw Invalid(name, "its key has a password, and none is given ('password')", null);
        X509Certificate2 own = locked ? X509Certificate2.CreateFromEncryptedPem(pem, key, password) : X509Certificate2.CreateFromPem(pem, key);
        if (!OperatingSystem.IsWindows()) return own;

        // TLS of Windows takes no key that is only in memory (https://github.com/dotnet/runtime/issues/23749).
        using (own) return new X509Certificate2(own.Export(X509ContentType.Pkcs12), (string?)null, X509KeyStorageFlags.DefaultKeySet);
    }

    private static async Task<ArraySegment<byte>> BytesAsync(string path, string name, CancellationToken cancel)
    {
        try
        {
            if (!FileReading.TryFind(path, out _, out string problem)) throw new ReadyOpsException("CertificateFileMissing", $"{name} {problem}.", "Check the path: it starts from the folder of the document.");
            return await FileReading.ReadAsync(path, name, MaxBytes, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(name, $"it cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static X509Certificate2Collection Pem(string text, string name)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(text);
        // The importer passes over a block that has lost its end, and that one may be the certificate that has expired.
        int begun = (text.Length - text.Replace(PemBegin, "", StringComparison.Ordinal).Length) / PemBegin.Length;
        return found.Count == begun ? found : throw Invalid(name, "a certificate in it is cut off or damaged", null);
    }

    private static X509Certificate2Collection Binary(byte[] bytes, string password, bool forTls)
    {
        var found = new X509Certificate2Collection();
        // The private key of a PFX must not reach the disk or a key store where the system can do without.
        bool stored = OperatingSystem.IsMacOS() || (forTls && OperatingSystem.IsWindows());
        found.Import(bytes, password, stored ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet);
        return found;
    }

    private static ReadyOpsException NotReadable(string name, string password, Exception cause)
    {
        string hint = password.Length == 0 ? "" : ", or its password is another";
        return Invalid(name, $"it is no PEM, DER or PFX{hint}: {cause.Message.TrimEnd('.')}", cause);
    }

    private static ReadyOpsException Invalid(string name, string why, Exception? cause) =>
        new("CertificateFileInvalid", $"The certificates of {name} cannot be read: {why}.", "Look at it with 'openssl x509 -text' or 'certutil -dump'.", cause);
}
