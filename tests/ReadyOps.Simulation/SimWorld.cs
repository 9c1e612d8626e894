using System.Globalization;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Simulation;

/// <summary>Everything around the engine, decided by one seed.</summary>
internal sealed class SimWorld
{
    /// <summary>Any moment will do; this one lies on no grid of the signals.</summary>
    public static readonly DateTimeOffset Beginning = new(2027, 1, 15, 8, 0, 3, TimeSpan.Zero);

    private readonly long[] _until = new long[Enum.GetValues<Fault>().Length];
    private readonly int[] _victims = new int[Enum.GetValues<Fault>().Length];
    private readonly bool[] _once = new bool[Enum.GetValues<Fault>().Length];
    private readonly List<SimAgent> _agents = [];
    private int _momentsLeft;
    private bool _isCalm;
    private bool _flipWanted;

    public SimWorld(ulong seed, bool tells)
    {
        var draw = new SimDraw(seed);
        (Profile, Extras, Plan) = (draw.Profile, draw.Extras, draw.Plan);
        SeedRandom random = draw.Random;
        Shares = [.. Enumerable.Range(0, Extras.Targets).Select(_ => new SimShare())];
        Scheduler = new Scheduler(random.Fork(), Beginning.UtcTicks);
        Traffic = new SimTraffic(random.Fork(), Plan, Profile.Has(Fault.MetricsStale), Beginning.UtcTicks);
        if (Plan.Window is { } window) Shares[0].Set(window.Share);
        Random = random.Fork();
        Database = Profile.IsShared ? new SimDatabase(this) : null;
        Checks = new SimChecks(Extras.Random, Plan);
        Hooks = Plan.Hooks is null ? null : new SimHooks(this, Extras.Random);
        Story = tells ? [] : null;
        Laws = new LawBook(this);
        Story?.Add(Plan.Text);
        for (int i = 0; i < Profile.Agents; i++) _agents.Add(new SimAgent(this, random.Fork(), i));
        _momentsLeft = Random.Between(1, Profile.OpsBetweenFaults);
    }

    public SimProfile Profile { get; }

    public SimExtras Extras { get; }

    public SimPlan Plan { get; }

    public Scheduler Scheduler { get; }

    /// <summary>The plan as the engine's own reader understands it.</summary>
    public RolloutDefinition? Definition { get; set; }

    public SimTraffic Traffic { get; }

    public SimChecks Checks { get; }

    /// <summary>Whom the document tells when a person must look, if it does.</summary>
    public SimHooks? Hooks { get; }

    /// <summary>Whether nothing fails any more.</summary>
    public bool IsCalm => _isCalm;

    public SimDisk Disk { get; } = new();

    /// <summary>What each target truly exposes.</summary>
    public IReadOnlyList<SimShare> Shares { get; }

    /// <summary>Where the journals are, if not on a disk.</summary>
    public SimDatabase? Database { get; }

    public LawBook Laws { get; }

    /// <summary>Decides the faults.</summary>
    public SeedRandom Random { get; }

    /// <summary>What happened, where somebody wants to read it.</summary>
    public List<string>? Story { get; }

    public long[] Faults { get; } = new long[Enum.GetValues<Fault>().Length];

    public long Operations { get; private set; }

    public long Commands { get; set; }

    /// <summary>How many commands are under way.</summary>
    public int Busy { get; set; }

    /// <summary>How often a clock has jumped.</summary>
    public int Jumps { get; private set; }

    /// <summary>How often the share was changed by hand.</summary>
    public int HandChanges { get; private set; }

    /// <summary>The rollouts that were started, by the order of their starts.</summary>
    public List<string> Rollouts { get; } = [];

    /// <summary>Whether a law was broken: nothing after that counts.</summary>
    public bool IsOver => Laws.Broken is not null;

    public bool IsDamaged { get; private set; }

    /// <summary>Whether every clock has been right so far, up to a millisecond.</summary>
    public bool ClocksAreRight { get; private set; } = true;

    public bool IsDiskFull => Scheduler.Now < _until[(int)Fault.DiskFull];

    public string Stamp => new DateTimeOffset(Scheduler.Now, TimeSpan.Zero).ToString("HH:mm:ss.f", CultureInfo.InvariantCulture);

    public void Run()
    {
        Scheduler.Run([.. _agents.Select(agent => (Action)agent.Live)]);
        (Faults[(int)Fault.Interleaved], Faults[(int)Fault.MetricsStale]) = (Scheduler.Switches, Traffic.Silences);
        if (IsOver) return;
        if (Profile.CalmAtTheEnd && !IsDamaged)
        {
            CalmDown();
            _agents[0].ComeToAnEnd();
        }

        if (!IsOver) Laws.AtTheEnd();
    }

    public void Count(Fault fault) => Faults[(int)fault]++;

    /// <summary>Whether a fault lasts; counts its hit.</summary>
    public bool Is(Fault fault)
    {
        if (Scheduler.Now >= _until[(int)fault]) return false;
        Count(fault);
        return true;
    }

    /// <summary>Whether a fault lasts at one of several targets.</summary>
    public bool Is(Fault fault, int target) => (Shares.Count == 1 || _victims[(int)fault] == target) && Is(fault);

    public bool TakeOnce(Fault fault)
    {
        if (!_once[(int)fault]) return false;
        _once[(int)fault] = false;
        return true;
    }

    public IOException DiskFails(SimProcess process, Fault fault, string why)
    {
        Count(fault);
        process.Look.DiskFaults++;
        if (fault == Fault.CutFails) process.Look.CutFaults++;
        if (fault == Fault.DiskFull) process.Look.FullFaults++;
        return fault == Fault.DiskFull ? new IOException(why, DiskFull.Code) : new IOException(why);
    }

