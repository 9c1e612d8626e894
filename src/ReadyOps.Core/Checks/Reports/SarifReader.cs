using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Reads the static-analysis results of SARIF 2.1.0 (OASIS, 2020) in one pass. The rules of a run may stand behind its results, so results
/// are added up by rule and judged when the run ends.
/// </summary>
internal sealed class SarifReader
{
    private const string ErrorId = "SarifInvalid";
    private const int LongestId = 1024;
    private const string Wanted = "Give a SARIF 2.1.0 file; of the .NET compilers -p:ErrorLog=<file>%2Cversion=2.1.";

    private readonly JsonTokens _json;
    private readonly string _file;
    private readonly Action<SarifRun> _take;
    private readonly Action<SarifRun, SarifResult> _result;
    private readonly bool _identities;
    private readonly SarifResult _current = new();

    private SarifReader(JsonTokens json, string file, bool identities, Action<SarifRun, SarifResult> result, Action<SarifRun> take)
    {
        _json = json;
        _file = file;
        _identities = identities;
        _result = result;
        _take = take;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="result">Takes each result; the object is used again for the next.</param>
    /// <param name="take">Takes each run at its end.</param>
    /// <param name="identities">Whether <see cref="SarifResult.Identity"/> will be asked for.</param>
    /// <exception cref="ReadyOpsException"><c>SarifInvalid</c></exception>
    public static void Read(ReportStream stream, string file, Action<SarifRun, SarifResult> result, Action<SarifRun> take, bool identities = true)
    {
        try
        {
            new SarifReader(new JsonTokens(stream), file, identities, result, take).Document();
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{e.LineNumber + 1}:{e.BytePositionInLine + 1}");
            int end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            string why = (end < 0 ? e.Message : e.Message[..end]).TrimEnd('.', ' ');
            throw new ReadyOpsException(ErrorId, $"{file}{place} is not JSON: {Judge.Cut(why)}.", "See whether the scan that writes it was cut off. " + Wanted, e);
        }
    }

    private void Document()
    {
        _json.Read();
        if (_json.Type != JsonTokenType.StartObject) throw Broken("it is no object");
        string? version = null;
        bool runs = false;
        while (_json.NextMember())
        {
            if (_json.Is("version"u8)) version = OptionalText("version");
            else if (_json.Is("runs"u8) && Begin("runs", JsonTokenType.StartArray))
            {
                runs = true;
                while (_json.NextItem()) Run();
            }
            else if (_json.Is("inlineExternalProperties"u8)) throw Broken("it has external properties, which are not read");
            else if (_json.Type == JsonTokenType.PropertyName) _json.Skip();
        }

        if (_json.Read()) throw Broken("something follows the document");
        if (version is null) throw Broken("it has no version");
        if (version != "2.1.0") throw Broken($"it is of version '{Judge.Cut(version)}', and 2.1.0 is read");
        if (!runs) throw Broken("it has no runs");
    }

    private void Run()
    {
        Expect(JsonTokenType.StartObject, "a run");
        var run = new SarifRun(_file);
        while (_json.NextMember())
        {
            if (_json.Is("tool"u8)) Members("tool", () => Tool(run));
            else if (_json.Is("results"u8) && Begin("results", JsonTokenType.StartArray))
            {
                run.HasResults = true;
                while (_json.NextItem()) Result(run);
            }
            else if (_json.Is("invocations"u8) && Begin("invocations", JsonTokenType.StartArray))
            {
                for (int index = 0; _json.NextItem(); index++) new SarifInvocation(_json, run, index, Broken).Read();
            }
            else if (_json.Is("externalPropertyFileReferences"u8)) throw Broken("parts of a run are in other files, which are not read");
            else if (_json.Type == JsonTokenType.PropertyName) _json.Skip();
        }

        _take(run);
    }

    private void Tool(SarifRun run)
    {
        if (_json.Is("driver"u8)) Members("driver", () => Component(run, -1));
        else if (_json.Is("extensions"u8) && Begin("extensions", JsonTokenType.StartArray))
        {
            for (int index = 0; _json.NextItem(); index++)
            {
                Expect(JsonTokenType.StartObject, "an extension");
                int component = index;
                InObject(() => Component(run, component));
            }
        }
        else if (_json.Type == JsonTokenType.PropertyName) _json.Skip();
    }

    private void Component(SarifRun run, int component)
    {
        if (component < 0 && _json.Is("name"u8)) run.Tool = OptionalText("name") ?? "";
        else if (_json.Is("rules"u8) && Begin("rules", JsonTokenType.StartArray))
        {
            while (_json.NextItem())
            {
                Expect(JsonTokenType.StartObject, "a rule");
                var rule = new SarifRule();
                InObject(() => Rule(rule));
                run.Add(component, rule);
            }
        }
        else if (_json.Type == JsonTokenType.PropertyName) _json.Skip();
    }

    private void Rule(SarifRule rule)
    {
        if (_json.Is("id"u8)) rule.Id = Id() ?? "";
        else if (_json.Is("defaultConfiguration"u8))
        {
            Members("defaultConfiguration", () =>
            {
                if (_json.Is("level"u8)) rule.Level = Level();
                else _json.Skip();
            });
        }
        else if (_json.Is("properties"u8)) Members("properties", () => rule.Severity = Severity() ?? rule.Severity);
        else _json.Skip();
    }

    // Plain loops from here on and no lambdas: there may be a million results, and each lambda would be an object.
    private void Result(SarifRun run)
    {
        Expect(JsonTokenType.StartObject, "a result");
        _current.Clear();
        while (_json.NextMember()) ResultMember();
        // Whatever is no failure is counted only where it says itself, against the format, that it matters.
        if (!_current.IsFail) _current.Level ??= SarifLevel.None;
        _result(run, _current);
    }

    private void ResultMember()
    {
        if (_json.Is("ruleId"u8)) _current.RuleId = Id();
        else if (_json.Is("ruleIndex"u8)) _current.RuleIndex = Index();
        else if (_json.Is("rule"u8)) RuleReference();
        else if (_json.Is("level"u8)) _current.Level = Level();
        else if (_json.Is("kind"u8)) _current.IsFail = OptionalText("kind") is null or "fail";
        else if (_json.Is("message"u8)) Message();
        else if (_json.Is("locations"u8)) Locations();
        else if (_json.Is("suppressions"u8)) Suppressions();
        else if (_json.Is("baselineState"u8)) _current.BaselineState = OptionalText("baselineState");
        else if (_json.Is("fingerprints"u8)) Prints(partial: false);
        else if (_json.Is("partialFingerprints"u8)) Prints(partial: true);
        else if (_json.Is("provenance"u8)) _current.Invocation = IndexIn("provenance", "invocationIndex"u8) ?? -1;
        else if (_json.Is("properties"u8)) Properties();
        else _json.Skip();
    }

    private void Message()
    {
        if (!Begin("message", JsonTokenType.StartObject)) return;
        while (_json.NextMember()) _current.Message = TextOf("text"u8, "markdown"u8) ?? _current.Message;
    }

    private void Properties()
    {
        if (!Begin("properties", JsonTokenType.StartObject)) return;
        while (_json.NextMember()) _current.Severity = Severity() ?? _current.Severity;
    }

    private void RuleReference()
    {
        if (!Begin("rule", JsonTokenType.StartObject)) return;
        while (_json.NextMember())
        {
            if (_json.Is("id"u8)) _current.RuleId ??= Id();
            else if (_json.Is("index"u8)) _current.RuleIndex = Index();
            else if (_json.Is("toolComponent"u8)) _current.Component = IndexIn("toolComponent", "index"u8) ?? -1;
            else _json.Skip();
        }
    }

    private int? IndexIn(string name, ReadOnlySpan<byte> member)
    {
        if (!Begin(name, JsonTokenType.StartObject)) return null;
        int? index = null;
        while (_json.NextMember())
        {
            if (_json.Is(member)) index = Index();
            else _json.Skip();
        }

        return index;
    }

    // The first location is where the result is; all others only explain it.
    private void Locations()
    {
        if (!Begin("locations", JsonTokenType.StartArray)) return;
        bool first = true;
        while (_json.NextItem())
        {
            if (first && _json.Type == JsonTokenType.StartObject) Location();
            else _json.Skip();
            first = false;
        }
    }

    private void Location()
    {
        while (_json.NextMember())
        {
            if (!_json.Is("physicalLocation"u8)) _json.Skip();
            else if (Begin("physicalLocation", JsonTokenType.StartObject)) Place();
        }
    }

    private void Place()
    {
        while (_json.NextMember())
        {
            if (_json.Is("artifactLocation"u8)) _current.Uri = TextIn("artifactLocation", "uri"u8) ?? _current.Uri;
            else if (!_json.Is("region"u8)) _json.Skip();
            else if (Begin("region", JsonTokenType.StartObject)) Region();
        }
    }

    private void Region()
    {
        while (_json.NextMember())
        {
            if (_json.Is("startLine"u8)) _current.Line = Index();
            else if (_json.Is("snippet"u8)) _current.Snippet = TextIn("snippet", "text"u8) ?? _current.Snippet;
            else _json.Skip();
        }
    }

    private string? TextIn(string name, ReadOnlySpan<byte> member)
    {
        if (!Begin(name, JsonTokenType.StartObject)) return null;
        string? text = null;
        while (_json.NextMember()) text = TextOf(member) ?? text;
        return text;
    }

    // A suppression without a status is accepted; one that is under review or rejected makes all of them not count.
    private void Suppressions()
    {
        if (!Begin("suppressions", JsonTokenType.StartArray)) return;
        bool any = false, all = true;
        while (_json.NextItem())
        {
            Expect(JsonTokenType.StartObject, "a suppression");
            any = true;
            while (_json.NextMember())
            {
                if (_json.Is("status"u8)) all &= OptionalText("status") is null or "accepted";
                else _json.Skip();
            }
        }

        _current.Suppressed = any && all;
    }

    private void Prints(bool partial)
    {
        if (!Begin(partial ? "partialFingerprints" : "fingerprints", JsonTokenType.StartObject)) return;
        while (_json.NextMember())
        {
            if (!_identities)
            {
                _json.Skip();
                continue;
            }

            string name = _json.Text();
            if (OptionalText(name) is { } value) _current.AddPrint(name, value, partial);
        }
    }

    // CVSS, 0 to 10, as GitHub has it; most tools write it as a text.
    private double? Severity()
    {
        if (!_json.Is("security-severity"u8))
        {
            _json.Skip();
            return null;
        }

        _json.Read();
        if (_json.Type is JsonTokenType.String or JsonTokenType.Number
            && double.TryParse(_json.Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out double severity) && double.IsFinite(severity))
        {
            return severity;
        }

        if (_json.Type == JsonTokenType.Null) return null;
        throw Broken("a 'security-severity' is no number");
    }

    private SarifLevel? Level() => OptionalText("level") switch
    {
        null => null,
        "none" => SarifLevel.None,
        "note" => SarifLevel.Note,
        "warning" => SarifLevel.Warning,
        "error" => SarifLevel.Error,
        string other => throw Broken($"there is no level '{Judge.Cut(other)}'"),
    };

    // The ids of rules are kept, so no one of them may be all of a file.
    private string? Id() => OptionalText("id") is not { } id ? null : id.Length <= LongestId ? id : throw Broken("the id of a rule is longer than 1024 characters");

    private string? TextOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> other = default)
    {
        if (_json.Is(name) || (!other.IsEmpty && _json.Is(other))) return OptionalText("text");
        _json.Skip();
        return null;
    }

    private int Index()
    {
        _json.Read();
        if (_json.Type == JsonTokenType.Number && int.TryParse(_json.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index)) return index;
        throw Broken("an index is no whole number");
    }

    private string? OptionalText(string name)
    {
        _json.Read();
        return _json.Type switch
        {
            JsonTokenType.String => _json.Text(),
            JsonTokenType.Null => null,
            _ => throw Broken($"'{Judge.Cut(name)}' is no text"),
        };
    }

    private void Members(string name, Action member)
    {
        if (Begin(name, JsonTokenType.StartObject)) InObject(member);
    }

    private void InObject(Action member)
    {
        while (_json.NextMember()) member();
    }

    // Goes to the value of a member; false when it is null.
    private bool Begin(string name, JsonTokenType type)
    {
        _json.Read();
        if (_json.Type == JsonTokenType.Null) return false;
        Expect(type, $"'{name}'");
        return true;
    }

    private void Expect(JsonTokenType type, string what)
    {
        if (_json.Type != type) throw Broken($"{what} is no {(type == JsonTokenType.StartObject ? "object" : "list")}");
    }

    private ReadyOpsException Broken(string why) => new(ErrorId, $"{_file} cannot be read as SARIF: {why}.", Wanted);
}
