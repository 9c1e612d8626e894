namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Another validator, in a process of its own for each schema: what it learned of other documents shall not slow it down.</summary>
internal sealed class ChildContender(string name, string program, string[] arguments) : Contender(name)
{
    private Child? _child;

    public override string? Load(SchemaCase schema)
    {
        _child?.Dispose();
        _child = new Child(program, arguments);
        return Load(_child, schema, schema.Documents);
    }

    public override string Verdicts(SchemaCase schema, string path)
    {
        using var child = new Child(program, arguments);
        Load(child, schema, path);
        return child.Ask("verdicts");
    }

    public override double Measure(Work work, bool warmUp) => double.Parse(_child!.Ask("measure", Lower(work), warmUp ? 700 : 80, 0));

    public override double Compile() => double.Parse(_child!.Ask("compile", 1));

    public override (double Process, double Own) Cold(SchemaCase schema, string document) => Child.RunOnce(program, [.. arguments, "cold", schema.Schema, document]);

    public override void Dispose() => _child?.Dispose();

    public static string Lower(Work work) => work.ToString().ToLowerInvariant();

    private static string? Load(Child child, SchemaCase schema, string path) => child.Ask("load", schema.Schema, path, 0, int.MaxValue, 1).Split('\t') is ["no", string why] ? why : null;
}
