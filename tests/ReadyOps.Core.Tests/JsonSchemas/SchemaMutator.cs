using System.Text;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>Bytes to try: random ones, real texts with something changed, and JSON out of the words of JSON Schema that fits no rule. Same seed, same bytes.</summary>
internal sealed class SchemaMutator(int seed, IReadOnlyList<byte[]> real)
{
    private const int Most = 4096;

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "null", "true", "false", "0", "-1", "1e999999999", "1e-999999999", "0.1", "123456789012345678901234567890", "\"\"", "\"#\"", "\"#/$defs/a\"", "\"a\"", "\"\\ud800\"",
        "\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",", "\"$schema\":\"http://json-schema.org/draft-07/schema#\",", "\"$id\":", "\"$ref\":\"#\",", "\"$dynamicRef\":\"#a\",", "\"$recursiveRef\":\"#\",",
        "\"$anchor\":", "\"$dynamicAnchor\":\"a\",", "\"$vocabulary\":", "\"type\":", "\"enum\":", "\"const\":", "\"pattern\":\"(a+)+$\",", "\"pattern\":\"(a{1000}){1000}\",", "\"multipleOf\":", "\"minLength\":1e9,",
        "\"allOf\":[{\"$ref\":\"#\"}],", "\"not\":{\"$ref\":\"#\"},", "\"items\":{\"$ref\":\"#\"},", "\"unevaluatedProperties\":false,", "\"unevaluatedItems\":{},", "\"uniqueItems\":true,", "\"format\":\"regex\",", "\"format\":\"idn-hostname\",",
    ];

    private static readonly string[] Keywords =
    [
        "$id", "$schema", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary", "$comment", "$defs", "definitions", "type", "enum", "const", "multipleOf", "maximum",
        "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties", "required",
        "dependentRequired", "dependencies", "format", "contentEncoding", "contentSchema", "title", "default", "examples", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "prefixItems",
        "items", "additionalItems", "contains", "properties", "patternProperties", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "a", "b", "", "~1/", "%25", "#",
    ];

    private static readonly string[] Scalars =
    [
        "null", "true", "false", "0", "1", "-1", "1.0", "1.5", "1e400", "1e-400", "1e99999999999999999999", "\"\"", "\"#\"", "\"a\"", "\"#a\"", "\"#/\"", "\"#/$defs/a\"", "\"#/properties/~01\"", "\"http://example.com/\"",
        "\"urn:x\"", "\"//\"", "\"%\"", "\"string\"", "\"object\"", "\"array\"", "\"integer\"", "\"(\"", "\"^a*$\"", "\"(?=a)(a|aa)+$\"", "\"\\\\p{L}\"", "\"\\ud83d\\udc32\"", "\"date-time\"", "\"uri-template\"", "\"https://json-schema.org/draft/2020-12/schema\"",
    ];

    private readonly Random _random = new(seed);

    public byte[] Next() => _random.Next(4) switch
    {
        0 => Bytes(),
        1 => Encoding.UTF8.GetBytes(Json(new StringBuilder(), 4).ToString()),
        _ => Mutated(),
    };

    private byte[] Bytes()
    {
        byte[] bytes = new byte[_random.Next(64)];
        if (_random.Next(2) == 0) _random.NextBytes(bytes);
        else for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)"{}[]\":,\\ \n0123456789.eE+-truefalsn$#é"[_random.Next(37)];
        return bytes;
    }

    private byte[] Mutated()
    {
        var bytes = new List<byte>(real[_random.Next(real.Count)]);
        for (int changes = _random.Next(1, 4); changes > 0 && bytes.Count > 1; changes--)
        {
            int at = _random.Next(bytes.Count), length = Math.Min(_random.Next(1, 40), bytes.Count - at);
            switch (_random.Next(9))
            {
                case 0:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(_random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Words[_random.Next(Words.Length)]));
                    break;
                case 4 or 5:
                    // A value of its own where another one was, so that the text often stays JSON.
                    int colon = bytes.IndexOf((byte)':', at);
                    int end = colon < 0 ? -1 : bytes.FindIndex(colon, b => b is (byte)',' or (byte)'}');
                    if (end < 0) break;
                    bytes.RemoveRange(colon + 1, end - colon - 1);
                    bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Json(new StringBuilder(), 2).ToString()));
                    break;
                default:
                    // The brace that opens an object is a good place for one more keyword.
                    int brace = bytes.IndexOf((byte)'{', at);
                    if (brace >= 0) bytes.InsertRange(brace + 1, Encoding.UTF8.GetBytes($"\"{Keywords[_random.Next(Keywords.Length)]}\":{Json(new StringBuilder(), 2)},"));
                    break;
            }
        }

        return bytes.Count <= Most ? [.. bytes] : [.. bytes.GetRange(0, Most)];
    }

    private StringBuilder Json(StringBuilder text, int depth)
    {
        int kind = depth == 0 ? 0 : _random.Next(4);
        if (kind == 0) return text.Append(Scalars[_random.Next(Scalars.Length)]);
        text.Append(kind == 1 ? '[' : '{');
        for (int i = 0, count = _random.Next(4); i < count; i++)
        {
            if (i > 0) text.Append(',');
            if (kind != 1) text.Append('"').Append(Keywords[_random.Next(Keywords.Length)]).Append("\":");
            Json(text, depth - 1);
        }

        return text.Append(kind == 1 ? ']' : '}');
    }
}
