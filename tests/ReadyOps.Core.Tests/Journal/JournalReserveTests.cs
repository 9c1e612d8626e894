using System.Text;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalReserveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Reserve => _folder.File(".reserve");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task On_a_full_disk_only_what_is_urgent_is_written_and_is_on_the_disk_when_it_is_acknowledged()
    {
        FaultyMedium medium = new(new MemoryMedium()) { Reserve = 100_000 };
        JournalStore store = new(medium, Context);
        await using IJournalLease lease = await AcquireAsync(store);
        await lease.AppendAsync([Entry("One")], Cancel);
        medium.Room = 10;
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendAsync([Entry("Two")], Cancel));
        Assert.Equal(("JournalWriteFailed", 0, false), (refused.Id, medium.Gifts, lease.UsedReserve));

        int flushes = medium.Flushes;
        JournalLine written = Assert.Single(await lease.AppendUrgentAsync([Entry("Three")], Cancel));
        Assert.Equal((2, 1, true), (written.Sequence, medium.Gifts, lease.UsedReserve));
        Assert.True(medium.Flushes > flushes);
        await lease.SealAsync(Cancel);
        JournalVerification proof = await store.VerifyAsync(Checkout, Cancel);
        Assert.True(proof.Valid, proof.Reason);
        Assert.Equal(["One", "Three"], (await store.ReadAsync(Checkout, Cancel)).Select(line => line.Type));
    }

    [Fact]
    public async Task Room_that_others_took_is_given_again_while_there_is_any_and_then_the_journal_is_left_as_it_was()
    {
        FaultyMedium medium = new(new MemoryMedium()) { Reserve = 3 * 4096 };
        JournalStore store = new(medium, Context);
        await using IJournalLease lease = await AcquireAsync(store);
        await lease.AppendAsync([Entry("One")], Cancel);
        (medium.Room, medium.Taken) = (0, 2 * 4096);
        Assert.Single(await lease.AppendUrgentAsync([Entry("Two")], Cancel));
        Assert.Equal((3, 0), (medium.Gifts, medium.Reserve));

        medium.Room = 20;
        ReadyOpsException none = await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendUrgentAsync([Entry("Three")], Cancel));
        Assert.Equal("JournalWriteFailed", none.Id);
        Assert.True((await store.VerifyAsync(Checkout, Cancel)).Valid);
        medium.Room = long.MaxValue;
        Assert.Equal(3, Assert.Single(await lease.AppendAsync([Entry("Four")], Cancel)).Sequence);
    }

    [Fact]
    public async Task A_disk_that_fails_otherwise_is_given_nothing()
    {
        FaultyMedium medium = new(new MemoryMedium()) { Reserve = 100_000 };
        await using IJournalLease lease = await AcquireAsync(new JournalStore(medium, Context));
        await lease.AppendAsync([Entry("One")], Cancel);
        medium.FlushFails = true;
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendUrgentAsync([Entry("Two")], Cancel));
        Assert.Equal((0, 100_000), (medium.Gifts, medium.Reserve));
    }

    [Fact]
    public async Task What_a_crash_left_is_cut_off_on_a_full_disk_too()
    {
        MemoryMedium memory = new();
        await AppendAsync(new JournalStore(memory, Context), "One");
        using (IJournalFile file = memory.OpenWrite(Checkout, create: false)!)
            file.Write(file.Length, Encoding.ASCII.GetBytes("{\"seq\":2,\"time\":\"20"));
        FaultyMedium medium = new(memory) { Reserve = 100_000, Room = 0 };
        await using IJournalLease lease = await AcquireAsync(new JournalStore(medium, Context));
        Assert.Equal(["One", "TornTailRemoved"], lease.Lines.Select(line => line.Type));
    }

    [Fact]
    public void A_full_disk_is_told_by_its_code()
    {
        int[] full = OperatingSystem.IsWindows() ? [unchecked((int)0x80070070), unchecked((int)0x80070027), unchecked((int)0x8007050F)]
            : OperatingSystem.IsLinux() ? [28, 122] : [28, 69];
        Assert.All(full, code => Assert.True(DiskFull.Is(new IOException("?", code))));
        // EIO, EROFS, and what .NET gives where there is no code.
        Assert.All([5, 30, unchecked((int)0x80131620)], code => Assert.False(DiskFull.Is(new IOException("No space left on device", code))));
        Assert.False(DiskFull.Is(new UnauthorizedAccessException()));
    }

    [Fact]
    public async Task The_file_is_filled_once_given_back_in_parts_and_filled_again()
    {
        FolderReserve reserve = new(Reserve, 100_000);
        reserve.Keep();
        byte[] ballast = await File.ReadAllBytesAsync(Reserve, Cancel);
        Assert.Equal(100_000, ballast.Length);
        Assert.True(ballast.Count(b => b == 0) < 1000, "a file system may keep zeros as nothing");
        DateTime written = File.GetLastWriteTimeUtc(Reserve);
        reserve.Keep();
        Assert.Equal(written, File.GetLastWriteTimeUtc(Reserve));
        Assert.Equal(ballast, await File.ReadAllBytesAsync(Reserve, Cancel));

        Assert.True(reserve.Give(1));
        Assert.Equal(100_000 - 8192, new FileInfo(Reserve).Length);
        Assert.True(reserve.Give(20_000));
        Assert.Equal(100_000 - 8192 - 40_000, new FileInfo(Reserve).Length);
        Assert.True(reserve.Give(1_000_000));
        Assert.Equal(0, new FileInfo(Reserve).Length);
        Assert.False(reserve.Give(1));
        reserve.Keep();
        Assert.Equal(100_000, new FileInfo(Reserve).Length);
        File.Delete(Reserve);
        Assert.False(reserve.Give(1));
    }

    [Fact]
    public void No_room_is_taken_from_a_disk_that_has_little_and_none_while_another_process_does()
    {
        long free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_folder.Path)! : _folder.Path).AvailableFreeSpace;
        new FolderReserve(Reserve, free / 4).Keep();
        Assert.False(File.Exists(Reserve));
        using (new FileStream(Reserve, FileMode.Create, FileAccess.Write, FileShare.None))
            new FolderReserve(Reserve, 1000).Keep();
        Assert.Equal(0, new FileInfo(Reserve).Length);
        // Nor where there is no folder.
        new FolderReserve(_folder.File("none/.reserve"), 1000).Keep();
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public async Task It_is_no_journal_and_verification_does_not_mind_it()
    {
        FolderJournalStore store = new(_folder.Path, Context);
        await AppendAsync(store, "One");
        Assert.False(File.Exists(Reserve));
        ((IJournalReserve)store).KeepRoom();
        Assert.Equal(1024 * 1024, new FileInfo(Reserve).Length);
        Assert.Equal(["catalog", Checkout], await store.ListAsync("", Cancel));
        await foreach (JournalVerification one in store.VerifyAllAsync("", Cancel))
            Assert.True(one.Valid, one.Reason);
    }
}
