namespace ReadyOps.Simulation;

/// <summary>
/// Runs several agents one at a time, and lets the seed decide at every operation whose turn is next. Each has a thread of its own
/// because journals are written without awaiting; only the one that has the turn runs, so that nothing depends on the machine.
/// Time is virtual: it moves when everybody sleeps.
/// </summary>
internal sealed class Scheduler(SeedRandom random, long now)
{
    private readonly List<Fiber> _fibers = [];
    private Fiber? _current;
    private int _alive;

    /// <summary>The true time, in ticks of UTC.</summary>
    public long Now { get; private set; } = now;

    /// <summary>How often the turn went to another agent.</summary>
    public long Switches { get; private set; }

    public bool Shared => _alive > 1;

    /// <summary>Runs all to their ends.</summary>
    public void Run(IReadOnlyList<Action> bodies)
    {
        for (int i = 0; i < bodies.Count; i++) _fibers.Add(new Fiber(i == 0 ? null : FiberThread.Rent(i - 1)) { Wake = Now });
        _alive = bodies.Count;
        for (int i = 1; i < bodies.Count; i++)
        {
            (Fiber fiber, Action body) = (_fibers[i], bodies[i]);
            fiber.Thread!.Job = () =>
            {
                fiber.Id = Environment.CurrentManagedThreadId;
                body();
                End(fiber);
            };
        }

        // The first runs here: a world with one agent needs no other thread.
        _current = _fibers[0];
        _current.Id = Environment.CurrentManagedThreadId;
        bodies[0]();
        if (bodies.Count == 1) return;
        Fiber first = _fibers[0];
        End(first);
        // The last to end wakes it once more.
        first.Turn.Wait();
        _fibers.Clear();
        _current = null;
    }

    /// <summary>What goes on elsewhere than on the thread whose turn it is would happen at a moment that no seed decides.</summary>
    public void DemandTurn()
    {
        if (_current is { } current && current.Id != Environment.CurrentManagedThreadId) throw new InvalidOperationException($"Something went on on another thread than the one whose turn it is.\n{Environment.StackTrace}");
    }

    /// <summary>Anybody who is awake may be next.</summary>
    public void Yield()
    {
        if (_alive > 1) Switch();
    }

    public void SleepUntil(long time)
    {
        if (_fibers.Count == 0 || _alive == 1)
        {
            Now = Math.Max(Now, time);
            return;
        }

        _current!.Wake = time;
        Switch();
    }

    private void Switch()
    {
        Fiber me = _current!;
        Fiber next = Choose();
        if (next == me) return;
        Switches++;
        _current = next;
        next.Turn.Release();
        me.Turn.Wait();
    }

    private void End(Fiber me)
    {
        me.Done = true;
        if (--_alive == 0)
        {
            _fibers[0].Turn.Release();
            return;
        }

        _current = Choose();
        _current.Turn.Release();
    }

    private Fiber Choose()
    {
        long soonest = long.MaxValue;
        foreach (Fiber fiber in _fibers)
            if (!fiber.Done && fiber.Wake < soonest) soonest = fiber.Wake;
        Now = Math.Max(Now, soonest);
        int awake = 0;
        foreach (Fiber fiber in _fibers)
            if (!fiber.Done && fiber.Wake <= Now) awake++;
        int chosen = awake == 1 ? 0 : random.Below(awake);
        foreach (Fiber fiber in _fibers)
            if (!fiber.Done && fiber.Wake <= Now && chosen-- == 0) return fiber;
        throw new InvalidOperationException("Nobody is left.");
    }

    private sealed class Fiber(FiberThread? thread)
    {
        public FiberThread? Thread { get; } = thread;

        public Turn Turn { get; } = thread?.Turn ?? new Turn();

        public long Wake { get; set; }

        public bool Done { get; set; }

        /// <summary>The number of the thread that it runs on.</summary>
        public int Id { get; set; }
    }

    /// <summary>What a thread waits for without spinning: another world has something to do meanwhile.</summary>
    private sealed class Turn
    {
        private readonly object _gate = new();
        private bool _isGiven;

        public void Release()
        {
            lock (_gate)
            {
                _isGiven = true;
                Monitor.Pulse(_gate);
            }
        }

        public void Wait()
        {
            lock (_gate)
            {
                while (!_isGiven) Monitor.Wait(_gate);
                _isGiven = false;
            }
        }
    }

    /// <summary>A thread that is used again by the next seed: making one costs more than a short seed.</summary>
    private sealed class FiberThread
    {
        [ThreadStatic]
        private static List<FiberThread>? s_mine;

        private FiberThread() => new Thread(Work) { IsBackground = true }.Start();

        public Turn Turn { get; } = new();

        public Action? Job { get; set; }

        public static FiberThread Rent(int index)
        {
            s_mine ??= [];
            while (s_mine.Count <= index) s_mine.Add(new FiberThread());
            return s_mine[index];
        }

        private void Work()
        {
            while (true)
            {
                Turn.Wait();
                Job!();
            }
        }
    }
}
