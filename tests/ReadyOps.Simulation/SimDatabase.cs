using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Simulation;

/// <summary>
/// A PostgreSQL as far as journals need one: rows of streams, their lines, row locks, commits, restarts. The store in front of it is
/// the real one. A condition of the statements that leases rest on holds here only as long as it stands in their text, so that one
/// which is taken out of the text is missed. It never loses what it flushed, so tokens alone tell holders apart.
/// </summary>
internal sealed class SimDatabase(SimWorld world)
{
    private static readonly string s_take = PostgresStatements.Take("s"), s_renew = PostgresStatements.Renew("s"), s_giveBack = PostgresStatements.GiveBack("s"), s_append = PostgresStatements.Append("s");
    private static readonly bool s_freeOnly = s_take.Contains("OR s.expires <= clock_timestamp()", StringComparison.Ordinal);
    private static readonly bool s_newToken = s_take.Contains("token = s.token + 1", StringComparison.Ordinal);
    private static readonly bool s_renewsOwn = s_renew.Contains("AND token = $2", StringComparison.Ordinal);
    private static readonly bool s_givesBackOwn = s_giveBack.Contains("AND token = $2", StringComparison.Ordinal);
    private static readonly bool s_appendsOwn = s_append.Contains("OR token = $3", StringComparison.Ordinal);
    private static readonly bool s_appendsNext = s_append.Contains("AND events = $2 AND last_hash IS NOT DISTINCT FROM $9", StringComparison.Ordinal);

    private readonly SortedDictionary<string, SimRow> _rows = new(StringComparer.Ordinal);
    private readonly List<(long Time, Action Do)> _late = [];
    private readonly List<SimCommit> _unflushed = [];

    /// <summary>Grows with each restart: connections from before are gone.</summary>
    public int Era { get; private set; }

    /// <summary>The leases as they were given, whatever the rows say by now.</summary>
    public Dictionary<string, SimLease> Leases { get; } = new(StringComparer.Ordinal);

    public IEnumerable<SimRow> Rows => _rows.Values;

    private long Now => world.Scheduler.Now;

    public SimRow? Find(string stream) => _rows.GetValueOrDefault(stream);

    public SimRow Find(long id) => _rows.Values.First(row => row.Id == id);

    public SimRow Make(string stream)
    {
        if (!_rows.TryGetValue(stream, out SimRow? row)) _rows[stream] = row = new SimRow(stream, _rows.Count + 1);
        return row;
    }

    /// <summary>The bytes of a line, from 1.</summary>
    public byte[] Line(SimRow row, long sequence)
    {
        int from = row.Starts[(int)sequence - 1], to = sequence < row.Starts.Count ? row.Starts[(int)sequence] : (int)row.Bytes;
        return world.Disk.Files[row.Name].Content[from..(to - 1)].ToArray();
    }

    public SimCommit Take(SimProcess process, string stream, Guid owner, string holder, TimeSpan lease)
    {
        SimRow row = Make(stream);
        bool isFree = row.Token == 0 || row.Expires is null || row.Expires <= Now || row.Owner == owner || !s_freeOnly;
        if (!isFree) return SimCommit.Nothing;
        SimCommit commit = Commit(row, s_take);
        if (row.Owner != owner) world.Laws.BeforeTake(process, stream, Leases.GetValueOrDefault(stream));
        row.Token += row.Token == 0 || s_newToken ? 1 : 0;
        (row.Owner, row.Holder, row.Expires) = (owner, holder, Now + lease.Ticks);
        SimLease given = new(process, stream, row.Token) { Until = Now + lease.Ticks };
        Leases[stream] = given;
        process.Leases.Add(given);
        return commit;
    }

    public SimCommit Renew(SimProcess process, string stream, long token, TimeSpan lease)
    {
        if (Find(stream) is not { } row || (row.Token != token && s_renewsOwn)) return SimCommit.Nothing;
        SimCommit commit = Commit(row, s_renew);
        Extend(process, row, token, lease);
        return commit;
    }

    public void GiveBack(SimProcess process, string stream, long token)
    {
        if (Find(stream) is not { } row || (row.Token != token && s_givesBackOwn)) return;
        Commit(row, s_giveBack);
        (row.Expires, row.Owner, row.Holder) = (null, null, null);
        if (LeaseOf(process, stream, token) is { } mine) mine.IsGivenBack = true;
    }

    /// <summary>Whether lines may be appended now; if they may, what does it.</summary>
    public Func<SimCommit>? Append(SimProcess process, Look look, PostgresStream expected, long? token, TimeSpan lease, IReadOnlyList<byte[]> lines, string firstHash, string lastHash)
    {
        SimRow row = Find(expected.Id);
        bool isNext = row.Events == expected.Events && (row.LastHash ?? JournalChain.Genesis) == expected.LastHash;
        if (!isNext && s_appendsNext) return null;
        if (token is not null && row.Token != token && s_appendsOwn) return null;
        return () =>
        {
            SimCommit commit = Commit(row, s_append);
            world.Laws.BeforeRow(process, row.Name, token is null ? null : LeaseOf(process, row.Name, token.Value), Leases.GetValueOrDefault(row.Name), row.Name != JournalCatalog.Stream);
            if (!world.Disk.Files.TryGetValue(row.Name, out SimFile? file)) world.Disk.Files.Add(row.Name, file = new SimFile());
            int offset = file.Length;
            row.Starts.AddRange(Starts(offset, lines));
            file.Write(offset, Joined(lines), look);
            file.Flush();
            (row.Events, row.Bytes, row.LastHash) = (row.Events + lines.Count, file.Length, lastHash);
            row.FirstHash ??= firstHash;
            if (token is not null) Extend(process, row, token.Value, lease);
            return commit;
        };
    }

