namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Another validator, in a process of its own that lives as long as the benchmark.</summary>
internal sealed class ChildContender(string name, string program, string[] arguments) : Contender(name)
{
    private readonly Child _child = new(program, arguments);

    public override string? Load(SchemaCase schema) => Load(schema, schema.Documents);

    public override string Verdicts(SchemaCase schema, string path)
    {
        Load(schema, path);
        return _child.Ask("verdicts");
    }

    public override double Measure(Work work, bool warmUp) => double.Parse(_child.Ask("measure", Lower(work), warmUp ? 700 : 80, 0));

    public override double Compile() => double.Parse(_child.Ask("compile", 1));

    public override (double Process, double Own) Cold(SchemaCase schema, string document) => Child.RunOnce(program, [.. arguments, "cold", schema.Schema, document]);

    public override void Dispose() => _child.Dispose();

    public static string Lower(Work work) => work.ToString().ToLowerInvariant();

    private string? Load(SchemaCase schema, string path) => _child.Ask("load", schema.Schema, path, 0, int.MaxValue, 1).Split('\t') is ["no", string why] ? why : null;
}
