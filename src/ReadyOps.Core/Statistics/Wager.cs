namespace ReadyOps.Core.Statistics;

/// <summary>
/// A gambler who bets against a hypothesis under which no bet gains on average. The hypothesis holding, the capital is a nonnegative
/// supermartingale that starts at 1, so the chance that it ever reaches 1/α is at most α, however often one looks (Ville, Étude
/// critique de la notion de collectif, 1939; Ramdas, Grünwald, Vovk and Shafer, Game-theoretic statistics and safe anytime-valid
/// inference, Statistical Science 38, 2023).
/// </summary>
/// <remarks>
/// It spreads over several bets, because it does not know how large an effect will be, and over the moments at which the effect may
/// begin, because a regression may come late: before round t it stakes 1/(t(t+1)) of the starting capital anew, which sums to all of
/// it. A mixture of such capitals is one too.
/// </remarks>
internal sealed class Wager(int bets)
{
    // Far beyond any alpha, and still far from where doubles end.
    private const double Most = 1e280;

    private readonly double[] _capital = new double[bets];
    private long _rounds;

    /// <summary>The capital now.</summary>
    public double Evidence { get; private set; } = 1;

    /// <summary>The most it ever was: its inverse is a p that stays valid at every look.</summary>
    public double Best { get; private set; } = 1;

    /// <summary>Writes down how it stands.</summary>
    public void Save(BinaryWriter to)
    {
        to.Write(_rounds);
        to.Write(Evidence);
        to.Write(Best);
        foreach (double capital in _capital) to.Write(capital);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader from)
    {
        _rounds = from.ReadInt64();
        Evidence = from.ReadDouble();
        Best = from.ReadDouble();
        for (int i = 0; i < _capital.Length; i++) _capital[i] = from.ReadDouble();
    }

    /// <summary>Plays one round.</summary>
    /// <param name="gains">By what each bet multiplies its stake: never negative, and under the hypothesis at most 1 on average given all before.</param>
    public void Play(ReadOnlySpan<double> gains)
    {
        double round = ++_rounds, stake = 1 / (round * (round + 1)) / _capital.Length;
        // What is not staked yet.
        double sum = 1 / (round + 1);
        for (int i = 0; i < _capital.Length; i++) sum += _capital[i] = Math.Min(Most, (_capital[i] + stake) * Math.Min(Most, gains[i]));
        Evidence = sum;
        Best = Math.Max(Best, sum);
    }
}
