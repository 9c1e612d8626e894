using System.Text;
using BenchmarkDotNet.Attributes;
using ReadyOps.Core.Documents;
using YamlDotNet.RepresentationModel;

namespace ReadyOps.Benchmarks;

/// <summary>Loading a document (tree with places, variables, schema) against YamlDotNet's bare parse of the same text.</summary>
[MemoryDiagnoser]
public class DocumentBenchmarks
{
    private string _text = "";
    private byte[] _bytes = [];

    /// <summary>How many checks the gate has.</summary>
    [Params(10, 1000)]
    public int Checks { get; set; }

    [GlobalSetup]
    public void Write()
    {
        var text = new StringBuilder("apiVersion: readyops/v1\nkind: Gate\nname: production\nvariables: {host: 'http://127.0.0.1'}\nchecks:\n");
        for (int i = 0; i < Checks; i++) text.Append(null, $"- {{name: service-{i}, type: http, url: '${{host}}/healthz', status: 200, latency: < 500ms}}\n");
        _text = text.ToString();
        _bytes = Encoding.UTF8.GetBytes(_text);
    }

    [Benchmark(Baseline = true, Description = "YamlDotNet, YamlStream")]
    public int Peer()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(_text));
        return stream.Documents.Count;
    }

    [Benchmark(Description = "DocumentLoader")]
    public Document Load() => DocumentLoader.Parse(_bytes, "gate.yaml", "/", "Gate");
}
