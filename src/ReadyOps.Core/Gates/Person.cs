using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Gates;

/// <summary>Names of people and roles. However somebody spells a name, they are one person: two spellings must not count twice.</summary>
internal static class Person
{
    /// <summary>Compares names without regard to case, spaces, characters that do not show, and how accents and wide letters are encoded.</summary>
    public static IEqualityComparer<string> Names { get; } = new Comparer();

    /// <summary>Whether two names are the same person's.</summary>
    public static bool Same(string? one, string? other) => one is not null && other is not null && Names.Equals(one, other);

    private sealed class Comparer : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) => x is null || y is null ? x == y : StringComparer.OrdinalIgnoreCase.Equals(Plain(x), Plain(y));

        public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(Plain(obj));

        private static string Plain(string name)
        {
            string shown = new([.. name.Where(c => char.GetUnicodeCategory(c) is not UnicodeCategory.Format)]);
            try
            {
                shown = shown.Normalize(NormalizationForm.FormKC);
            }
            catch (ArgumentException)
            {
                // Half of a surrogate pair has no normal form.
            }

            return string.Join(' ', shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        }
    }
}
