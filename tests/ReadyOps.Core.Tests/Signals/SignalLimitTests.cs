using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class SignalLimitTests
{
    [Theory]
    [InlineData("4", 4, null)]
    [InlineData("4 in a row", 4, null)]
    [InlineData("10 within 1h", 10, 60)]
    [InlineData("100 within 7d", 100, 7 * 24 * 60)]
    public void A_limit_is_a_count_in_a_row_or_a_total_within_a_time(string text, int count, int? minutes) =>
        Assert.Equal(new SignalLimit(count, minutes is { } some ? TimeSpan.FromMinutes(some) : null), Read(text, onlyWithin: false, out _));

    [Theory]
    [InlineData("0", false, "0 cannot be counted")]
    [InlineData("-1", false, "this is '-1'")]
    [InlineData("101 within 1h", true, "101 cannot be counted; expected a count from 1 to 100")]
    [InlineData("5 within 0s", true, "nothing happens within no time")]
    [InlineData("5 within soon", true, "this is '5 within soon'; expected a count and a time, such as '5 within 1h'")]
    [InlineData("often", false, "this is 'often'; expected a count in a row, such as 4, or a total such as '10 within 1h'")]
    [InlineData("5", true, "'5' does not say within what time")]
    [InlineData("", true, "this is ''")]
    [InlineData("99999999999", false, "this is '99999999999'")]
    public void What_is_no_limit_is_a_problem_of_the_document(string text, bool onlyWithin, string problem)
    {
        Assert.Null(Read(text, onlyWithin, out string said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_times_within_the_limit_count_and_the_one_exactly_as_old_has_left()
    {
        var limit = new SignalLimit(3, TimeSpan.FromMinutes(10));
        DateTimeOffset start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
        RecentTimes? times = null;
        foreach (int minute in new[] { 0, 1, 5, 10 }) times = RecentTimes.Add(times, start.AddMinutes(minute), limit);

        // 10:00 has left the ten minutes before 10:10; 10:01, 10:05 and 10:10 are in them.
        Assert.Equal(3, times!.CountAt(start.AddMinutes(10), TimeSpan.FromMinutes(10)));
        Assert.Equal(start.AddMinutes(1), times.Oldest);
        Assert.Equal(2, times.CountAt(start.AddMinutes(11), TimeSpan.FromMinutes(10)));
        Assert.Null(RecentTimes.Prune(times, start.AddMinutes(20), limit));
        Assert.Equal(start.AddMinutes(5), RecentTimes.Until(times, start.AddMinutes(6))!.Newest);
    }

    [Fact]
    public void Times_survive_the_journal()
    {
        var times = new RecentTimes([new(2026, 11, 21, 10, 0, 0, 250, TimeSpan.Zero), new(2026, 11, 21, 10, 0, 15, TimeSpan.Zero)]);
        string json = System.Text.Json.JsonSerializer.Serialize(times);
        Assert.Equal(times, System.Text.Json.JsonSerializer.Deserialize<RecentTimes>(json));
        Assert.Null(System.Text.Json.JsonSerializer.Deserialize<RecentTimes>("[]"));
    }

    private static SignalLimit? Read(string text, bool onlyWithin, out string problem)
    {
        var problems = new ProblemList("d.yaml");
        var node = new DocumentNode
        {
            Kind = NodeKind.Object,
            Members = [new DocumentMember("limit", 1, 1, new DocumentNode { Kind = NodeKind.String, Text = text, Line = 1, Column = 8 })],
        };
        SignalLimit? limit = SignalLimit.Read(new ObjectReader(node, "", ".", problems), "limit", onlyWithin);
        problem = Record.Exception(problems.ThrowIfAny)?.Message ?? "";
        return limit;
    }
}
