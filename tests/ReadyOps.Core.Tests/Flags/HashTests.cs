using System.Text;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Tests.Flags;

public sealed class HashTests
{
    [Theory]
    // FORMATS.md §1.3: computed with an independent implementation of the published algorithm, seed 0.
    [InlineData("", 0u)]
    [InlineData("a", 0x3c2569b2u)]
    [InlineData("abc", 0xb3dd93fau)]
    [InlineData("hello", 0x248bfa47u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2e4ff723u)]
    // Keys of flagd's test bed whose hashes stand at the ends of what 32 bits hold.
    [InlineData("ejOoVL", 0u)]
    [InlineData("bY9fO-", 1u)]
    [InlineData("SI7p-", 2147483647u)]
    [InlineData("6LvT0", 2147483648u)]
    [InlineData("ceQdGm", 4294967295u)]
    public void The_hash_is_MurmurHash3_over_UTF8(string text, uint hash) => Assert.Equal(hash, Murmur3.Hash(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_prefix_that_was_hashed_before_changes_nothing()
    {
        string[] texts = ["", "f", "fl", "flag", "flagé", "日本日本", "a-rather-long-key-of-a-flag"];
        foreach (string prefix in texts)
        {
            foreach (string rest in texts.Append(new string('x', 300)).Append(new string('é', 300)))
                Assert.Equal(Murmur3.Hash(Encoding.UTF8.GetBytes(prefix + rest)), new HashPrefix(prefix).Hash(rest));
        }
    }

    [Theory]
    // RFC 8949, Appendix A; whole floats are integers here, as flagd's ADR on non-string bucketing has it.
    [InlineData("0", "00")]
    [InlineData("-0.0", "00")]
    [InlineData("1", "01")]
    [InlineData("1.0", "01")]
    [InlineData("10", "0a")]
    [InlineData("23", "17")]
    [InlineData("24", "1818")]
    [InlineData("100", "1864")]
    [InlineData("1000", "1903e8")]
    [InlineData("1000000", "1a000f4240")]
    [InlineData("1000000000000", "1b000000e8d4a51000")]
    [InlineData("-1", "20")]
    [InlineData("-10", "29")]
    [InlineData("-100", "3863")]
    [InlineData("-1000", "3903e7")]
    [InlineData("1.1", "fb3ff199999999999a")]
    [InlineData("1.5", "f93e00")]
    [InlineData("65504.0", "19ffe0")]
    [InlineData("3.4028234663852886e+38", "fa7f7fffff")]
    [InlineData("1.0e+300", "fb7e37e43c8800759c")]
    [InlineData("5.960464477539063e-8", "f90001")]
    [InlineData("0.00006103515625", "f90400")]
    [InlineData("-4.1", "fbc010666666666666")]
    [InlineData("false", "f4")]
    [InlineData("true", "f5")]
    [InlineData("null", "f6")]
    [InlineData("\"\"", "60")]
    [InlineData("\"IETF\"", "6449455446")]
    [InlineData("\"\\\"\\\\\"", "62225c")]
    [InlineData("\"ü\"", "62c3bc")]
    [InlineData("\"水\"", "63e6b0b4")]
    [InlineData("\"\\ud800\\udd51\"", "64f0908591")]
    [InlineData("[]", "80")]
    [InlineData("[1,[2,3],[4,5]]", "8301820203820405")]
    [InlineData("{}", "a0")]
    [InlineData("{\"b\":[2,3],\"a\":1}", "a26161016162820203")]
    [InlineData("{\"a\":\"A\",\"b\":\"B\",\"c\":\"C\",\"d\":\"D\",\"e\":\"E\"}", "a56161614161626142616361436164614461656145")]
    // Section 4.2.1: by the bytes of the encoded keys, so that a shorter key comes first: "z" before "aa".
    [InlineData("{\"aa\":2,\"z\":1}", "a2617a0162616102")]
    // From 2^64 on, and below -2^63, a whole number is a float.
    [InlineData("18446744073709551616", "fa5f800000")]
    [InlineData("-9223372036854775808", "3b7fffffffffffffff")]
    public void Values_are_encoded_in_deterministic_CBOR(string json, string bytes) =>
        Assert.Equal(bytes, Convert.ToHexString(DeterministicCbor.Encode(FlagValue.FromJson(System.Text.Json.JsonDocument.Parse(json).RootElement))).ToLowerInvariant());

    [Theory]
    // Go's FormatFloat(v, 'f', -1, 64), encoding/json and %v, by their documentation.
    [InlineData(1, "1", "1", "1")]
    [InlineData(-2.5, "-2.5", "-2.5", "-2.5")]
    [InlineData(1e6, "1000000", "1000000", "1e+06")]
    [InlineData(123456789, "123456789", "123456789", "1.23456789e+08")]
    [InlineData(1e21, "1000000000000000000000", "1e+21", "1e+21")]
    [InlineData(1.5e300, null, "1.5e+300", "1.5e+300")]
    [InlineData(0.000001, "0.000001", "0.000001", "1e-06")]
    [InlineData(1.5e-7, "0.00000015", "1.5e-7", "1.5e-07")]
    [InlineData(-0.0, "-0", "-0", "-0")]
    [InlineData(0.1, "0.1", "0.1", "0.1")]
    public void Numbers_are_written_as_Go_writes_them(double value, string? plain, string json, string verb) =>
        Assert.Equal((plain ?? NumberText.Plain(value), json, verb), (NumberText.Plain(value), NumberText.Json(value), NumberText.Verb(value)));
}
