using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Flags;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Targets;

public sealed class FlagTargetTests : IDisposable
{
    private const string Half = """{"fractional":[["on",1],["off",1]]}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "flags.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_the_two_weights_change_in_the_file()
    {
        const string before = "\uFEFF{\r\n\t\"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\r\n\t\"flags\": {\r\n\t\t\"other\" : { \"state\":\"ENABLED\",\"variants\":{\"a\":1.50,\"b\":1e2} , \"defaultVariant\":\"a\"},\r\n" +
            "\t\t\"new-checkout\": {\"state\":\"ENABLED\", \"variants\":{\"on\":true,\"off\":false}, \"defaultVariant\":\"off\",\r\n" +
            "\t\t  \"targeting\": {\"if\":[{\"in\":[{\"var\":\"email\"},[\"j\\u00fcrgen@example.com\", \"日本\"]]}, \"on\", {\"fractional\":[{\"var\":\"session\"}, [ \"on\", 5 ],[\"off\"]]}]},\r\n" +
            "\t\t  \"metadata\":{\"x\":12345678901234567890.0}, \"unknown\":null}\r\n\t},\r\n\t\"metadata\":{\"version\":\"1\"}\r\n}\r\n";
        await WriteAsync(before);
        ITarget target = Target("new-checkout");
        Assert.Equal(83.333333m, await target.ReadAsync(Cancel)); // 5 of 6: a weight left out is 1
        await target.SetAsync(12.345m, Cancel);
        Assert.Equal(12.345m, await target.ReadAsync(Cancel));
        string after = Encoding.UTF8.GetString(await System.IO.File.ReadAllBytesAsync(File, Cancel));
        Assert.Equal(before.Replace("[ \"on\", 5 ],[\"off\"]", "[ \"on\", 12345 ],[\"off\", 87655]", StringComparison.Ordinal), after);
    }

    [Fact]
    public async Task Where_there_is_no_targeting_it_is_written_as_the_file_is_laid_out()
    {
        await WriteAsync("{\n  \"flags\": {\n    \"f\": {\n      \"state\": \"ENABLED\",\n      \"variants\": {\"on\": 1, \"off\": 2},\n      \"defaultVariant\": \"off\"\n    }\n  }\n}\n");
        ITarget target = Target();
        Assert.Equal(0, await target.ReadAsync(Cancel));
        await target.SetAsync(25, Cancel);
        Assert.Equal("{\n  \"flags\": {\n    \"f\": {\n      \"state\": \"ENABLED\",\n      \"variants\": {\"on\": 1, \"off\": 2},\n      \"defaultVariant\": \"off\",\n" +
            "      \"targeting\": {\"fractional\": [[\"on\", 25000], [\"off\", 75000]]}\n    }\n  }\n}\n", await TextAsync());
        await target.SetAsync(100, Cancel);
        Assert.Contains("[[\"on\", 100000], [\"off\", 0]]", await TextAsync(), StringComparison.Ordinal);
        await target.SetAsync(0, Cancel);
        Assert.Contains("[[\"on\", 0], [\"off\", 100000]]", await TextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await target.ReadAsync(Cancel));
    }

    [Fact]
    public async Task Names_are_written_around_the_share_and_taken_out_again_without_touching_anything_else()
    {
        string own = """{"if":[{"in":[{"var":"email"},["vip@example.com"]]},"on",{"fractional":[["on", 10],["off", 90]]}]}""";
        await WriteAsync(Flag(own));
        string before = await TextAsync();
        var target = (IAllowingTarget)Target();
        Assert.Empty(await target.ReadAllowedAsync(Cancel)); // The team's own list is of another kind, and stays its own.
        await target.SetAsync(10, ["alice", "\"b\"ob"], Cancel);
        Assert.Equal(["alice", "\"b\"ob"], await target.ReadAllowedAsync(Cancel));
        Assert.Equal(10, await target.ReadAsync(Cancel));
        Assert.Equal(before.Replace("""{"fractional":[["on", 10],["off", 90]]}""",
            """{"if": [{"in": [{"var": "targetingKey"}, ["alice", "\"b\"ob"]]}, "on", {"fractional":[["on", 10],["off", 90]]}]}""", StringComparison.Ordinal), await TextAsync());
        await target.SetAsync(10, [], Cancel);
        Assert.Equal(before, await TextAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task An_empty_targeting_is_filled(string empty)
    {
        await WriteAsync(Flag(empty));
        await Target().SetAsync(1, Cancel);
        Assert.Equal(Flag("""{"fractional": [["on", 1000], ["off", 99000]]}"""), await TextAsync());
    }

    [Fact]
    public async Task Setting_what_is_there_already_leaves_the_file_alone()
    {
        await WriteAsync(Flag(Half));
        DateTime stamp = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        System.IO.File.SetLastWriteTimeUtc(File, stamp);
        await Target().SetAsync(50, Cancel);
        Assert.Equal(stamp, System.IO.File.GetLastWriteTimeUtc(File));
        Assert.Equal(Flag(Half), await TextAsync());
    }

    [Theory]
    [InlineData("""{"fractional":[["on",25],["off",75]]}""", 25)]
    [InlineData("""{"fractional":[["off",75],["on",25]]}""", 25)]                    // either order: the group of 'on' only grows
    [InlineData("""{"fractional":["salt",["on",1],["off",99999]]}""", 0.001)]
    [InlineData("""{"fractional":[["on",1],["off",2147483646]]}""", 0.000001)]       // somebody is not nobody
    [InlineData("""{"fractional":[["on",2147483646],["off",1]]}""", 99.999999)]
    [InlineData("""{"fractional":[["on",-5],["off",1]]}""", 0)]                      // flagd counts a negative weight as 0
    [InlineData("""{"fractional":[["on",5.0],["off",15]]}""", 25)]
    [InlineData("""{"if":[{"ends_with":[{"var":"email"},"@example.com"]},"on",{"fractional":[["on",1],["off",3]]}]}""", 25)]
    public async Task The_share_is_that_of_the_weights(string targeting, double expected)
    {
        await WriteAsync(Flag(targeting));
        Assert.Equal((decimal)expected, await Target().ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("""{"if":[true,"on","off"]}""", "no 'fractional'")]
    [InlineData("""{"fractional":[["on",1],["beta",1]]}""", "no 'fractional'")]
    [InlineData("""{"fractional":[["on",1],["off",1],["beta",1]]}""", "3 entries")]
    [InlineData("""{"fractional":[["on",1],["off",1],["on",1]]}""", "3 entries")]
    [InlineData("""{"if":[true,{"fractional":[["on",1],["off",1]]},{"fractional":[["on",2],["off",2]]}]}""", "2 'fractional'")]
    [InlineData("""{"fractional":[["on",{"var":"w"}],["off",1]]}""", "computed")]
    [InlineData("""{"fractional":[["on",0.5],["off",1]]}""", "no whole number")]
    [InlineData("""{"fractional":[["on",1e400],["off",1]]}""", "no whole number")]
    [InlineData("""{"fractional":[["on",0],["off",0]]}""", "sum of its weights is 0")]
    [InlineData("""{"fractional":[["on",2147483647],["off",1]]}""", "2147483648")]
    [InlineData("[]", "not an object")]
    public async Task Targeting_that_holds_no_share_is_refused_with_what_to_write(string targeting, string why)
    {
        await WriteAsync(Flag(targeting));
        ReadyOpsException e = await FailsAsync("FlagTargetingUnfit");
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Contains("""{"fractional": [["on", 0], ["off", 100000]]}""", e.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_without_a_sum_can_be_taken_back_to_nothing()
    {
        await WriteAsync(Flag("""{"fractional":[["on",0],["off",0]]}"""));
        await Target().SetAsync(0, Cancel);
        Assert.Equal(0, await Target().ReadAsync(Cancel));
    }

    [Theory]
    [InlineData("", "FlagUnreadable")]
    [InlineData("[]", "FlagUnreadable")]
    [InlineData("""{"flags":{}}{}""", "FlagUnreadable")]
    [InlineData("""{"flags":{},}""", "FlagUnreadable")]
    [InlineData("{\"flags\":{} // comment\n}", "FlagUnreadable")]
    [InlineData("""{"flags":{"f":{"variants":{"on":1,"off":2}},"f":{}}}""", "FlagUnreadable")]
    [InlineData("""{"metadata":{}}""", "FlagUnreadable")]
    [InlineData("""{"flags":{"f":"\ud800"}}""", "FlagUnreadable")]
    [InlineData("flags:\n  f: {}\n", "FlagUnreadable")]
    [InlineData("""{"flags":{"g":{}}}""", "FlagMissing")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true}}}}""", "FlagVariantMissing")]
    [InlineData("""{"flags":{"f":{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""", "FlagDisabled")]
    [InlineData("""{"flags":{"f":{"variants":{"on":true,"off":false},"defaultVariant":"off"}}}""", "FlagDisabled")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false}}}}""", "FlagTargetingUnfit")]
    public async Task A_file_that_is_no_such_flag_is_refused_and_left_alone(string content, string id)
    {
        await WriteAsync(content);
        await FailsAsync(id);
        Assert.Equal(content, await TextAsync());
    }

    [Fact]
    public async Task A_mistake_in_the_json_is_told_with_its_place()
    {
        await WriteAsync("{\n  \"flags\": {,}\n}");
        Assert.Contains("flags.json:2:13", (await FailsAsync("FlagUnreadable")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_too_long_is_refused()
    {
        await FailsAsync("FlagUnreadable");
        await System.IO.File.WriteAllBytesAsync(File, new byte[(4 * 1024 * 1024) + 1], Cancel);
        Assert.Contains("4,194,305", (await FailsAsync("FlagUnreadable")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_default_that_exposes_the_variant_is_no_share_but_can_be_taken_back()
    {
        string exposed = Flag(Half).Replace("\"defaultVariant\":\"off\"", "\"defaultVariant\":\"on\"", StringComparison.Ordinal);
        await WriteAsync(exposed);
        Assert.Contains("targetingKey", (await FailsAsync("FlagTargetingUnfit")).Message, StringComparison.Ordinal);
        await Target().SetAsync(0, Cancel);
        Assert.Contains("""["on",0],["off",100000]""", await TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_on_for_all_by_its_default_reads_as_everything_and_can_be_taken_back()
    {
        await WriteAsync("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}}}""");
        Assert.Equal(100, await Target().ReadAsync(Cancel));
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target().SetAsync(50, Cancel));
        await Target().SetAsync(0, Cancel);
        Assert.Contains("""[["on", 0], ["off", 100000]]""", await TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_form_of_the_daemon_works_too()
    {
        await WriteAsync("""{"flags":[{"key":"g"},{"key":"f","state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}]}""");
        await Target().SetAsync(10, Cancel);
        Assert.Equal(10, await Target().ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_linked_file_stays_a_link_and_the_mode_stays()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Modes and unprivileged links are of Unix.");
            return;
        }

        Directory.CreateDirectory(Path.Combine(_folder, "..data-1"));
        string real = Path.Combine(_folder, "..data-1", "flags.json");
        await System.IO.File.WriteAllTextAsync(real, Flag(Half), Cancel);
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        System.IO.File.SetUnixFileMode(real, mode);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..data-1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "flags.json"));
        await Target().SetAsync(10, Cancel);
        Assert.Equal(10, await Target().ReadAsync(Cancel));
        Assert.Equal(Path.Combine("..data", "flags.json"), new FileInfo(File).LinkTarget);
        Assert.Equal(mode, System.IO.File.GetUnixFileMode(real));
    }

    [Fact]
    public async Task Nothing_but_the_lock_is_left_beside_the_file()
    {
        await WriteAsync(Flag(Half));
        await Target().SetAsync(10, Cancel);
        Assert.Equal(["flags.json", "flags.json.lock"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_writers_of_different_flags_lose_nothing()
    {
        string[] flags = [.. Enumerable.Range(0, 8).Select(i => $"f{i}")];
        const string flag = """{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}""";
        await WriteAsync($"{{\"flags\":{{{string.Join(',', flags.Select(name => $"\"{name}\":{flag}"))}}}}}");
        await Task.WhenAll(flags.Select((name, i) => Task.Run(async () => await Target(name).SetAsync(i + 1, Cancel), Cancel)));
        for (int i = 0; i < flags.Length; i++) Assert.Equal(i + 1, await Target(flags[i]).ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_change_by_somebody_who_takes_no_lock_is_kept()
    {
        await WriteAsync("1");
        var file = new FlagFile(File, TimeProvider.System);
        int calls = 0;
        await file.ChangeAsync(
            before =>
            {
                if (calls++ == 0) System.IO.File.WriteAllText(File, "2"); // After the read, before the replacement.
                return [.. before, (byte)'!'];
            }, Cancel);
        Assert.Equal("2!", await TextAsync());
    }

    [Fact]
    public async Task While_the_file_is_changed_nobody_else_gets_its_lock()
    {
        await WriteAsync("1");
        bool refused = false;
        await new FlagFile(File, TimeProvider.System).ChangeAsync(
            before =>
            {
                refused = Record.Exception(() => new FileStream(File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose()) is IOException;
                return before;
            }, Cancel);
        Assert.True(refused);
    }

    [Fact]
    public async Task A_lock_held_too_long_is_told()
    {
        await WriteAsync(Flag(Half));
        var clock = new Http.ManualClock();
        using FileStream held = new(File + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Task set = TargetDocument.Read($$"""{"type":"flag","path":"flags.json","flag":"f"}""", _folder, new EngineContext { Clock = clock }).SetAsync(5, Cancel).AsTask();
        while (!set.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal("FlagBusy", (await Assert.ThrowsAsync<ReadyOpsException>(() => set)).Id);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.0000001, 0.001)]
    [InlineData(0.0015, 0.001)] // half a step goes down
    [InlineData(0.00151, 0.002)]
    [InlineData(33.3333, 33.333)]
    [InlineData(99.9999, 99.999)]
    [InlineData(100, 100)]
    public void Nearest_is_a_step_of_a_thousandth_of_a_per_cent(double percent, double expected) =>
        Assert.Equal((decimal)expected, Target().Nearest((decimal)percent));

    [Fact]
    public void Nearest_keeps_nothing_and_everything_and_is_idempotent_monotone_and_near()
    {
        ITarget target = Target();
        Arbitrary<(int P, int Q)> shares = (from p in Gen.Choose(0, 10_000_000) from q in Gen.Choose(0, 10_000_000) select (p, q)).ToArbitrary();
        Prop.ForAll(shares, c =>
        {
            (decimal p, decimal q) = (c.P / 100_000m, c.Q / 100_000m);
            decimal near = target.Nearest(p);
            return near == 0 == (p == 0) && near == 100 == (p == 100) && target.Nearest(near) == near
                && (p <= q ? near <= target.Nearest(q) : near >= target.Nearest(q))
                && (Math.Abs(near - p) <= 0.0005m || p < 0.001m || p > 99.999m);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void In_any_flag_file_what_is_set_is_read_and_nothing_else_changes()
    {
        Gen<string> scalar = Gen.Elements("1", "-0.0", "1.50", "1e3", "true", "null", "\"\"", "\"é\\u00e9\\ud83d\\ude00\\/\"", "12345678901234567890123", "[]", "{}", "{\"fractional\":[[\"on\",1],[\"off\",1]]}");
        Gen<string> layout = Gen.Elements("", " ", "\n\t", "\r\n  ");
        Gen<string> targeting = Gen.Elements("", "{}", Half, """{"if":[{"var":"x"},"on",{"fractional":[{"var":"k"},["off",7],["on"]]}]}""");
        var files = (
            from before in scalar from after in scalar from inner in scalar from gap in layout from rule in targeting from thousandths in Gen.Choose(0, 100_000)
            select (Text: $"{{{gap}\"a\":{before},{gap}\"flags\":{gap}{{\"x\":{inner},\"f\":{{\"state\":\"ENABLED\",{gap}\"variants\":{{\"off\":{inner},\"on\":1}},\"defaultVariant\":\"off\""
                + $"{(rule.Length > 0 ? $",{gap}\"targeting\":{rule}" : "")}{gap}}},\"y\":{after}}},\"z\":{inner}{gap}}}{gap}", Percent: thousandths / 1000m)).ToArbitrary();
        Prop.ForAll(files, file =>
        {
            byte[] before = Encoding.UTF8.GetBytes(file.Text);
            byte[] after = Document(before).WithShare(file.Percent);
            return Document(after).Share() == file.Percent
                && WithoutWeights(before) == WithoutWeights(after)
                && Document(after).WithShare(file.Percent).AsSpan().SequenceEqual(after);
        }).QuickCheckThrowOnFailure();

        static FlagDocument Document(byte[] utf8) => new(utf8, "flags.json", "f", "on", "off");
    }

    /// <summary>The file as System.Text.Json reads it, with numbers as written, and the flag's targeting reduced to what surrounds the share.</summary>
    private static string WithoutWeights(byte[] utf8)
    {
        JsonNode root = JsonNode.Parse(utf8)!;
        JsonObject flag = root["flags"]!["f"]!.AsObject();
        JsonObject? targeting = flag["targeting"]?.AsObject();
        JsonArray? list = (targeting?["fractional"] ?? targeting?["if"]?[2]?["fractional"])?.AsArray();
        foreach (JsonArray entry in list?.OfType<JsonArray>() ?? [])
            while (entry.Count > 1) entry.RemoveAt(1);
        if (targeting is null or { Count: 0 } || list!.Count == 2) flag.Remove("targeting");
        return root.ToJsonString();
    }

    private static string Flag(string targeting) =>
        """{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false,"beta":null},"defaultVariant":"off","targeting":""" + targeting + "}}}";

    private ITarget Target(string flag = "f") => TargetDocument.Read($$"""{"type":"flag","path":"flags.json","flag":{{JsonSerializer.Serialize(flag)}}}""", _folder);

    private Task WriteAsync(string text) => System.IO.File.WriteAllBytesAsync(File, Encoding.UTF8.GetBytes(text), Cancel);

    private Task<string> TextAsync() => System.IO.File.ReadAllTextAsync(File, Cancel);

    private async Task<ReadyOpsException> FailsAsync(string id)
    {
        ReadyOpsException read = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target().ReadAsync(Cancel));
        ReadyOpsException set = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target().SetAsync(5, Cancel));
        Assert.Equal((id, id), (read.Id, set.Id));
        Assert.NotEqual("", read.NextStep);
        return read;
    }
}
