namespace ReadyOps.Core.Documents;

/// <summary>The members of an object while it is read: a key that is there twice is a problem that names both places.</summary>
internal sealed class MemberList(ProblemList problems)
{
    // A set of keys costs more than it saves for the handful of members that nearly every object has.
    private const int Few = 8;

    private readonly List<DocumentMember> _members = [];
    private Dictionary<string, DocumentMember>? _byName;

    public IReadOnlyList<DocumentMember> Members => _members;

    public void Add(string name, int line, int column, DocumentNode value)
    {
        var member = new DocumentMember(name, line, column, value);
        if (Find(name) is { } first)
        {
            problems.Add(line, column, "", $"'{name}' is here twice; the first is at {first.Line}:{first.Column}");
            return;
        }

        _members.Add(member);
        if (_members.Count > Few && _byName is null) _byName = _members.ToDictionary(known => known.Name, StringComparer.Ordinal);
        else _byName?.Add(name, member);
    }

    private DocumentMember? Find(string name) => _byName is null ? _members.Find(member => member.Name == name) : _byName.GetValueOrDefault(name);
}
