namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A format that <c>format</c> asserts. Formats are the extension point that JSON Schema has for texts of one's own; editors pass
/// over names that they do not know. Numbers are checked as they are written, since <c>0.25</c> and <c>25%</c> are both shares.
/// </summary>
/// <param name="Problem">What is wrong with a text; empty when nothing is.</param>
/// <param name="Expected">What would be right, as a noun.</param>
public sealed record SchemaFormat(Func<string, string> Problem, string Expected);
