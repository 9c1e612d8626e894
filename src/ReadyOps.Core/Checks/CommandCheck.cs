using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Processes;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>command</c>.</summary>
internal sealed class CommandCheckType : CheckType
{
    public override string Name => "command";

    public override string Summary => "A program ends with the right exit code and prints what it must; runs only where the caller says -AllowCommand.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("command", CheckMemberKind.Texts, "The program and its arguments, each a text of its own: there is no shell.") { Required = true },
        new("exitCode", CheckMemberKind.Texts, "The exit code it must end with, or a list of them.") { Default = "0" },
        new("contains", CheckMemberKind.Text, "A text that must be in its output, letter for letter."),
        new("matches", CheckMemberKind.Text, "A regular expression (.NET) that must match somewhere in its output."),
        new("json", CheckMemberKind.JsonBounds, "Values in its output, which must then be JSON."),
        new("folder", CheckMemberKind.Path, "The folder it runs in, unless it is that of the document."),
        new("env", CheckMemberKind.Headers, "Environment variables, which may be secret:NAME or env:NAME. It sees nothing else but what every program needs, such as PATH and HOME."),
        new("maxOutput", CheckMemberKind.Size, "More output than this cannot be looked into.") { Default = "1MiB" },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        IReadOnlyList<string> command = reader.Texts("command");
        if (command.Count == 0 || command[0].Length == 0) reader.Problem("command", "this names no program", "a program and its arguments as a list");
        else if (command.Any(part => part.Contains('\0', StringComparison.Ordinal))) reader.Problem("command", "an argument holds a NUL character", "a text");
        long maxOutput = CheckReader.Size(reader, "maxOutput") ?? 1024 * 1024;
        if (maxOutput is < 1 or > 64 * 1024 * 1024) reader.Problem("maxOutput", "no output can be looked into at that size", "a size from 1B to 64MiB");
        if (reader.OptionalText("contains") is "") reader.Problem("contains", "every output contains the empty text", "a text to look for");
        return new CommandCheck(Resolve(command, reader.BaseDirectory), reader.OptionalPath("folder") ?? reader.BaseDirectory)
        {
            ExitCodes = ReadExitCodes(reader),
            Contains = reader.OptionalText("contains"),
            Matches = CheckReader.Pattern(reader, "matches"),
            Json = [.. reader.Objects("json").Select(JsonProbe.Read)],
            Variables = ReadVariables(reader),
            MaxOutput = (int)Math.Clamp(maxOutput, 1, 64 * 1024 * 1024),
        };
    }

    // A program named by a path is the one beside the document, not one beside whoever runs ReadyOps.
    private static IReadOnlyList<string> Resolve(IReadOnlyList<string> command, string folder)
    {
        if (command.Count == 0 || command[0].Contains('\0', StringComparison.Ordinal)) return ["?"];
        bool path = command[0].Contains('/', StringComparison.Ordinal) || command[0].Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return path ? [Path.GetFullPath(command[0], folder), .. command.Skip(1)] : command;
    }

    private static IReadOnlyList<int> ReadExitCodes(ObjectReader reader)
    {
        if (!reader.Has("exitCode")) return [0];
        var codes = new List<int>();
        foreach (string text in reader.Texts("exitCode"))
        {
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code)) codes.Add(code);
            else reader.Problem("exitCode", $"'{text}' is no exit code", "a whole number such as 0, or a list of them");
        }

        if (codes.Count == 0) reader.Problem("exitCode", "there is no exit code here", "a whole number such as 0, or a list of them");
        return codes;
    }

    private static IReadOnlyList<KeyValuePair<string, SecretText>> ReadVariables(ObjectReader reader)
    {
        var variables = new List<KeyValuePair<string, SecretText>>();
        foreach ((string name, string value) in reader.TextMembers("env"))
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Any(char.IsControl)) reader.Problem("env", $"'{Judge.Cut(name)}' cannot name a variable", "a name without '='");
            else variables.Add(KeyValuePair.Create(name, new SecretText(value)));
        }

        return variables;
    }
}

/// <summary>Runs a program and looks at how it ends.</summary>
/// <param name="command">The program and its arguments.</param>
/// <param name="folder">Where it runs.</param>
internal sealed class CommandCheck(IReadOnlyList<string> command, string folder) : ICheck
{
    private const int LinesTold = 20;

    // A shorter value is hardly a secret, and blotting it out would make the output unreadable.
    private const int ShortestSecret = 4;

    private readonly string _name = Path.GetFileName(command[0]) is { Length: > 0 } file ? Judge.Cut(file) : Judge.Cut(command[0]);

    public IReadOnlyList<int> ExitCodes { get; init; } = [0];

    public string? Contains { get; init; }

    public Regex? Matches { get; init; }

