using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Signals;

namespace ReadyOps.Simulation;

/// <summary>
/// Checks what holds of every rollout, from the bytes of the journals, the true share and the true samples. Nothing of the machine
/// that decides is used here.
/// </summary>
internal sealed partial class LawBook(SimWorld world)
{
    private readonly Dictionary<string, Chain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Ledger> _ledgers = new(StringComparer.Ordinal);
    private SimProcess? _setting;

    /// <summary>The first law that was broken.</summary>
    public LawBrokenException? Broken { get; private set; }

    public long[] Checked { get; } = new long[Enum.GetValues<Law>().Length];

    /// <summary>The rollouts that were started, in order.</summary>
    public List<Ledger> Ledgers { get; } = [];

    /// <summary>How often a target was set or a journal appended to.</summary>
    public int Writes { get; private set; }

    public void Hold(Law law, bool holds, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(holds))] Why why)
    {
        Checked[(int)law]++;
        // Not thrown: the engine takes whatever a target throws for a failed act.
        if (!holds) Broken ??= new LawBrokenException(law, why.ToStringAndClear());
    }

    /// <summary>Everything that is in a stream now was acknowledged to somebody, or found by the next who took its lease.</summary>
    /// <returns>The rollout, if it is the journal of one.</returns>
    public Ledger? Accept(string stream)
    {
        Ledger? ledger = null;
        if (stream.StartsWith("rollouts/", StringComparison.Ordinal) && !_ledgers.TryGetValue(stream, out ledger)) _ledgers[stream] = ledger = new Ledger(stream);
        if (!world.Disk.Files.TryGetValue(stream, out SimFile? file)) return ledger;
        // Goes on behind what it has read, also where that was damaged since.
        if (!_chains.TryGetValue(stream, out Chain? chain)) _chains[stream] = chain = new Chain();
        string? problem = chain.Read(file, ledger is null ? null : (type, data, time, actor, look) => Take(ledger, type, data, time, actor, look));
        Hold(Law.ChainHolds, problem is null, $"{stream}: {problem}");
        if (file.Length > file.Acknowledged) Writes++;
        file.Acknowledge();
        return ledger;
    }

    public void Answered(SimProcess process, SimSignal signal, string series, SignalSpan span, DateTimeOffset until, IReadOnlyList<SignalSample> samples, bool isError)
    {
        if (process.IsDead || process.Held is not { } ledger || IsOvertaken(process, ledger)) return;
        Hold(Law.BackWaitsForNothing, !ledger.IsRollbackAsked, $"a person asked to go back, and waits for {series}");
        process.Look.HeardAt = process.Agent.Clock.Now;
        process.Look.SignalsHeardAt = process.Look.HeardAt;
        if (signal.IsCheck && !isError && samples is [{ Value: 1 }, ..]) ledger.FailedInARow[signal.Name] = 0;
        process.Look.Answers[series] = new SimAnswer(until.UtcTicks, isError, IsNew: false);
        if (ledger.DeliveredUntil.TryGetValue(series, out long before))
            Hold(Law.NoSpanSkipped, span.After.UtcTicks <= before || signal.IsCheck, $"{series} is asked for from {span.After:HH:mm:ss} on and was answered up to {new DateTimeOffset(before, TimeSpan.Zero):HH:mm:ss}");
        if (isError)
        {
            ledger.Erred.Add(series);
            return;
        }

        ledger.ErredSince.Remove(series);
        ledger.DeliveredUntil[series] = Math.Max(before, until.UtcTicks);
        if (!ledger.Delivered.TryGetValue(series, out List<(DateTimeOffset Time, bool Good)>? all)) ledger.Delivered[series] = all = [];
        foreach (SignalSample sample in samples)
        {
            bool good = signal.IsCheck ? sample.Value == 1 : sample.Value <= 0.01;
            int place = all.Count;
            // Of a check, one whose clock was ahead may have seen what it did not live to tell.
            while (signal.IsCheck && place > 0 && all[place - 1].Time > sample.Time) place--;
            if (place > 0 && sample.Time <= all[place - 1].Time)
            {
                // Asked for again in another step, a mean may be one over another time.
                if (signal.IsMean && all.FindLastIndex(known => known.Time == sample.Time) is >= 0 and var at) all[at] = (sample.Time, good);
                continue;
            }

            all.Insert(place, (sample.Time, good));
            process.Look.Answers[series] = new SimAnswer(until.UtcTicks, isError, IsNew: true);
        }
    }

    /// <summary>Who was told that nothing was appended acts accordingly: it must not be found later.</summary>
    public void AfterFailedAppend(SimProcess process, string stream)
    {
        if (process.IsDead || process.Look.CutFaults > 0 || !world.Disk.Files.TryGetValue(stream, out SimFile? file)) return;
        Hold(Law.FailedIsTakenBack, file.Length == file.Acknowledged, $"{stream} keeps {file.Length - file.Acknowledged} bytes of an append that failed");
    }

    /// <summary>Whether a journal was damaged before a command began, and where its process has to read.</summary>
    private bool MustFindDamage(SimProcess process, string stream) =>
        process.Look.BeganDamaged && world.Disk.Files[stream] is { IsDamaged: true } file && file.FlippedAt >= process.Reach.GetValueOrDefault(stream);

    public void AfterPowerLoss()
    {
        foreach ((string stream, SimFile file) in world.Disk.Files)
            Hold(Law.AcknowledgedIsKept, file.Length >= file.Acknowledged, $"{stream} has {file.Length} bytes of {file.Acknowledged} that were acknowledged");
    }

    private void Take(Ledger ledger, string type, JsonElement data, DateTimeOffset time, string actor, Look look)
    {
        if (type != "SignalsObserved")
        {
            look.Events++;
            world.Story?.Add($"{world.Stamp}   {actor} at {time:HH:mm:ss}: {type} {data.GetRawText()[..Math.Min(300, data.GetRawText().Length)]}");
        }

        BeforeEvent(ledger, type, data, time, actor, look);
        ledger.Apply(type, data, time, look);
        if (type != "RolloutStarted") return;
        Ledgers.Add(ledger);
        world.Rollouts.Add(ledger.Id);
    }

    /// <summary>A journal's own reader: hash by hash, after docs/journal.md.</summary>
    private sealed class Chain
    {
        private const int Suffix = 75;
        private int _read;
        private long _sequence;
        private string _hash = new('0', 64);

        public string? Read(SimFile file, Action<string, JsonElement, DateTimeOffset, string, Look>? take)
        {
            while (_read < file.Length)
            {
                ReadOnlySpan<byte> rest = file.Content[_read..];
                int length = rest.IndexOf((byte)'\n');
                if (length < 0) return $"it ends within a line at {_read}";
                ReadOnlySpan<byte> line = rest[..length];
                if (length < Suffix) return $"line {_sequence + 1} is too short";
                string hash = Convert.ToHexStringLower(SHA256.HashData(line[..^Suffix]));
                if (!line[^(Suffix - 9)..^2].SequenceEqual(Encoding.ASCII.GetBytes(hash))) return $"line {_sequence + 1} does not fit its hash";
                using JsonDocument json = JsonDocument.Parse(line.ToArray());
                JsonElement root = json.RootElement;
                if (root.GetProperty("seq").GetInt64() != ++_sequence) return $"line {_sequence} has another number";
                if (root.GetProperty("prev").GetString() != _hash) return $"line {_sequence} does not continue the line before";
                _hash = hash;
                Look look = file.WriterAt(_read);
                _read += length + 1;
                take?.Invoke(root.GetProperty("type").GetString()!, root.GetProperty("data"), root.GetProperty("time").GetDateTimeOffset(), root.GetProperty("actor").GetString()!, look);
            }

            return null;
        }
    }
}
