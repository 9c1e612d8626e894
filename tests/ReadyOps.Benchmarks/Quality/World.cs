using ReadyOps.Core.Statistics;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// One rollout's surroundings: how many requests come when, how many fail, how long they take, what is scraped and when the metrics
/// backend answers. Drawn once; every policy sees the same. What happens between two scrapes at a share is drawn from a seed of its
/// own, so that two policies at the same share at the same time see the same requests, whatever they did before.
/// </summary>
internal sealed class World
{
    /// <summary>Seconds between two scrapes, and between two samples.</summary>
    public const int Pace = 15;

    /// <summary>The share of requests that fail while all is well: 1 % is one and a half times as much.</summary>
    public const double ErrorShare = 0.01 / 1.5;

    /// <summary>The median latency in seconds at the peak of the day while all is well; P95 as a histogram shows it is 0.40 s then.</summary>
    public const double MedianLatency = 0.12;

    private const double LatencySpread = 0.6;
    private const int Cells = 16_000;
    private const double Reach = 8;

    private static readonly double[] Normal = [.. Enumerable.Range(0, Cells + 2).Select(i => 1 - SpecialFunctions.NormalTail((i * 2 * Reach / Cells) - Reach))];

    private readonly Scenario _scenario;
    private readonly ulong _seed;
    private readonly float[] _rate;
    private readonly float[] _errors;
    private readonly float[] _latency;
    private readonly Scrape[] _scrapes;
    private readonly bool[] _blipStable;
    private readonly bool[] _blipCanary;
    private readonly bool[] _restart;
    private readonly List<(double From, double To)> _outages = [];
    private readonly Dictionary<(int Percent, bool Canary), Draws> _draws = [];

    public World(Scenario scenario, int length, ulong seed)
    {
        (_scenario, _seed, Length) = (scenario, seed, length);
        _rate = new float[length + 1];
        _errors = new float[length + 1];
        _latency = new float[length + 1];
        _scrapes = new Scrape[length + 1];
        _blipStable = new bool[length + 1];
        _blipCanary = new bool[length + 1];
        _restart = new bool[length + 1];
        var dice = new Dice(Dice.Seed(seed, 1));
        DrawWeather(ref dice);
        Strew(ref dice, scenario.Blips == Side.None ? 0 : scenario.BlipCount, 30, 150, (_, i) =>
        {
            _blipCanary[i] = true;
            _blipStable[i] = scenario.Blips == Side.Both;
        }, distance: scenario.BlipsCluster ? 0 : 600);
        Strew(ref dice, scenario.Restarts, 0, 0, (_, i) => _restart[i] = true);
        Strew(ref dice, scenario.Gaps, 60, 720, (n, i) => _scrapes[i] = n % 2 == 0 ? Scrape.Failed : Scrape.NotANumber);
        Strew(ref dice, scenario.Outages, 120, 1200, (n, i) => _scrapes[i] = n % 2 == 0 ? Scrape.Failed : _scrapes[i], (from, to) => _outages.Add((from, to)));
    }

    /// <summary>What became of a scrape of the new version.</summary>
    public enum Scrape : byte
    {
        Good,
        Failed,
        NotANumber,
    }

