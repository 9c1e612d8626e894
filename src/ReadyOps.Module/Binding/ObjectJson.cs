using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace ReadyOps.Binding;

/// <summary>
/// Objects of PowerShell as the JSON that they stand for: dictionaries and custom objects as objects, lists as arrays, dates in ISO
/// 8601, members of enums by name, other objects by their properties.
/// </summary>
internal static class ObjectJson
{
    private const int MostDepth = 64;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The JSON of an object, in UTF-8.</summary>
    /// <exception cref="ReadyOpsException"><c>ObjectInvalid</c>: it holds itself, is nested too deep, or holds what JSON cannot say.</exception>
    public static byte[] Write(object? value)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 1000 })) Write(writer, value, 0);
        return buffer.ToArray();
    }

    /// <summary>JSON text in UTF-8. Half of a surrogate pair stays what it is, no text, instead of becoming another character.</summary>
    public static byte[] Utf8(string json)
    {
        try
        {
            return Strict.GetBytes(json);
        }
        catch (EncoderFallbackException broken)
        {
            const byte NoUtf8 = 0xFF;
            return [.. Strict.GetBytes(json[..broken.Index]), NoUtf8];
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        if (depth > MostDepth)
            throw Invalid("The object is nested more than 64 levels deep, or holds itself.", "Give the JSON with -Json, or an object that holds less.");
        object? plain = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (plain)
        {
            case null:
            case DBNull:
                writer.WriteNullValue();
                break;
            case PSObject custom:
                WriteObject(writer, custom, depth);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case SwitchParameter flag:
                writer.WriteBooleanValue(flag);
                break;
            case Enum or string or char or Guid or Uri or Version or TimeSpan:
                writer.WriteStringValue(plain is TimeSpan span ? span.ToString("c", CultureInfo.InvariantCulture) : Whole(plain.ToString()!));
                break;
            case DateTime time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case JsonElement json:
                json.WriteTo(writer);
                break;
            case IDictionary dictionary:
                WriteDictionary(writer, dictionary, depth);
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object? item in list) Write(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            default:
                if (!WriteNumber(writer, plain)) WriteObject(writer, PSObject.AsPSObject(value), depth);
                break;
        }
    }

    private static bool WriteNumber(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case double or float or Half when !double.IsFinite(Convert.ToDouble(value is Half half ? (double)half : value, CultureInfo.InvariantCulture)):
                throw Invalid($"{value} is no number that JSON has.", "Leave it out, or write null or a text instead.");
            case double or float or Half:
                writer.WriteRawValue(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture));
                return true;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal or BigInteger or nint or nuint:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                return true;
            default:
                return false;
        }
    }

    private static void WriteDictionary(Utf8JsonWriter writer, IDictionary dictionary, int depth)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in dictionary)
        {
            writer.WritePropertyName(Whole(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""));
            Write(writer, entry.Value, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, PSObject value, int depth)
    {
        writer.WriteStartObject();
        foreach (PSPropertyInfo property in value.Properties)
        {
            if (!property.IsGettable) continue;
            writer.WritePropertyName(Whole(property.Name));
            object? member;
            try
            {
                member = property.Value;
            }
            catch (GetValueException e)
            {
                throw Invalid($"The property '{property.Name}' cannot be read: {e.InnerException?.Message ?? e.Message}", "Select the properties that belong to the output, for example with Select-Object.");
            }

            Write(writer, member, depth + 1);
        }

        writer.WriteEndObject();
    }

    // The writer would put another character in its place.
    private static string Whole(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])) throw Invalid("A text of the object holds half of a surrogate pair, which JSON cannot say.", "Repair the text where it was cut.");
        }

        return text;
    }

    private static ReadyOpsException Invalid(string message, string nextStep) => new("ObjectInvalid", message, nextStep);
}