    public void NoteSealed(SimRow row, long sequence)
    {
        Commit(row, s_append);
        row.Sealed = sequence;
    }

    /// <summary>A statement whose connection is gone arrives all the same, later.</summary>
    public void ArriveLater(TimeSpan after, Action statement) => _late.Add((Now + after.Ticks, statement));

    public void PassTime()
    {
        if (_late.Count == 0) return;
        foreach ((long time, Action statement) in _late.Where(late => late.Time <= Now).ToArray())
        {
            _late.Remove((time, statement));
            statement();
        }
    }

    /// <summary>All connections are gone. After a crash, so are the last commits that were not flushed.</summary>
    public void Restart(SeedRandom random, bool crashes)
    {
        Era++;
        _late.Clear();
        if (crashes)
        {
            int lost = random.Between(0, _unflushed.Count);
            foreach (SimCommit commit in _unflushed.TakeLast(lost).Reverse()) commit.Undo!();
        }

        _unflushed.Clear();
    }

    /// <summary>The session that holds the lock of a row, if one does.</summary>
    public static SimSession? LockOf(SimRow row) => row.LockedBy is { IsOver: false } session ? session : null;

    /// <summary>What somebody was given.</summary>
    public static SimLease? LeaseOf(SimProcess process, string stream, long token) => process.Leases.LastOrDefault(lease => lease.Stream == stream && lease.Token == token);

    private void Extend(SimProcess process, SimRow row, long token, TimeSpan lease)
    {
        row.Expires = Now + lease.Ticks;
        if (LeaseOf(process, row.Name, token) is { } mine) mine.Until = Now + lease.Ticks;
    }

    /// <summary>Notes how to undo what follows, where the server answers before it has flushed.</summary>
    private SimCommit Commit(SimRow row, string statement)
    {
        if (!world.Profile.FlushesLate || statement.Contains("set_config('synchronous_commit'", StringComparison.Ordinal))
        {
            // The log is flushed in order: what came before is on the disk with it.
            _unflushed.Clear();
            return SimCommit.Flushed;
        }

        SimRow before = row.Copy();
        int length = world.Disk.Files.GetValueOrDefault(row.Name)?.Length ?? 0;
        SimLease? lease = Leases.GetValueOrDefault(row.Name);
        long until = lease?.Until ?? 0;
        SimCommit commit = new();
        commit.Undo = () =>
        {
            row.Take(before);
            if (world.Disk.Files.TryGetValue(row.Name, out SimFile? file) && file.Length > length)
            {
                world.Laws.Hold(Law.AcknowledgedIsKept, length >= file.Acknowledged, $"the server lost {file.Length - length} bytes of {row.Name} when it crashed");
                file.Cut(length);
                file.Flush();
            }

            // Who was not told has nothing to lose.
            if (commit.IsTold) return;
            if (lease is null) Leases.Remove(row.Name);
            else
            {
                Leases[row.Name] = lease;
                lease.Until = until;
            }
        };
        _unflushed.Add(commit);
        return commit;
    }

    private static IEnumerable<int> Starts(int offset, IReadOnlyList<byte[]> lines)
    {
        foreach (byte[] line in lines)
        {
            yield return offset;
            offset += line.Length + 1;
        }
    }

    private static byte[] Joined(IReadOnlyList<byte[]> lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];
}

/// <summary>A row of <c>streams</c>.</summary>
internal sealed class SimRow(string name, long id)
{
    public string Name { get; } = name;

    public long Id { get; } = id;

    public long Events { get; set; }

    public long Bytes { get; set; }

    public string? FirstHash { get; set; }

    public string? LastHash { get; set; }

    public long Sealed { get; set; }

    public long Token { get; set; }

    public Guid? Owner { get; set; }

    public string? Holder { get; set; }

    public long? Expires { get; set; }

    /// <summary>Where each line begins.</summary>
    public List<int> Starts { get; private set; } = [];

    public SimSession? LockedBy { get; set; }

    public PostgresStream Told => new(Id, Events, Bytes, FirstHash ?? "", LastHash ?? JournalChain.Genesis, Sealed);

    public SimRow Copy()
    {
        SimRow copy = new(Name, Id);
        copy.Take(this);
        copy.Starts = [.. Starts];
        return copy;
    }

    public void Take(SimRow other)
    {
        (Events, Bytes, FirstHash, LastHash, Sealed) = (other.Events, other.Bytes, other.FirstHash, other.LastHash, other.Sealed);
        (Token, Owner, Holder, Expires) = (other.Token, other.Owner, other.Holder, other.Expires);
        if (Starts.Count > Events) Starts.RemoveRange((int)Events, Starts.Count - (int)Events);
    }
}

/// <summary>A lease as somebody was given it.</summary>
internal sealed class SimLease(SimProcess process, string stream, long token)
{
    public SimProcess Process { get; } = process;

    public string Stream { get; } = stream;

    public long Token { get; } = token;

    /// <summary>When it ends unless it is renewed, in true time.</summary>
    public long Until { get; set; }

    public bool IsGivenBack { get; set; }

    /// <summary>How many appends were carried out with it.</summary>
    public int Appends { get; set; }

    public bool Runs(long now) => !IsGivenBack && now < Until;
}

/// <summary>Something that the server has done.</summary>
internal sealed class SimCommit
{
    public static SimCommit Nothing { get; } = new();

    public static SimCommit Flushed { get; } = new();

    /// <summary>Undoes it, where a crash may.</summary>
    public Action? Undo { get; set; }

    /// <summary>Whether somebody was told that it was done.</summary>
    public bool IsTold { get; set; }
}
