using ReadyOps.Core.Statistics;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>What became of all rollouts of a scenario under a policy.</summary>
internal sealed class Tally
{
    private readonly List<double> _delays = [];

    public int Rollouts { get; private set; }

    /// <summary>Taken back although nothing was wrong, or nothing yet.</summary>
    public int FalseRollbacks { get; private set; }

    /// <summary>Taken back after the regression had begun.</summary>
    public int Caught { get; private set; }

    /// <summary>Brought to everybody.</summary>
    public int Promoted { get; private set; }

    /// <summary>Neither, when the time was up.</summary>
    public int Held { get; private set; }

    /// <summary>Rollouts that went further at least once without data.</summary>
    public int Blind { get; private set; }

    public void Add(Outcome outcome)
    {
        Rollouts++;
        Blind += outcome.BlindPromotions > 0 ? 1 : 0;
        if (outcome.IsFalseRollback)
        {
            FalseRollbacks++;
        }
        else if (outcome.End == Ending.RolledBack)
        {
            Caught++;
            _delays.Add(outcome.Seconds - outcome.Onset!.Value);
        }

        Promoted += outcome.End == Ending.Promoted ? 1 : 0;
        Held += outcome.End == Ending.Held ? 1 : 0;
    }

    /// <summary>Seconds from the onset of the regression to the rollback within which so many of the caught ones were taken back.</summary>
    public double Delay(double share)
    {
        if (_delays.Count == 0) return double.NaN;
        _delays.Sort();
        return _delays[Math.Min(_delays.Count - 1, (int)Math.Ceiling(share * _delays.Count) - 1)];
    }

    /// <summary>The share below which the true one is with 95 % confidence: Clopper and Pearson's one-sided limit, for none of n 3/n.</summary>
    public static double UpperLimit(int count, int of)
    {
        if (count >= of) return 1;
        double low = (double)count / of, high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (AtMost(count, of, middle) > 0.05) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>How likely so many events or fewer are.</summary>
    private static double AtMost(int count, int of, double share)
    {
        double sum = 0;
        for (int i = 0; i <= count; i++) sum += Math.Exp(SpecialFunctions.LogChoose(of, i) + (i * Math.Log(share)) + ((of - i) * Math.Log(1 - share)));
        return sum;
    }
}
