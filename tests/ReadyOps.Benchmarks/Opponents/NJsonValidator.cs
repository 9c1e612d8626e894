using Newtonsoft.Json.Linq;
using NJsonSchema;

namespace ReadyOps.Benchmarks.Opponents;

internal sealed class NJsonValidator(string schema) : IValidator
{
    // It knows the older name only; no schema here has both.
    private readonly JsonSchema _schema = JsonSchema.FromJsonAsync(schema.Replace("$defs", "definitions", StringComparison.Ordinal)).GetAwaiter().GetResult();

    public bool IsValid(JToken instance) => _schema.Validate(instance).Count == 0;
}
