namespace ReadyOps.Core.Journal;

/// <summary>A store whose lines can be had as they are, byte for byte.</summary>
internal interface IJournalLines : IJournalStore
{
    /// <summary>Some whole lines behind a place, without their line feeds, not verified; none at the end of the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="after">The place, from this very stream; <see langword="null"/> for its beginning.</param>
    /// <param name="cancel">Stops it.</param>
    ValueTask<IReadOnlyList<byte[]>> ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel);
}

/// <summary>A lease that takes lines as they are.</summary>
internal interface IJournalLinesLease : IJournalLease
{
    /// <summary>
    /// Appends lines of another store that continue this stream, like <see cref="IJournalLease.AppendAsync"/>. They are not kept in
    /// <see cref="IJournalLease.Lines"/>, which then begin behind them.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>JournalDiverged</c>: they do not continue it.</exception>
    ValueTask AppendBytesAsync(IReadOnlyList<byte[]> lines, CancellationToken cancel);
}
