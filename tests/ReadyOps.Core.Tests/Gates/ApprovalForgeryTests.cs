using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>Approvals that somebody made up, moved or bent.</summary>
public sealed class ApprovalForgeryTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly TestFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_signers_only_a_signature_of_the_named_key_counts()
    {
        ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
        Assert.Equal("SignatureMissing", await gate.RefusalAsync(() => gate.DecideAsync("alice")));
        Assert.Equal("SignatureNotAccepted", await gate.RefusalAsync(() => gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret + "x")))));
        Assert.Equal("SignatureNotAccepted", await gate.RefusalAsync(() => gate.DecideAsync("bob", with: With(ApprovalKey.OfSecret(Secret)))));
        Assert.Equal("hmac-sha256", (await gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret)))).Signature);
        Assert.Equal(Verdict.Pass, (await gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task While_keys_are_changed_the_one_that_is_there_is_enough_and_the_one_that_is_gone_lets_nothing_through()
    {
        ApprovalTesting gate = Signed("\"key\":\"secret:GONE\"},{\"person\":\"alice\",\"key\":\"secret:ALICE\"");
        await gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret)));
        Assert.Equal(Verdict.Pass, (await gate.LookAsync()).Verdict);

        ApprovalTesting other = Signed("\"key\":\"secret:GONE\"},{\"person\":\"alice\",\"key\":\"secret:ALICE\"");
        await other.DecideAsync("alice", with: With(ApprovalKey.OfSecret("x" + Secret)));
        Evidence seen = await other.LookAsync();
        Assert.Equal((Verdict.Error, "There is no secret named 'GONE'."), (seen.Verdict, seen.Reason));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_signs_and_another_one_does_not(bool rsa)
    {
        using X509Certificate2 alice = Certificate("alice", rsa, 30), mallory = Certificate("alice", rsa, 30);
        ApprovalTesting gate = Signed($"\"certificate\":{JsonSerializer.Serialize(_folder.Write("alice.pem", alice.ExportCertificatePem()))}");
        Assert.Equal("SignatureNotAccepted", await gate.RefusalAsync(() => gate.DecideAsync("alice", with: With(ApprovalKey.OfCertificate(mallory)))));
        Assert.Equal("SignatureNotAccepted", await gate.RefusalAsync(() => gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret)))));
        string both = _folder.Write("both.pem", alice.ExportCertificatePem() + "\n" + Pem(alice));
        await gate.DecideAsync("alice", with: With(await ApprovalKey.LoadAsync(both, new SecretSource(), Stop)));
        Assert.Equal(Verdict.Pass, (await gate.LookAsync()).Verdict);
        gate.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Contains("the certificate of alice has expired", (await gate.LookAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_an_error_and_no_pass()
    {
        ApprovalTesting gate = Signed($"\"certificate\":{JsonSerializer.Serialize(_folder.Write("alice.pem", "no certificate"))}");
        using X509Certificate2 alice = Certificate("alice", rsa: false, 30);
        await gate.DecideAsync("alice", with: With(ApprovalKey.OfCertificate(alice)));
        Assert.Equal(Verdict.Error, (await gate.LookAsync()).Verdict);
    }

    [Fact]
    public void A_key_that_could_be_found_by_trying_or_that_cannot_sign_is_refused()
    {
        Assert.Equal("SigningKeyInvalid", Assert.Throws<ReadyOpsException>(() => ApprovalKey.OfSecret("short")).Id);
        using X509Certificate2 whole = Certificate("alice", rsa: true, 1), bare = X509Certificate2.CreateFromPem(whole.ExportCertificatePem());
        Assert.Equal("SigningKeyInvalid", Assert.Throws<ReadyOpsException>(() => ApprovalKey.OfCertificate(bare)).Id);
    }

    // The signature over the facts, worked out here by the documented rule and without the code under test.
    [Fact]
    public async Task The_signature_covers_every_fact_by_the_documented_rule()
    {
        ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
        GateApproval made = await gate.DecideAsync("alice", with: one => With(ApprovalKey.OfSecret(Secret))(one) with { Reason = "ä=1:x", Role = "chief" });
        string time = made.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        string text = "readyops-approval/1\ngate=10:production\ndigest=2:d1\nrelease=5:2.4.0\ncheck=8:sign-off\nrole=5:chief\nperson=5:alice\n"
            + $"decision=8:Approved\nreason=6:ä=1:x\ntime={time.Length}:{time}\nexpires=-\n";
        byte[] expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text));
        JournalLine line = (await gate.Store.ReadAsync("approvals/production", Stop))[0];
        Assert.Equal(Convert.ToBase64String(expected), line.Data.GetProperty("signature").GetProperty("value").GetString());
    }

    // Each is a line with a whole chain, as somebody who can write the file could make it.
    [Theory]
    [InlineData("release", "2.3.0")]
    [InlineData("digest", "d0")]
    [InlineData("person", "Alice")]
    [InlineData("check", "other")]
    [InlineData("gate", "staging")]
    [InlineData("reason", "")]
    [InlineData("role", null)]
    [InlineData("expires", null)]
    [InlineData("time", null)]
    public async Task A_signature_does_not_carry_over_to_other_facts(string member, string? signed)
    {
        // Signed for other facts than those that the line then claims.
        ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
        DateTimeOffset now = gate.Clock.GetUtcNow();
        var claimed = new GateApproval { Gate = "production", Release = "2.4.0", Digest = "d1", Check = "sign-off", Person = "alice", Decision = ApprovalDecision.Approved, Reason = "alice says so", Time = now };
        GateApproval other = member switch
        {
            "release" => claimed with { Release = signed },
            "digest" => claimed with { Digest = signed! },
            "person" => claimed with { Person = signed! },
            "check" => claimed with { Check = signed! },
            "gate" => claimed with { Gate = signed! },
            "reason" => claimed with { Reason = signed! },
            "role" => claimed with { Role = "security" },
            "expires" => claimed with { ExpiresAt = now.AddHours(1) },
            _ => claimed with { Time = now.AddTicks(-1) },
        };
        await AppendAsync(gate, Line(other, claimed));
        Evidence seen = await gate.LookAsync();
        Assert.Equal(Verdict.NoData, seen.Verdict);
        Assert.Contains("its signature does not fit the key of alice", seen.Reason, StringComparison.Ordinal);
        await AppendAsync(gate, Line(claimed, claimed));
        Assert.Equal(Verdict.Pass, (await gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task A_signed_denial_passes_for_no_approval()
    {
        ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
        var denied = new GateApproval { Gate = "production", Release = "2.4.0", Digest = "d1", Check = "sign-off", Person = "alice", Decision = ApprovalDecision.Denied, Reason = "no", Time = gate.Clock.GetUtcNow() };
        await AppendAsync(gate, Line(denied, denied));
        Assert.Equal(Verdict.NoData, (await gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task An_old_approval_that_is_appended_again_does_not_undo_a_withdrawal_or_a_denial()
    {
        foreach (ApprovalDecision block in new[] { ApprovalDecision.Withdrawn, ApprovalDecision.Denied })
        {
            ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
            await gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret)));
            JournalLine given = (await gate.Store.ReadAsync("approvals/production", Stop))[0];
            gate.Clock.Advance(TimeSpan.FromMinutes(1));
            await gate.DecideAsync("alice", block);
            await AppendAsync(gate, new JournalEntry(given.Type, given.Actor, given.Data));
            Assert.NotEqual(Verdict.Pass, (await gate.LookAsync()).Verdict);
            Assert.Equal(block == ApprovalDecision.Denied ? Verdict.Fail : Verdict.NoData, (await gate.LookAsync()).Verdict);
        }
    }

    [Fact]
    public async Task Where_signatures_count_a_denial_needs_none_and_lifting_it_does()
    {
        ApprovalTesting gate = Signed("\"key\":\"secret:ALICE\"");
        await gate.DecideAsync("alice", with: With(ApprovalKey.OfSecret(Secret)));
        gate.Clock.Advance(TimeSpan.FromMinutes(1));
        await gate.DecideAsync("alice", ApprovalDecision.Denied);
        gate.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("SignatureMissing", await gate.RefusalAsync(() => gate.DecideAsync("alice", ApprovalDecision.Withdrawn)));
        GateApproval unsigned = new() { Gate = "production", Release = "2.4.0", Digest = "d1", Check = "sign-off", Person = "alice", Decision = ApprovalDecision.Withdrawn, Time = gate.Clock.GetUtcNow() };
        await AppendAsync(gate, Unsigned(unsigned));
        await AppendAsync(gate, Unsigned(unsigned with { Decision = ApprovalDecision.Approved }));
        Assert.Equal(Verdict.Fail, (await gate.LookAsync()).Verdict);
        await gate.DecideAsync("alice", ApprovalDecision.Withdrawn, With(ApprovalKey.OfSecret(Secret)));
        Assert.Equal(Verdict.NoData, (await gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task An_approval_that_is_dated_in_the_future_does_not_count_and_a_denial_does()
    {
        var gate = new ApprovalTesting();
        var dated = new GateApproval { Gate = "production", Release = "2.4.0", Digest = "d1", Check = "sign-off", Role = "security", Person = "alice", Decision = ApprovalDecision.Approved, Time = gate.Clock.GetUtcNow().AddTicks(1) };
        await AppendAsync(gate, Unsigned(dated));
        Assert.Equal(Verdict.NoData, (await gate.LookAsync()).Verdict);
        gate.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(Verdict.Pass, (await gate.LookAsync()).Verdict);
        await AppendAsync(gate, Unsigned(dated with { Decision = ApprovalDecision.Denied, Time = dated.Time.AddDays(1) }));
        Assert.Equal(Verdict.Fail, (await gate.LookAsync()).Verdict);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"gate":"production","digest":"d1","check":"sign-off","person":"alice","reason":"","time":"soon"}""")]
    [InlineData("""{"gate":"production","digest":"d1","check":"sign-off","person":"alice","reason":"","time":"2026-01-01T00:00:00Z","signature":"x"}""")]
    [InlineData("""{"gate":"production","digest":"d1","check":"sign-off","person":"somebody else","reason":"","time":"2026-01-01T00:00:00Z"}""")]
    public async Task A_line_that_cannot_be_read_or_is_in_the_name_of_another_stops_all_of_them(string data)
    {
        var gate = new ApprovalTesting();
        await gate.DecideAsync("alice");
        await AppendAsync(gate, new JournalEntry(ApprovalJournal.Given, "alice", JsonDocument.Parse(data).RootElement));
        Evidence seen = await gate.LookAsync();
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.StartsWith("approvals/production#2 is no decision that can be read: ", seen.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bend")]
    [InlineData("cut")]
    [InlineData("remove")]
    public async Task A_journal_that_was_tampered_with_is_an_error_and_no_pass(string how)
    {
        var gate = new ApprovalTesting();
        gate.Store = new FolderJournalStore(_folder.Path, gate.Context);
        await gate.DecideAsync("alice");
        await gate.DecideAsync("bob", ApprovalDecision.Denied);
        Assert.Equal(Verdict.Fail, (await gate.LookAsync()).Verdict);
        string file = Path.Combine(_folder.Path, "approvals", "production.jsonl");
        string[] lines = await File.ReadAllLinesAsync(file, Stop);
        if (how == "remove") File.Delete(file);
        else await File.WriteAllTextAsync(file, (how == "bend" ? string.Join('\n', lines).Replace("ApprovalDenied", "ApprovalGiven", StringComparison.Ordinal) : lines[0]) + "\n", Stop);
        Evidence seen = await gate.LookAsync();
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("approvals/production", seen.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(seen.NextStep);
    }

    private static ApprovalTesting Signed(string how)
    {
        var gate = new ApprovalTesting($$"""
            "signers":[{"person":"alice",{{how}}}]
            """);
        gate.Keep(new OneSecret());
        return gate;
    }

    private static Func<ApprovalRequest, ApprovalRequest> With(ApprovalKey key) => request => request with { Key = key };

    private static async Task AppendAsync(ApprovalTesting gate, JournalEntry entry)
    {
        await using IJournalLease? lease = await gate.Store.TryAcquireAsync("approvals/production", TimeSpan.Zero, Stop);
        await lease!.AppendAsync([entry], Stop);
    }

    /// <summary>A line that claims one thing under a signature over another.</summary>
    private static JournalEntry Line(GateApproval signed, GateApproval claimed)
    {
        JournalEntry entry = Unsigned(claimed);
        Dictionary<string, object?> data = JsonSerializer.Deserialize<Dictionary<string, object?>>(entry.Data)!;
        data["signature"] = new { algorithm = "hmac-sha256", value = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), ApprovalText.Of(signed)) };
        return entry with { Type = ApprovalJournal.Given, Data = JsonSerializer.SerializeToElement(data) };
    }

    private static JournalEntry Unsigned(GateApproval claimed)
    {
        var data = new Dictionary<string, object?>
        {
            ["gate"] = claimed.Gate,
            ["release"] = claimed.Release,
            ["digest"] = claimed.Digest,
            ["check"] = claimed.Check,
            ["role"] = claimed.Role,
            ["person"] = claimed.Person,
            ["reason"] = claimed.Reason,
            ["time"] = claimed.Time,
        };
        string type = claimed.Decision switch { ApprovalDecision.Approved => ApprovalJournal.Given, ApprovalDecision.Denied => ApprovalJournal.Denied, _ => ApprovalJournal.Withdrawn };
        return new JournalEntry(type, claimed.Person, JsonSerializer.SerializeToElement(data));
    }

    private static X509Certificate2 Certificate(string name, bool rsa, int days)
    {
        DateTimeOffset now = new ApprovalTesting().Clock.GetUtcNow();
        if (rsa)
        {
            using var key = RSA.Create(2048);
            return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pss).CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
        }

        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", curve, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
    }

    private static string Pem(X509Certificate2 certificate) =>
        certificate.GetRSAPrivateKey()?.ExportPkcs8PrivateKeyPem() ?? certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();

    private sealed class OneSecret : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => name == "ALICE" ? new(Secret)
            : throw new ReadyOpsException("SecretMissing", $"There is no secret named '{name}'.", "Make one.");
    }
}
