using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>One type of check, described in one place: a new one is a class that derives from this, and a line in <see cref="CheckTypes"/>.</summary>
public abstract class CheckType
{
    /// <summary>Its name in a document, for example <c>http</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it looks at: one sentence.</summary>
    public abstract string Summary { get; }

    /// <summary>Its own members, beside those that every check has (<see cref="CheckReader.CommonMembers"/>).</summary>
    public abstract IReadOnlyList<CheckMember> Members { get; }

    /// <summary>Whether a rollout can follow it over time as a signal: it looks at something that changes while a release goes out.</summary>
    public virtual bool AsSignal => false;

    /// <summary>What it is as a signal: one or two sentences.</summary>
    public virtual string SignalSummary => $"{Summary} Each time it does not pass breaks the signal.";

    /// <summary>The members that any other signal has and this one, as a signal, has not.</summary>
    public virtual IReadOnlyList<string> NoSignalMembers => [];

    /// <summary>How long it may take where nothing is said, for a type whose parts have limits of their own.</summary>
    public virtual TimeSpan? OwnTimeout => null;

    /// <summary>Makes the check that a document describes. What is wrong goes to the reader's problems.</summary>
    /// <param name="reader">The check in the document.</param>
    /// <param name="defaults">What counts where the check itself says nothing.</param>
    public abstract ICheck Create(ObjectReader reader, CheckDefaults defaults);
}
