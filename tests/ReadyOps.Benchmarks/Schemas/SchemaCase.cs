namespace ReadyOps.Benchmarks.Schemas;

/// <summary>A schema and documents to check by it.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="Schema">Path of the schema.</param>
/// <param name="Documents">Path of the documents, one a line.</param>
/// <param name="Broken">Path of the same documents, each with one thing in it changed at random, which most schemas will refuse in most of them.</param>
internal sealed record SchemaCase(string Name, string Schema, string Documents, string Broken)
{
    public byte[][] Read(string path) => [.. File.ReadLines(path).Where(line => line.Length > 0).Select(System.Text.Encoding.UTF8.GetBytes)];
}
