using System.Diagnostics;
using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using ReadyOps.Benchmarks.Opponents;

// Answers ReadyOps.Benchmarks, a line for a line, fields between tabs; ajv.cjs speaks the same.
//   load <schema> <documents, one a line> <first> <count> <stride>   -> ok <count> | no <why>
//   verdicts                                                         -> 1 fits, 0 does not, E no answer, one for each document
//   measure verdict|bytes <milliseconds> <passes before>             -> microseconds for each document
//   compile <times>                                                  -> milliseconds, the least
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
long started = Stopwatch.GetTimestamp();
Func<string, IValidator> compile = args[0] == "njsonschema" ? text => new NJsonValidator(text) : text => new NewtonsoftValidator(text);
if (args is [_, "cold", string coldSchema, string coldDocument])
{
    bool fits = compile(File.ReadAllText(coldSchema)).IsValid(Parse(File.ReadAllBytes(coldDocument)));
    Console.WriteLine($"{(fits ? 1 : 0)}\t{Stopwatch.GetElapsedTime(started).TotalMilliseconds}");
    return;
}

IValidator? validator = null;
string schema = "";
byte[][] documents = [];
JToken[] instances = [];
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split('\t');
    Console.WriteLine(words[0] switch
    {
        "load" => Load(words),
        "verdicts" => string.Concat(instances.Select(Verdict)),
        "measure" => Measure(words[1] == "bytes", double.Parse(words[2]), int.Parse(words[3])).ToString("R"),
        "compile" => Enumerable.Range(0, int.Parse(words[1])).Min(_ => Compile()).ToString("R"),
        _ => "unknown",
    });
}

string Load(string[] words)
{
    try
    {
        schema = File.ReadAllText(words[1]);
        validator = compile(schema);
        string[] lines = File.ReadAllLines(words[2]);
        (int first, int count, int stride) = (int.Parse(words[3]), int.Parse(words[4]), int.Parse(words[5]));
        documents = [.. lines.Skip(first).Where((_, index) => index % stride == 0).Take(count).Select(Encoding.UTF8.GetBytes)];
        instances = [.. documents.Select(Parse)];
        return $"ok\t{documents.Length}";
    }
    catch (Exception exception)
    {
        return $"no\t{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ").Replace('\t', ' ')}";
    }
}

char Verdict(JToken instance)
{
    try
    {
        return validator!.IsValid(instance) ? '1' : '0';
    }
    catch (Exception exception) when (!exception.Message.Contains("1000", StringComparison.Ordinal))
    {
        // But not at the end of the quota: that ends the process, and the benchmark with it.
        return 'E';
    }
}

double Measure(bool parse, double milliseconds, int before)
{
    for (int pass = 0; pass < before; pass++) Pass(parse);
    int passes = 0;
    long since = Stopwatch.GetTimestamp();
    do
    {
        Pass(parse);
        passes++;
    }
    while (Stopwatch.GetElapsedTime(since).TotalMilliseconds < milliseconds);
    return Stopwatch.GetElapsedTime(since).TotalMicroseconds / passes / documents.Length;
}

void Pass(bool parse)
{
    for (int i = 0; i < documents.Length; i++) validator!.IsValid(parse ? Parse(documents[i]) : instances[i]);
}

double Compile()
{
    long since = Stopwatch.GetTimestamp();
    compile(schema);
    return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
}

// Texts that look like dates stay texts, as JSON has them.
static JToken Parse(byte[] utf8)
{
    using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(utf8))) { DateParseHandling = DateParseHandling.None };
    return JToken.ReadFrom(reader);
}
