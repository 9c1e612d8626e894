using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>Servers, databases and roles that are set up as somebody found it right for something else.</summary>
public sealed class PostgresSettingsScenarios(PostgresCluster cluster) : IClassFixture<PostgresCluster>
{
    private const string Stream = "rollouts/checkout-2.4.0";

    private readonly string _needed = PostgresServer.Executable();
    private readonly string _name = cluster.NewSchema();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task However_a_role_is_set_up_agents_make_the_tables_at_once_and_take_turns(string isolation)
    {
        await RoleAsync($"default_transaction_isolation = '{isolation}'", "default_transaction_deferrable = on", "TimeZone = 'Pacific/Chatham'", "DateStyle = 'SQL, DMY'", "IntervalStyle = 'sql_standard'",
            "standard_conforming_strings = off", "bytea_output = 'escape'", "search_path = ''", "synchronous_commit = off", "extra_float_digits = 0", "row_security = off", "plan_cache_mode = force_generic_plan");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => UseAsync(Open(), FormattableString.Invariant($"rollouts/r{i}")), Stop)));
        PostgresJournalStore store = Open();
        Assert.Equal(9, (await store.ListAsync("", Stop)).Count);
        await foreach (JournalVerification proof in ((IJournalStore)store).VerifyAllAsync("", Stop)) Assert.True(proof.Valid, proof.Reason);
    }

    [Theory]
    [InlineData("ENCODING 'SQL_ASCII' LOCALE 'C'")]
    [InlineData("ENCODING 'LATIN1' LOCALE 'C'")]
    [InlineData("ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'tr'")]
    public async Task Whatever_a_database_is_encoded_and_sorted_by_journals_are_the_same(string options)
    {
        await cluster.Server.ExecuteAsync($"CREATE DATABASE {_name} TEMPLATE template0 {options}", "postgres");
        PostgresJournalStore store = Open(cluster.Address.Replace("/journals?", $"/{_name}?", StringComparison.Ordinal), host: "büro-€"), other = Open(cluster.Address.Replace("/journals?", $"/{_name}?", StringComparison.Ordinal));
        foreach (string stream in new[] { "rollouts/B", "rollouts/a", "rollouts/i", "rollouts/I" }) await UseAsync(store, stream);
        Assert.Equal(["catalog", "rollouts/B", "rollouts/I", "rollouts/a", "rollouts/i"], await store.ListAsync("", Stop));
        Assert.Equal("büro-€", (await other.ReadAsync("rollouts/I", Stop))[0].Host);
        Assert.Equal("Zwei Äpfel €", (await other.ReadAsync("rollouts/I", Stop))[0].Type);
        await using IJournalLease held = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        Assert.Null(await other.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.NotNull(other.DescribeHolder(Stream));
    }

    [Theory]
    [InlineData("select")]
    [InlineData("Team A")]
    [InlineData("team-a")]
    [InlineData("o\"brien's")]
    [InlineData("x; DROP SCHEMA public; --")]
    [InlineData("übung")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123")]
    public async Task A_schema_may_have_any_name(string schema)
    {
        string address = $"{cluster.Address}&schema={Uri.EscapeDataString(schema)}";
        await UseAsync(Open(address, schema: null));
        Assert.True((await Open(address, schema: null).VerifyAsync(Stream, Stop)).Valid);
        Assert.Equal(1L, await cluster.Server.ExecuteAsync($"SELECT count(*) FROM pg_namespace WHERE nspname = '{schema.Replace("'", "''", StringComparison.Ordinal)}'"));
    }

    [Theory]
    [InlineData("INSERT", "events", "permission denied for table events")]
    [InlineData("UPDATE", "streams", "permission denied for table streams")]
    public async Task A_right_that_is_missing_is_named_and_nothing_is_said_to_be_unsure(string right, string table, string why)
    {
        await UseAsync(Open(role: null));
        await RoleAsync();
        await cluster.Server.ExecuteAsync($"GRANT USAGE ON SCHEMA {_name} TO {_name}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {_name} TO {_name}; REVOKE {right} ON {_name}.{table} FROM {_name}");
        PostgresJournalStore store = Open();
        Assert.NotEmpty(await store.ReadAsync(Stream, Stop));
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await UseAsync(store));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be said", refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("Grant this role what docs/journal.md lists.", refused.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GRANT CONNECT ON DATABASE journals TO {0}", "JournalSchemaDenied", "permission denied for database journals")]
    [InlineData("CREATE SCHEMA {0}; GRANT USAGE ON SCHEMA {0} TO {0}", "JournalSchemaDenied", "permission denied for schema")]
    [InlineData("CREATE SCHEMA {0}; CREATE TABLE {0}.migrations (version int)", "JournalUnavailable", "permission denied for schema")]
    public async Task A_role_without_rights_is_told_which(string set, string id, string why)
    {
        await RoleAsync();
        await cluster.Server.ExecuteAsync(set.Replace("{0}", _name, StringComparison.Ordinal));
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open().ListAsync("", Stop));
        Assert.Equal(id, refused.Id);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains("rant this role what docs/journal.md lists.", refused.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_only_reading_is_allowed_journals_are_read_and_writing_says_why_not()
    {
        await UseAsync(Open(role: null));
        await RoleAsync("default_transaction_read_only = on");
        await cluster.Server.ExecuteAsync($"GRANT USAGE ON SCHEMA {_name} TO {_name}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {_name} TO {_name}");
        PostgresJournalStore store = Open(clock: new HastyClock());
        Assert.True((await store.VerifyAsync(Stream, Stop)).Valid);
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.Contains("read-only transaction", refused.Message, StringComparison.Ordinal);
        Assert.Contains("default_transaction_read_only", refused.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("statement_timeout = '200ms'")]
    [InlineData("lock_timeout = '200ms'")]
    public async Task What_waits_for_longer_than_a_role_may_is_tried_again(string setting)
    {
        await UseAsync(Open(role: null));
        await RoleAsync(setting);
        await cluster.Server.ExecuteAsync($"GRANT USAGE ON SCHEMA {_name} TO {_name}; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {_name} TO {_name}");
        await using IJournalLease lease = (await Open(lease: "1m").TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        Task<object?> locking = cluster.Server.ExecuteAsync($"BEGIN; LOCK TABLE {_name}.events IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1.5); COMMIT");
        while (await cluster.Server.ExecuteAsync($"SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND relation = '{_name}.events'::regclass") is 0L) await Task.Delay(20, Stop);
        await lease.AppendAsync([JournalTesting.Entry("Waited")], Stop);
        await locking;
        Assert.Equal("Waited", (await Open(role: null).TryReadLastAsync(Stream, Stop))!.Type);

        // And what never ends in that time says what to change.
        await cluster.Server.ExecuteAsync($"ALTER ROLE {_name} SET statement_timeout = '1ms'");
        Task<object?> locked = cluster.Server.ExecuteAsync($"BEGIN; LOCK TABLE {_name}.events IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT");
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(clock: new HastyClock(), lease: "1m&application_name=later").ReadAsync(Stream, Stop));
        Assert.Contains("timeout", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ALTER ROLE", refused.NextStep, StringComparison.Ordinal);
        await locked;
    }

    [Fact]
    public async Task Connections_that_the_server_ends_for_being_idle_lose_no_lease_and_keep_nobody_waiting()
    {
        await RoleAsync("idle_session_timeout = '200ms'", "idle_in_transaction_session_timeout = '200ms'");
        PostgresJournalStore one = Open(lease: "1m"), two = Open(lease: "1m");
        IJournalLease lease = (await one.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await IdleAsync();
        await lease.AppendAsync([JournalTesting.Entry("One")], Stop);
        Assert.Null(await two.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        await IdleAsync();
        await lease.DisposeAsync();
        await using IJournalLease? next = await two.TryAcquireAsync(Stream, TimeSpan.Zero, Stop);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task A_server_without_a_free_connection_is_waited_for_and_then_named()
    {
        await RoleAsync("work_mem = '1MB'");
        await cluster.Server.ExecuteAsync($"ALTER ROLE {_name} CONNECTION LIMIT 1");
        await using (var taken = new NpgsqlConnection(PostgresAddress.Read(cluster.Address.Replace("//owner:", $"//{_name}:", StringComparison.Ordinal), "test").ConnectionString + ";Pooling=false"))
        {
            await taken.OpenAsync(Stop);
            ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(clock: new HastyClock()).ListAsync("", Stop));
            Assert.Contains("too many connections", refused.Message, StringComparison.Ordinal);
            Assert.Contains("max_connections", refused.NextStep, StringComparison.Ordinal);
        }

        await UseAsync(Open());
    }

    [Fact]
    public async Task A_database_that_is_missing_and_a_password_that_is_wrong_are_named_with_the_next_step()
    {
        ReadyOpsException missing = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(cluster.Address.Replace("/journals?", "/nowhere?", StringComparison.Ordinal)).ListAsync("", Stop));
        Assert.Contains("database \"nowhere\" does not exist", missing.Message, StringComparison.Ordinal);
        Assert.Contains("Make that database", missing.NextStep, StringComparison.Ordinal);
        ReadyOpsException wrong = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(cluster.Address.Replace(PostgresServer.Password, "wr0ng", StringComparison.Ordinal)).ListAsync("", Stop));
        Assert.Contains("user and password", wrong.NextStep, StringComparison.Ordinal);
        ReadyOpsException plain = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(cluster.Address.Replace("sslmode=disable", "sslmode=require", StringComparison.Ordinal)).ListAsync("", Stop));
        Assert.Contains("sslmode", plain.Message + plain.NextStep, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_whose_certificate_nobody_vouches_for_is_refused_where_that_is_asked_and_used_where_it_is_not()
    {
        string folder = Directory.CreateTempSubdirectory("readyops-certificate-").FullName;
        try
        {
            using RSA key = RSA.Create(2048);
            CertificateRequest request = new("CN=db.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            string file = Path.Combine(folder, "server.crt"), keyFile = Path.Combine(folder, "server.key");
            await File.WriteAllTextAsync(file, certificate.ExportCertificatePem(), Stop);
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem(), Stop);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                if (Environment.UserName == "root") await PostgresServer.RunAsync("chown", ["-R", "postgres:postgres", folder]);
            }

            await using PostgresServer server = await PostgresServer.StartAsync("ssl=on", $"ssl_cert_file={file}", $"ssl_key_file={keyFile}");
            string address = server.Address.Replace("sslmode=disable", "sslmode={0}", StringComparison.Ordinal);
            await UseAsync(Open(address.Replace("{0}", "require", StringComparison.Ordinal)));
            await UseAsync(Open(address.Replace("{0}", $"verify-ca&sslrootcert={Uri.EscapeDataString(file)}", StringComparison.Ordinal)));
            // An unknown authority; one that is known, and a name that is not the host's.
            foreach (string mode in new[] { "verify-full", $"verify-full&sslrootcert={Uri.EscapeDataString(file)}" })
            {
                ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Open(address.Replace("{0}", mode, StringComparison.Ordinal)).ListAsync("", Stop));
                Assert.Contains("certificate", refused.Message, StringComparison.Ordinal);
                Assert.Contains("sslrootcert", refused.NextStep, StringComparison.Ordinal);
                Assert.DoesNotContain(PostgresServer.Password, refused.ToString(), StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Journals_that_were_dumped_and_restored_elsewhere_verify_and_go_on()
    {
        PostgresJournalStore store = Open(role: null);
        await UseAsync(store);
        await using IJournalLease held = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        string url = cluster.Address.Split('?')[0], file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, await PostgresServer.RunToolAsync("pg_dump", "-d", url, "-n", _name), Stop);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherRead);
            await cluster.Server.ExecuteAsync($"CREATE DATABASE {_name}", "postgres");
            await PostgresServer.RunToolAsync("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", url.Replace("/journals", $"/{_name}", StringComparison.Ordinal), "-f", file);
        }
        finally
        {
            File.Delete(file);
        }

        PostgresJournalStore restored = Open(cluster.Address.Replace("/journals?", $"/{_name}?", StringComparison.Ordinal));
        await foreach (JournalVerification proof in ((IJournalStore)restored).VerifyAllAsync("", Stop)) Assert.True(proof.Valid, proof.Reason);
        Assert.Equal((await store.ReadAsync(Stream, Stop))[^1].Hash, (await restored.ReadAsync(Stream, Stop))[^1].Hash);
        await UseAsync(restored, "rollouts/new");
        // The lease that was held when it was dumped ends by itself.
        await using IJournalLease? next = await restored.TryAcquireAsync(Stream, TimeSpan.FromSeconds(30), Stop);
        await next!.AppendAsync([JournalTesting.Entry("Next")], Stop);
        await held.AppendAsync([JournalTesting.Entry("Here")], Stop);
        Assert.True((await restored.VerifyAsync(Stream, Stop)).Valid);
    }

    private static async Task UseAsync(PostgresJournalStore store, string stream = Stream)
    {
        await using IJournalLease lease = (await store.TryAcquireAsync(stream, TimeSpan.FromSeconds(10), Stop))!;
        await lease.AppendAsync([JournalTesting.Entry("Zwei Äpfel €"), JournalTesting.Entry("Two")], Stop);
        await lease.AppendAsync([JournalTesting.Entry("Three")], Stop);
        await lease.SealAsync(Stop);
    }

    /// <summary>A role named as the schema, with settings of its own and the right to make it.</summary>
    private async Task RoleAsync(params string[] settings)
    {
        await cluster.Server.ExecuteAsync($"CREATE ROLE {_name} LOGIN PASSWORD '{PostgresServer.Password}'");
        if (settings.Length > 0) await cluster.Server.ExecuteAsync($"GRANT CREATE ON DATABASE journals TO {_name};{string.Concat(settings.Select(setting => $"ALTER ROLE {_name} SET {setting};"))}");
    }

    /// <summary>Until the server has ended every connection of the role.</summary>
    private async Task IdleAsync()
    {
        while (await cluster.Server.ExecuteAsync($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{_name}'") is not 0L) await Task.Delay(50, Stop);
    }

    private PostgresJournalStore Open(string? address = null, string? host = null, TimeProvider? clock = null, string lease = "3s", string? role = "", string? schema = "")
    {
        Assert.NotEmpty(_needed);
        string value = address ?? (role is null ? cluster.Address : cluster.Address.Replace("//owner:", $"//{_name}:", StringComparison.Ordinal));
        return new PostgresJournalStore("secret:journals", new EngineContext
        {
            Clock = clock ?? TimeProvider.System,
            HostName = host ?? "build-07",
            Secrets = new PostgresCluster.Secret($"{value.Replace("lease=3s", $"lease={lease}", StringComparison.Ordinal)}{(schema is null ? "" : $"&schema={_name}")}"),
        });
    }
}
