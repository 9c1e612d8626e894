namespace ReadyOps.Benchmarks.Quality;

/// <summary>Which instances a disturbance meets.</summary>
internal enum Side
{
    None,
    Both,
    Canary,
}

/// <summary>A kind of rollout to be played many times: what the service is like, what happens to it, and what the release does wrong.</summary>
/// <param name="Name">For the table.</param>
internal sealed record Scenario(string Name)
{
    /// <summary>Requests a second at the peak of the day, all versions together.</summary>
    public double PeakRate { get; init; } = 400;

    /// <summary>The rate at the bottom of the day, as a share of the peak; 1 for no day curve.</summary>
    public double Night { get; init; } = 1;

    /// <summary>How long a day is, so that a compressed rollout sees one too.</summary>
    public TimeSpan Day { get; init; } = TimeSpan.FromHours(2.5);

    /// <summary>How much rate, error rate and latency wander, both versions alike: 1 is a standard deviation of 10, 10 and 5 per cent.</summary>
    public double Noise { get; init; } = 1;

    /// <summary>Whom blips meet: 20 times the errors, and 3 times the latency, for 30 to 150 s, shorter than every <c>for:</c>.</summary>
    public Side Blips { get; init; }

    /// <summary>How many blips there are in 2½ hours, on average.</summary>
    public double BlipCount { get; init; } = 4;

    /// <summary>Whether blips may follow one another closely, so that several make one that is longer than <c>for:</c>; else they are ten minutes apart.</summary>
    public bool BlipsCluster { get; init; }

    /// <summary>Outages of the metrics backend in 2½ hours, of 2 to 20 min each; during every second one nothing is scraped either.</summary>
    public double Outages { get; init; }

    /// <summary>Restarts of the new version in 2½ hours: counters begin at 0 again, and what was counted since the last scrape is lost.</summary>
    public double Restarts { get; init; }

    /// <summary>Gaps in 2½ hours, of 1 to 12 min each: during every second one scrapes fail, else they bring NaN.</summary>
    public double Gaps { get; init; }

    /// <summary>What the release multiplies the error rate by.</summary>
    public double ErrorFactor { get; init; } = 1;

    /// <summary>What it multiplies each latency by.</summary>
    public double LatencyFactor { get; init; } = 1;

    /// <summary>The share, in per cent, from which on it does so.</summary>
    public int FromPercent { get; init; }

    /// <summary>The share, in per cent, from which on the new version is not scraped at all; 0 for never.</summary>
    public int SilentFrom { get; init; }

    /// <summary>Whether the rollout has the real times of strategy <c>fast</c>.</summary>
    public bool RealTime { get; init; }

    /// <summary>Whether the release does anything wrong.</summary>
    public bool IsRegression => ErrorFactor > 1 || LatencyFactor > 1;

    /// <summary>The healthy ones.</summary>
    public static IReadOnlyList<Scenario> Healthy { get; } =
    [
        new("steady traffic") { Noise = 0 },
        new("day curve, 100 to 20 %") { Night = 0.2 },
        new("noise, three times as much") { Noise = 3 },
        new("blips on both versions") { Blips = Side.Both },
        new("blips on the new version alone") { Blips = Side.Canary },
        new("blips that may follow closely") { Blips = Side.Both, BlipsCluster = true },
        new("low-traffic night, 100 to 2 %") { Night = 0.02, PeakRate = 200 },
        new("backend outages") { Outages = 2 },
        new("restarts that reset counters") { Restarts = 4 },
        new("gaps and NaN") { Gaps = 4 },
        new("all of these") { Night = 0.05, Blips = Side.Both, BlipCount = 2, Outages = 1, Restarts = 2, Gaps = 2, Noise = 1.5 },
    ];

    /// <summary>A healthy one of real length: four days with nights, and now and then everything else.</summary>
    public static Scenario FullLength { get; } = new("strategy fast at its real length, all of these")
    {
        Day = TimeSpan.FromDays(1),
        Night = 0.05,
        Blips = Side.Both,
        BlipCount = 0.2,
        Outages = 0.05,
        Restarts = 0.2,
        Gaps = 0.1,
        RealTime = true,
    };

    /// <summary>The ones that have no data of the new version from some share on.</summary>
    public static IReadOnlyList<Scenario> Silent { get; } =
    [
        .. new[] { 5, 25, 100 }.Select(percent => new Scenario($"not scraped from {percent} % on") { Night = 0.5, SilentFrom = percent }),
        new("nobody calls it: no traffic at all") { PeakRate = 0 },
    ];

    /// <summary>×2, +50 % and +20 %, in errors and in latency, from each step on.</summary>
    public static IReadOnlyList<Scenario> Regressions { get; } =
    [
        .. from factor in new[] { 2, 1.5, 1.2 }
           from errors in new[] { true, false }
           from percent in Policies.Shares
           select new Scenario($"{(errors ? "errors" : "latency")} {(factor < 2 ? $"+{(factor - 1) * 100:0} %" : "×2")} from {percent} % on")
           {
               Night = 0.5,
               ErrorFactor = errors ? factor : 1,
               LatencyFactor = errors ? 1 : factor,
               FromPercent = percent,
           },
    ];
}
