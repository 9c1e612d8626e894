using System.Globalization;

namespace ReadyOps.Simulation;

/// <summary>A check before a step, as the document says it; one that nobody is required to approve is no approval.</summary>
internal sealed record SimGuard(string Name, TimeSpan Timeout, int Required, TimeSpan? ValidFor, string? Role, bool FourEyes)
{
    public bool AsksPeople => Required > 0;

    public string Text => AsksPeople
        ? $$"""{"name":"{{Name}}","type":"approval","required":{{Required.ToString(CultureInfo.InvariantCulture)}}{{(ValidFor is { } time ? $",\"validFor\":\"{SimSteps.Span(time)}\"" : "")}}{{(Role is null ? "" : $",\"role\":\"{Role}\"")}}{{(FourEyes ? ",\"fourEyes\":true" : "")}}}"""
        : $$"""{"name":"{{Name}}","type":"http","url":"http://check.invalid/","timeout":"{{SimSteps.Span(Timeout)}}"}""";
}

/// <summary>What the steps of a document say besides share and hold: whom they name, what they wait for, how long they may take.</summary>
internal sealed class SimSteps
{
    private readonly List<IReadOnlyList<string>> _named = [];
    private readonly List<string[]> _new = [];
    private readonly List<IReadOnlyList<SimGuard>> _before = [];
    private readonly List<SimPolicy?> _deadlines = [];

    private SimSteps(bool isBlueGreen) => IsBlueGreen = isBlueGreen;

    public bool IsBlueGreen { get; }

    public bool NamesPeople => _named[^1].Count > 0;

    public bool HasChecks => _before.Any(checks => checks.Count > 0);

    public bool AsksPeople => Guards.Any(guard => guard.AsksPeople);

    /// <summary>All that any step waits for.</summary>
    public IEnumerable<SimGuard> Guards => _before.SelectMany(checks => checks);

    /// <summary>The shares of a world's steps, by those drawn for it.</summary>
    public static decimal[] Shares(SimExtras extras, decimal[] drawn) => extras switch
    {
        { IsBlueGreen: true } => [0, 100],
        { NamesPeople: true } => [.. extras.Random.OneIn(2) ? new decimal[] { 0 } : [0, 0], .. drawn.Where(share => share > 0)],
        _ => drawn,
    };

    public static SimSteps Draw(SimExtras extras, IReadOnlyList<decimal> shares, IReadOnlyList<TimeSpan> holds)
    {
        SeedRandom random = extras.Random;
        var steps = new SimSteps(extras.IsBlueGreen);
        string[] people = ["ann", "ben", "cat", "dan"];
        IReadOnlyList<string> named = [];
        for (int i = 0; i < shares.Count; i++)
        {
            bool names = extras.NamesPeople && shares[i] == 0;
            steps._new.Add(names ? people[(2 * i)..((2 * i) + random.Between(1, 2))] : []);
            named = [.. named, .. steps._new[i]];
            steps._named.Add(named);
            bool waits = extras.HasChecks && (extras.IsBlueGreen ? i == 1 : random.OneIn(2));
            steps._before.Add(waits ? [.. Enumerable.Range(0, random.Pick(1, 1, 2)).Select(number => Guard(random, i, number))] : []);
            steps._deadlines.Add(extras.HasStepDeadlines && random.Chance(75) ? new SimPolicy(random.Pick("pause", "hold", "hold", "rollback"), holds[i] + (random.Pick(random.Seconds(1, 5), random.Seconds(1, 20)) * 10)) : null);
        }

        return steps;
    }

    /// <summary>Whom a step names, by its number from 1; those of the steps before it among them.</summary>
    public IReadOnlyList<string> Named(int step) => _named[step - 1];

    /// <summary>What a step waits for, by its number from 1; nothing for what comes after the last.</summary>
    public IReadOnlyList<SimGuard> Before(int step) => step <= _before.Count ? _before[step - 1] : [];

    /// <summary>How long a step may take, by its number from 1.</summary>
    public SimPolicy? Deadline(int step) => step > 0 ? _deadlines[step - 1] : null;

    /// <summary>The members of one step in the document.</summary>
    public string Text(int index, string share) => string.Concat(
        _new[index].Length > 0 ? $"\"allow\":[{string.Join(',', _new[index].Select(name => $"\"{name}\""))}]," : $"\"share\":\"{share}%\",",
        _before[index].Count > 0 ? $"\"before\":{Checks(index)}," : "",
        _deadlines[index] is { } deadline ? $"\"deadline\":{{\"action\":\"{deadline.Action}\",\"after\":\"{Span(deadline.After)}\"}}," : "");

    /// <summary>The checks before a step in the document.</summary>
    public string Checks(int index) => $"[{string.Join(',', _before[index].Select(check => check.Text))}]";

    public static string Span(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0}s");

    private static SimGuard Guard(SeedRandom random, int step, int number)
    {
        string name = $"c{step + 1}{(char)('a' + number)}";
        // Some have longer than all of them together.
        if (random.OneIn(2)) return new SimGuard(name, random.Pick(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90)), 0, null, null, false);
        return new SimGuard(name, default, random.Between(1, 2), random.OneIn(2) ? random.Seconds(2, 20) * 15 : null, random.OneIn(3) ? "sre" : null, random.OneIn(3));
    }
}
