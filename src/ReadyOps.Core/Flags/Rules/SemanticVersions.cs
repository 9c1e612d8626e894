namespace ReadyOps.Core.Flags.Rules;

/// <summary>How <c>sem_ver</c> compares, in the order of its operators.</summary>
internal enum VersionComparison
{
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    SameMajor,
    SameMinor,
}

/// <summary>
/// <c>sem_ver</c>, as flagd compares by golang.org/x/mod/semver: a leading <c>v</c> or <c>V</c> is allowed, <c>1</c> and <c>1.2</c> stand for
/// <c>1.0.0</c> and <c>1.2.0</c>, build metadata do not count, a prerelease comes before its release.
/// </summary>
internal static class SemanticVersions
{
    private static readonly string[] Operators = ["=", "!=", "<", "<=", ">", ">=", "^", "~"];

    public static FlagValue Compare(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length != 3 || values[1].Kind != FlagValueKind.String || !TryReadOperator(values[1].TextOf, out VersionComparison comparison)) return default;
        return TryCompare(values[0], comparison, values[2], out bool holds) ? holds : default(FlagValue);
    }

    public static bool TryReadOperator(string text, out VersionComparison comparison)
    {
        comparison = (VersionComparison)Array.IndexOf(Operators, text);
        return comparison >= 0;
    }

    /// <returns><see langword="false"/> where one of the values is no version.</returns>
    public static bool TryCompare(in FlagValue first, VersionComparison comparison, in FlagValue second, out bool holds)
    {
        holds = false;
        if (!TryRead(first, out Parts a) || !TryRead(second, out Parts b)) return false;
        holds = comparison switch
        {
            VersionComparison.Equal => Compare(a, b) == 0,
            VersionComparison.Unequal => Compare(a, b) != 0,
            VersionComparison.Less => Compare(a, b) < 0,
            VersionComparison.AtMost => Compare(a, b) <= 0,
            VersionComparison.Greater => Compare(a, b) > 0,
            VersionComparison.AtLeast => Compare(a, b) >= 0,
            VersionComparison.SameMajor => CompareNumbers(a.Major, b.Major) == 0,
            _ => CompareNumbers(a.Major, b.Major) == 0 && CompareNumbers(a.Minor, b.Minor) == 0,
        };
        return true;
    }

    private static bool TryRead(in FlagValue value, out Parts parts)
    {
        // Of everything else that flagd turns into text, none is a version.
        string text = value.Kind switch { FlagValueKind.String => value.TextOf, FlagValueKind.Number => NumberText.Verb(value.NumberOf), _ => "" };
        return Parts.TryRead(text.Length > 0 && text[0] is 'v' or 'V' ? text.AsSpan(1) : text, out parts);
    }

    private static int Compare(in Parts a, in Parts b)
    {
        int order = CompareNumbers(a.Major, b.Major);
        if (order == 0) order = CompareNumbers(a.Minor, b.Minor);
        if (order == 0) order = CompareNumbers(a.Patch, b.Patch);
        return order == 0 ? ComparePrereleases(a.Prerelease, b.Prerelease) : order;
    }

    // Without leading zeros, the longer one is the larger one.
    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b) =>
        a.Length != b.Length ? a.Length - b.Length : a.Length == 1 ? a[0] - b[0] : a.SequenceCompareTo(b);

    private static int ComparePrereleases(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.IsEmpty || b.IsEmpty) return a.IsEmpty == b.IsEmpty ? 0 : a.IsEmpty ? 1 : -1;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            ReadOnlySpan<char> left = Next(ref a), right = Next(ref b);
            if (left.SequenceEqual(right)) continue;
            (bool leftIsNumber, bool rightIsNumber) = (IsNumber(left), IsNumber(right));
            if (leftIsNumber != rightIsNumber) return leftIsNumber ? -1 : 1;
            return leftIsNumber ? CompareNumbers(left, right) : Math.Sign(left.SequenceCompareTo(right));
        }

        return a.IsEmpty == b.IsEmpty ? 0 : a.IsEmpty ? -1 : 1;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest)
    {
        int dot = rest.IndexOf('.');
        ReadOnlySpan<char> first = dot < 0 ? rest : rest[..dot];
        rest = dot < 0 ? default : rest[(dot + 1)..];
        return first;
    }

    private static bool IsNumber(ReadOnlySpan<char> text) => Digits(text) == text.Length;

    private static int Digits(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count])) count++;
        return count;
    }

    private readonly ref struct Parts
    {
        private Parts(ReadOnlySpan<char> major, ReadOnlySpan<char> minor, ReadOnlySpan<char> patch, ReadOnlySpan<char> prerelease)
        {
            Major = major;
            Minor = minor;
            Patch = patch;
            Prerelease = prerelease;
        }

        public ReadOnlySpan<char> Major { get; }

        public ReadOnlySpan<char> Minor { get; }

        public ReadOnlySpan<char> Patch { get; }

        public ReadOnlySpan<char> Prerelease { get; }

        public static bool TryRead(ReadOnlySpan<char> text, out Parts parts)
        {
            parts = default;
            ReadOnlySpan<char> minor = "0", patch = "0", prerelease = default;
            if (!TryNumber(ref text, out ReadOnlySpan<char> major)) return false;
            // Only a version with all three numbers may have more behind them.
            if (!text.IsEmpty)
            {
                if (!TryDot(ref text) || !TryNumber(ref text, out minor)) return false;
                if (!text.IsEmpty && (!TryDot(ref text) || !TryNumber(ref text, out patch) || !TryRest(text, out prerelease))) return false;
            }

            parts = new Parts(major, minor, patch, prerelease);
            return true;
        }

        private static bool TryDot(scoped ref ReadOnlySpan<char> text)
        {
            if (text[0] != '.') return false;
            text = text[1..];
            return true;
        }

        private static bool TryNumber(scoped ref ReadOnlySpan<char> text, out ReadOnlySpan<char> number)
        {
            number = text[..Digits(text)];
            text = text[number.Length..];
            return number.Length == 1 || (number.Length > 1 && number[0] != '0');
        }

        private static bool TryRest(ReadOnlySpan<char> text, out ReadOnlySpan<char> prerelease)
        {
            int plus = text.IndexOf('+');
            ReadOnlySpan<char> before = plus < 0 ? text : text[..plus];
            prerelease = before.IsEmpty ? default : before[1..];
            return (before.IsEmpty || (before[0] == '-' && AreIdentifiers(prerelease, zeros: false))) && (plus < 0 || AreIdentifiers(text[(plus + 1)..], zeros: true));
        }

        private static bool AreIdentifiers(ReadOnlySpan<char> text, bool zeros)
        {
            for (bool more = true; more;)
            {
                int dot = text.IndexOf('.');
                ReadOnlySpan<char> one = dot < 0 ? text : text[..dot];
                if (one.IsEmpty || (!zeros && one.Length > 1 && one[0] == '0' && IsNumber(one))) return false;
                foreach (char c in one)
                    if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
                more = dot >= 0;
                text = more ? text[(dot + 1)..] : default;
            }

            return true;
        }
    }
}
