using System.Diagnostics;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Ours, in this process.</summary>
internal sealed class ReadyOpsContender() : Contender("ReadyOps")
{
    private byte[] _text = [];
    private JsonSchema? _schema;
    private byte[][] _documents = [];
    private JsonInstance[] _instances = [];

    public static void Cold(string schema, string document)
    {
        long started = Stopwatch.GetTimestamp();
        bool fits = JsonSchema.Compile(File.ReadAllBytes(schema)).IsValid(File.ReadAllBytes(document));
        Console.WriteLine($"{(fits ? 1 : 0)}\t{Stopwatch.GetElapsedTime(started).TotalMilliseconds}");
    }

    public override string? Load(SchemaCase schema)
    {
        Unload();
        _text = File.ReadAllBytes(schema.Schema);
        try
        {
            _schema = JsonSchema.Compile(_text);
        }
        catch (Exception exception) when (exception is DocumentException or ReadyOpsException)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }

        _documents = schema.Read(schema.Documents);
        _instances = [.. _documents.Select(document => JsonInstance.Parse(document.AsSpan()))];
        return null;
    }

    public override string Verdicts(SchemaCase schema, string path) => string.Concat(schema.Read(path).Select(document => _schema!.IsValid(document) ? '1' : '0'));

    public override double Measure(Work work, bool warmUp)
    {
        double least = warmUp ? 700 : 80;
        int passes = 0;
        long since = Stopwatch.GetTimestamp();
        do
        {
            Pass(work);
            passes++;
        }
        while (Stopwatch.GetElapsedTime(since).TotalMilliseconds < least);
        return Stopwatch.GetElapsedTime(since).TotalMicroseconds / passes / _documents.Length;
    }

    /// <summary>Bytes that the checks of all documents that fit allocate, for each of those.</summary>
    public double Allocated(Work work, string verdicts)
    {
        int count = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < _documents.Length; i++)
        {
            if (verdicts[i] != '1') continue;
            count++;
            _ = work == Work.Verdict ? _schema!.IsValid(_instances[i]) : _schema!.IsValid(_documents[i]);
        }

        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count;
    }

    public override double Compile()
    {
        // Formats compare by reference, so that each of these is another schema to the cache.
        var options = new SchemaOptions { Formats = new Dictionary<string, SchemaFormat>() };
        long since = Stopwatch.GetTimestamp();
        JsonSchema.Compile(_text, options);
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    public override (double Process, double Own) Cold(SchemaCase schema, string document) =>
        Child.RunOnce(Environment.ProcessPath!, ["schema-cold", schema.Schema, document]);

    public override void Dispose() => Unload();

    private void Unload()
    {
        foreach (JsonInstance instance in _instances) instance.Dispose();
        _instances = [];
    }

    private void Pass(Work work)
    {
        if (work == Work.Verdict)
        {
            foreach (JsonInstance instance in _instances) _schema!.IsValid(instance);
            return;
        }

        foreach (byte[] document in _documents) _schema!.IsValid(document);
    }
}
