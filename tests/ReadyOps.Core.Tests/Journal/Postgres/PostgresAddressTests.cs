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
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=a;drop", "schema")]
    [InlineData("postgresql://deploy:s3cret@db.example/journals?schema=A", "schema")]
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
