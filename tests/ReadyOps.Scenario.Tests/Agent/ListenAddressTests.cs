using ReadyOps.Agent.Running;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8765", "http://127.0.0.1:8765")]
    [InlineData("127.8.9.1:0", "http://127.8.9.1:0")]
    [InlineData("localhost:80", "http://127.0.0.1:80")]
    [InlineData("[::1]:8765", "http://[::1]:8765")]
    public void An_address_on_loopback_is_taken(string text, string expected)
    {
        Assert.True(ListenAddress.TryParse(text, out string url, out string problem), problem);
        Assert.Equal(expected, url);
    }

    [Theory]
    [InlineData("0.0.0.0:8765")]
    [InlineData("192.168.1.5:8765")]
    [InlineData("[::]:8765")]
    [InlineData("[2001:db8::1]:8765")]
    public void An_address_that_others_reach_is_refused(string text)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out string problem));
        Assert.Contains("not on loopback", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8765")]
    [InlineData(":8765")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:8765")]
    [InlineData("example.org:8765")]
    [InlineData("localhost.example.org:8765")]
    public void What_is_no_address_with_a_port_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, out _, out _));
}
