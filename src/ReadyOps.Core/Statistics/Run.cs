namespace ReadyOps.Core.Statistics;

/// <summary>
/// Since when a change seems to be there: Page's cumulative sum (Biometrika 41, 1954). It only dates the change, so that an estimate is
/// not watered down by all that was healthy before; whether there is one, the wagers say.
/// </summary>
internal sealed class Run
{
    /// <summary>The logarithm of the odds that the present run speaks for a change.</summary>
    public double Evidence { get; private set; }

    /// <summary>What the run has summed up for the canary and for the baseline, and the weight that makes their difference one of rates.</summary>
    public (double Canary, double Baseline, double Weight) Sums { get; private set; }

    /// <summary>Writes down how it stands.</summary>
    public void Save(BinaryWriter to)
    {
        to.Write(Evidence);
        to.Write(Sums.Canary);
        to.Write(Sums.Baseline);
        to.Write(Sums.Weight);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader from)
    {
        Evidence = from.ReadDouble();
        Sums = (from.ReadDouble(), from.ReadDouble(), from.ReadDouble());
    }

    /// <summary>Adds one look; a run that has lost its evidence begins again.</summary>
    public void Add(double gain, double canary, double baseline, double weight = 1)
    {
        Evidence += Math.Log(gain);
        if (Evidence > 0)
        {
            Sums = (Sums.Canary + canary, Sums.Baseline + baseline, Sums.Weight + weight);
        }
        else
        {
            Evidence = 0;
            Sums = default;
        }
    }
}