    public IReadOnlyList<JsonProbe> Json { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, SecretText>> Variables { get; init; } = [];

    public int MaxOutput { get; init; } = 1024 * 1024;

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        if (!context.AllowCommand)
        {
            return Observation.Of(Verdict.Error, $"The command {_name} may not run: commands written in documents run only when the caller allows it.") with
            {
                NextStep = "Read the command in the document, then repeat with -AllowCommand.",
            };
        }

        var variables = new Dictionary<string, string?>();
        var secrets = new List<string>();
        foreach ((string name, SecretText text) in Variables)
        {
            string value = await text.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            if (value.Contains('\0', StringComparison.Ordinal)) throw new ReadyOpsException("CommandVariableInvalid", $"The variable {name} of {_name} holds a NUL character.", "Look at the secret behind it.");
            variables[name] = value;
            if (text.IsReference) secrets.AddRange(Told(value));
        }

        var run = new ProcessRun
        {
            Command = command,
            Folder = folder,
            Clock = context.Clock,
            Label = "The command",
            Environment = variables,
            PlainEnvironment = true,
            MaxOutput = MaxOutput,
        };
        ProcessResult result = await run.RunAsync(cancel).ConfigureAwait(false);
        Observation seen = Observation.Worst([.. Look(result)]);
        IReadOnlyList<string> told = seen.Verdict == Verdict.Pass ? [] : [.. LastLines("Errors", Blot(result.Errors, secrets)), .. LastLines("Output", Blot(result.Output, secrets))];
        return seen with
        {
            Value = seen.Value is string text1 ? Blot(text1, secrets) : seen.Value,
            Reason = Blot(seen.Reason, secrets),
            Details = [.. seen.Details.Concat(told).Select(line => Blot(line, secrets))],
        };
    }

    private IEnumerable<Observation> Look(ProcessResult result)
    {
        string expected = ExitCodes.Count == 1 ? Text(ExitCodes[0]) : "one of " + string.Join(", ", ExitCodes.Select(Text));
        if (!ExitCodes.Contains(result.ExitCode))
        {
            // What a command that failed printed says nothing about what it would have found.
            yield return Observation.Of(Verdict.Fail, $"{_name} ended with exit code {Text(result.ExitCode)}, not {expected}.", (double)result.ExitCode);
            yield break;
        }

        bool reads = Contains is not null || Matches is not null || Json.Count > 0;
        if (reads && result.Partial)
        {
            yield return Observation.Of(Verdict.Error, $"{_name} printed more than {Quantities.Format(MaxOutput, Unit.Bytes)}, or left something behind that still prints: not all of its output was seen.") with
            {
                NextStep = "Let it print less and end when it is done, or raise 'maxOutput'.",
            };
            yield break;
        }

        yield return Observation.Of(Verdict.Pass, $"{_name} ended with exit code {Text(result.ExitCode)}{(reads ? " and printed what it must" : "")}.", (double)result.ExitCode);
        if (Contains is not null && !result.Output.Contains(Contains, StringComparison.Ordinal))
            yield return Observation.Of(Verdict.Fail, $"The output of {_name} does not contain '{Judge.Cut(Contains)}'.");
        if (Matches is not null && Match(result.Output) is { } unmatched) yield return unmatched;
        if (Json.Count == 0) yield break;
        foreach (Observation value in LookIntoJson(result.Output)) yield return value;
    }

    private Observation? Match(string output)
    {
        try
        {
            return Matches!.IsMatch(output) ? null : Observation.Of(Verdict.Fail, $"The output of {_name} has nothing that matches '{Judge.Cut(Matches.ToString())}'.");
        }
        catch (RegexMatchTimeoutException)
        {
            return Observation.Of(Verdict.Error, $"Looking for '{Judge.Cut(Matches!.ToString())}' in the output of {_name} takes too long.") with
            {
                NextStep = "Write the expression without look-around and back-references: it is then matched in linear time.",
            };
        }
    }

    private IReadOnlyList<Observation> LookIntoJson(string output)
    {
        string where = $"the output of {_name}";
        try
        {
            using JsonDocument document = JsonProbe.Parse(Encoding.UTF8.GetBytes(output), where);
            return [.. Json.Select(probe => probe.Observe(document.RootElement, where))];
        }
        catch (ReadyOpsException e)
        {
            return [Observation.Of(Verdict.Fail, e.Message)];
        }
    }

    private static IEnumerable<string> LastLines(string what, string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(LinesTold).Select(line => $"{what}: {Judge.Cut(line)}");

    // A key may have several lines, and output is told line by line.
    private static IEnumerable<string> Told(string secret) =>
        secret.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(secret).Where(part => part.Length >= ShortestSecret).Distinct().OrderByDescending(part => part.Length);

    private static string Blot(string text, List<string> secrets) => secrets.Aggregate(text, BlotOne);

    private static string BlotOne(string text, string secret)
    {
        string told = text.Replace(secret, "***", StringComparison.Ordinal);
        // What was cut to fit may end within the secret.
        for (int cut = told.IndexOf('…', StringComparison.Ordinal); cut >= 0; cut = told.IndexOf('…', cut + 1))
        {
            int length = Enumerable.Range(1, secret.Length - 1).LastOrDefault(part => told.AsSpan(0, cut).EndsWith(secret.AsSpan(0, part), StringComparison.Ordinal));
            if (length < ShortestSecret) continue;
            told = string.Concat(told.AsSpan(0, cut - length), "***", told.AsSpan(cut));
            cut += 3 - length;
        }

        return told;
    }

    private static string Text(int code) => code.ToString(CultureInfo.InvariantCulture);
}
