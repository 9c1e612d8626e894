using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Reads a rollout document into its definition.</summary>
public static class RolloutReader
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Reads it, noting what is wrong.</summary>
    /// <param name="reader">The root of the document.</param>
    /// <param name="name">Its name.</param>
    public static RolloutDefinition Read(ObjectReader reader, string name)
    {
        RolloutStrategy strategy = reader.Choice("strategy", reader.Has("steps") ? RolloutStrategy.Custom : RolloutStrategy.Safe);
        IReadOnlyList<RolloutStep> steps = ReadSteps(reader, strategy);
        var policies = SignalPolicies.Read(reader.Object("policies"), SignalPolicies.Default);
        CheckNames(reader);
        var definition = new RolloutDefinition
        {
            Name = name,
            Release = reader.OptionalText("release"),
            Strategy = strategy,
            Steps = steps,
            Bake = reader.Duration("bake", DefaultBake(strategy)),
            Signals = SignalReader.ReadAll(reader, policies),
            PassScore = reader.Percent("passScore", 100),
            Policies = policies,
            Rollback = ReadRollback(reader.Object("rollback"), steps),
            Escalation = EscalationHooks.Read(reader.Object("escalation")),
            Windows = WindowReader.Read(reader.Object("windows")),
            Deadline = ReadDeadline(reader, Total(steps, reader.Duration("bake", DefaultBake(strategy))), "the steps and the bake take"),
            Tick = SignalMembers.AtLeast(reader, "tick", reader.Duration("tick", DefaultTick(strategy, steps)), TimeSpan.FromMilliseconds(100)),
        };
        if (definition.Signals.Count == 0 && !reader.Flag("allowNoSignals"))
        {
            reader.Problem("signals", "a rollout without signals rises blindly",
                "'signals' or 'goldenSignals', or 'allowNoSignals: true' where that is really meant");
        }

        if (!reader.Flag("allowNoSignals")) DemandWatched(reader, definition.Signals, steps[^1].Percent);
        return definition;
    }

    /// <summary>Refuses comparisons alone where the last share leaves them nothing to compare.</summary>
    internal static void DemandWatched(ObjectReader reader, IReadOnlyList<SignalDefinition> signals, decimal percent)
    {
        if (signals.Count == 0 || percent < 100 || signals.Any(signal => !signal.NeedsBaseline && !signal.DryRun)) return;
        reader.Problem("signals", "at a share of 100% no baseline is left to compare with, so nobody would watch it", "a signal with a bound beside the comparisons");
    }

    /// <summary>The steps of a strategy; the seven days of <c>safe</c> are a day a step.</summary>
    public static IReadOnlyList<RolloutStep> StepsOf(RolloutStrategy strategy) => strategy switch
    {
        RolloutStrategy.Safe => [.. new decimal[] { 0, 5, 10, 25, 50, 75, 100 }.Select(percent => new RolloutStep(percent, Day))],
        RolloutStrategy.Fast => [new(5, Day / 2), new(25, Day / 2), new(50, Day), new(100, Day)],
        RolloutStrategy.Instant => [new(100, TimeSpan.Zero)],
        RolloutStrategy.BlueGreen => [new(0, TimeSpan.Zero), new(100, TimeSpan.Zero)],
        _ => [],
    };

    private static TimeSpan DefaultBake(RolloutStrategy strategy) => strategy switch
    {
        RolloutStrategy.Safe => 2 * Day,
        RolloutStrategy.Fast => Day,
        RolloutStrategy.Instant => TimeSpan.FromMinutes(1),
        RolloutStrategy.BlueGreen => TimeSpan.FromHours(1),
        _ => TimeSpan.Zero,
    };

    /// <summary>Often enough to notice the end of the shortest hold, seldom enough to cost nothing.</summary>
    private static TimeSpan DefaultTick(RolloutStrategy strategy, IReadOnlyList<RolloutStep> steps)
    {
        if (strategy == RolloutStrategy.Instant) return TimeSpan.FromSeconds(5);
        TimeSpan shortest = steps.Where(step => step.Hold > TimeSpan.Zero).Select(step => step.Hold).DefaultIfEmpty(TimeSpan.FromMinutes(10)).Min();
        return TimeSpan.FromTicks(Math.Clamp(shortest.Ticks / 20, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute));
    }

    private static IReadOnlyList<RolloutStep> ReadSteps(ObjectReader reader, RolloutStrategy strategy)
    {
        if (strategy != RolloutStrategy.Custom)
        {
            if (reader.Has("steps"))
                reader.Problem("steps", $"strategy '{reader.OptionalText("strategy")}' brings its own steps", "'strategy: custom' with steps, or no steps");
            if (strategy == RolloutStrategy.BlueGreen) return ReadBlueGreen(reader);
            NoteMisplacedBefore(reader);
            return StepsOf(strategy);
        }

        NoteMisplacedBefore(reader);

        IReadOnlyList<ObjectReader> items = reader.Objects("steps");
        if (items.Count == 0) reader.Problem("steps", "there are no steps", "at least one step with a share");

        var steps = new List<RolloutStep>();
        foreach (ObjectReader item in items)
        {
            IReadOnlyList<string> allow = ReadAllow(item, steps);
            bool names = item.Has("allow");
            if (!item.Has("share") && !names) item.Problem("share", "'share' is missing", Quantities.PercentExpected);
            TimeSpan hold = item.Duration("hold", TimeSpan.Zero);
            var step = new RolloutStep(item.Percent("share", 0), hold)
            {
                Allow = allow,
                Before = ReadBefore(item, reader),
                Deadline = ReadDeadline(item, hold, "its hold takes"),
            };
            if (names && step.Percent > 0) item.Problem("allow", "people are named before any share", "a step without a share");
            else if (!names && steps.Count > 0 && item.Has("share") && step.Percent <= steps[^1].Percent)
            {
                item.Problem("share", string.Create(CultureInfo.InvariantCulture, $"this share does not rise above the {steps[^1].Percent}% before it"),
                    "shares that rise from step to step");
            }
            else if (names && steps.Count > 0 && steps[^1].Percent > 0)
            {
                item.Problem("allow", "people are named before any share", "these steps first");
            }

            steps.Add(step);
        }

        return steps.Count > 0 ? steps : [new(100, TimeSpan.Zero)];
    }

    /// <summary>Nobody looks at green before it is switched to but these checks, so there must be some.</summary>
    private static RolloutStep[] ReadBlueGreen(ObjectReader reader)
    {
        CheckDefinition[] before = ReadBefore(reader, reader);
        if (before.Length == 0) reader.Problem("before", "nothing says whether it works before everybody gets it", "at least one check in 'before'");
        IReadOnlyList<RolloutStep> steps = StepsOf(RolloutStrategy.BlueGreen);
        return [steps[0], steps[1] with { Before = before }];
    }

    private static void NoteMisplacedBefore(ObjectReader reader)
    {
        if (reader.Has("before")) reader.Problem("before", "this is for strategy blueGreen", "'before' within a step of 'steps'");
    }

    /// <summary>Whom a step names, after those of the steps before it: whoever has the release keeps it.</summary>
    private static string[] ReadAllow(ObjectReader item, List<RolloutStep> earlier)
    {
        IReadOnlyList<string> before = earlier.Count > 0 ? earlier[^1].Allow : [];
        IReadOnlyList<string> named = item.Texts("allow");
        if (named.Any(string.IsNullOrWhiteSpace)) item.Problem("allow", "a name is empty", "the targeting keys of people");
        else if (item.Has("allow") && !named.Except(before).Any()) item.Problem("allow", "it names nobody new", "at least one targeting key");
        return [.. before.Concat(named).Distinct(StringComparer.Ordinal)];
    }

    private static TimeSpan Total(IReadOnlyList<RolloutStep> steps, TimeSpan bake) => steps.Aggregate(bake, (sum, step) => sum + step.Hold);

    /// <summary>The checks before a step.</summary>
    private static CheckDefinition[] ReadBefore(ObjectReader item, ObjectReader root)
    {
        if (!item.Has("before")) return [];
        var defaults = new CheckDefaults { Prometheus = root.Has("prometheus") ? HttpEndpoint.Read(root, "prometheus") : null };
        return [.. item.Objects("before").Select(check => CheckReader.Read(check, defaults))];
    }

    /// <summary>An approval is known by the name of its check, so no two may have one.</summary>
    private static void CheckNames(ObjectReader reader)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (ObjectReader check in reader.Objects("steps").Prepend(reader).SelectMany(item => item.Objects("before")).SelectMany(WithParts))
        {
            if (check.OptionalText("name") is { } name && !taken.Add(name)) check.Problem("name", $"there is another check named '{name}'", "a name of its own");
        }
    }

    private static IEnumerable<ObjectReader> WithParts(ObjectReader check) =>
        check.Node["type"]?.Text == "group" ? check.Objects("checks").SelectMany(WithParts).Prepend(check) : [check];

    private static TroublePolicy? ReadDeadline(ObjectReader reader, TimeSpan least, string what)
    {
        if (reader.Object("deadline") is not { } deadline) return null;
        if (!deadline.Has("after")) deadline.Problem("after", "'after' is missing", Quantities.DurationExpected);
        else if (deadline.OptionalDuration("after") is { } after && after <= least)
            deadline.Problem("after", $"it could not be kept: {what} {Quantities.Format(least)}", $"more than {Quantities.Format(least)}");
        return new TroublePolicy(deadline.Choice("action", TroubleAction.Pause), deadline.Duration("after", TimeSpan.MaxValue));
    }

    internal static RollbackDefinition ReadRollback(ObjectReader? reader, IReadOnlyList<RolloutStep> steps)
    {
        RollbackDefinition standard = RollbackDefinition.Default;
        if (reader is null) return standard;
        decimal percent = reader.Percent("share", standard.Percent);
        if (percent > steps[0].Percent)
        {
            reader.Problem("share", string.Create(CultureInfo.InvariantCulture, $"a rollback to {percent}% would not go below the first step of {steps[0].Percent}%"),
                "a share of at most the first step's");
        }

        TimeSpan settle = reader.Duration("settle", standard.Settle);
        TimeSpan deadline = reader.Duration("deadline", standard.Deadline);
        if (settle >= deadline)
            reader.Problem(reader.Has("settle") ? "settle" : "deadline", $"no rollback could be verified: it settles for {Quantities.Format(settle)} and has {Quantities.Format(deadline)}", "a deadline longer than 'settle'");
        return new(percent, settle, deadline);
    }
}
