using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>One XML format of reports, fed element by element.</summary>
internal abstract class XmlFormat
{
    /// <summary>Whether the text that comes next matters. Logs are long, so no other text is handed over.</summary>
    public virtual bool WantsText => false;

    /// <summary>An element begins.</summary>
    public abstract void Begin(XmlReader xml);

    /// <summary>An element ends.</summary>
    public abstract void End(string element);

    /// <summary>Some of the text within an element; a long text comes in pieces.</summary>
    public virtual void Text(ReadOnlySpan<char> piece)
    {
    }

    /// <summary>The document ended.</summary>
    public virtual void Finish()
    {
    }
}
