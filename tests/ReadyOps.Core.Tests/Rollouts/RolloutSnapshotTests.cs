using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Simulation;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A state that is kept beside its journal is the state, or it is none.</summary>
public sealed class RolloutSnapshotTests
{
    private const string Stream = "rollouts/checkout-2.4.0";

    private static readonly JournalPlace s_place = new(17, new string('a', 64), new string('b', 64), 4711);

    [Fact]
    public void Every_member_of_a_state_comes_back_as_it_was()
    {
        var state = (RolloutState)Some(typeof(RolloutState))!;
        RolloutSnapshot back = RolloutSnapshot.TryDecode(RolloutSnapshot.TryEncode(Stream, s_place, state), Stream)!;

        Assert.Equal(s_place, back.Place);
        AssertSame(state, back.State, "state");
        // What is not kept is worked out from the rest.
        string[] computed = [.. typeof(RolloutState).GetProperties().Where(property => property.SetMethod is null).Select(property => property.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["Ended", "Underlying"], computed);
    }

    [Fact]
    public void A_state_without_anything_comes_back_as_it_was()
    {
        RolloutState state = new RolloutState() with { Started = (RolloutStarted)Some(typeof(RolloutStarted))! };
        AssertSame(state, RolloutSnapshot.TryDecode(RolloutSnapshot.TryEncode(Stream, s_place, state), Stream)!.State, "state");
    }

    [Fact]
    public void Folding_on_from_a_snapshot_gives_the_states_and_decisions_of_the_whole_journal()
    {
        int journals = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000)), seed =>
        {
            SimWorld world = Simulation.Simulation.Run((ulong)seed, tells: false);
            foreach (string stream in world.Disk.Files.Keys.Where(name => name.StartsWith("rollouts/", StringComparison.Ordinal) && !world.Disk.Files[name].IsDamaged))
            {
                IReadOnlyList<JournalLine> lines = new SimReader(world).Lines(stream);
                if (lines.Count == 0) continue;
                journals++;
                RolloutState whole = RolloutState.Of(lines), before = new();
                for (int line = 0; line < lines.Count; line++)
                {
                    before = before.Fold([lines[line]]);
                    // A start that was torn is noted before the one that was made again; nothing is kept of it.
                    if (before.Started is null) continue;
                    RolloutState kept = RolloutSnapshot.TryDecode(RolloutSnapshot.TryEncode(stream, s_place, before), stream)!.State;
                    AssertSame(before, kept, stream);
                    if (line % 7 == 0) AssertSame(whole, kept.Fold(lines.Skip(line + 1)), stream);
                    RolloutDecision decided = RolloutMachine.Decide(world.Definition!, before, new RolloutObservation { SharePercent = 20 }, before.LastEventAt.AddHours(1));
                    RolloutDecision again = RolloutMachine.Decide(world.Definition!, kept, new RolloutObservation { SharePercent = 20 }, before.LastEventAt.AddHours(1));
                    Assert.Equal(decided.Events.Select(Text), again.Events.Select(Text));
                    Assert.Equal(Text(decided.Act), Text(again.Act));
                }
            }

            return true;
        }));
        Assert.True(journals > 20, $"{journals} journals");
    }

    [Fact]
    public void A_snapshot_that_was_cut_off_anywhere_or_has_a_flipped_bit_anywhere_is_none()
    {
        byte[] whole = RolloutSnapshot.TryEncode(Stream, s_place, new RolloutState { Started = (RolloutStarted)Some(typeof(RolloutStarted))!, Reason = "In step 2." })!;
        Assert.NotNull(RolloutSnapshot.TryDecode(whole, Stream));
        for (int length = 0; length < whole.Length; length++) Assert.Null(RolloutSnapshot.TryDecode(whole.AsSpan(0, length), Stream));
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(RolloutSnapshot.TryDecode(whole, Stream));
            whole[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Null(RolloutSnapshot.TryDecode(new byte[whole.Length], Stream));
        Assert.Null(RolloutSnapshot.TryDecode([.. whole, (byte)'\n'], Stream));
        Assert.NotNull(RolloutSnapshot.TryDecode(whole, Stream));
    }

    [Fact]
    public void A_snapshot_of_another_stream_or_another_build_is_none()
    {
        byte[] whole = RolloutSnapshot.TryEncode(Stream, s_place, new RolloutState { Started = (RolloutStarted)Some(typeof(RolloutStarted))! })!;
        Assert.Null(RolloutSnapshot.TryDecode(whole, "rollouts/checkout-2.4.1"));
        string build = typeof(RolloutState).Module.ModuleVersionId.ToString("n");
        Assert.NotNull(RolloutSnapshot.TryDecode(Signed(Json(whole)), Stream));
        Assert.Null(RolloutSnapshot.TryDecode(Signed(Json(whole).Replace(build, new string('0', 32), StringComparison.Ordinal)), Stream));
        Assert.Null(RolloutSnapshot.TryDecode(Signed("{}"), Stream));
        Assert.Null(RolloutSnapshot.TryDecode(Signed("null"), Stream));
        Assert.Null(RolloutSnapshot.TryDecode(Signed(Json(whole).Replace("\"offset\":4711", "\"offset\":-1", StringComparison.Ordinal)), Stream));
    }

    /// <summary>The first line of a snapshot.</summary>
    internal static string Json(byte[] snapshot) => Encoding.UTF8.GetString(snapshot).Split('\n')[0];

    /// <summary>A snapshot with a digest that fits, as docs/journal.md describes it.</summary>
    internal static byte[] Signed(string json) =>
        Encoding.UTF8.GetBytes($"{json}\n{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(json))).ToLower(CultureInfo.InvariantCulture)}\n");

    private static string Text(RolloutEvent? happened) => happened is null ? "" : RolloutEvents.Encode(happened, "readyops") is { } entry ? $"{entry.Type} {entry.Data.GetRawText()}" : "";

    /// <summary>A value of a type in which nothing is what it is when nobody says so.</summary>
    private static object? Some(Type type, int depth = 0)
    {
        Assert.True(depth < 12, $"{type} never ends");
        if (Nullable.GetUnderlyingType(type) is { } inner) return Some(inner, depth);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1);
        if (type == typeof(string)) return "ein \"Text\" mit\nÄ und 🚀 <&>";
        if (type == typeof(int)) return 42 + depth;
        if (type == typeof(bool)) return true;
        if (type == typeof(decimal)) return 12.50m;
        if (type == typeof(double)) return 0.1 + 0.2;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2027, 1, 15, 8, 0, 3, TimeSpan.FromHours(1)).AddTicks(1234567 + depth);
        if (type == typeof(TimeSpan)) return new TimeSpan(3, 4, 5, 6).Add(TimeSpan.FromTicks(7));
        if (type == typeof(JsonElement)) return JsonDocument.Parse("""{"kind":"Rollout","a":[1,2.50,null,true,"\u00e4<"],"b":{"c":{}}}""").RootElement;
        if (type == typeof(RecentTimes)) return new RecentTimes([DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(1)]);
        if (type.IsGenericType)
        {
            Type[] of = type.GetGenericArguments();
            Type kind = type.GetGenericTypeDefinition();
            if (kind == typeof(ImmutableDictionary<,>)) return Call(typeof(ImmutableDictionary), nameof(ImmutableDictionary.CreateRange), typeof(KeyValuePair<,>).MakeGenericType(of), of, depth);
            if (kind == typeof(ImmutableHashSet<>)) return Call(typeof(ImmutableHashSet), nameof(ImmutableHashSet.CreateRange), of[0], of, depth);
            if (kind == typeof(ImmutableList<>)) return Call(typeof(ImmutableList), nameof(ImmutableList.CreateRange), of[0], of, depth);
            if (kind == typeof(IReadOnlyList<>)) return Array(of[0], depth);
        }

        ConstructorInfo constructor = type.GetConstructors().OrderBy(one => one.GetParameters().Length).Last();
        object made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Some(parameter.ParameterType, depth + 1))]);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null && !constructor.GetParameters().Any(parameter => parameter.Name == property.Name)))
            property.SetValue(made, Some(property.PropertyType, depth + 1));
        return made;
    }

    private static Array Array(Type of, int depth)
    {
        var all = System.Array.CreateInstance(of, 1);
        all.SetValue(Some(of, depth + 1), 0);
        return all;
    }

    private static object Call(Type type, string name, Type item, Type[] of, int depth) => type.GetMethods()
        .Single(method => method.Name == name && method.GetParameters() is [{ ParameterType: { IsGenericType: true } only }] && only.GetGenericTypeDefinition() == typeof(IEnumerable<>))
        .MakeGenericMethod(of).Invoke(null, [Array(item, depth)])!;

    private static void AssertSame(object? expected, object? actual, string where)
    {
        if (expected is null || actual is null || expected is string or JsonElement || expected.GetType().IsPrimitive)
        {
            if (expected is JsonElement json) Assert.True(JsonElement.DeepEquals(json, Assert.IsType<JsonElement>(actual)), where);
            else Assert.True(Equals(expected, actual), $"{where}: {expected} and {actual}");
        }
        else if (expected is decimal or DateTimeOffset or TimeSpan or Enum or RecentTimes)
        {
            // A decimal with its zeros, a time with its offset.
            Assert.True(Equals(expected, actual), where);
            Assert.Equal(Convert.ToString(expected, CultureInfo.InvariantCulture), Convert.ToString(actual, CultureInfo.InvariantCulture));
        }
        else if (expected is IDictionary map)
        {
            var other = (IDictionary)actual;
            Assert.True(map.Count == other.Count, $"{where}: {map.Count} and {other.Count}");
            foreach (object key in map.Keys) AssertSame(map[key], other[key], $"{where}.{key}");
        }
        else if (expected is IEnumerable all)
        {
            object?[] one = [.. all.Cast<object?>()], two = [.. ((IEnumerable)actual).Cast<object?>()];
            Assert.True(one.Length == two.Length, $"{where}: {one.Length} and {two.Length}");
            for (int i = 0; i < one.Length; i++) AssertSame(one[i], two[i], $"{where}[{i}]");
        }
        else
        {
            foreach (FieldInfo field in expected.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance)) AssertSame(field.GetValue(expected), field.GetValue(actual), $"{where}.{field.Name}");
            foreach (PropertyInfo property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0)) AssertSame(property.GetValue(expected), property.GetValue(actual), $"{where}.{property.Name}");
        }
    }
}
