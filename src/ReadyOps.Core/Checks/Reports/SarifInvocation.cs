using System.Text.Json;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>Reads one invocation of a tool off SARIF: whether the scan itself went well, and what it was told about rules.</summary>
/// <param name="json">Stands on the invocation.</param>
/// <param name="run">Takes in what is read.</param>
/// <param name="index">Its place in the list.</param>
/// <param name="broken">Makes the error for what cannot be read.</param>
internal sealed class SarifInvocation(JsonTokens json, SarifRun run, int index, Func<string, ReadyOpsException> broken)
{
    public void Read()
    {
        Expect(JsonTokenType.StartObject);
        while (json.NextMember())
        {
            if (json.Is("executionSuccessful"u8))
            {
                json.Read();
                if (json.Type == JsonTokenType.False) run.Fail("the tool says that it did not succeed");
                else if (json.Type != JsonTokenType.True) throw broken("'executionSuccessful' is neither true nor false");
            }
            else if (json.Is("toolExecutionNotifications"u8) || json.Is("toolConfigurationNotifications"u8)) List(Notification);
            else if (json.Is("ruleConfigurationOverrides"u8)) List(Override);
            else json.Skip();
        }
    }

    private void List(Action item)
    {
        json.Read();
        if (json.Type == JsonTokenType.Null) return;
        if (json.Type != JsonTokenType.StartArray) throw broken("a part of an invocation is no list");
        while (json.NextItem())
        {
            Expect(JsonTokenType.StartObject);
            item();
        }
    }

    private void Notification()
    {
        bool error = false;
        string text = "";
        while (json.NextMember())
        {
            if (json.Is("level"u8)) error = Text() == "error";
            else if (json.Is("message"u8)) text = Message();
            else json.Skip();
        }

        if (error) run.Fail(text.Length > 0 ? Judge.Cut(text) : "the tool notes an error without a text");
    }

    private string Message()
    {
        string text = "";
        json.Read();
        if (json.Type != JsonTokenType.StartObject) return text;
        while (json.NextMember())
        {
            if (json.Is("text"u8)) text = Text() ?? "";
            else json.Skip();
        }

        return text;
    }

    private void Override()
    {
        SarifLevel? level = null;
        var rule = new SarifGroup(null, -1, -1, index, null, null);
        while (json.NextMember())
        {
            if (json.Is("configuration"u8)) Members(() => { if (json.Is("level"u8)) level = Level(); else json.Skip(); });
            else if (json.Is("descriptor"u8)) Members(() => rule = Reference(rule));
            else json.Skip();
        }

        if (level is not null) run.Override(index, rule, level.Value);
    }

    private SarifGroup Reference(SarifGroup rule)
    {
        if (json.Is("id"u8)) return rule with { RuleId = Judge.Cut(Text() ?? "") };
        if (json.Is("index"u8)) return rule with { RuleIndex = Number() };
        if (json.Is("toolComponent"u8)) Members(() => { if (json.Is("index"u8)) rule = rule with { Component = Number() }; else json.Skip(); });
        else json.Skip();
        return rule;
    }

    private void Members(Action member)
    {
        json.Read();
        if (json.Type == JsonTokenType.Null) return;
        Expect(JsonTokenType.StartObject);
        while (json.NextMember()) member();
    }

    private SarifLevel? Level() => Enum.TryParse(Text(), ignoreCase: true, out SarifLevel level) ? level : null;

    private int Number()
    {
        json.Read();
        return json.Type == JsonTokenType.Number && int.TryParse(json.Value, out int number) ? number : throw broken("an index is no whole number");
    }

    private string? Text()
    {
        json.Read();
        return json.Type == JsonTokenType.String ? json.Text() : json.Type == JsonTokenType.Null ? null : throw broken("a part of an invocation is no text");
    }

    private void Expect(JsonTokenType type)
    {
        if (json.Type != type) throw broken("a part of an invocation is no object");
    }
}
