using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

// Answers like Prometheus on loopback, so that no test needs one: `up` has a value, `nothing` has none, `warned` comes with a
// warning, `{` is refused, `slow` never answers. It notes the headers that it got.
public sealed class StubPrometheus : IDisposable
{
    private readonly HttpListener _listener = new HttpListener();

    public StubPrometheus()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        Url = "http://localhost:" + port;
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        Task.Run(ServeAsync);
    }

    public string Url { get; }

    // The value that `up` has.
    public string Value { get; set; } = "1";

    // What a query is answered that holds such a text, before anything else; an empty text is no series, an object a native histogram.
    public IDictionary<string, string> Answers { get; } = new ConcurrentDictionary<string, string>();

    public ConcurrentQueue<IDictionary<string, string>> Requests { get; } = new ConcurrentQueue<IDictionary<string, string>>();

    public void Dispose()
    {
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = Task.Run(() => Answer(context));
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        string text = await new System.IO.StreamReader(context.Request.InputStream).ReadToEndAsync();
        var request = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string part in (text + "&" + context.Request.Url.Query.TrimStart('?')).Split('&', StringSplitOptions.RemoveEmptyEntries))
            request[part.Split('=')[0]] = WebUtility.UrlDecode(part.Substring(part.IndexOf('=') + 1));
        foreach (string name in context.Request.Headers.AllKeys) request["header:" + name] = context.Request.Headers[name];
        Requests.Enqueue(request);
        request.TryGetValue("query", out string query);
        if (query == "slow") return;
        bool bad = query == null || query.Contains("{") && !query.Contains("}");
        string body = bad ? "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"invalid parameter \\\"query\\\": parse error\"}"
            : "{\"status\":\"success\",\"data\":{\"resultType\":\"" + (request.ContainsKey("step") ? "matrix" : "vector") + "\",\"result\":["
              + (query == "nothing" || ValueOf(query).Length == 0 ? "" : Series(request)) + "]}" + (query == "warned" ? ",\"warnings\":[\"a store is down\"]" : "") + "}";
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        context.Response.StatusCode = bad ? 400 : 200;
        context.Response.ContentType = "application/json";
        context.Response.OutputStream.Write(bytes, 0, bytes.Length);
        context.Response.Close();
    }

    private string ValueOf(string query)
    {
        foreach (KeyValuePair<string, string> answer in Answers)
            if (query != null && query.Contains(answer.Key)) return answer.Value;
        return Value;
    }

    private string Series(Dictionary<string, string> request)
    {
        string metric = "{\"metric\":{\"__name__\":\"up\",\"job\":\"prometheus\",\"instance\":\"localhost:9090\"},";
        string value = request.TryGetValue("query", out string query) ? ValueOf(query) : Value;
        double now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        if (value.StartsWith('{')) return metric + "\"histogram\":[" + Text(now) + "," + value + "]}";
        if (!request.ContainsKey("step"))
            return metric + "\"value\":[" + (request.TryGetValue("time", out string at) ? at : Text(now)) + ",\"" + value + "\"]}";
        var values = new List<string>();
        double end = double.Parse(request["end"], CultureInfo.InvariantCulture), step = double.Parse(request["step"], CultureInfo.InvariantCulture);
        for (double time = double.Parse(request["start"], CultureInfo.InvariantCulture); time <= end + 0.0001; time += step) values.Add("[" + Text(time) + ",\"" + value + "\"]");
        return metric + "\"values\":[" + string.Join(",", values) + "]}";
    }

    private static string Text(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);
}
