using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Targets;

public sealed class TargetReaderTests
{
    [Fact]
    public void An_unknown_type_is_told_with_those_there_are() =>
        Assert.Equal(["/target/type: there is no target type 'nginx'; expected one of flag, haproxy, script"], TargetDocument.Problems("""{"type":"nginx"}"""));

    [Fact]
    public void A_missing_type_is_told_once() => Assert.Single(TargetDocument.Problems("{}"));

    [Fact]
    public void All_problems_of_a_target_are_told_at_once()
    {
        string[] problems = TargetDocument.Problems("""{"type":"haproxy","address":"nowhere","backend":"web; shutdown sessions","canary":["a","a"],"stable":["a b"],"timeout":"0s"}""");
        Assert.Equal(["/target/address", "/target/backend", "/target/canary", "/target/stable", "/target/timeout"], problems.Select(p => p.Split(':')[0]));
        Assert.Equal(2, TargetDocument.Problems("""{"type":"flag"}""").Length);
        Assert.Equal(2, TargetDocument.Problems("""{"type":"script"}""").Length);
    }

    [Theory]
    [InlineData("""{"type":"haproxy","address":"unix:/run/a.sock","backend":"b","canary":"c","stable":"c"}""", "'c' is a canary server too")]
    [InlineData("""{"type":"haproxy","address":"unix:/run/a.sock","backend":"b","canary":[],"stable":"s"}""", "no canary server is named")]
    [InlineData("""{"type":"flag","path":"flags.yaml","flag":"f"}""", "YAML")]
    [InlineData("""{"type":"flag","path":"flags.json","flag":"f","stable":"on"}""", "both")]
    [InlineData("""{"type":"script","set":[],"read":["x"]}""", "names no program")]
    public void What_cannot_be_is_told_before_anything_runs(string json, string message) =>
        Assert.Contains(message, Assert.Single(TargetDocument.Problems(json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1:9999", true)]
    [InlineData("lb.example.com:9999", true)]
    [InlineData("[::1]:9999", true)]
    [InlineData("unix:/run/haproxy/admin.sock", true)]
    [InlineData("unix:relative.sock", true)]
    [InlineData("unix:", false)]
    [InlineData("/run/haproxy/admin.sock", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1:9999", false)]
    [InlineData("host:0", false)]
    [InlineData("host:65536", false)]
    [InlineData(":9999", false)]
    [InlineData("user:pass@host:9999", false)]
    public void An_address_is_a_socket_path_or_host_and_port(string address, bool good)
    {
        Assert.Equal(good, HaproxyAddress.TryParse(address, "/base", out _));
    }

    [Fact]
    public void A_socket_path_longer_than_the_system_takes_is_refused() =>
        Assert.False(HaproxyAddress.TryParse("unix:/" + new string('x', 300), "/base", out _));

    [Fact]
    public void The_identity_is_the_same_for_documents_that_move_the_same_thing()
    {
        string one = TargetDocument.Read("""{"type":"haproxy","address":"LB:9999","backend":"web","canary":["c2","c1"],"stable":"s"}""", "/a").Identity;
        string two = TargetDocument.Read("""{"type":"haproxy","address":"lb:9999","backend":"web","canary":["c1","c2"],"stable":["s","t"]}""", "/b").Identity;
        // Blue and green of the same backend, the other way round.
        string three = TargetDocument.Read("""{"type":"haproxy","address":"lb:9999","backend":"web","canary":"s","stable":["c1","c2"]}""", "/b").Identity;
        Assert.Equal("haproxy lb:9999 web", one);
        Assert.Equal((one, one), (two, three));
    }

    [Fact]
    public void The_identity_of_a_script_does_not_hold_its_arguments()
    {
        ITarget target = TargetDocument.Read("""{"type":"script","set":["lb","--token","hunter2","{percent}"],"read":["lb"]}""", "/a");
        Assert.DoesNotContain("hunter2", target.Identity, StringComparison.Ordinal);
        Assert.NotEqual(target.Identity, TargetDocument.Read("""{"type":"script","set":["lb","--token","other","{percent}"],"read":["lb"]}""", "/a").Identity);
    }
}
