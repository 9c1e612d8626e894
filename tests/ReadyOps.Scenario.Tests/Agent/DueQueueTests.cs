using ReadyOps.Agent.Running;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class DueQueueTests
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_due_first_comes_first_whatever_was_added_first()
    {
        var queue = new DueQueue(_clock);
        foreach (string id in new[] { "a", "b", "c" }) queue.Add(id);
        foreach (string id in new[] { "a", "b", "c" }) Assert.Equal(id, await queue.TakeAsync(Stop));
        queue.Again("a", TimeSpan.FromSeconds(3));
        queue.Again("b", TimeSpan.FromSeconds(1));
        queue.Again("c", TimeSpan.FromSeconds(2));

        Task<string> next = queue.TakeAsync(Stop);
        Assert.False(next.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", await next);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("c", await queue.TakeAsync(Stop));
        Assert.Equal("a", await queue.TakeAsync(Stop));
    }

    [Fact]
    public async Task Something_new_that_is_due_earlier_ends_the_wait_for_what_is_due_later()
    {
        var queue = new DueQueue(_clock);
        queue.Add("later");
        await queue.TakeAsync(Stop);
        queue.Again("later", TimeSpan.FromHours(1));
        Task<string> next = queue.TakeAsync(Stop);
        queue.Add("now");
        Assert.Equal("now", await next);
    }

    [Fact]
    public async Task Each_thing_is_there_once_until_it_is_removed()
    {
        var queue = new DueQueue(_clock);
        queue.Add("a");
        queue.Add("a");
        Assert.Equal("a", await queue.TakeAsync(Stop));
        queue.Add("a");
        Assert.Equal(1, queue.Count);
        using var enough = new CancellationTokenSource();
        Task<string> next = queue.TakeAsync(enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        queue.Remove("a");
        Assert.False(queue.Has("a"));
        queue.Add("a");
        Assert.Equal("a", await queue.TakeAsync(Stop));
    }
}
