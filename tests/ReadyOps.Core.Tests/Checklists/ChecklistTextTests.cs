using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Tests.Checklists;

public sealed class ChecklistTextTests
{
    private static readonly string[] Pieces =
        ["done ", "- [x] ", "\n", "✅", "⏳", "🟡", "❌", "→", "≥98%", "±", "é", "Ünder", "日本語", "привет", "–", "“quoted”", "│", "┌──┐", "…", "€", "🚀", " ", "a|b"];

    private static Arbitrary<string> Texts => Gen.Elements(Pieces).ArrayOf().Select(parts => string.Join(' ', parts)).ToArbitrary();

    [Fact]
    public void A_good_text_is_never_changed() =>
        Prop.ForAll(Texts, text => ChecklistText.Repair(text) == (text, "")).QuickCheckThrowOnFailure();

    [Fact]
    public void A_wrong_reading_is_undone_in_every_code_page() =>
        Prop.ForAll(Texts, Gen.Elements(1252, 10000, 437, 850, 28591).ToArbitrary(), (text, page) =>
        {
            // Where every character has but two bytes, it may be too little to be sure; then nothing is touched.
            string wrong = ChecklistText.Misread(text, page);
            string repaired = ChecklistText.Repair(wrong).Text;
            return repaired == text || (repaired == wrong && text.All(c => c < '\u0800'));
        })
            .QuickCheckThrowOnFailure();

    // What the editors of the time make of the UTF-8 of ✅ (E2 9C 85), 🟡 (F0 9F 9F A1) and • (E2 80 A2), by the tables of the code pages at unicode.org.
    [Theory]
    [InlineData("âœ… done", "✅ done", "Windows-1252")]
    [InlineData("â\u009C\u0085 done", "✅ done", "Windows-1252")] // by way of Latin-1
    [InlineData("# Phase â€¢ Deployment", "# Phase • Deployment", "Windows-1252")]
    [InlineData("‚úÖ done, \uF8FFüü° half", "✅ done, 🟡 half", "Mac Roman")]
    [InlineData("Γ£à done", "✅ done", "code page 437")]
    [InlineData("ÔØî failed", "❌ failed", "code page 850")] // in Mac Roman these bytes would be an Arabic presentation form
    public void Known_wrong_readings_are_undone(string wrong, string right, string page)
    {
        (string text, string repair) = ChecklistText.Repair(wrong);
        Assert.Equal(right, text);
        Assert.Contains(page, repair, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_wrong_readings_one_upon_the_other_are_undone() =>
        Assert.Equal("✅ done", ChecklistText.Repair(ChecklistText.Misread(ChecklistText.Misread("✅ done", 1252), 1252)).Text);

    [Fact]
    public void What_was_lost_on_the_way_is_left_and_told()
    {
        string wrong = string.Concat(Enumerable.Repeat("âœ… ", 9)) + "â€ lost";
        (string text, string repair) = ChecklistText.Repair(wrong);
        Assert.Equal(string.Concat(Enumerable.Repeat("✅ ", 9)) + "â€ lost", text);
        Assert.Contains("9 places; 1 were lost", repair, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Café, naïve, São Paulo, Ã©")]
    [InlineData("Ünder é à ¿")]
    [InlineData("10 €Über alles")] // in Mac Roman the bytes DB 86 are well-formed
    [InlineData("«\u00A0voilà\u00A0» et «\u00A0là\u00A0»")] // à, a no-break space and » are well-formed in Windows-1252
    [InlineData("il est né…”")] // E9 85 94 in Windows-1252
    [InlineData("é–±")] // E9 96 B1
    [InlineData("et voilà\u00A0»")] // E0 A0 BB
    [InlineData("–±")] // D0 B1 in Mac Roman
    public void A_stray_likeness_in_a_good_text_changes_nothing(string text) => Assert.Equal((text, ""), ChecklistText.Repair(text));

    [Fact]
    public void Lines_stay_where_they_are()
    {
        string text = "✅ one\n\n…\n❌ four\n";
        Assert.Equal(text.Split('\n').Length, ChecklistText.Repair(ChecklistText.Misread(text, 1252)).Text.Split('\n').Length);
        Assert.Equal(("✅", ""), ChecklistText.Decode(Encoding.UTF8.GetBytes("\uFEFF✅"), "a.md"));
    }
}
