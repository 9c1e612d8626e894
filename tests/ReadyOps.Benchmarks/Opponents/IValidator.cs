using Newtonsoft.Json.Linq;

namespace ReadyOps.Benchmarks.Opponents;

/// <summary>A compiled schema of one of the libraries.</summary>
internal interface IValidator
{
    bool IsValid(JToken instance);
}