    /// <summary>The upper bounds of the histogram's buckets in seconds: those of the client libraries.</summary>
    public static double[] Bounds { get; } = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, double.PositiveInfinity];

    /// <summary>How many counters a version has: a bucket for each bound, and the errors.</summary>
    public static int Width { get; } = Bounds.Length + 1;

    /// <summary>How many scrapes there are after the first.</summary>
    public int Length { get; }

    /// <summary>What is wrong with the release.</summary>
    public Scenario Scenario => _scenario;

    /// <summary>What became of a scrape while the new version had a share.</summary>
    public Scrape ScrapeAt(int index, int percent) =>
        _scenario.SilentFrom > 0 && percent >= _scenario.SilentFrom ? Scrape.Failed : _scrapes[index];

    /// <summary>Whether the new version was restarted between the scrape before and this one.</summary>
    public bool RestartedAt(int index) => _restart[index];

    /// <summary>Whether the metrics backend does not answer.</summary>
    /// <param name="seconds">Since the start.</param>
    public bool BackendIsDown(double seconds)
    {
        foreach ((double from, double to) in _outages)
            if (seconds >= from && seconds < to) return true;
        return false;
    }

    /// <summary>What one version served between the scrape before and this one: requests up to each bound, and at last how many of all failed.</summary>
    /// <param name="index">The scrape.</param>
    /// <param name="percent">The share of the new version.</param>
    /// <param name="canary">Whether it is the new version that is asked for.</param>
    public ReadOnlySpan<int> Served(int index, int percent, bool canary)
    {
        if (!_draws.TryGetValue((percent, canary), out Draws? draws)) _draws[(percent, canary)] = draws = new Draws(Length + 1);
        Span<int> row = draws.Counts.AsSpan(index * Width, Width);
        if (draws.Known[index]) return row;
        draws.Known[index] = true;
        row[^1] = Draw(index, percent, canary, row[..^1]);
        for (int i = 1; i < Width - 1; i++) row[i] += row[i - 1];
        return row;
    }

    /// <summary>Up to when the backend goes on answering: before the next outage.</summary>
    public double AnswersUntil(double seconds)
    {
        double until = double.MaxValue;
        foreach ((double from, double to) in _outages)
            if (to > seconds) until = Math.Min(until, from - 1);
        return until;
    }

    private int Draw(int index, int percent, bool canary, Span<int> requests)
    {
        var dice = new Dice(Dice.Seed(_seed, (ulong)index, ((ulong)percent * 2) + (canary ? 2UL : 3UL)));
        double expected = _rate[index] * Pace * (canary ? percent : 100 - percent) / 100.0;
        bool wrong = canary && percent >= _scenario.FromPercent, blip = canary ? _blipCanary[index] : _blipStable[index];
        double median = _latency[index] * (wrong ? _scenario.LatencyFactor : 1) * (blip ? 3 : 1);
        double below = 0, scale = 1 / LatencySpread, middle = Math.Log(median);
        int all = 0;
        for (int i = 0; i < requests.Length; i++)
        {
            double upTo = i == requests.Length - 1 ? 1 : Phi((LogBounds[i] - middle) * scale);
            all += requests[i] = dice.Poisson(expected * (upTo - below));
            below = upTo;
        }

        return dice.Binomial(all, _errors[index] * (wrong ? _scenario.ErrorFactor : 1) * (blip ? 20 : 1));
    }

    private static readonly double[] LogBounds = [.. Bounds.Select(bound => Math.Log(bound))];

    private static double Phi(double z)
    {
        double at = (z + Reach) * (Cells / (2 * Reach));
        if (at <= 0) return 0;
        if (at >= Cells) return 1;
        int cell = (int)at;
        return Normal[cell] + ((Normal[cell + 1] - Normal[cell]) * (at - cell));
    }

    /// <summary>Day curve, and noise that wanders with a memory of five minutes.</summary>
    private void DrawWeather(ref Dice dice)
    {
        double phase = dice.Next(), memory = Math.Exp(-Pace / 300.0), fresh = Math.Sqrt(1 - (memory * memory));
        double rate = dice.Normal(), errors = dice.Normal(), latency = dice.Normal();
        for (int i = 0; i <= Length; i++)
        {
            double day = (1 + Math.Cos(2 * Math.PI * (phase + (i * Pace / _scenario.Day.TotalSeconds)))) / 2;
            double noise = 0.1 * _scenario.Noise;
            _rate[i] = (float)(_scenario.PeakRate * (_scenario.Night + ((1 - _scenario.Night) * day)) * Math.Exp(noise * rate));
            _errors[i] = (float)(ErrorShare * Math.Exp(Math.Clamp(noise * errors, -0.3, 0.3)));
            // Slower under load, and never by noise alone for long beyond what the bound allows.
            _latency[i] = (float)(MedianLatency * Math.Exp((0.1 * (day - 1)) + Math.Clamp(noise * latency / 2, -0.15, 0.15)));
            rate = (memory * rate) + (fresh * dice.Normal());
            errors = (memory * errors) + (fresh * dice.Normal());
            latency = (memory * latency) + (fresh * dice.Normal());
        }
    }

    /// <summary>Strews events over time, as many in 2½ hours on average, at least a distance apart.</summary>
    private void Strew(ref Dice dice, double count, double shortest, double longest, Action<int, int> mark, Action<double, double>? tell = null, double distance = 0)
    {
        if (count <= 0) return;
        int number = dice.Next() < 0.5 ? 0 : 1;
        double mean = 9000 / count, end = Length * Pace;
        for (double at = dice.Exponential(mean); at < end; at += distance + dice.Exponential(mean - distance), number++)
        {
            double to = at + dice.Between(shortest, longest);
            tell?.Invoke(at, to);
            int first = (int)Math.Ceiling(at / Pace);
            for (int i = first; i <= Length && (i == first || i * Pace < to); i++) mark(number, i);
            at = to;
        }
    }

    /// <summary>What was drawn at a share so far; several policies ask for it.</summary>
    private sealed class Draws(int length)
    {
        public int[] Counts { get; } = new int[length * Width];

        public bool[] Known { get; } = new bool[length];
    }
}
