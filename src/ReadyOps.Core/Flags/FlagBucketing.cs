namespace ReadyOps.Core.Flags;

/// <summary>
/// How <c>fractional</c> deals out. All three hash by MurmurHash3 (x86, 32 bits, seed 0); they differ in the bytes that they hash
/// and in how a hash becomes a bucket, so nearly everybody changes sides when one follows another.
/// </summary>
public enum FlagBucketing
{
    /// <summary>flagd's core before 0.15: the UTF-8 text; the absolute value of the signed hash against shares in per cent.</summary>
    V1 = 1,

    /// <summary>flagd's core since 0.15: the UTF-8 text; the unsigned hash scaled to the sum of weights.</summary>
    V2 = 2,

    /// <summary>
    /// What flagd accepted for its version 1 and the provider tests call v3: the value in deterministic CBOR (RFC 8949, section 4.2.1), so that
    /// numbers, booleans and objects may be dealt out by too; bucket as in <see cref="V2"/>.
    /// </summary>
    V3 = 3,
}
