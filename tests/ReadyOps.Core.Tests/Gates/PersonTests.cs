using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Tests.Gates;

public sealed class PersonTests
{
    // The pairs of Unicode: a zero-width space (U+200B), a no-break space (U+00A0).
    [Theory]
    [InlineData("alice", "Alice ")]
    [InlineData("alice", "ali\u200Bce")]
    [InlineData("Alice Doe", "Alice\u00A0 Doe")]
    public void However_a_name_is_spelled_it_is_one_person(string one, string other)
    {
        Assert.True(Person.Same(one, other));
        Assert.Equal(Person.Names.GetHashCode(one), Person.Names.GetHashCode(other));
    }

    [Theory]
    [InlineData("Ren\u00E9", "Rene\u0301")]
    [InlineData("alice", "\uFF41\uFF4C\uFF49\uFF43\uFF45")]
    public void However_its_letters_are_encoded_it_is_one_person(string one, string other)
    {
        Assert.SkipWhen("e\u0301".Normalize().Length == 2, "This machine has no ICU, without which .NET normalizes nothing.");
        However_a_name_is_spelled_it_is_one_person(one, other);
    }

    [Fact]
    public void Halves_of_surrogate_pairs_have_no_normal_form_and_are_told_apart_nevertheless() => Assert.False(Person.Same("a\uD800", "a\uD801"));

    [Theory]
    [InlineData("alice", "alicia")]
    [InlineData("alice", "\u0430lice")] // a Cyrillic a: another name, which no list of approvers holds
    [InlineData("i", "\u0131")] // the Turkish dotless i
    public void Other_names_are_other_people(string one, string other) => Assert.False(Person.Same(one, other));
}
