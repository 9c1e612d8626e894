using System.Globalization;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>
/// A share that grows in a straight line between two moments, by itself: it is computed from the time when a flag is evaluated, so it
/// moves with nothing of ours running. Each user changes over once, at a moment of their own, and stays.
/// </summary>
/// <param name="Start">When it begins to grow, to the second.</param>
/// <param name="End">When it has grown, to the second.</param>
/// <param name="From">The share before, in per cent (0–100).</param>
/// <param name="To">The share after, in per cent (0–100).</param>
public sealed record Progressive(DateTimeOffset Start, DateTimeOffset End, decimal From = 0, decimal To = 100) : FlagStrategy
{
    /// <inheritdoc/>
    public override string Name => "progressive";

    internal override JsonNode Rule()
    {
        (long start, long end) = (Start.ToUnixTimeSeconds(), End.ToUnixTimeSeconds());
        (long from, long slope, long total, long before) = Weights();
        // weight(t) = from + slope * (t - start), of a total that stays the same: then nobody changes back.
        JsonNode elapsed = new JsonObject { ["-"] = new JsonArray(Var("$flagd.timestamp"), start) };
        JsonNode grown = slope == 1 ? elapsed : new JsonObject { ["*"] = new JsonArray(elapsed, slope) };
        JsonNode weight = from == 0 ? grown : new JsonObject { ["+"] = new JsonArray(from, grown) };
        return If(
            new JsonObject { ["<"] = new JsonArray(Var("$flagd.timestamp"), start) }, ShareRule(From),
            new JsonObject { ["<"] = new JsonArray(Var("$flagd.timestamp"), end) }, Fractional(weight, total, before, (sum, share) => new JsonObject { ["-"] = new JsonArray(sum, share.DeepClone()) }),
            ShareRule(To));
    }

    internal override IEnumerable<(string Name, JsonValue Value)> Parameters() =>
    [
        ("start", JsonValue.Create(Moment(Start))), ("end", JsonValue.Create(Moment(End))),
        ("from", JsonValue.Create(From)), ("to", JsonValue.Create(To)),
    ];

    internal override string? Problem()
    {
        if ((base.Problem() ?? ShareProblem(From) ?? ShareProblem(To)) is { } problem) return problem;
        if (End.ToUnixTimeSeconds() <= Start.ToUnixTimeSeconds()) return $"it ends at {Moment(End)}, which is not after its start at {Moment(Start)}";
        // A share that shrinks would take the variant away from those who had it first.
        if (To <= From) return string.Create(CultureInfo.InvariantCulture, $"a share that goes from {From}% to {To}% does not grow");
        return Weights().Total > int.MaxValue ? "flagd cannot deal out so finely over so long a time: take whole per cents, or a shorter time" : null;
    }

    internal static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    internal override string Describe() => $"{Percents(From)} to {Percents(To)} from {Moment(Start)} to {Moment(End)}";

    /// <summary>The weight at the start, what it grows by in a second, the sum, and the weight before the slot; whole and as small as they can be.</summary>
    private (long From, long Slope, long Total, long Before) Weights()
    {
        long seconds = End.ToUnixTimeSeconds() - Start.ToUnixTimeSeconds();
        long from = (long)(From * 1000) * seconds;
        long slope = (long)((To - From) * 1000);
        long total = 100_000 * seconds;
        long before = Thousandths(Slot?.From ?? 0) * seconds;
        long divisor = Divisor(Divisor(Divisor(from, slope), total), before);
        return divisor == 0 ? (0, 0, 0, 0) : (from / divisor, slope / divisor, total / divisor, before / divisor);
    }

    private static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
}
