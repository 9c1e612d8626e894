using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>What journals in PostgreSQL keep to, whatever stands before it.</summary>
/// <param name="cluster">The server.</param>
public abstract class PostgresJournalContract(PostgresCluster cluster)
{
    protected const string Stream = "rollouts/checkout-2.4.0";

    private readonly string _needed = cluster.Executable();
    private readonly string _schema = cluster.NewSchema();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_hold_the_lines_byte_for_byte_and_their_chain_is_that_of_a_file()
    {
        PostgresJournalStore store = cluster.Open(_schema);
        await AppendAsync(store, "One", "Zwei Äpfel", "Three");
        await AppendAsync(cluster.Open(_schema, host: "build-08"), "Four");

        byte[] file = await FileAsync(Stream);
        JournalTesting.AssertChain(file);
        JournalTesting.AssertChain(await FileAsync("catalog"));
        IReadOnlyList<JournalLine> lines = await store.ReadAsync(Stream, Stop);
        Assert.Equal(["One", "Zwei Äpfel", "Three", "Four"], lines.Select(line => line.Type));
        Assert.Equal(["build-07", "build-07", "build-07", "build-08"], lines.Select(line => line.Host));
        JournalVerification proof = await store.VerifyAsync(Stream, Stop);
        Assert.True(proof.Valid, proof.Reason);
        Assert.Equal((4, lines[3].Hash), (proof.Events, proof.LastHash));

        // The very bytes as a file are a journal to the folder store.
        string folder = Directory.CreateTempSubdirectory("readyops-rows-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "rollouts"));
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{Stream}.jsonl"), file, Stop);
            proof = await new FolderJournalStore(folder, new EngineContext()).VerifyAsync(Stream, Stop);
            Assert.True(proof.Valid, proof.Reason);
            Assert.Equal(lines[3].Hash, proof.LastHash);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Streams_are_listed_stamped_and_read_from_a_known_line_on()
    {
        PostgresJournalStore store = cluster.Open(_schema);
        Assert.Empty(await store.ListAsync("", Stop));
        Assert.Empty(await store.ReadAsync(Stream, Stop));
        Assert.Null(await store.TryReadLastAsync(Stream, Stop));
        Assert.False((await store.VerifyAsync(Stream, Stop)).Valid);
        await using (IJournalLease empty = await AcquireAsync(store)) Assert.Empty(empty.Lines);
        Assert.False(await store.ExistsAsync(Stream, Stop));

        await AppendAsync(store, "One", "Two");
        Assert.True(await store.ExistsAsync(Stream, Stop));
        Assert.Equal(["catalog", Stream], await store.ListAsync("", Stop));
        string? stamp = Assert.Single(await store.ListStampsAsync("rollouts/", Stop)).Mark;
        JournalTail whole = await store.ReadAfterAsync(Stream, null, Stop);
        Assert.Equal(new JournalPlace(2, whole.Lines[1].Hash, whole.Lines[0].Hash, (await FileAsync(Stream)).Length), whole.End);

        await using (IJournalLease? lease = await store.TryAcquireAsync(Stream, whole.End, TimeSpan.Zero, Stop))
        {
            Assert.Equal(whole.End, lease!.Before);
            Assert.Empty(lease.Lines);
            await lease.AppendAsync([Entry("Three"), Entry("Four")], Stop);
            await lease.SealAsync(Stop);
            await lease.SealAsync(Stop);
            Assert.Equal((await FileAsync(Stream)).Length, lease.End!.Offset);
        }

        Assert.NotEqual(stamp, Assert.Single(await store.ListStampsAsync("rollouts/", Stop)).Mark);
        Assert.Equal("Four", (await store.TryReadLastAsync(Stream, Stop))!.Type);
        JournalTail tail = await store.ReadAfterAsync(Stream, whole.End, Stop);
        Assert.Equal((whole.End, "Three", "Four"), (tail.Before, tail.Lines[0].Type, tail.Lines[1].Type));
        Assert.Null((await store.ReadAfterAsync(Stream, whole.End! with { Hash = new string('b', 64) }, Stop)).Before);
        Assert.Null((await store.ReadAfterAsync(Stream, whole.End with { Sequence = 99 }, Stop)).Before);
        Assert.Equal(["StreamOpened", "StreamSealed"], (await store.ReadAsync("catalog", Stop)).Select(line => line.Type));
        JournalTesting.AssertChain(await FileAsync(Stream));
    }

    [Fact]
    public async Task Two_processes_exclude_each_other_and_the_holder_is_named()
    {
        PostgresJournalStore one = cluster.Open(_schema, host: "agent-1"), two = cluster.Open(_schema, host: "agent-2");
        IJournalLease lease = await AcquireAsync(one);
        Assert.True(lease.IsHeld);
        Assert.Null(await two.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.StartsWith($"agent-1, process {Environment.ProcessId}, since ", two.DescribeHolder(Stream), StringComparison.Ordinal);
        await (await AcquireAsync(two, "rollouts/other")).DisposeAsync();

        await lease.DisposeAsync();
        Assert.False(lease.IsHeld);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await lease.AppendAsync([Entry("Late")], Stop));
        await using IJournalLease next = await AcquireAsync(two);
        await lease.DisposeAsync();
        Assert.Null(await one.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(one, "catalog"));
        Assert.Equal("JournalStreamInvalid", refused.Id);
    }

    [Fact]
    public async Task A_lease_is_renewed_while_it_is_held_and_ends_by_itself_when_nobody_renews_it()
    {
        PostgresJournalStore one = cluster.Open(_schema), two = cluster.Open(_schema);
        await using IJournalLease lease = await AcquireAsync(one);
        object? first = await ExpiresAsync();
        while (Equals(first, await ExpiresAsync())) await Task.Delay(50, Stop);
        Assert.True(lease.IsHeld);

        // As if the holder had been frozen for longer than it lasts.
        await SqlAsync("UPDATE {0}.streams SET expires = clock_timestamp() - interval '1 second'");
        await using IJournalLease next = await AcquireAsync(two);
        await next.AppendAsync([Entry("Next")], Stop);
        ReadyOpsException fenced = await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendAsync([Entry("Late")], Stop));
        Assert.Equal("JournalFenced", fenced.Id);
        Assert.False(lease.IsHeld);
        // Giving back what is not one's own any more takes it from nobody.
        await lease.DisposeAsync();
        Assert.True(next.IsHeld);
        Assert.Null(await one.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.Equal("Next", Assert.Single(await one.ReadAsync(Stream, Stop)).Type);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task A_machine_whose_clock_is_minutes_off_takes_no_lease_early_and_writes_the_databases_time(int minutes)
    {
        PostgresJournalStore right = cluster.Open(_schema), wrong = cluster.Open(_schema, new WrongClock(TimeSpan.FromMinutes(minutes)));
        await using (IJournalLease held = await AcquireAsync(right))
        {
            Assert.Null(await wrong.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
            await held.AppendAsync([Entry("Right")], Stop);
        }

        await using (IJournalLease held = await AcquireAsync(wrong))
        {
            Assert.Null(await right.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
            Assert.True(held.IsHeld);
            await held.AppendAsync([Entry("Wrong")], Stop);
        }

        DateTimeOffset now = new((DateTime)(await cluster.Server.ExecuteAsync("SELECT clock_timestamp()"))!);
        Assert.All(await right.ReadAsync(Stream, Stop), line => Assert.InRange(line.Time, now - TimeSpan.FromMinutes(2), now + TimeSpan.FromSeconds(1)));
        Assert.InRange(wrong.Clock!.GetUtcNow(), now - TimeSpan.FromSeconds(1), now + TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task An_append_whose_answer_was_lost_is_found_to_be_written_and_not_written_twice()
    {
        await using var proxy = new LossyProxy(cluster.Port);
        PostgresJournalStore store = cluster.Open(_schema, port: proxy.Port);
        await using IJournalLease lease = await AcquireAsync(store);
        await lease.AppendAsync([Entry("One")], Stop);

        proxy.SwallowNext();
        IReadOnlyList<JournalLine> written = await lease.AppendAsync([Entry("Two"), Entry("Three")], Stop);
        proxy.SwallowNext(2);
        await lease.AppendAsync([Entry("Four")], Stop);

        Assert.Equal(3, proxy.Swallowed);
        Assert.Equal([2L, 3], written.Select(line => line.Sequence));
        Assert.Equal(["One", "Two", "Three", "Four"], (await store.ReadAsync(Stream, Stop)).Select(line => line.Type));
        JournalTesting.AssertChain(await FileAsync(Stream));
    }

    [Fact]
    public async Task A_lease_whose_answer_was_lost_is_found_to_be_ones_own()
    {
        await using var proxy = new LossyProxy(cluster.Port);
        PostgresJournalStore store = cluster.Open(_schema, port: proxy.Port);
        await store.ListAsync("", Stop);
        proxy.SwallowNext();
        await using IJournalLease? lease = await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop);
        Assert.NotNull(lease);
        Assert.Equal(1, proxy.Swallowed);
    }

    [Theory]
    [InlineData("UPDATE {0}.events SET line = convert_to(replace(convert_from(line, 'UTF8'), 'Two', 'Six'), 'UTF8') WHERE sequence = 2 AND stream = (SELECT id FROM {0}.streams WHERE name LIKE 'r%')", 2)]
    [InlineData("DELETE FROM {0}.events WHERE sequence = 2 AND stream = (SELECT id FROM {0}.streams WHERE name LIKE 'r%')", 2)]
    [InlineData("DELETE FROM {0}.events WHERE sequence = 3 AND stream = (SELECT id FROM {0}.streams WHERE name LIKE 'r%')", 3)]
    [InlineData("UPDATE {0}.streams SET last_hash = repeat('a', 64) WHERE name LIKE 'r%'", 3)]
    [InlineData("WITH gone AS (DELETE FROM {0}.events WHERE sequence = 3 RETURNING stream) UPDATE {0}.streams s SET events = 2, last_hash = (SELECT right(left(convert_from(line, 'UTF8'), -2), 64) FROM {0}.events e WHERE e.sequence = 2 AND e.stream = s.id) WHERE id IN (SELECT stream FROM gone)", 3)]
    [InlineData("WITH gone AS (DELETE FROM {0}.events WHERE stream = (SELECT id FROM {0}.streams WHERE name LIKE 'r%')) UPDATE {0}.streams SET events = 0, first_hash = NULL, last_hash = NULL WHERE name LIKE 'r%'", 1)]
    public async Task Rows_that_somebody_changed_are_found_and_the_first_bad_line_is_named(string sql, int line)
    {
        PostgresJournalStore store = cluster.Open(_schema);
        await AppendAsync(store, "One", "Two", "Three");
        await using (IJournalLease lease = await AcquireAsync(store)) await lease.SealAsync(Stop);
        await SqlAsync(sql);

        JournalVerification proof = await store.VerifyAsync(Stream, Stop);
        Assert.False(proof.Valid);
        Assert.Equal(line, proof.BadLine);
        List<JournalVerification> all = [];
        await foreach (JournalVerification one in store.VerifyAllAsync("", Stop)) all.Add(one);
        Assert.False(all.Single(one => one.Stream == Stream).Valid);
    }

    [Fact]
    public async Task Tables_are_made_once_however_many_come_at_the_same_time_and_a_newer_version_is_refused()
    {
        PostgresJournalStore[] stores = [.. Enumerable.Range(0, 8).Select(_ => cluster.Open(_schema))];
        await Task.WhenAll(stores.Select((store, i) => Task.Run(() => AppendToAsync(store, string.Create(CultureInfo.InvariantCulture, $"rollouts/r{i}"), "One"))));
        Assert.Equal(9, (await stores[0].ListAsync("", Stop)).Count);
        Assert.Equal(8, (await stores[0].ReadAsync("catalog", Stop)).Count);
        Assert.Equal((long)PostgresSchema.Version, await SqlAsync("SELECT count(*) FROM {0}.migrations"));

        await SqlAsync("INSERT INTO {0}.migrations (version) VALUES (99)");
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await cluster.Open(_schema).ListAsync("", Stop));
        Assert.Equal("JournalSchemaUnknown", refused.Id);
    }

    [Fact]
    public async Task A_role_with_the_rights_that_the_documentation_lists_can_do_everything_but_rewrite()
    {
        string root = TestContext.Current.TestAssembly!.AssemblyPath;
        string documentation = Path.Combine(FindRoot(Path.GetDirectoryName(root)!), "docs", "journal.md");
        string grants = (await File.ReadAllTextAsync(documentation, Stop)).Split("```sql\n")[1].Split("```")[0];
        await cluster.Open(_schema).ListAsync("", Stop);
        string role = $"agent_{_schema}";
        await cluster.Server.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password}'");
        string mine = grants.Replace("readyops_agent", role, StringComparison.Ordinal).Replace("readyops.", $"{_schema}.", StringComparison.Ordinal).Replace("SCHEMA readyops", $"SCHEMA {_schema}", StringComparison.Ordinal);
        await cluster.Server.ExecuteAsync(mine);

        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret($"{cluster.Address.Replace("//owner:", $"//{role}:", StringComparison.Ordinal)}&schema={_schema}"),
        });
        await AppendAsync(store, "One");
        await using (IJournalLease lease = await AcquireAsync(store)) await lease.SealAsync(Stop);
        Assert.True((await store.VerifyAsync(Stream, Stop)).Valid);
        foreach (string change in new[] { "UPDATE {0}.events SET line = line", "DELETE FROM {0}.events", "DELETE FROM {0}.streams", "TRUNCATE {0}.events" })
        {
            PostgresException denied = await Assert.ThrowsAsync<PostgresException>(() => SqlAsync($"SET ROLE {role}; {change}"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
        }

        // And one that nobody gave any rights is told what to do.
        await cluster.Server.ExecuteAsync($"CREATE ROLE nobody_{_schema} LOGIN PASSWORD '{PostgresServer.Password}'");
        PostgresJournalStore without = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret($"{cluster.Address.Replace("//owner:", $"//nobody_{_schema}:", StringComparison.Ordinal)}&schema=elsewhere"),
        });
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await without.ListAsync("", Stop));
        Assert.Equal("JournalSchemaDenied", refused.Id);
        Assert.DoesNotContain(PostgresServer.Password, refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_was_given_a_schema_and_may_make_no_other_makes_the_tables_in_it()
    {
        string role = $"given_{_schema}", given = $"g_{_schema}";
        await cluster.Server.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password}'");
        await cluster.Server.ExecuteAsync($"CREATE SCHEMA {given} AUTHORIZATION {role}");
        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret($"{cluster.Address.Replace("//owner:", $"//{role}:", StringComparison.Ordinal)}&schema={given}"),
        });
        await AppendAsync(store, "One");
        Assert.Single(await store.ReadAsync(Stream, Stop));
    }

    [Fact]
    public async Task Journals_are_copied_from_a_folder_and_back_byte_for_byte_also_when_it_breaks_off_in_between()
    {
        string root = Directory.CreateTempSubdirectory("readyops-copy-").FullName;
        try
        {
            FolderJournalStore folder = new(Path.Combine(root, "from"), new EngineContext()), back = new(Path.Combine(root, "back"), new EngineContext());
            PostgresJournalStore database = cluster.Open(_schema);
            await using (IJournalLease lease = await AcquireAsync(folder))
                for (int i = 0; i < 30; i++) await lease.AppendAsync([.. Enumerable.Range(0, 100).Select(n => Entry($"Äpfel{i * n}"))], Stop);

            using var enough = new CancellationTokenSource();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new JournalCopier(folder, database).CopyAsync(Stream, (_, _) => enough.Cancel(), enough.Token));
            int there = (await database.ReadAsync(Stream, Stop)).Count;
            Assert.InRange(there, 1, 2999);
            JournalCopy rest = await new JournalCopier(folder, database).CopyAsync(Stream, null, Stop);
            Assert.Equal((JournalCopyOutcome.Copied, 3000L, 3000L - there), (rest.Outcome, rest.Events, rest.Copied));
            Assert.Equal(JournalCopyOutcome.UpToDate, (await new JournalCopier(folder, database).CopyAsync(Stream, null, Stop)).Outcome);

            Assert.Equal(3000, (await new JournalCopier(database, back).CopyAsync(Stream, null, Stop)).Copied);
            byte[] original = await File.ReadAllBytesAsync(Path.Combine(root, "from", $"{Stream}.jsonl"), Stop);
            Assert.Equal(original, await File.ReadAllBytesAsync(Path.Combine(root, "back", $"{Stream}.jsonl"), Stop));
            Assert.Equal(original, await FileAsync(Stream));
            Assert.True((await back.VerifyAsync(Stream, Stop)).Valid);

            // Both go on apart: neither is overwritten.
            await AppendAsync(database, "Here");
            Assert.Equal(JournalCopyOutcome.DestinationAhead, (await new JournalCopier(folder, database).CopyAsync(Stream, null, Stop)).Outcome);
            await AppendAsync(folder, "There");
            ReadyOpsException diverged = await Assert.ThrowsAsync<ReadyOpsException>(async () => await new JournalCopier(folder, database).CopyAsync(Stream, null, Stop));
            Assert.Equal("JournalDiverged", diverged.Id);
            Assert.Equal("Here", (await database.ReadAsync(Stream, Stop))[^1].Type);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private protected static JournalEntry Entry(string type) => new(type, "readyops", JsonSerializer.SerializeToElement(new { of = type }));

    private protected static async Task<IJournalLease> AcquireAsync(IJournalStore store, string stream = Stream) =>
        await store.TryAcquireAsync(stream, TimeSpan.Zero, Stop) ?? throw new InvalidOperationException($"held by {store.DescribeHolder(stream)}");

    private static Task AppendAsync(IJournalStore store, params string[] types) => AppendToAsync(store, Stream, types);

    private static async Task AppendToAsync(IJournalStore store, string stream, params string[] types)
    {
        await using IJournalLease lease = await AcquireAsync(store, stream);
        foreach (string type in types) await lease.AppendAsync([Entry(type)], Stop);
    }

    private Task<object?> SqlAsync(string sql) => cluster.Server.ExecuteAsync(sql.Replace("{0}", _schema, StringComparison.Ordinal));

    private Task<object?> ExpiresAsync() => SqlAsync("SELECT expires FROM {0}.streams WHERE name LIKE 'r%'");

    /// <summary>A stream's rows as the file that they would be.</summary>
    private async Task<byte[]> FileAsync(string stream) =>
        Encoding.UTF8.GetBytes((string)(await SqlAsync($"SELECT string_agg(convert_from(line, 'UTF8') || E'\\n', '' ORDER BY sequence) FROM {{0}}.events e JOIN {{0}}.streams s ON s.id = e.stream WHERE s.name = '{stream}'"))!);

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "ReadyOps.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
