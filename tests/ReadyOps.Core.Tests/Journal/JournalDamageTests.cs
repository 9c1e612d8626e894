using System.Text;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalDamageTests
{
    private readonly MemoryMedium _medium = new();

    private JournalStore Store => new(_medium, Context);

    private byte[] Bytes
    {
        get
        {
            using IJournalFile file = _medium.OpenRead(Checkout)!;
            byte[] bytes = new byte[file.Length];
            Assert.Equal(bytes.Length, file.Read(0, bytes));
            return bytes;
        }
        set
        {
            using IJournalFile file = _medium.OpenWrite(Checkout, create: true)!;
            file.SetLength(0);
            file.Write(0, value);
        }
    }

    private async Task<byte[]> JournalOfAsync(params string[] types)
    {
        await AppendAsync(Store, types);
        return Bytes;
    }

    private static int EndOfLine(byte[] file, int line)
    {
        int end = 0;
        for (int i = 0; i < line; i++)
            end += file.AsSpan(end).IndexOf((byte)'\n') + 1;
        return end;
    }

    private async Task AssertDamagedAsync(byte[] damaged, long line, string why)
    {
        Bytes = damaged;
        JournalVerification verification = await Store.VerifyAsync(Checkout, Cancel);
        Assert.False(verification.Valid);
        Assert.Equal(line, verification.BadLine);
        Assert.Equal(line - 1, verification.Events);
        Assert.Contains(why, verification.Reason, StringComparison.Ordinal);

        ReadyOpsException read = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Store.ReadAsync(Checkout, Cancel));
        ReadyOpsException acquired = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(Store));
        Assert.Equal(("JournalDamaged", "JournalDamaged"), (read.Id, acquired.Id));
        Assert.Contains($"Line {line} of the journal {Checkout} in memory", acquired.Message, StringComparison.Ordinal);
        Assert.Contains(why, acquired.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, Bytes);
    }

    [Fact]
    public async Task Every_flip_of_a_single_bit_is_found_in_its_line()
    {
        byte[] good = await JournalOfAsync("One", "Two", "Three");
        int[] ends = [EndOfLine(good, 1), EndOfLine(good, 2), EndOfLine(good, 3)];
        JournalStore store = Store;
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] flipped = [.. good];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Bytes = flipped;
            JournalVerification verification = await store.VerifyAsync(Checkout, Cancel);
            Assert.False(verification.Valid, $"bit {bit} was missed");
            Assert.Equal(1 + ends.Count(end => end <= bit / 8), verification.BadLine);
        }
    }

    [Fact]
    public async Task Cut_at_any_byte_exactly_the_whole_lines_are_recovered_and_the_rest_is_noted()
    {
        byte[] good = await JournalOfAsync("One", "Two", "Three");
        string[] all = ["One", "Two", "Three"];
        for (int length = 0; length <= good.Length; length++)
        {
            MemoryMedium medium = new();
            JournalStore store = new(medium, Context);
            using (IJournalFile file = medium.OpenWrite(Checkout, create: true)!)
                file.Write(0, good.AsSpan(0, length));
            int whole = good.AsSpan(0, length).Count((byte)'\n');
            int torn = length - (whole == 0 ? 0 : EndOfLine(good, whole));

            Assert.Equal(all[..whole], (await store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
            Assert.True((await store.VerifyAsync(Checkout, Cancel)).Valid);
            await using IJournalLease lease = await AcquireAsync(store);
            string[] expected = torn > 0 ? [.. all[..whole], "TornTailRemoved"] : all[..whole];
            Assert.Equal(expected, lease.Lines.Select(l => l.Type));
            if (torn > 0)
            {
                string sha = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(good.AsSpan(length - torn, torn)));
                Assert.Equal(torn, lease.Lines[^1].Data.GetProperty("bytes").GetInt32());
                Assert.Equal(sha, lease.Lines[^1].Data.GetProperty("sha256").GetString());
            }
            await lease.AppendAsync([Entry("After")], Cancel);
            Assert.Equal([.. expected, "After"], (await store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
            Assert.True((await store.VerifyAsync(Checkout, Cancel)).Valid);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Zero_bytes_at_the_end_are_a_torn_tail(int begun)
    {
        byte[] good = await JournalOfAsync("One", "Two");
        int first = EndOfLine(good, 1);
        Bytes = [.. good[..(first + begun)], .. new byte[5000]];
        await using IJournalLease lease = await AcquireAsync(Store);
        Assert.Equal(["One", "TornTailRemoved"], lease.Lines.Select(l => l.Type));
        Assert.Equal(5000 + begun, lease.Lines[1].Data.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Zero_bytes_in_the_middle_are_damage()
    {
        byte[] good = await JournalOfAsync("One", "Two", "Three");
        byte[] damaged = [.. good];
        damaged.AsSpan(EndOfLine(good, 1) + 5, 50).Clear();
        await AssertDamagedAsync(damaged, 2, "hash does not fit");
        damaged.AsSpan(EndOfLine(good, 1)..(EndOfLine(good, 2) - 1)).Clear();
        await AssertDamagedAsync(damaged, 2, "nothing but zero bytes");
    }

    [Fact]
    public async Task A_line_removed_repeated_swapped_or_put_in_is_damage_there()
    {
        byte[] good = await JournalOfAsync("One", "Two", "Three");
        int a = EndOfLine(good, 1), b = EndOfLine(good, 2);
        await AssertDamagedAsync([.. good[..a], .. good[b..]], 2, "its sequence is 3 where 2 belongs");
        await AssertDamagedAsync([.. good[..a], .. good], 2, "its sequence is 1 where 2 belongs");
        await AssertDamagedAsync([.. good[..a], .. good[b..], .. good[a..b]], 2, "its sequence is 3 where 2 belongs");
        await AssertDamagedAsync([.. good[a..]], 1, "its sequence is 2 where 1 belongs");
        await AssertDamagedAsync([.. good[..a], (byte)'\n', .. good[a..]], 2, "it is empty");
    }

    [Fact]
    public async Task A_line_of_another_journal_does_not_continue_this_one()
    {
        byte[] good = await JournalOfAsync("One", "Two");
        MemoryMedium elsewhere = new();
        await AppendAsync(new JournalStore(elsewhere, Context), "Uno", "Two");
        using IJournalFile file = elsewhere.OpenRead(Checkout)!;
        byte[] other = new byte[file.Length];
        file.Read(0, other);
        await AssertDamagedAsync([.. good[..EndOfLine(good, 1)], .. other[EndOfLine(other, 1)..]], 2, "does not continue the line before");
    }

    [Theory]
    [InlineData("\ufeff", 1, 0)]
    [InlineData("\r\n", 2, 1)]
    [InlineData("{}\n", 2, 1)]
    public async Task Foreign_bytes_between_lines_are_damage(string foreign, int line, int after)
    {
        byte[] good = await JournalOfAsync("One", "Two");
        int at = EndOfLine(good, after);
        await AssertDamagedAsync([.. good[..at], .. Encoding.UTF8.GetBytes(foreign), .. good[at..]], line, "it ");
    }

    [Theory]
    [InlineData("a note by hand")]
    [InlineData("{\"seq\":9,\"time\":\"2026")]
    [InlineData("{\"seq\":3,\"time\":\"2026\u0001")]
    [InlineData("{\"seq\":3,\"time\":\"2026\0\0\0of another page")]
    public async Task Bytes_at_the_end_that_no_append_could_have_begun_are_damage_and_stay(string foreign)
    {
        byte[] good = await JournalOfAsync("One", "Two");
        await AssertDamagedAsync([.. good, .. Encoding.UTF8.GetBytes(foreign)], 3, "it has no end");
    }

    [Fact]
    public async Task A_line_end_that_became_another_byte_does_not_make_an_acknowledged_event_a_torn_tail()
    {
        byte[] good = await JournalOfAsync("One", "Two");
        await AssertDamagedAsync([.. good[..^1], (byte)'*'], 2, "followed by something other than the end of a line");
    }

    [Fact]
    public async Task A_line_with_a_right_hash_but_other_members_is_damage()
    {
        string body = """{"seq":1,"type":"One","prev":"0000000000000000000000000000000000000000000000000000000000000000" """.TrimEnd();
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        await AssertDamagedAsync(Encoding.UTF8.GetBytes($"{body},\"hash\":\"{hash}\"}}\n"), 1, "'time' is not where it belongs");
    }
}
