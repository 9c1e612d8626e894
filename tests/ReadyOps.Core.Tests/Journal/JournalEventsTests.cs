using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalEventsTests
{
    private static async Task<JournalLine> WrittenAndReadAsync(JournalEntry entry)
    {
        MemoryMedium medium = new();
        JournalStore store = new(medium, Context);
        await using (IJournalLease lease = await AcquireAsync(store))
            await lease.AppendAsync([entry], Cancel);
        using IJournalFile file = medium.OpenRead(Checkout)!;
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        AssertChain(bytes);
        return Assert.Single(await store.ReadAsync(Checkout, Cancel));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_kept_as_it_was_spelled()
    {
        JournalLine line = await WrittenAndReadAsync(Entry("Any", """{ "a\ud800b" : [ "x \udc00\" y" , 1 ] }"""));
        Assert.Equal("""{"a\ud800b":["x \udc00\" y",1]}""", line.Data.GetRawText());
        JournalEvent read = JournalEvents.ToContract(Checkout, line);
        Assert.Equal(["\"x \\udc00\\\" y\"", 1L], Assert.IsType<object?[]>(read.Data["\"a\\ud800b\""]));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(300, false)]
    public async Task What_could_not_be_read_back_is_refused_before_it_is_written(int depth, bool fits)
    {
        string data = "{\"deep\":" + new string('[', depth) + new string(']', depth) + "}";
        if (fits)
        {
            Assert.Equal(data, (await WrittenAndReadAsync(Entry("Deep", data))).Data.GetRawText());
            return;
        }
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await WrittenAndReadAsync(Entry("Deep", data)));
        Assert.Equal("JournalEntryInvalid", refused.Id);
    }

    [Theory]
    [InlineData(500_000, true)]
    [InlineData(16 * 1024 * 1024, false)]
    public async Task A_line_may_be_longer_than_a_buffer_but_not_without_bound(int length, bool fits)
    {
        string data = $$"""{"text":"{{new string('x', length)}}"}""";
        Task<JournalLine> written = WrittenAndReadAsync(Entry("Long", data));
        if (fits)
            Assert.Equal(data, (await written).Data.GetRawText());
        else
            Assert.Equal("JournalEntryInvalid", (await Assert.ThrowsAsync<ReadyOpsException>(() => written)).Id);
    }

    [Fact]
    public void What_is_read_is_what_was_appended_for_any_json()
    {
        Gen<string> text = ArbMap.Default.GeneratorFor<string?>().Select(s => s is null ? "\U0001F680\u2028\u0000\"\\/<é" : ReplaceHalves(s));
        Gen<string> number = Gen.OneOf(
            ArbMap.Default.GeneratorFor<long>().Select(n => JsonSerializer.Serialize(n)),
            ArbMap.Default.GeneratorFor<NormalFloat>().Select(n => JsonSerializer.Serialize(n.Get)),
            Gen.Elements("1e400", "-0", "0.1000", "123456789012345678901234567890", "1E-7"));
        Gen<string> leaf = Gen.OneOf(number, text.Select(t => JsonSerializer.Serialize(t)), Gen.Elements("true", "false", "null"));
        Gen<string> Value(int size) => size <= 0 ? leaf : Gen.OneOf(leaf, Array(size), Object(size));
        Gen<string> Array(int size) => Value(size / 3).ListOf().Select(items => $"[ {string.Join(" ,\n", items.Take(5))} ]");
        Gen<string> Object(int size) => text.Zip(Value(size / 3)).ListOf().Select(
            members => "{" + string.Join(", ", members.Take(5).Select(m => JsonSerializer.Serialize(m.Item1) + "\t: " + m.Item2)) + "\r\n}");
        Gen<(string Data, string Actor)> events = Gen.Sized(size => Object(Math.Min(size, 60))).Zip(text);

        Prop.ForAll(events.ToArbitrary(), e => SurvivesAsync(e.Data, e.Actor).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    private static async Task<bool> SurvivesAsync(string data, string actor)
    {
        JournalEntry entry = Entry("Any", data, actor);
        JournalLine line = await WrittenAndReadAsync(entry);
        return line.Actor == actor && Same(entry.Data, line.Data);
    }

    /// <summary>Same structure, texts by character, numbers by spelling: more than JSON itself promises.</summary>
    private static bool Same(JsonElement a, JsonElement b) => a.ValueKind == b.ValueKind && a.ValueKind switch
    {
        JsonValueKind.Object => a.EnumerateObject().Zip(b.EnumerateObject()).All(p => p.First.Name == p.Second.Name && Same(p.First.Value, p.Second.Value))
            && a.EnumerateObject().Count() == b.EnumerateObject().Count(),
        JsonValueKind.Array => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(p => Same(p.First, p.Second)),
        JsonValueKind.String => a.GetString() == b.GetString(),
        _ => a.GetRawText() == b.GetRawText(),
    };

    private static string ReplaceHalves(string text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
