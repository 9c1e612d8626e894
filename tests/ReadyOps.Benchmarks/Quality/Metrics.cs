using System.Runtime.InteropServices;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>What a metric is asked for.</summary>
internal enum Metric
{
    Errors,
    P95,
    P99,
}

/// <summary>
/// What Prometheus holds of one rollout under one policy: the counters of both versions as they were scraped, and the answers that its
/// functions give over them. Counters depend on the shares that the policy sets, so each policy has its own.
/// </summary>
/// <remarks>
/// rate() sums the increases between the scrapes in its window, left-open as since Prometheus 3, taking a fall for a reset; what it
/// extrapolates to the ends of the window cancels in quotients and quantiles. Fewer than two scrapes are an empty answer, a scrape of
/// NaN makes NaN, and so does a quotient of nothing.
/// </remarks>
internal sealed class Metrics(World world, params Metric[] watched)
{
    /// <summary>All but the last are cumulative buckets, the last is the errors.</summary>
    private static int Width => World.Width;

    private readonly Series _canary = new(world, canary: true);
    private readonly Series _stable = new(world, canary: false);
    private readonly double[] _answered = [double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity];
    private int _known;

    /// <summary>The share of the new version, in per cent.</summary>
    public int Percent { get; private set; }

    /// <summary>When the share was last set, in seconds since the start.</summary>
    public double Since { get; private set; }

    /// <summary>When what is wrong with the release began to show; <see langword="null"/> as long as it has not.</summary>
    public double? Onset { get; private set; }

    /// <summary>How often the share rose, or the rollout succeeded, although some metric had given no number since the share was set, or none of late.</summary>
    public int BlindPromotions { get; private set; }

    /// <summary>What a counter of either version was at a scrape; NaN where the scrape brought NaN, nothing where it failed.</summary>
    /// <param name="canary">Which version.</param>
    /// <param name="index">The scrape.</param>
    /// <param name="column">The index of a bucket's bound, or that of the errors after the last.</param>
    public double? Counter(bool canary, int index, int column) => index > _known ? null : (canary ? _canary : _stable).Raw(index, column);

    /// <summary>Sets the share.</summary>
    public void SetShare(int percent, double seconds)
    {
        AdvanceTo(seconds);
        if (percent > Percent) NotePromotion(seconds);
        (Percent, Since) = (percent, seconds);
        if (world.Scenario.IsRegression && percent >= world.Scenario.FromPercent) Onset ??= seconds;
    }

    /// <summary>Notes that the release goes further, or is done.</summary>
    public void NotePromotion(double seconds)
    {
        // The first step is taken before anything can be known.
        if (Percent == 0) return;
        foreach (Metric metric in watched)
        {
            // Ten minutes are more than any of the policies lets pass between two looks.
            double answered = _answered[(int)metric];
            if (answered > Since && seconds - answered <= 600) continue;
            BlindPromotions++;
            return;
        }
    }

    /// <summary>Notes that a policy got a number.</summary>
    public void NoteAnswer(Metric metric, double seconds) => _answered[(int)metric] = Math.Max(_answered[(int)metric], seconds);

    /// <summary>What a query of the new version answers at a moment.</summary>
    /// <param name="metric">What is asked for.</param>
    /// <param name="seconds">When, since the start.</param>
    /// <param name="window">How far back, in seconds.</param>
    /// <param name="value">The value; may be NaN.</param>
    /// <returns>Whether there is any.</returns>
    public bool TryAsk(Metric metric, double seconds, double window, out double value)
    {
        AdvanceTo(seconds);
        value = double.NaN;
        int first = Math.Max(0, (int)Math.Floor((seconds - window) / World.Pace) + 1), last = Math.Min(_known, (int)Math.Floor(seconds / World.Pace));
        if (!_canary.TryWindow(ref first, ref last, out bool nan)) return false;
        if (nan) return true;
        value = metric switch
        {
            Metric.Errors => _canary.ErrorShare(first, last),
            Metric.P95 => _canary.Quantile(0.95, first, last),
            _ => _canary.Quantile(0.99, first, last),
        };
        return true;
    }

