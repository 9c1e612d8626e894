using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Scenario.Tests.Journal;

public sealed class KilledAppenderTests
{
    [Fact]
    public async Task Whatever_was_acknowledged_to_a_process_that_was_killed_is_there_and_its_lease_is_free()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("readyops-killed-").FullName;
        FolderJournalStore store = new(folder, new EngineContext());
        Dictionary<long, string> acknowledged = [];
        try
        {
            for (int round = 0; round < 8; round++)
            {
                using (AppendingProcess child = new(folder))
                {
                    for (int told = 0; told < 5 + 13 * round && await child.NextAsync(cancel) is { } line; told++)
                        acknowledged.Add(line.Sequence, line.Hash);
                    Assert.Null(await store.TryAcquireAsync(AppendingProcess.Stream, TimeSpan.Zero, cancel));
                    Assert.Contains(", process ", store.DescribeHolder(AppendingProcess.Stream), StringComparison.Ordinal);
                    await AssertValidAsync(store);
                    child.Kill();
                    while (await child.NextAsync(cancel) is { } line)
                        acknowledged.Add(line.Sequence, line.Hash);
                }

                await AssertValidAsync(store);
                await using IJournalLease? lease = await store.TryAcquireAsync(AppendingProcess.Stream, TimeSpan.Zero, cancel);
                Assert.NotNull(lease);
                Assert.True(acknowledged.Count >= 5 * (round + 1));
                Assert.All(acknowledged, told => Assert.Equal(told.Value, lease.Lines[(int)told.Key - 1].Hash));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AssertValidAsync(FolderJournalStore store)
    {
        JournalVerification verification = await store.VerifyAsync(AppendingProcess.Stream, TestContext.Current.CancellationToken);
        Assert.True(verification.Valid, verification.Reason);
    }
}
