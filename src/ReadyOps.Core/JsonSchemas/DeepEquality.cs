using System.Buffers;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Whether two values are the same value of JSON: 1 equals 1.0, the order of members does not count, false is not 0.</summary>
internal static class DeepEquality
{
    // Members are looked up one by one in objects of no more than this many.
    private const int FewMembers = 32;

    public static bool Equal(JsonInstance a, int atA, JsonInstance b, int atB)
    {
        ref TapeNode left = ref a.Nodes[atA], right = ref b.Nodes[atB];
        switch (left.Kind)
        {
            case TapeKind.Integer or TapeKind.Number:
                return right.Kind is TapeKind.Integer or TapeKind.Number && ExactNumber.AreEqual(a.Bytes(atA), b.Bytes(atB));
            case TapeKind.String:
                return right.Kind == TapeKind.String && a.Bytes(atA).SequenceEqual(b.Bytes(atB));
            case TapeKind.Array:
                return right.Kind == TapeKind.Array && left.Info == right.Info && SameItems(a, atA, b, atB);
            case TapeKind.Object:
                return right.Kind == TapeKind.Object && left.Info == right.Info && SameMembers(a, atA, b, atB);
            default:
                return left.Kind == right.Kind;
        }
    }

    /// <summary>Equal for values that are equal.</summary>
    public static int Hash(JsonInstance instance, int node)
    {
        ref TapeNode value = ref instance.Nodes[node];
        switch (value.Kind)
        {
            case TapeKind.Integer or TapeKind.Number:
                return ExactNumber.Hash(instance.Bytes(node));
            case TapeKind.String:
                return NameHash.Of(instance.Bytes(node));
            case TapeKind.Array:
                var items = default(HashCode);
                for (int item = node + 1; item < value.Next; item = instance.Nodes[item].Next) items.Add(Hash(instance, item));
                return items.ToHashCode();
            case TapeKind.Object:
                int sum = value.Info;
                for (int name = node + 1; name < value.Next; name = instance.Nodes[name + 1].Next)
                    sum = unchecked(sum + HashCode.Combine(instance.Nodes[name].Info, Hash(instance, name + 1)));
                return sum;
            default:
                return (int)value.Kind;
        }
    }

    private static bool SameItems(JsonInstance a, int atA, JsonInstance b, int atB)
    {
        int end = a.Nodes[atA].Next;
        for (int left = atA + 1, right = atB + 1; left < end; left = a.Nodes[left].Next, right = b.Nodes[right].Next)
            if (!Equal(a, left, b, right)) return false;
        return true;
    }

    private static bool SameMembers(JsonInstance a, int atA, JsonInstance b, int atB)
    {
        int end = a.Nodes[atA].Next, count = a.Nodes[atA].Info;
        if (count > FewMembers) return SameManyMembers(a, atA, b, atB, count);
        for (int name = atA + 1; name < end; name = a.Nodes[name + 1].Next)
        {
            int other = Find(a, name, b, atB);
            if (other < 0 || !Equal(a, name + 1, b, other + 1)) return false;
        }

        return true;
    }

    private static int Find(JsonInstance a, int name, JsonInstance b, int atB)
    {
        int end = b.Nodes[atB].Next;
        for (int other = atB + 1; other < end; other = b.Nodes[other + 1].Next)
            if (b.Nodes[other].Info == a.Nodes[name].Info && b.Bytes(other).SequenceEqual(a.Bytes(name))) return other;
        return -1;
    }

    // Both sorted by the hashes of their names; names of one hash are so rare that they are tried one by one.
    private static bool SameManyMembers(JsonInstance a, int atA, JsonInstance b, int atB, int count)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(count * 2);
        try
        {
            Span<int> hashes = rented.AsSpan(0, count), names = rented.AsSpan(count, count);
            int end = b.Nodes[atB].Next;
            for (int name = atB + 1, i = 0; name < end; name = b.Nodes[name + 1].Next, i++) (hashes[i], names[i]) = (b.Nodes[name].Info, name);
            hashes.Sort(names);
            for (int name = atA + 1; name < a.Nodes[atA].Next; name = a.Nodes[name + 1].Next)
            {
                int at = hashes.BinarySearch(a.Nodes[name].Info);
                if (at < 0) return false;
                while (at > 0 && hashes[at - 1] == hashes[at]) at--;
                while (at < count && hashes[at] == a.Nodes[name].Info && !b.Bytes(names[at]).SequenceEqual(a.Bytes(name))) at++;
                if (at == count || hashes[at] != a.Nodes[name].Info || !Equal(a, name + 1, b, names[at] + 1)) return false;
            }

            return true;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }
}
