using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Whether two values are the same value of JSON: 1 equals 1.0, the order of members does not count, false is not 0.</summary>
internal sealed class DeepEquality : IEqualityComparer<DocumentNode>
{
    public static readonly DeepEquality Instance = new();

    public bool Equals(DocumentNode? a, DocumentNode? b)
    {
        if (ReferenceEquals(a, b)) return true;
        if (a is null || b is null || a.Kind != b.Kind) return false;
        switch (a.Kind)
        {
            case NodeKind.Number:
                return a.Text == b.Text || ExactNumber.Parse(a.Text) == ExactNumber.Parse(b.Text);
            case NodeKind.Array:
                return a.Items.SequenceEqual(b.Items, this);
            case NodeKind.Object:
                if (a.Members.Count != b.Members.Count) return false;
                Dictionary<string, DocumentNode> others = b.Members.ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
                return a.Members.All(member => others.TryGetValue(member.Name, out DocumentNode? other) && Equals(member.Value, other));
            default:
                return a.Text == b.Text;
        }
    }

    public int GetHashCode(DocumentNode value)
    {
        var hash = default(HashCode);
        hash.Add(value.Kind);
        switch (value.Kind)
        {
            case NodeKind.Number:
                hash.Add(ExactNumber.Parse(value.Text));
                break;
            case NodeKind.Array:
                foreach (DocumentNode item in value.Items) hash.Add(GetHashCode(item));
                break;
            case NodeKind.Object:
                int sum = 0;
                foreach (DocumentMember member in value.Members) sum = unchecked(sum + HashCode.Combine(member.Name, GetHashCode(member.Value)));
                hash.Add(sum);
                break;
            default:
                hash.Add(value.Text);
                break;
        }

        return hash.ToHashCode();
    }
}
