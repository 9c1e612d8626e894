using System.Text;
using System.Text.RegularExpressions;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.Tests.JsonSchemas.Patterns;

/// <summary>Random patterns against a matcher that does what section 22.2.2 of ECMA-262 says: it tries everything, by code points, with continuations.</summary>
public sealed class EcmaPatternPropertyTests
{
    private static readonly string[] Atoms = ["a", "b", "é", "🐲", ".", "[ab]", "[^a]", @"\d", @"\W", @"[\s🐱-🐳]", "1", @"\P{Ll}", @"\S", "[]", "[^]", "^", "$", @"\b", @"\B"];
    private static readonly string[] Counts = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"];
    private static readonly string[] Characters = ["a", "b", "é", "🐲", "1", " ", "_", "\n"];

    [Fact]
    public void Every_way_to_match_agrees_with_the_plain_one()
    {
        var random = new Random(262);
        (int simple, int matching) = (0, 0);
        for (int i = 0; i < 4_000; i++)
        {
            string pattern = Pattern(random, 3);
            EcmaPattern compiled;
            try
            {
                compiled = EcmaPattern.Compile(pattern);
            }
            catch (ArgumentException)
            {
                continue;
            }

            PatternNode node = PatternParser.Parse(pattern, out _);
            if (compiled.IsSimple) simple++;
            Regex? linear = i % 16 == 0 ? Linear(node) : null;
            for (int j = 0; j < 6; j++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Characters[random.Next(Characters.Length)]));
                bool expected = NaiveMatcher.IsMatch(node, text);
                if (expected) matching++;
                Assert.True(linear is null || linear.IsMatch(text) == expected, $"/{pattern}/ in linear time and '{text}' should {(expected ? "" : "not ")}match.");
                Assert.True(compiled.IsMatch(Encoding.UTF8.GetBytes(text)) == expected, $"/{pattern}/ and '{text}' should {(expected ? "" : "not ")}match.");
            }
        }

        Assert.True(simple > 300 && matching > 3_000, $"{simple} simple patterns and {matching} matches are too few to say something.");
    }

    // What takes over from a pattern that backtracks for too long.
    private static Regex? Linear(PatternNode node)
    {
        var writer = new PatternWriter(ascii: false, captures: false);
        string written = writer.Write(node);
        return writer.Backtracks ? null : new Regex(written, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    private static string Pattern(Random random, int depth) => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => depth == 0 || random.Next(4) > 0
        ? Atoms[random.Next(Atoms.Length)] + Counts[random.Next(Counts.Length)]
        : random.Next(8) switch
        {
            0 => $"(?={Pattern(random, depth - 1)})",
            1 => $"(?!{Pattern(random, depth - 1)})",
            2 => $"(?:{Pattern(random, depth - 1)}|{Pattern(random, depth - 1)})",
            _ => $"({Pattern(random, depth - 1)}{(random.Next(2) == 0 ? "|" + Pattern(random, depth - 1) : "")}){Counts[random.Next(Counts.Length)]}",
        }));

    private static class NaiveMatcher
    {
        public static bool IsMatch(PatternNode node, string text)
        {
            int[] points = [.. text.EnumerateRunes().Select(rune => rune.Value)];
            return Enumerable.Range(0, points.Length + 1).Any(at => Match(node, points, at, _ => true));
        }

        private static bool Match(PatternNode node, int[] text, int at, Func<int, bool> next) => node switch
        {
            SetNode set => at < text.Length && set.Set.Holds(text[at]) && next(at + 1),
            SequenceNode sequence => Sequence(sequence.Parts, 0, text, at, next),
            ChoiceNode choice => choice.Options.Any(option => Match(option, text, at, next)),
            CaptureNode capture => Match(capture.Part, text, at, next),
            LookNode { IsBehind: false } look => Match(look.Part, text, at, _ => true) != look.IsNegative && next(at),
            RepeatNode repeat => Repeat(repeat, 0, text, at, next),
            AnchorNode anchor => Holds(anchor.Kind, text, at) && next(at),
            _ => throw new NotSupportedException(),
        };

        private static bool Sequence(IReadOnlyList<PatternNode> parts, int part, int[] text, int at, Func<int, bool> next) =>
            part == parts.Count ? next(at) : Match(parts[part], text, at, after => Sequence(parts, part + 1, text, after, next));

        // RepeatMatcher: an iteration beyond the least that matches nothing does not count.
        private static bool Repeat(RepeatNode repeat, int done, int[] text, int at, Func<int, bool> next)
        {
            if (done < repeat.Most && Match(repeat.Part, text, at, after => (after > at || done < repeat.Least) && Repeat(repeat, done + 1, text, after, next))) return true;
            return done >= repeat.Least && next(at);
        }

        private static bool Holds(char kind, int[] text, int at) => kind switch
        {
            '^' => at == 0,
            '$' => at == text.Length,
            _ => (IsWord(text, at - 1) != IsWord(text, at)) == (kind == 'b'),
        };

        private static bool IsWord(int[] text, int at) => at >= 0 && at < text.Length && text[at] < 128 && (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] == '_');
    }
}
