using System.Diagnostics;

namespace ReadyOps.Benchmarks;

/// <summary>
/// Times subjects in turn, round after round, so that whatever else the machine does in the meantime falls on all of them alike.
/// For what takes milliseconds and touches the disk or the network; BenchmarkDotNet does the rest.
/// </summary>
internal static class Rounds
{
    /// <summary>Runs all subjects in turn.</summary>
    /// <param name="warmUp">How many rounds are not counted.</param>
    /// <param name="rounds">How many are.</param>
    /// <param name="subjects">What is timed.</param>
    public static async Task<Result[]> MeasureAsync(int warmUp, int rounds, params Subject[] subjects)
    {
        Result[] results = [.. subjects.Select(subject => new Result(subject.Name))];
        for (int round = -warmUp; round < rounds; round++)
        {
            for (int i = 0; i < subjects.Length; i++)
            {
                subjects[i].Before?.Invoke();
                // Each pays for its own garbage only.
                GC.Collect();
                long bytes = GC.GetTotalAllocatedBytes(precise: true);
                long started = Stopwatch.GetTimestamp();
                await subjects[i].Run();
                double milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                if (round >= 0) results[i].Add(milliseconds, GC.GetTotalAllocatedBytes(precise: true) - bytes);
            }
        }

        return results;
    }
}
