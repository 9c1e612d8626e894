using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>The journals on a real file system of their own that is really full.</summary>
public sealed class FullDiskScenarios
{
    private const long Reserve = 128 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task A_breach_is_rolled_back_though_the_disk_of_the_journals_is_full_and_the_reserve_is_filled_up_when_there_is_room(string kind)
    {
        using var disk = SmallDisk.Mount(kind);
        string elsewhere = Directory.CreateTempSubdirectory("readyops-target-").FullName;
        var clock = new ManualClock();
        var context = new EngineContext { Clock = clock };
        bool isBroken = false;
        RolloutService NewProcess() => new(Open(), context, (reader, name, surroundings) =>
        {
            RolloutPlan plan = RolloutPlan.Read(reader, name, surroundings);
            return plan with { Parts = plan.Parts with { Sources = plan.Definition.Signals.ToDictionary(signal => signal.Name, ISignalSource (_) => new Source(() => isBroken ? 0.5 : 0)) } };
        });
        FolderJournalStore Open() => new(new FolderMedium(Path.Combine(disk.Path, "state"), Reserve), context, _ => null);
        try
        {
            Document document = Rollout(elsewhere);
            string id = (await NewProcess().StartAsync(document, new RolloutStart(), Stop)).Id;
            FileInfo reserve = new(Path.Combine(disk.Path, "state", ".reserve"));
            Assert.Equal(Reserve, reserve.Length);
            string tenPercent = Flag(elsewhere);
            disk.Fill();

            await AssertNothingCanBeWrittenAsync(NewProcess, clock, id);
            Assert.Equal(tenPercent, Flag(elsewhere));
            reserve.Refresh();
            Assert.Equal(Reserve, reserve.Length);

            isBroken = true;
            clock.Advance(TimeSpan.FromMinutes(3));
            RolloutStatus back = await NewProcess().TickAsync(id, Stop);
            Assert.Equal((RolloutPhase.RollingBack, 0m), (back.Phase, back.SharePercent));
            Assert.NotEqual(tenPercent, Flag(elsewhere));
            isBroken = false;
            for (int i = 0; i < 30 && !back.Ended; i++)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                back = await NewProcess().TickAsync(id, Stop);
            }

            Assert.Equal(RolloutPhase.RolledBack, back.Phase);
            reserve.Refresh();
            Assert.InRange(reserve.Length, 1, Reserve - 1);
            await foreach (JournalVerification one in Open().VerifyAllAsync("", Stop)) Assert.True(one.Valid, $"{one.Stream}: {one.Reason}");
            RolloutEvent[] events = [.. (await Open().ReadAsync(RolloutService.Prefix + id, Stop)).Select(line => RolloutEvents.Decode(line)!)];
            Assert.True(Assert.Single(events.OfType<RolloutEscalated>()).DiskFull);

            disk.Empty();
            await NewProcess().StartAsync(document, new RolloutStart { Release = "2.1" }, Stop);
            reserve.Refresh();
            Assert.Equal(Reserve, reserve.Length);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    /// <summary>Full means that nothing fits behind the end of the journal's last block either. All is well, and nothing goes up.</summary>
    private static async Task AssertNothingCanBeWrittenAsync(Func<RolloutService> newProcess, ManualClock clock, string id)
    {
        ReadyOpsException? held = null;
        for (int i = 0; i < 9 && held is null; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(6));
            held = await Record.ExceptionAsync(async () => await newProcess().TickAsync(id, Stop)) as ReadyOpsException;
        }

        Assert.Equal("JournalWriteFailed", held?.Id);
        clock.Advance(TimeSpan.FromHours(1));
        held = await Assert.ThrowsAsync<ReadyOpsException>(async () => await newProcess().TickAsync(id, Stop));
        Assert.Equal("JournalWriteFailed", held.Id);
    }

    private static string Flag(string folder) => File.ReadAllText(Path.Combine(folder, "flags.json"));

    private static Document Rollout(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "flags.json"), """
            {"flags": {"new-checkout": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}
            """);
        return DocumentLoader.Parse(Encoding.UTF8.GetBytes("""
            apiVersion: readyops/v1
            kind: Rollout
            name: checkout
            release: "2.0"
            prometheus: http://127.0.0.1:9
            target: { type: flag, path: flags.json, flag: new-checkout }
            steps: [{ share: 10%, hold: 1h }, { share: 100%, hold: 5m }]
            signals: [{ name: errors, query: errors, bound: <= 1%, for: 2m }]
            """), "rollout.yaml", folder, "Rollout");
    }

    private sealed class Source(Func<double> value) : ISignalSource
    {
        public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
        {
            TimeSpan interval = TimeSpan.FromSeconds(15);
            List<SignalSample> samples = [];
            for (long ticks = ((span.After.UtcTicks / interval.Ticks) + 1) * interval.Ticks; ticks <= span.Until.UtcTicks; ticks += interval.Ticks)
            {
                DateTimeOffset time = new(ticks, TimeSpan.Zero);
                samples.Add(new SignalSample(time, value(), interval, time > span.StepStart));
            }

            return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.Until, Samples = samples });
        }
    }

    /// <summary>A file system of a few MiB, which only root may mount.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _root = Directory.CreateTempSubdirectory("readyops-disk-").FullName;

        public string Path => System.IO.Path.Combine(_root, "disk");

        private string Filler => System.IO.Path.Combine(Path, "filler");

        public static SmallDisk Mount(string kind)
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can mount a small disk.");
            var disk = new SmallDisk();
            Directory.CreateDirectory(disk.Path);
            string image = System.IO.Path.Combine(disk._root, "image");
            bool isMounted = kind == "tmpfs" ? Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.Path)
                : Run("truncate", "-s", "8M", image) && Run("mkfs.ext4", "-q", "-F", "-m", "0", image) && Run("mount", "-o", "loop", image, disk.Path);
            if (isMounted) return disk;
            Directory.Delete(disk._root, recursive: true);
            Assert.Skip($"No small disk of {kind} can be mounted here.");
            throw new InvalidOperationException();
        }

        /// <summary>Takes every byte that is left.</summary>
        public void Fill()
        {
            using FileStream filler = new(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            byte[] some = new byte[64 * 1024];
            Random.Shared.NextBytes(some);
            for (int size = some.Length; size > 0;)
            {
                try
                {
                    filler.Write(some, 0, size);
                    filler.Flush(flushToDisk: true);
                }
                catch (IOException e)
                {
                    Assert.True(DiskFull.Is(e), $"{e.HResult}: {e.Message}");
                    size /= 2;
                }
            }
        }

        public void Empty() => File.Delete(Filler);

        public void Dispose()
        {
            Run("umount", Path);
            Directory.Delete(_root, recursive: true);
        }

        private static bool Run(string program, params string[] arguments)
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }
}
