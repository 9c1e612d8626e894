using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

public sealed class SuggestionTests
{
    // Worked out by hand; the last is the example that tells this variant (3) from the unrestricted distance (2).
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("timeuot", "timeout", 1)]
    [InlineData("CA", "ABC", 3)]
    public void The_distance_counts_slips(string a, string b, int distance) => Assert.Equal(distance, Suggestion.Distance(a, b));

    [Theory]
    [InlineData("timeot", "timeout")]
    [InlineData("Timeout", "timeout")]
    [InlineData("thimeuot", "timeout")]
    [InlineData("weigth", "weight")]
    [InlineData("xyz", null)]
    [InlineData("a", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_where_one_is_near(string written, string? meant) =>
        Assert.Equal(meant, Suggestion.Nearest(written, ["name", "weight", "timeout", "b"]));

    [Fact]
    public void The_distance_is_symmetric_and_zero_only_for_equals()
    {
        Gen<string> word = Gen.Elements('a', 'b', 'c').ListOf().Select(list => string.Concat(list));
        Prop.ForAll(word.ToArbitrary(), word.ToArbitrary(), (a, b) =>
            Suggestion.Distance(a, b) == Suggestion.Distance(b, a) && (Suggestion.Distance(a, b) == 0) == (a == b)).QuickCheckThrowOnFailure();
    }
}
