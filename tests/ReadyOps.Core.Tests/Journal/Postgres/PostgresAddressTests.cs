using Npgsql;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Core.Tests.Journal.Postgres;

public sealed class PostgresAddressTests
{
    [Fact]
    public void The_uri_that_psql_takes_is_taken_with_all_its_parts()
    {
        PostgresAddress address = PostgresAddress.Read("postgresql://deploy%40ops:p%2Fw%3Bd@db.example:6432/journals?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=7", "secret:db");
        var pairs = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(("db.example", 6432, "journals"), (pairs.Host, pairs.Port, pairs.Database));
        Assert.Equal(("deploy@ops", "p/w;d"), (pairs.Username, pairs.Password));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.pem", 7), (pairs.SslMode, pairs.RootCertificate, pairs.Timeout));
        Assert.Equal("postgresql://db.example:6432/journals", address.Display);
        Assert.Equal(("readyops", TimeSpan.FromSeconds(30)), (address.Schema, address.LeaseTime));
    }

    [Theory]
    [InlineData("Host=db.example;Database=journals;Username=deploy;Password=s3cret;SSL Mode=Require")]
    [InlineData("Server=db.example; Port=5432; Database=journals; User Id=deploy; Password='s3cret'")]
    [InlineData("postgres://deploy:s3cret@db.example/journals")]
    public void Pairs_and_both_schemes_name_the_same_place_and_show_no_password(string text)
    {
        PostgresAddress address = PostgresAddress.Read(text, "env:DB");
        Assert.Equal("s3cret", new NpgsqlConnectionStringBuilder(address.ConnectionString).Password);
        Assert.Equal("postgresql://db.example:5432/journals", address.ToString());
    }

    [Theory]
    [InlineData("Host=db;Database=x", 15)]
    [InlineData("Host=db;Database=x;Command Timeout=40", 40)]
    [InlineData("Host=db;Database=x;CommandTimeout=40", 40)]
    public void A_dead_peer_is_waited_for_fifteen_seconds_unless_it_is_said_otherwise(string text, int seconds) =>
        Assert.Equal(seconds, new NpgsqlConnectionStringBuilder(PostgresAddress.Read(text, "secret:db").ConnectionString).CommandTimeout);

