namespace ReadyOps.Benchmarks.Schemas;

/// <summary>What all validators did with one schema, ours first.</summary>
internal sealed record SchemaResult(SchemaCase Case, SchemaFigures[] Figures)
{
    /// <summary>Bytes that ours allocates for a document that fits: for the verdict alone, and from the bytes.</summary>
    public double[] Allocated { get; set; } = [];

    public int Count => Figures[0].Verdicts.Length;

    public double Kilobytes => new FileInfo(Case.Documents).Length / 1024.0 / Count;
}
