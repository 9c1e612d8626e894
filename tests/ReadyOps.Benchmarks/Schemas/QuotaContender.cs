using System.Text;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Newtonsoft.Json.Schema, which refuses to check more than 1,000 documents in an hour: a fresh process for fewer than that each time.</summary>
internal sealed class QuotaContender(string program, string[] arguments) : Contender("Newtonsoft.Json.Schema")
{
    // A pass to warm up and one that is timed stay below the quota together.
    private const int MostTimed = 450;
    private const int Most = 900;

    private SchemaCase? _schema;
    private int _count;

    public override string? Load(SchemaCase schema)
    {
        _schema = schema;
        _count = File.ReadLines(schema.Documents).Count();
        using var child = new Child(program, arguments);
        return child.Ask("load", schema.Schema, schema.Documents, 0, 1, 1).Split('\t') is ["no", string why] ? why : null;
    }

    public override string Verdicts(SchemaCase schema, string path)
    {
        var verdicts = new StringBuilder();
        for (int first = 0; first < _count; first += Most)
        {
            using var child = new Child(program, arguments);
            child.Ask("load", schema.Schema, path, first, Most, 1);
            verdicts.Append(child.Ask("verdicts"));
        }

        return verdicts.ToString();
    }

    public override double Measure(Work work, bool warmUp)
    {
        if (warmUp) return 0;
        using var child = new Child(program, arguments, tiers: false);
        child.Ask("load", _schema!.Schema, _schema.Documents, 0, MostTimed, (_count + MostTimed - 1) / MostTimed);
        return double.Parse(child.Ask("measure", ChildContender.Lower(work), 0, 1));
    }

    public override double Compile()
    {
        using var child = new Child(program, arguments);
        child.Ask("load", _schema!.Schema, _schema.Documents, 0, 1, 1);
        return double.Parse(child.Ask("compile", 10));
    }

    public override (double Process, double Own) Cold(SchemaCase schema, string document) => Child.RunOnce(program, [.. arguments, "cold", schema.Schema, document]);

    public override void Dispose()
    {
        // Each of its processes has ended by itself.
    }
}
