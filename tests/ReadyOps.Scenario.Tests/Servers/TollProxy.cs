using System.Text;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>Counts the messages of a process. The answer to a chosen one is withheld and something done instead: the process does not live to hear it.</summary>
internal sealed class TollProxy(int server, Toll toll) : LoopbackProxy(server)
{
    /// <summary>The messages that passed, as text.</summary>
    public List<string> Passed { get; } = [];

    /// <inheritdoc/>
    protected override bool Withholds(ReadOnlySpan<byte> asked)
    {
        lock (Passed) Passed.Add(Encoding.ASCII.GetString(asked));
        return toll.Pay();
    }

    /// <inheritdoc/>
    protected override bool Withheld()
    {
        toll.Collect();
        return true;
    }
}

/// <summary>Counts messages and picks the one that is paid for with a life.</summary>
internal sealed class Toll
{
    private readonly Lock _gate = new();
    private int _passed;
    private int _fatal = int.MaxValue;
    private bool _due;
    private Action _collect = () => { };

    /// <summary>How many messages passed since the last arming.</summary>
    public int Passed
    {
        get
        {
            lock (_gate) return _passed;
        }
    }

    /// <summary>Counts from here on; the answer to message <paramref name="fatal"/> is withheld, and <paramref name="collect"/> called.</summary>
    public void Arm(int fatal, Action collect)
    {
        lock (_gate) (_passed, _fatal, _due, _collect) = (0, fatal, false, collect);
    }

    /// <summary>Counts a message; whether it is the one.</summary>
    public bool Pay()
    {
        lock (_gate)
        {
            bool isFatal = ++_passed == _fatal;
            _due |= isFatal;
            return isFatal;
        }
    }

    /// <summary>The message was carried out.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            // Once: what the server still has to say to one that is dead must not cost the life of the next.
            if (_due) _collect();
            _due = false;
        }
    }
}
