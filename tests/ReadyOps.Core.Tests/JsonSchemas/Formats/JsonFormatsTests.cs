using System.Text;
using ReadyOps.Core.JsonSchemas.Formats;

namespace ReadyOps.Core.Tests.JsonSchemas.Formats;

/// <summary>What is valid follows from the RFC that the format names; these are cases that the official suite does not have.</summary>
public sealed class JsonFormatsTests
{
    [Theory]
    [InlineData("date-time", "2016-12-31T23:59:60Z", true)]
    [InlineData("date-time", "2017-01-01T08:59:60+09:00", true)] // The day in UTC is the one before.
    [InlineData("date-time", "2016-12-31T00:59:60-23:00", true)]
    [InlineData("date-time", "2016-12-30T23:59:60Z", false)] // RFC 3339, section 5.7: at the end of months.
    [InlineData("date-time", "2017-01-02T08:59:60+09:00", false)]
    [InlineData("date-time", "2016-12-31T15:59:60-08:00", true)]
    [InlineData("date-time", "2016-02-29T23:59:60Z", true)]
    [InlineData("date-time", "2016-02-28T23:59:60Z", false)]
    [InlineData("date-time", "2016-12-31 23:59:00Z", false)]
    [InlineData("date-time", "2016-12-31T23:59:00.Z", false)]
    [InlineData("date-time", "2016-12-31T23:59:00", false)]
    [InlineData("time", "00:00:60Z", false)]
    [InlineData("duration", "PT", false)]
    [InlineData("duration", "P1Y1Y", false)]
    [InlineData("duration", "P1W1W", false)]
    [InlineData("email", "a@b", true)]
    [InlineData("email", "\"a\\\"b\"@example.com", true)]
    [InlineData("email", "\"a\"b@example.com", false)]
    [InlineData("email", "δ@example.com", false)]
    [InlineData("email", "a@[1.2.3.4", false)]
    [InlineData("email", "12345678901234567890123456789012345678901234567890123456789012345@example.com", false)]
    [InlineData("idn-email", "δ..δ@example.com", false)]
    [InlineData("hostname", "ab--cd.example", true)]
    [InlineData("hostname", "XN--9N2BP8Q.xn--9T4B11YI5A", true)]
    [InlineData("hostname", "bücher.example", false)]
    [InlineData("idn-hostname", "ab--cd.example", false)]
    [InlineData("idn-hostname", "bücher.example", true)]
    [InlineData("idn-hostname", "Bücher.example", false)] // An upper-case letter has no place in a U-label.
    [InlineData("idn-hostname", "EXAMPLE.com", true)]
    [InlineData("idn-hostname", "xn--bcher-kva.example", true)] // RFC 3492 has the algorithm; bücher is the usual example of it.
    [InlineData("idn-hostname", "अनुच्छेद.भारत", true)]
    [InlineData("idn-hostname", "אב.1a", false)] // RFC 5893: every label of a name with one from right to left begins with a letter.
    [InlineData("idn-hostname", "אב.a1", true)]
    [InlineData("ipv4", "1.2.3.04", false)]
    [InlineData("ipv6", "1:2:3:4:5:6:7::", true)]
    [InlineData("ipv6", "1:2:3:4:5:6:7:8::", false)]
    [InlineData("ipv6", "::1:2:3:4:5:6:7:8", false)]
    [InlineData("ipv6", "1:2:3:4:5:6:7:1.2.3.4", false)]
    [InlineData("ipv6", ":::", false)]
    [InlineData("ipv6", "", false)]
    [InlineData("uri", "a:", true)]
    [InlineData("uri", "http://[v1.fe:80]:8080/?#", true)]
    [InlineData("uri", "http://[v1.]/", false)]
    [InlineData("uri", "http://[::1]x/", false)]
    [InlineData("uri", "http://a:b:1/", false)]
    [InlineData("uri", "http://a#b#c", false)]
    [InlineData("uri-reference", "a/b:c", true)]
    [InlineData("uri-reference", "?a:b", true)]
    [InlineData("iri", "http://a/\uE000", false)] // Private characters stand in the query only.
    [InlineData("iri", "http://a/?\uE000", true)]
    [InlineData("iri", "http://a/\u202E", false)]
    [InlineData("uri-template", "{a:1}{b*}{?c,d*}", true)]
    [InlineData("uri-template", "{a:1*}", false)]
    [InlineData("uri-template", "{a{b}}", false)]
    [InlineData("uri-template", "{.}", false)]
    [InlineData("uri-template", "%4", false)]
    [InlineData("uuid", "{98d80576-482e-427f-8434-7f86890ab222}", false)]
    [InlineData("relative-json-pointer", "0-1/a", true)]
    [InlineData("relative-json-pointer", "0+0", false)]
    [InlineData("relative-json-pointer", "1a", false)]
    [InlineData("regex", "(", false)]
    [InlineData("regex", @"^\p{Lu}(?<=a)$", true)]
    public void A_text_is_of_a_format_or_not(string name, string text, bool valid)
    {
        Assert.True(JsonFormats.TryFind(name, out JsonFormat? format));
        Assert.Equal(valid, format.IsValid(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void No_bytes_make_a_format_throw_and_few_texts_are_of_one()
    {
        var random = new Random(4);
        byte[] bytes = new byte[40];
        string alphabet = "0123456789abfxnPTZ:-./@[]{}%#?\"\\ \u05D0\u0660\u00B7\u200D\u94AF\U0001D54F~*+,";
        foreach (string name in JsonFormats.Names.Where(name => name != "regex"))
        {
            Assert.True(JsonFormats.TryFind(name, out JsonFormat? format));
            for (int i = 0; i < 20_000; i++)
            {
                int length = random.Next(bytes.Length);
                if (i % 2 == 0) random.NextBytes(bytes.AsSpan(0, length));
                else length = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => alphabet[random.Next(alphabet.Length)])), bytes);
                format.IsValid(bytes.AsSpan(0, length));
                Assert.False(format.IsValid([.. bytes.AsSpan(0, length), 0xFF]) && name is not ("json-pointer" or "relative-json-pointer"));
            }
        }
    }

    [Fact]
    public void Telling_a_format_allocates_nothing()
    {
        (string Name, byte[] Text)[] texts =
        [
            ("date-time", "1998-12-31T15:59:60.123-08:00"u8.ToArray()), ("duration", "P1Y2M3DT4H5M6S"u8.ToArray()), ("email", "\"joe bloggs\"@[IPv6:::1]"u8.ToArray()),
            ("idn-email", "실례@실례.테스트"u8.ToArray()), ("hostname", "xn--9n2bp8q.xn--9t4b11yi5a"u8.ToArray()), ("idn-hostname", "실례。테스트"u8.ToArray()),
            ("ipv4", "255.255.255.255"u8.ToArray()), ("ipv6", "1::d6:192.168.0.1"u8.ToArray()), ("iri", "http://ƒøø.ßår:80/?∂éœ=πîx#πîüx"u8.ToArray()),
            ("uri-template", "http://example.com/{?term:1,a*}/{term}"u8.ToArray()), ("uuid", "2eb8aa08-aa98-11ea-f4aa-73b441d16380"u8.ToArray()),
            ("json-pointer", "/~1~0~0~1~1"u8.ToArray()), ("relative-json-pointer", "120/foo/bar"u8.ToArray()),
        ];
        foreach ((string name, byte[] text) in texts)
        {
            Assert.True(JsonFormats.TryFind(name, out JsonFormat? format));
            Assert.True(format.IsValid(text), name);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) format.IsValid(text);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
