namespace ReadyOps.Benchmarks.Schemas;

/// <summary>What is timed.</summary>
internal enum Work
{
    /// <summary>The verdict alone, on a value that was read before.</summary>
    Verdict,

    /// <summary>From the bytes of a document to the verdict.</summary>
    Bytes,

    /// <summary>From a text that the reader did not have to decode; ajv only, whose reader takes no bytes.</summary>
    String,
}

/// <summary>A validator that is compared.</summary>
internal abstract class Contender(string name) : IDisposable
{
    public string Name => name;

    /// <summary>Compiles a schema and reads its documents.</summary>
    /// <returns>Why it cannot, or <see langword="null"/>.</returns>
    public abstract string? Load(SchemaCase schema);

    /// <summary>Of each document of a file whether it fits: 1, 0, or E where there was no answer.</summary>
    public abstract string Verdicts(SchemaCase schema, string path);

    /// <summary>Microseconds for a document.</summary>
    public abstract double Measure(Work work, bool warmUp);

    /// <summary>Milliseconds to compile the schema, in a process that has compiled others before.</summary>
    public abstract double Compile();

    /// <summary>A fresh process that compiles a schema and checks one document.</summary>
    /// <returns>Milliseconds of the whole process, and of what its own code did.</returns>
    public abstract (double Process, double Own) Cold(SchemaCase schema, string document);

    public abstract void Dispose();
}