    public void Sleep(SimProcess process, TimeSpan time)
    {
        if (Database is null) Scheduler.SleepUntil(Scheduler.Now + time.Ticks);
        else process.Agent.Clock.WaitUntil(Scheduler.Now + time.Ticks);
        PassTime();
        if (process.IsDead || IsOver) throw new KilledException();
    }

    /// <summary>The moment between two operations of a process.</summary>
    public void PassMoment(SimProcess process)
    {
        Operations++;
        PassTime();
        if (_isCalm) return;
        if (--_momentsLeft <= 0 && Profile.Disturbances.Count > 0)
        {
            _momentsLeft = Random.Between(1, 2 * Profile.OpsBetweenFaults);
            Disturb(process, Profile.Disturbances[Random.Below(Profile.Disturbances.Count)]);
        }

        if (Scheduler.Shared && Random.OneIn(6)) Scheduler.Yield();
    }

    /// <summary>Done by whoever comes next with nothing in its hands: a bit that flips under a running command may go unseen by it.</summary>
    public void FlipWantedBit()
    {
        if (!_flipWanted || Laws.Ledgers.LastOrDefault() is not { } ledger) return;
        SimFile file = Disk.Files[ledger.Stream];
        if (file.Acknowledged == 0 || Busy > 0) return;
        if (Disk.Snapshots.TryGetValue(ledger.Stream, out SimSnapshot? snapshot) && snapshot.Bytes is { Length: > 0 } bytes && Random.OneIn(2))
        {
            // Nobody is to notice: not even a command that fails.
            snapshot.Flip(Random.Below(bytes.Length), Random.Below(8));
            _flipWanted = false;
            Count(Fault.BitFlipped);
            Story?.Add($"{Stamp} a bit flips beside {ledger.Stream}");
            return;
        }

        int offset = Random.Below(file.Acknowledged), bit = Random.Below(8);
        file.Flip(offset, bit);
        _flipWanted = false;
        IsDamaged = true;
        Count(Fault.BitFlipped);
        Story?.Add($"{Stamp} bit {bit} of byte {offset} of {file.Acknowledged} flips in {ledger.Stream}");
    }

    /// <summary>Whatever was still under way and has arrived by now.</summary>
    private void PassTime()
    {
        foreach (SimShare share in Shares) share.PassTime(Scheduler.Now);
        Database?.PassTime();
    }

    /// <summary>An act took effect that nobody who holds the lease knows of.</summary>
    public void NoteLateAct(SimProcess process)
    {
        Count(Fault.ActsLate);
        HandChanges++;
        Story?.Add($"{Stamp} {process.Agent.Name}: acts after its lease has ended");
    }

    private void CalmDown()
    {
        (_isCalm, _flipWanted) = (true, false);
        Array.Clear(_until);
        Array.Clear(_once);
        foreach (SimAgent agent in _agents) agent.Clock.Ahead = TimeSpan.Zero;
        Traffic.CalmFrom = Scheduler.Now;
        Story?.Add($"{Stamp} the world calms down");
    }

    private void Disturb(SimProcess process, Fault fault)
    {
        Story?.Add($"{Stamp} {fault}");
        switch (fault)
        {
            case Fault.ShortWrite or Fault.FlushFails or Fault.CutFails or Fault.StoreCut:
                _once[(int)fault] = true;
                break;
            case Fault.ChangedByHand:
                Count(fault);
                HandChanges++;
                ChangeByHand(Shares.Count == 1 ? Shares[0] : Shares[Random.Below(Shares.Count)]);
                break;
            case Fault.BitFlipped:
                _flipWanted = true;
                break;
            case Fault.Killed or Fault.TornWrite:
                process.DieIn(Random.Below(16));
                break;
            case Fault.PowerLoss:
                Count(fault);
                foreach (SimAgent agent in _agents) agent.Process?.Kill("loses power");
                Disk.LosePower(Random);
                Laws.AfterPowerLoss();
                break;
            case Fault.Frozen:
                Count(fault);
                Scheduler.SleepUntil(Scheduler.Now + (Database is not null && Random.OneIn(2) ? Random.Seconds(5, 90) : Random.Seconds(1, 20)).Ticks);
                PassTime();
                break;
            case Fault.StoreRestarted:
                Count(fault);
                Database!.Restart(Random, crashes: Random.OneIn(2));
                _until[(int)Fault.StoreDown] = Scheduler.Now + Random.Seconds(0, 25).Ticks;
                break;
            case Fault.ClockForward or Fault.ClockBack:
                Jump(process.Agent, fault);
                break;
            default:
                if (Shares.Count > 1) _victims[(int)fault] = Random.Below(Shares.Count);
                _until[(int)fault] = Scheduler.Now + Random.Pick(Random.Seconds(1, 30), Random.Seconds(10, 200), Random.Seconds(60, 600)).Ticks;
                break;
        }
    }

    private void ChangeByHand(SimShare share)
    {
        if (Extras.NamesPeople && Random.OneIn(2)) share.Set(share.Percent, Random.OneIn(2) ? [] : [.. share.Named, "eve"]);
        // Of several that go back and do not, people help one.
        else if (Shares.Count > 1 && Random.OneIn(2) && Laws.Ledgers is [.., { Phase: "rollingBack" }]) share.Set(0);
        else share.Set(Random.OneIn(4) ? share.Percent + 3 : Random.Below(5) * 20);
    }

    private void Jump(SimAgent agent, Fault fault)
    {
        Count(fault);
        ClocksAreRight = false;
        Jumps++;
        TimeSpan by = Random.Pick(Random.Seconds(1, 40), Random.Seconds(30, 300), Random.Seconds(300, 4000));
        agent.Clock.Ahead += fault == Fault.ClockForward ? by : -by;
    }
}
