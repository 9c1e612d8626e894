using System.Globalization;

namespace ReadyOps.Simulation;

/// <summary>What a command was told by the targets.</summary>
internal sealed partial class Look
{
    private readonly TargetLook[] _targets = [new()];

    /// <summary>How many targets are moved as one.</summary>
    public int Targets
    {
        get => _targets.Length;
        init => _targets = [.. Enumerable.Range(0, value).Select(_ => new TargetLook())];
    }

    public IReadOnlyList<TargetLook> All => _targets;

    /// <summary>Whether people are named besides the share.</summary>
    public bool NamesPeople { get; init; }

    /// <summary>The act that was open when the journal was taken.</summary>
    public LedgerAct? Open { get; set; }

    /// <summary>The act that targets were last set for.</summary>
    public int Act { get; private set; }

    /// <summary>The greatest share that a target told last, since it was last set; nothing when one could not be read.</summary>
    public decimal? Read
    {
        get
        {
            if (_targets.Length == 1) return _targets[0].Told;
            decimal? most = _targets[0].Told;
            foreach (TargetLook one in _targets) most = one.Told is { } told && most is { } before ? Math.Max(told, before) : null;
            return most;
        }
    }

    /// <summary>The share that all told after it was set without an error; nothing when they differ.</summary>
    public decimal? ReadBack
    {
        get
        {
            decimal? back = _targets[0].Back;
            foreach (TargetLook one in _targets)
                if (one.Back != back) return null;
            return back;
        }
    }

    public TargetLook Of(int target) => _targets[target];

    /// <summary>What the checks before steps said, by rollout and name; nothing while one is asked.</summary>
    public Dictionary<(string Stream, string Check), Verdict?> Checks { get; } = [];

    /// <summary>How often persons had decided when a person began to; nothing where none does.</summary>
    public int? Decided { get; set; }

    /// <summary>The rollouts whose hooks it has called.</summary>
    public HashSet<string> Called { get; } = [];

    /// <summary>Whether all were told to be at a share, and to name these people where that counts.</summary>
    public bool AreAllAt(decimal percent, IReadOnlyList<string>? named)
    {
        foreach (TargetLook one in _targets)
            if (one.Told is not { } told || Math.Abs(told - percent) > LawBook.Tolerance || (named is not null && !one.Names(named))) return false;
        return true;
    }

    /// <summary>The same, by what was decided by: several are asked once more before they are set.</summary>
    public bool WereAllAt(decimal percent, IReadOnlyList<string>? named)
    {
        if (_targets.Length == 1) return AreAllAt(percent, named);
        foreach (TargetLook one in _targets)
            if (one.First is not { } first || Math.Abs(first - percent) > LawBook.Tolerance || (named is not null && !one.Names(named))) return false;
        return true;
    }

    /// <summary>One of the targets is about to be set.</summary>
    public void BeginSet(DateTimeOffset now)
    {
        SetBegun ??= now;
        HasSet = false;
        foreach (TargetLook one in _targets) (one.Back, one.Reads) = (null, 0);
    }

    /// <summary>Targets are set for another act.</summary>
    public void BeginAct(int act)
    {
        if (Act == act) return;
        Act = act;
        foreach (TargetLook one in _targets) (one.Tried, one.Arrived, one.Before) = (false, null, one.Seen);
    }

    /// <summary>What each of them told, as a text that is the same for the same.</summary>
    public string Signature() => SignatureOf([.. _targets.Select(one => one.Told ?? -1)], NamesPeople ? Named() : null);

    /// <summary>What a target told is what is decided by; that several are asked once more before they are set decides nothing.</summary>
    public void Hear(int target, DateTimeOffset now)
    {
        if (_targets.Length == 1 || _targets[target].Reads <= 1) HeardAt = now;
    }

    /// <summary>Whom any of them names, and that it is not all of them, where it is not.</summary>
    private IEnumerable<string> Named() => _targets.All(one => one.Names(_targets[0].Named ?? [])) ? _targets[0].Named ?? []
        : _targets.SelectMany(one => one.Named ?? []).Distinct().Append("(");

    public static string SignatureOf(IReadOnlyList<decimal> shares, IEnumerable<string>? named) =>
        $"{string.Join(' ', shares.Select(share => share.ToString("0.###", CultureInfo.InvariantCulture)))}{(named is null ? "" : $" {string.Join(' ', named.Select(name => name.StartsWith('(') ? "(" : name).Order(StringComparer.Ordinal))}")}";
}

/// <summary>What a command was told by one target.</summary>
internal sealed class TargetLook
{
    private bool _wasRead;

    /// <summary>The share that it told last, since it was last set; nothing when it could not be read.</summary>
    public decimal? Told { get; private set; }

    /// <summary>The same, whether it was set since or not.</summary>
    public decimal? Seen { get; private set; }

    /// <summary>The same, when the first of them was set for the present act.</summary>
    public decimal? Before { get; set; }

    /// <summary>What it told first.</summary>
    public decimal? First { get; private set; }

    /// <summary>What it told after something was set without an error.</summary>
    public decimal? Back { get; set; }

    /// <summary>Whom it told to name.</summary>
    public IReadOnlyList<string>? Named { get; set; }

    /// <summary>How often it was asked for its share since anything was set.</summary>
    public int Reads { get; set; }

    /// <summary>Whether it was set for the present act, or tried to be.</summary>
    public bool Tried { get; set; }

    /// <summary>What it was set to for the present act without an error.</summary>
    public decimal? Arrived { get; set; }

    public void Tell(decimal share)
    {
        if (!_wasRead) (_wasRead, First) = (true, share);
        Told = Seen = share;
    }

    public void Lose()
    {
        _wasRead = true;
        Told = Seen = null;
        // Whom it names is read behind its share, and belongs to the same look.
        if (Reads <= 1) First = null;
    }

    public void Forget() => Told = null;

    /// <summary>Whether it told to name these people, in whatever order.</summary>
    public bool Names(IReadOnlyList<string> people) => Named is not null && Named.Count == people.Count && !Named.Except(people).Any();
}
