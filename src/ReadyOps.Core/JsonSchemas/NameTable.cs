using System.Numerics;
using System.Runtime.CompilerServices;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Finds the index of a name by its hash and its bytes.</summary>
internal sealed class NameTable
{
    private readonly byte[][] _names;
    private readonly (int Hash, int Index)[] _slots;
    private readonly int _mask;

    public NameTable(byte[][] names)
    {
        _names = names;
        _slots = new (int, int)[BitOperations.RoundUpToPowerOf2((uint)(names.Length * 2) + 1)];
        _mask = _slots.Length - 1;
        for (int i = 0; i < names.Length; i++)
        {
            int hash = NameHash.Of(names[i]);
            int slot = hash & _mask;
            while (_slots[slot].Hash != 0) slot = (slot + 1) & _mask;
            _slots[slot] = (hash, i);
        }
    }

    /// <summary>The index of a name, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int hash, ReadOnlySpan<byte> name)
    {
        for (int slot = hash & _mask; ; slot = (slot + 1) & _mask)
        {
            (int known, int index) = _slots[slot];
            if (known == 0) return -1;
            if (known == hash && name.SequenceEqual(_names[index])) return index;
        }
    }
}