    [Theory]
    [InlineData("postgresql://deploy:p%2Cw@one.example,two.example:6432/journals", "one.example,two.example:6432", "postgresql://one.example:5432,two.example:6432/journals")]
    [InlineData("postgresql://one:5433,[2001:db8::1]:5434/journals?schema=team_a", "one:5433,[2001:db8::1]:5434", "postgresql://one:5433,[2001:db8::1]:5434/journals?schema=team_a")]
    [InlineData("Host=one,two:6432;Port=5433;Database=journals", "one,two:6432", "postgresql://one:5433,two:6432/journals")]
    public void Of_several_hosts_the_primary_is_meant(string text, string hosts, string display)
    {
        PostgresAddress address = PostgresAddress.Read(text, "secret:db");
        var pairs = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal((hosts, "primary"), (pairs.Host, pairs.TargetSessionAttributes));
        Assert.Equal(display, address.Display);
        Assert.Equal("prefer-standby", new NpgsqlConnectionStringBuilder(PostgresAddress.Read($"{text}{(text.Contains('?') ? "&" : text.Contains("://") ? "?" : ";")}target_session_attrs=prefer-standby", "secret:db").ConnectionString).TargetSessionAttributes);
    }

    [Theory]
    [InlineData("postgresql://db.example/journals?target_session_attrs=read-write", 15)]
    [InlineData("postgresql://one,two/journals", 5)]
    [InlineData("postgresql://one,two/journals?connect_timeout=9", 9)]
    public void One_host_is_what_it_is_and_one_of_several_is_not_waited_for_long(string text, int seconds)
    {
        var pairs = new NpgsqlConnectionStringBuilder(PostgresAddress.Read(text, "secret:db").ConnectionString);
        Assert.Equal((text.Contains("one,") ? "primary" : null, seconds), (pairs.TargetSessionAttributes, pairs.Timeout));
    }

    [Fact]
    public void Nothing_is_kept_in_a_session_that_a_pooler_may_give_to_another_and_a_commit_that_waits_is_not_cancelled()
    {
        var pairs = new NpgsqlConnectionStringBuilder(PostgresAddress.Read("Host=db;Database=x;Max Auto Prepare=20;Multiplexing=true;No Reset On Close=false;Cancellation Timeout=2000", "secret:db").ConnectionString);
        Assert.Equal((0, false, true, -1), (pairs.MaxAutoPrepare, pairs.Multiplexing, pairs.NoResetOnClose, pairs.CancellationTimeout));
    }

    [Fact]
    public void A_schema_of_any_name_is_quoted()
    {
        PostgresAddress address = PostgresAddress.Read("postgresql://db.example/journals?schema=Team%20%22A%22", "secret:db");
        Assert.Equal(("Team \"A\"", "\"Team \"\"A\"\"\"", "postgresql://db.example:5432/journals?schema=Team%20%22A%22"), (address.Schema, address.QuotedSchema, address.Display));
    }

    [Fact]
    public void Schema_and_lease_are_ours()
    {
        PostgresAddress address = PostgresAddress.Read("postgresql://db.example/journals?schema=team_a&lease=1m30s", "secret:db");
        Assert.Equal(("team_a", TimeSpan.FromSeconds(90)), (address.Schema, address.LeaseTime));
        Assert.Equal("postgresql://db.example:5432/journals?schema=team_a", address.Display);
        Assert.Equal(TimeSpan.FromSeconds(5), PostgresAddress.Read("Host=db;Database=x;lease=5s", "secret:db").LeaseTime);
    }

    [Theory]
    [InlineData("postgresql:///journals?password=s3cret", "no host")]
    [InlineData("postgresql://deploy:s3cret@db.example", "no database")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?sslmod=require", "'sslmod'")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?sslmode=s3cret", "'sslmode'")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=", "schema")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=pg_catalog", "schema")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=a%00b", "schema")]
    // 64 bytes, of which PostgreSQL would forget the last.
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=a234567890123456789012345678901234567890123456789012345678901%C3%BCb", "schema")]
    [InlineData("postgresql://deploy:s3cret@one,/journals", "several hosts")]
    [InlineData("postgresql://deploy:s3cret@one:x,two/journals", "several hosts")]
    [InlineData("postgresql://deploy:s3cret@one,two/journals?target_session_attrs=s3cret", "'target_session_attrs'")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?lease=0s", "lease")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?lease=s3cret", "lease")]
    [InlineData("mysql://deploy:s3cret@db.example/journals", "postgresql://")]
    [InlineData("Host=db;Database=x;Passwort=s3cret", "'passwort'")]
    // The rest of a password that has a ';', or what stands behind a '?' in it.
    [InlineData("Host=db;Database=x;Username=deploy;Password=abc;s3cret=def", "none of a connection")]
    [InlineData("postgresql://deploy:12?s3cret@db.example/journals", "none of a connection")]
    [InlineData("s3cret", "neither")]
    [InlineData("", "no host")]
    public void What_cannot_be_used_is_refused_without_repeating_it(string text, string why)
    {
        ReadyOpsException refused = Assert.Throws<ReadyOpsException>(() => PostgresAddress.Read(text, "secret:db"));
        Assert.Equal("JournalAddressInvalid", refused.Id);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains("secret:db", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.ToString() + refused.NextStep, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://deploy:s3cret@db.example/journals")]
    [InlineData("postgresql://deploy@db.example/journals?password=s3cret")]
    [InlineData("postgresql://deploy@db.example/journals?sslpassword=s3cret")]
    public void A_password_that_is_written_out_is_refused(string text)
    {
        ReadyOpsException refused = Assert.Throws<ReadyOpsException>(() => PostgresAddress.ReadWritten(text));
        Assert.Equal("JournalPasswordWritten", refused.Id);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal("postgresql://db.example:5432/journals", PostgresAddress.ReadWritten("postgresql://deploy@db.example/journals?passfile=/etc/pgpass").Display);
    }
}
