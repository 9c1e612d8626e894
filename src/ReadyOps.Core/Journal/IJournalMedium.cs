namespace ReadyOps.Core.Journal;

/// <summary>Where the bytes of streams are kept: files, memory, or in a test something that fails on purpose.</summary>
internal interface IJournalMedium
{
    /// <summary>What to call it in a message.</summary>
    string Location { get; }

    /// <summary>The names of all streams that have at least one byte, in no order.</summary>
    IEnumerable<string> List();

    /// <summary>The same, each with a mark that is another after each append, without opening them.</summary>
    IEnumerable<JournalStamp> ListStamps() => List().Select(stream => new JournalStamp(stream, null));

    /// <summary>Opens a stream for reading while others may append; <see langword="null"/> when there is none.</summary>
    IJournalFile? OpenRead(string stream);

    /// <summary>Opens a stream for writing; <see langword="null"/> when there is none and it is not to be made.</summary>
    IJournalFile? OpenWrite(string stream, bool create);

    /// <summary>Takes the lock of a stream until disposed, or at once says <see langword="null"/> when another has it.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="holder">Who takes it, to be told to others.</param>
    IDisposable? TryLock(string stream, string holder);

    /// <summary>Who took the lock last and did not give it back; meaningful only while somebody holds it.</summary>
    string? Holder(string stream);

    /// <summary>Takes up some room, while there is plenty, so that there is some to give when the disk is full.</summary>
    void KeepRoom()
    {
    }

    /// <summary>Gives some of it back, at least so many bytes if there are as many.</summary>
    /// <returns>Whether there was any left.</returns>
    bool GiveRoom(long bytes) => false;

    /// <summary>What is kept beside a stream; <see langword="null"/> where there is none.</summary>
    byte[]? ReadSnapshot(string stream) => null;

    /// <summary>Keeps this beside a stream instead, all of it or what was there before, not flushed; <see langword="null"/> to keep none.</summary>
    void WriteSnapshot(string stream, byte[]? snapshot)
    {
    }
}

/// <summary>One stream's bytes.</summary>
internal interface IJournalFile : IDisposable
{
    /// <summary>Length in bytes, at this moment.</summary>
    long Length { get; }

    /// <summary>Reads at least one byte from an offset; 0 at the end.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes at an offset, or throws, when a first part of them may have been written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts off what is beyond a length.</summary>
    void SetLength(long length);

    /// <summary>Returns once everything written is on the disk.</summary>
    void Flush();
}
