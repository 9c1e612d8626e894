using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

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
        ArraySegment<byte> bytes;
        try
        {
            if (!FileReading.TryFind(path, out _, out string problem)) throw new ReadyOpsException("CertificateFileMissing", $"{name} {problem}.", "Check the path: it starts from the folder of the document.");
            bytes = await FileReading.ReadAsync(path, name, MaxBytes, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(name, $"it cannot be read: {e.Message.TrimEnd('.')}", e);
        }

        try
        {
            if (bytes.Count == 0) throw Invalid(name, "it is empty", null);
            string text = Encoding.Latin1.GetString(bytes);
            X509Certificate2Collection found = text.Contains("-----BEGIN ", StringComparison.Ordinal) ? Pem(text, name) : Binary(bytes.ToArray(), password);
            return found.Count > 0 ? found : throw Invalid(name, "there is no certificate in it", null);
        }
        catch (CryptographicException e)
        {
            string hint = password.Length == 0 ? "" : ", or its password is another";
            throw Invalid(name, $"it is no PEM, DER or PFX{hint}: {e.Message.TrimEnd('.')}", e);
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

    private static X509Certificate2Collection Binary(byte[] bytes, string password)
    {
        var found = new X509Certificate2Collection();
        // The private key of a PFX is not wanted: it must not reach the disk or a key store where the system can do without.
        found.Import(bytes, password, OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet);
        return found;
    }

    private static ReadyOpsException Invalid(string name, string why, Exception? cause) =>
        new("CertificateFileInvalid", $"The certificates of {name} cannot be read: {why}.", "Look at it with 'openssl x509 -text' or 'certutil -dump'.", cause);
}
