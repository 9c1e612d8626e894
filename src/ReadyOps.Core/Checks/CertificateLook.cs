using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace ReadyOps.Core.Checks;

/// <summary>Judges a certificate with its chain, and names each part that is broken.</summary>
/// <param name="where">Where it was seen.</param>
/// <param name="now">When.</param>
internal sealed class CertificateLook(string where, DateTimeOffset now)
{
    // What several statuses say at once is told once, by what says it best.
    private const X509ChainStatusFlags TimeTold = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;

    public required Bound Expires { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    public Bound? Strength { get; init; }

    /// <summary>What the chain is held against; <see langword="null"/> when it is not.</summary>
    public X509ChainPolicy? Policy { get; init; }

    /// <summary>What a root that counts is.</summary>
    public string Trusted { get; init; } = "";

    /// <summary>The certificates that count whether they are part of the chain or not.</summary>
    public IReadOnlyCollection<X509Certificate2> Known { get; init; } = [];

    /// <summary>Judges.</summary>
    /// <param name="leaf">The certificate.</param>
    /// <param name="all">It and what came with it.</param>
    public Observation At(X509Certificate2 leaf, X509Certificate2Collection all)
    {
        var seen = new List<Observation>();
        using var chain = new X509Chain();
        List<X509Certificate2> counts = [.. Known];
        if (Policy is not null)
        {
            Policy.ExtraStore.AddRange(all);
            chain.ChainPolicy = Policy;
            chain.Build(leaf);
            foreach (X509ChainElement element in chain.ChainElements)
                if (!counts.Any(one => one.RawData.AsSpan().SequenceEqual(element.Certificate.RawData))) counts.Add(element.Certificate);
            seen.AddRange(Broken(chain));
        }
        else
        {
            counts = [.. all];
        }

        seen.AddRange(NamesOf(leaf));
        seen.AddRange(counts.Where(one => now < Utc(one.NotBefore)).Select(one => Fail($"The certificate {Name(one)} of {where} is not valid before {Day(Utc(one.NotBefore))}.")));
        if (Strength is not null) seen.AddRange(counts.Select(one => Judge.Number($"The strength in bits of the certificate {Name(one)} of {where}", CertificateStrength.Of(one), Strength)).Where(one => one.Verdict != Verdict.Pass));

        Observation[] times = [.. counts.OrderBy(one => one.NotAfter).Select(Time)];
        seen.AddRange(times.Skip(1).Where(time => time.Verdict != Verdict.Pass));
        // The first of equals is told: how long the shortest is still valid.
        Observation worst = Observation.Worst([times[0], .. seen]);
        return (worst.Verdict != Verdict.Pass ? worst : worst with { Reason = $"{worst.Reason.TrimEnd('.')}{Also(leaf, chain)}." }) with
        {
            Value = times[0].Value,
            Unit = Unit.Seconds,
            Bound = Expires,
            Margin = times[0].Margin,
        };
    }

    private Observation Time(X509Certificate2 one)
    {
        DateTimeOffset end = Utc(one.NotAfter);
        TimeSpan left = end - now;
        // Whole hours are exact enough to be told, and the bound is held against the exact value.
        Observation judged = Judge.Number($"The time left of the certificate {Name(one)} of {where}", left.TotalSeconds, Unit.Seconds, Expires, $"until {Day(end)}");
        return left > TimeSpan.Zero ? judged : judged with
        {
            Verdict = Verdict.Fail,
            Reason = $"The certificate {Name(one)} of {where} has expired on {Day(end)}.",
            NextStep = "Renew it, and let the server load the new one.",
        };
    }

    private IEnumerable<Observation> NamesOf(X509Certificate2 leaf)
    {
        string[] wrong = [.. Names.Where(name => !leaf.MatchesHostname(name.Trim('[', ']'), allowWildcards: true, allowCommonName: false))];
        if (wrong.Length == 0) yield break;
        // A common name alone does not count any more (RFC 9525).
        string[] has = [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(ip => ip.ToString())))];
        string told = has.Length == 0 ? "it names no host" : "it is for " + Judge.Cut(string.Join(", ", has));
        yield return Fail($"The certificate {Name(leaf)} of {where} is not for {Judge.Cut(string.Join(", ", wrong))}: {told}.");
    }

    private IEnumerable<Observation> Broken(X509Chain chain)
    {
        X509ChainStatusFlags told = TimeTold;
        foreach (X509ChainElement element in chain.ChainElements)
        {
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                if (Tell(status, Name(element.Certificate), Judge.Cut(element.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))) is { } observation) yield return observation;
                told |= status.Status;
            }
        }

        foreach (X509ChainStatus status in chain.ChainStatus.Where(status => (status.Status & ~told) != 0))
            if (Tell(status, Name(chain.ChainElements[^1].Certificate), Judge.Cut(chain.ChainElements[^1].Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))) is { } observation) yield return observation;
    }

    private Observation? Tell(X509ChainStatus status, string name, string issuer) => status.Status switch
    {
        X509ChainStatusFlags.NoError => null,
        _ when (status.Status & ~TimeTold) == 0 => null,
        X509ChainStatusFlags.UntrustedRoot => Fail($"The chain of {where} ends at {name}, which is not {Trusted}."),
        X509ChainStatusFlags.PartialChain => Fail($"The chain of {where} is broken off: '{issuer}', who signed {name}, neither came along nor is {Trusted}."),
        X509ChainStatusFlags.NotSignatureValid => Fail($"The signature of the certificate {name} of {where} is wrong."),
        X509ChainStatusFlags.Revoked => Fail($"The certificate {name} of {where} was revoked."),
        X509ChainStatusFlags.NotValidForUsage => Fail($"The certificate {name} of {where} is not for TLS servers."),
        X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation => Observation.Of(Verdict.Error, $"Whether the certificate {name} of {where} was revoked cannot be learned: {status.StatusInformation.Trim().TrimEnd('.')}.") with
        {
            NextStep = "See that this machine reaches who signed it, or set 'revocation: false'.",
        },
        _ => Fail($"The certificate {name} of {where} is refused: {Judge.Cut(status.StatusInformation.Trim().TrimEnd('.'))}."),
    };

    private string Also(X509Certificate2 leaf, X509Chain chain)
    {
        string names = Names.Count == 0 ? "" : $", for {Judge.Cut(string.Join(", ", Names))}";
        string path = Policy is null ? "" : $", chain {string.Join(" < ", chain.ChainElements.Select(element => Name(element.Certificate)))}";
        return $"{names}{(leaf.Subject.Length > 0 ? path : "")}";
    }

    private Observation Fail(string reason) => Observation.Of(Verdict.Fail, reason) with { Bound = Expires };

    private static string Name(X509Certificate2 certificate) => $"'{Judge.Cut(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))}'";

    private static DateTimeOffset Utc(DateTime local) => new(local.ToUniversalTime());

    private static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
