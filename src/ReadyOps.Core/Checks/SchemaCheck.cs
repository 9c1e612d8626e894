using System.Globalization;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>schema</c>.</summary>
internal sealed class SchemaCheckType : CheckType
{
    public override string Name => "schema";

    public override string Summary => "Enough of the JSON outputs in files keep their contract, a JSON Schema, and there are enough of them.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The outputs: a path with * and ?, and ** for any folders, or a list of them. A .jsonl or .ndjson file holds one output a line.")
        {
            Required = true, Examples = ["outputs/*.json"],
        },
        new("contract", CheckMemberKind.Path, "The JSON Schema, in JSON or YAML. What it refers to is found beside it.") { Required = true },
        new("references", CheckMemberKind.Paths, "Further folders of schemas that it refers to."),
        new("bound", CheckMemberKind.Bound, "The share of the outputs that must keep it.") { Default = ">= 100%" },
        new("minimum", CheckMemberKind.Integer, "How many outputs there must be at least, so that an empty folder is no pass.") { Default = "1", Minimum = 1 },
        new("assertFormat", CheckMemberKind.Flag, "Whether 'format' is held too; by the specification it is a note only.") { Default = "false" },
        new("maxAge", CheckMemberKind.Duration, "How long ago a file may have been written; an older one is stale."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        IReadOnlyList<string> paths = reader.Texts("path");
        if (paths.Count == 0 || paths.Any(path => path.Length == 0)) reader.Problem("path", "there is no output to look at", "a path, or a list of paths");
        Bound bound = reader.OptionalBound("bound") ?? new Bound(">= 100%", BoundOperator.GreaterOrEqual, Unit.Ratio, [1]);
        if (bound.Unit != Unit.Ratio) reader.Problem("bound", $"'{bound}' is not on a share of outputs", "a bound such as '>= 98%'");
        CheckReader.RefuseUpsideDown(reader, "bound", bound, moreIsBetter: true);
        string contract = reader.RequiredPath("contract");
        string[] folders = [Path.GetDirectoryName(contract) ?? reader.BaseDirectory, .. reader.Texts("references").Select(folder => Path.GetFullPath(folder, reader.BaseDirectory))];
        return new SchemaCheck(reader.BaseDirectory, paths, contract, bound)
        {
            Folders = folders,
            Minimum = reader.Integer("minimum", 1, 1),
            AssertFormat = reader.Flag("assertFormat"),
            MaxAge = reader.OptionalDuration("maxAge"),
        };
    }
}

/// <summary>Holds files against a contract.</summary>
internal sealed class SchemaCheck(string baseDirectory, IReadOnlyList<string> patterns, string contract, Bound bound) : ICheck
{
    private const int MostTold = 20;

    public required IReadOnlyList<string> Folders { get; init; }

    public int Minimum { get; init; } = 1;

    public bool AssertFormat { get; init; }

    public TimeSpan? MaxAge { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        ContractTester tester;
        try
        {
            JsonSchema schema = ContractFolder.Load(contract, new SchemaOptions { AssertFormat = AssertFormat, Registry = new SchemaRegistry(Folders) });
            tester = new ContractTester(schema, ContractFolder.NameOf(contract));
        }
        catch (DocumentException broken)
        {
            return Seen(Verdict.Error, $"The contract cannot be used: {broken.Problems[0]}") with
            {
                Details = [.. broken.Problems.Skip(1).Take(MostTold).Select(problem => problem.ToString())],
                NextStep = "Correct the contract; Get-OutputContract lists all that is wrong with it.",
            };
        }

        var files = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (string pattern in patterns)
            {
                IReadOnlyList<string> found = FileGlob.Find(baseDirectory, pattern);
                if (found.Count == 0) return Seen(Verdict.NoData, $"There is no output at {pattern}.");
                files.UnionWith(found);
            }

            foreach (string file in files)
                if (FileAge.Problem(file, Judge.Cut(Path.GetRelativePath(baseDirectory, file)), MaxAge, context.Clock.GetUtcNow()) is { } old) return old with { Bound = bound };
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Seen(Verdict.Error, $"The outputs cannot be looked for: {e.Message.TrimEnd('.')}.");
        }

        return await CountAsync(tester, files, cancel).ConfigureAwait(false);
    }

    private async Task<Observation> CountAsync(ContractTester tester, IReadOnlyCollection<string> files, CancellationToken cancel)
    {
        long all = 0, good = 0;
        List<string> broken = [];
        foreach (string file in files)
        {
            await foreach (ContractResult result in tester.TestFileAsync(file, ContractTester.IsLines(file), cancel).ConfigureAwait(false))
            {
                all++;
                if (result.Valid) good++;
                else if (broken.Count < MostTold) broken.Add(Told(file, result));
            }
        }

        if (all == 0) return Seen(Verdict.NoData, "The files hold no output.");
        Observation rate = Judge.Number("The share of outputs that keep the contract", (double)good / all, bound,
            string.Create(CultureInfo.InvariantCulture, $"{good} of {all} outputs keep '{ContractFolder.NameOf(contract)}'")) with { Details = broken };
        if (rate.Verdict == Verdict.Pass && all < Minimum)
        {
            return rate with
            {
                Verdict = Verdict.Fail,
                Reason = string.Create(CultureInfo.InvariantCulture, $"There {(all == 1 ? "is" : "are")} only {all} output{(all == 1 ? "" : "s")}, and at least {Minimum} must be there."),
            };
        }

        return rate.Verdict == Verdict.Fail && broken.Count > 0 ? rate with { Reason = $"{rate.Reason.TrimEnd('.')}; the first: {broken[0]}." } : rate;
    }

    private string Told(string file, ContractResult result)
    {
        ContractError first = result.Errors[0];
        string at = Path.GetRelativePath(baseDirectory, file).ReplaceLineEndings(" ");
        string place = first.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $":{first.Line}:{first.Column}") : "";
        string more = result.Errors.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {result.Errors.Count - 1} more)") : "";
        return $"{at}{place}: {Judge.Cut(first.ToString())}{more}";
    }

    private Observation Seen(Verdict verdict, string reason) => Observation.Of(verdict, reason) with { Bound = bound };
}
