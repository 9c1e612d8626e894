using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>What a user wrote for a parameter, before PowerShell makes something else of it.</summary>
internal static class Argument
{
    /// <summary>
    /// The value and the text that was written. To PowerShell <c>10s</c> is the short integer 10 and <c>7d</c> the decimal 7; the
    /// text is still known as long as the argument is a literal.
    /// </summary>
    public static (object? Value, string Text) Read(object? given) =>
        given is PSObject wrapped ? (wrapped.BaseObject, wrapped.ToString() ?? "") : (given, given?.ToString() ?? "");

    /// <summary>Whether the value is a number that was not written with a unit.</summary>
    public static bool IsBareNumber(object? value, string text) =>
        value is not (string or TimeSpan or DateTime or DateTimeOffset) && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-');
}
