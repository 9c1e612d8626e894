using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Gates;

/// <summary>
/// The bytes that a signature covers: one line for each fact, <c>name=length:value</c> with the length in bytes of UTF-8, and
/// <c>name=-</c> for what is not said. Lengths keep a value from passing for the line after it.
/// </summary>
internal static class ApprovalText
{
    private const string Version = "readyops-approval/1\n";

    public static byte[] Of(GateApproval approval)
    {
        var text = new MemoryStream();
        text.Write(Encoding.UTF8.GetBytes(Version));
        Write(text, "gate", approval.Gate);
        Write(text, "digest", approval.Digest);
        Write(text, "release", approval.Release);
        Write(text, "check", approval.Check);
        Write(text, "role", approval.Role);
        Write(text, "person", approval.Person);
        Write(text, "decision", approval.Decision.ToString());
        Write(text, "reason", approval.Reason);
        Write(text, "time", Moment(approval.Time));
        Write(text, "expires", approval.ExpiresAt is { } end ? Moment(end) : null);
        return text.ToArray();
    }

    // To the 100 ns, as the journal keeps it.
    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static void Write(MemoryStream text, string name, string? value)
    {
        byte[]? bytes = value is null ? null : Encoding.UTF8.GetBytes(value);
        string head = bytes is null ? $"{name}=-" : string.Create(CultureInfo.InvariantCulture, $"{name}={bytes.Length}:");
        text.Write(Encoding.UTF8.GetBytes(head));
        if (bytes is not null) text.Write(bytes);
        text.WriteByte((byte)'\n');
    }
}
