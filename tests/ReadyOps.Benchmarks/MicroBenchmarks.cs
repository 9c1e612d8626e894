using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace ReadyOps.Benchmarks;

/// <summary>What takes microseconds and touches nothing outside of the process.</summary>
internal static class MicroBenchmarks
{
    public static void Run()
    {
        // In this process: what a project built anew for each benchmark would add is not worth its minutes here.
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessNoEmitToolchain.Instance).WithIterationCount(15).WithWarmupCount(8))
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "readyops-benchmarks"));
        BenchmarkRunner.Run([typeof(DocumentBenchmarks), typeof(SignalBenchmarks)], config);
    }
}
