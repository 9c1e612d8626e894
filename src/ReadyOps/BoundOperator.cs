namespace ReadyOps;

/// <summary>How a <see cref="Bound"/> compares.</summary>
public enum BoundOperator
{
    /// <summary><c>&lt; x</c></summary>
    Less,

    /// <summary><c>&lt;= x</c></summary>
    LessOrEqual,

    /// <summary><c>&gt; x</c></summary>
    Greater,

    /// <summary><c>&gt;= x</c></summary>
    GreaterOrEqual,

    /// <summary><c>== x</c>, a number or a text</summary>
    Equal,

    /// <summary><c>!= x</c>, a number or a text</summary>
    NotEqual,

    /// <summary><c>in [a, b, c]</c>, numbers or texts</summary>
    In,

    /// <summary><c>between a and b</c>, both ends included</summary>
    Between,

    /// <summary><c>within 10% of x</c> or <c>within 5ms of x</c>, both ends included</summary>
    Within,
}