    /// <summary>Lets time pass at the present share.</summary>
    public void AdvanceTo(double seconds)
    {
        int until = Math.Min((int)Math.Floor(seconds / World.Pace), world.Length);
        for (; _known < until; _known++)
        {
            _canary.Add(_known + 1, Percent);
            _stable.Note(_known + 1, Percent);
        }
    }

    /// <summary>The counters of one version, each row what was counted up to a scrape had there been no reset.</summary>
    private sealed class Series(World world, bool canary)
    {
        private readonly List<int> _rows = [.. new int[Width]];
        private readonly List<int> _raws = [.. new int[Width]];
        private readonly List<byte> _shares = [0];
        private readonly List<World.Scrape> _scrapes = [World.Scrape.Good];
        private readonly int[] _raw = new int[Width];
        private readonly int[] _seen = new int[Width];
        private int _drawn;

        /// <summary>Remembers a share; the requests are drawn when they are asked for.</summary>
        public void Note(int index, int percent)
        {
            if (_shares.Count == index) _shares.Add((byte)percent);
        }

        public void Add(int index, int percent)
        {
            Note(index, percent);
            DrawTo(index);
        }

        public double? Raw(int index, int column)
        {
            DrawTo(index);
            return _scrapes[index] switch { World.Scrape.Good => _raws[(index * Width) + column], World.Scrape.NotANumber => double.NaN, _ => null };
        }

        public bool TryWindow(ref int first, ref int last, out bool nan)
        {
            nan = false;
            while (first < last && _scrapes[first] == World.Scrape.Failed) first++;
            while (last > first && _scrapes[last] == World.Scrape.Failed) last--;
            if (first >= last) return false;
            for (int i = first; i <= last; i++) nan |= _scrapes[i] == World.Scrape.NotANumber;
            return true;
        }

        public double ErrorShare(int first, int last) => (double)(At(last, Width - 1) - At(first, Width - 1)) / (At(last, Width - 2) - At(first, Width - 2));

        /// <summary>As histogram_quantile has it: spread evenly within a bucket. A test holds it against the one of the engine.</summary>
        public double Quantile(double q, int first, int last)
        {
            double all = At(last, Width - 2) - At(first, Width - 2);
            if (!(all > 0)) return double.NaN;
            double rank = q * all, before = 0, from = 0;
            for (int i = 0; i < World.Bounds.Length - 1; i++)
            {
                double upTo = At(last, i) - At(first, i);
                if (upTo >= rank && upTo > before) return from + ((World.Bounds[i] - from) * ((rank - before) / (upTo - before)));
                (before, from) = (upTo, World.Bounds[i]);
            }

            return World.Bounds[^2];
        }

        private int At(int index, int column) => CollectionsMarshal.AsSpan(_rows)[(index * Width) + column];

        private void DrawTo(int index)
        {
            for (; _drawn < index; _drawn++)
            {
                int at = _drawn + 1, percent = _shares[at];
                ReadOnlySpan<int> served = world.Served(at, percent, canary);
                World.Scrape scrape = canary ? world.ScrapeAt(at, percent) : World.Scrape.Good;
                if (canary && world.RestartedAt(at))
                {
                    Array.Clear(_raw);
                }
                else
                {
                    for (int i = 0; i < served.Length; i++) _raw[i] += served[i];
                }

                Take(scrape);
            }
        }

        private void Take(World.Scrape scrape)
        {
            int row = _rows.Count;
            CollectionsMarshal.SetCount(_rows, row + Width);
            Span<int> rows = CollectionsMarshal.AsSpan(_rows);
            rows.Slice(row - Width, Width).CopyTo(rows[row..]);
            _raws.AddRange(_raw);
            _scrapes.Add(scrape);
            if (scrape != World.Scrape.Good) return;
            for (int i = 0; i < Width; i++)
            {
                rows[row + i] += _raw[i] >= _seen[i] ? _raw[i] - _seen[i] : _raw[i];
                _seen[i] = _raw[i];
            }
        }
    }
}
