using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Schema;

namespace ReadyOps.Benchmarks.Opponents;

internal sealed class NewtonsoftValidator(string schema) : IValidator
{
    private readonly JSchema _schema = JSchema.Parse(schema);

    public bool IsValid(JToken instance) => instance.IsValid(_schema);
}
