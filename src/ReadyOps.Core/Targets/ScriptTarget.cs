using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Processes;

namespace ReadyOps.Core.Targets;

/// <summary>
/// A share that one command sets and another reads. Both are started without a shell, in the folder of the document, and only
/// where the caller allowed commands. The share goes to <c>set</c> in per cent: as <c>{percent}</c> in an argument and as
/// <c>READYOPS_PERCENT</c>. What <c>read</c> prints is in per cent too, with or without the sign (<c>25</c> and <c>25%</c> are
/// the same), so that it may print what <c>set</c> was given.
/// </summary>
public sealed class ScriptTarget : ITarget
{
    private readonly IReadOnlyList<string> _set;
    private readonly IReadOnlyList<string> _read;
    private readonly TimeSpan _timeout;
    private readonly string _folder;
    private readonly EngineContext _context;

    private ScriptTarget(IReadOnlyList<string> set, IReadOnlyList<string> read, TimeSpan timeout, string folder, EngineContext context)
    {
        (_set, _read, _timeout, _folder, _context) = (set, read, timeout, folder, context);
        // Arguments may hold what should not be told: they are in the name as a digest only.
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', set.Prepend(folder))));
        Identity = $"script {set[0]}#{Convert.ToHexString(digest.AsSpan(0, 6)).ToLowerInvariant()}";
    }

    /// <inheritdoc/>
    public string Identity { get; }

    /// <summary>Reads <c>{type: script, set: [exe, arg, "{percent}"], read: [exe, arg], timeout: 30s}</c>.</summary>
    public static ScriptTarget Read(ObjectReader reader, EngineContext context)
    {
        TimeSpan timeout = reader.Duration("timeout", TimeSpan.FromSeconds(30));
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1)) reader.Problem("timeout", "no command can be waited for that long", "a duration from 1ms to 1h");
        return new ScriptTarget(Command(reader, "set"), Command(reader, "read"), timeout, reader.BaseDirectory, context);
    }

    /// <inheritdoc/>
    public decimal Nearest(decimal percent)
    {
        TargetReader.ThrowIfNoShare(percent);
        return percent;
    }

    /// <inheritdoc/>
    public async ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        string output = (await RunAsync("read", _read, null, cancel).ConfigureAwait(false)).Trim();
        string number = output.EndsWith('%') ? output[..^1].TrimEnd() : output;
        if (decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent) && percent <= 100) return percent;

        string shown = output.Length == 0 ? "nothing" : $"'{Line(output)}'";
        throw new ReadyOpsException("TargetUnreadable", $"The target's read command {_read[0]} printed {shown}, which is no share.", "Let it print one number from 0 to 100, in per cent, and nothing else.");
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        TargetReader.ThrowIfNoShare(percent);
        string text = percent.ToString("0.############################", CultureInfo.InvariantCulture);
        string[] command = [_set[0], .. _set.Skip(1).Select(argument => argument.Replace("{percent}", text, StringComparison.Ordinal))];
        _ = await RunAsync("set", command, text, cancel).ConfigureAwait(false);
    }

    private async Task<string> RunAsync(string name, IReadOnlyList<string> command, string? percent, CancellationToken cancel)
    {
        if (!_context.AllowCommand)
            throw new ReadyOpsException("CommandNotAllowed", $"The target's {name} command {command[0]} may not run: commands written in documents run only when the caller allows it.", "Read the command in the document, then repeat with -AllowCommand.");

        var run = new ProcessRun
        {
            Command = command,
            Folder = _folder,
            Clock = _context.Clock,
            Label = $"The target's {name} command",
            Timeout = _timeout,
            Environment = percent is null ? new Dictionary<string, string?>() : new Dictionary<string, string?> { ["READYOPS_PERCENT"] = percent },
        };
        ProcessResult result = await run.RunAsync(cancel).ConfigureAwait(false);
        if (result.ExitCode == 0) return result.Output;
        string said = result.Errors.Trim().Length == 0 ? "" : $" It said: {Tail(result.Errors)}";
        throw new ReadyOpsException("CommandFailed", $"The target's {name} command {command[0]} ended with exit code {result.ExitCode}.{said}", "Run it by hand in the folder of the document and correct what it says.");
    }

    private static IReadOnlyList<string> Command(ObjectReader reader, string name)
    {
        IReadOnlyList<string> command = reader.Texts(name);
        if (command.Count == 0 || command[0].Length == 0)
        {
            if (!reader.Has(name) || reader.Node[name]!.Kind is NodeKind.Array or NodeKind.String) reader.Problem(name, $"'{name}' names no program", "a program and its arguments as a list");
            return ["?"];
        }

        // A program named by a path is the one beside the document, not one beside whoever runs ReadyOps.
        string program = command[0];
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)) program = Path.GetFullPath(program, reader.BaseDirectory);
        return [program, .. command.Skip(1)];
    }

    /// <summary>The last lines: where programs say what went wrong.</summary>
    private static string Tail(string text) => Line(string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(5)));

    private static string Line(string text)
    {
        string clean = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return clean.Length <= 500 ? clean : "…" + clean[^500..];
    }
}
