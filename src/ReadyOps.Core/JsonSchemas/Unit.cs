using System.Globalization;
using System.Text;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// One part of what is to be said about a value: a schema that was applied to it, a keyword that gathers several of those, or, as a leaf, what one
/// keyword has to say. Units know where they are by their parents, so that a place costs nothing until it is asked for.
/// </summary>
internal sealed class Unit
{
    private const int None = -1;

    private readonly Unit? _parent;
    private readonly string _step;
    private readonly int _child;
    private readonly string _absolute;
    private readonly Allowance _allowance;
    private List<Unit>? _units;

    private Unit(Unit? parent, JsonInstance instance, SchemaNode schema, int node, string step, int child, string keyword, string absolute, Allowance allowance)
    {
        _parent = parent;
        Instance = instance;
        Schema = schema;
        Node = Place = node;
        _step = step;
        _child = child;
        Keyword = keyword;
        _absolute = absolute;
        _allowance = allowance;
        allowance.Left--;
    }

    public JsonInstance Instance { get; }

    /// <summary>The schema that was applied, or that the keyword stands in.</summary>
    public SchemaNode Schema { get; }

    /// <summary>The value.</summary>
    public int Node { get; }

    /// <summary>Whose line and column are shown: the value or, where its name is at fault, that.</summary>
    public int Place { get; private set; }

    /// <summary>The keyword of a leaf or a group; empty for a schema.</summary>
    public string Keyword { get; }

    public string Message { get; private set; } = "";

    public string Expected { get; private set; } = "";

    public bool Valid { get; private set; } = true;

    /// <summary>What a keyword says about a value that fits, in JSON; <see langword="null"/> where it says nothing.</summary>
    public string? Annotation { get; private set; }

    public IReadOnlyList<Unit> Units => _units ?? [];

    /// <summary>The schema that was left through <c>$ref</c> or is the root, whose location has to be said beside the path to here.</summary>
    public string AbsoluteLocation => _absolute.Length > 0 ? $"{Schema.Place.Location}{_absolute}" : Schema.Place.Location;

    /// <summary>Whether no more parts are kept, so that wording them is of no use.</summary>
    public bool IsFull => Units.Count >= _allowance.Parts || _allowance.Left <= 0;

    public string KeywordLocation => Path(unit => unit._step);

    public string InstanceLocation => Path(unit => unit.ChildStep());

    public int InstanceDepth
    {
        get
        {
            int depth = 0;
            for (Unit? unit = this; unit is not null; unit = unit._parent)
                if (unit._child != None) depth++;
            return depth;
        }
    }

    /// <summary>The unit of the whole schema. A hostile value must not turn into a report many times its size: each unit keeps so many parts at most.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="node">The value.</param>
    /// <param name="parts">How many parts a unit keeps.</param>
    /// <param name="all">After how many units in all nothing more is worded.</param>
    public static Unit Root(JsonInstance instance, SchemaNode schema, int node, int parts, int all) =>
        new(null, instance, schema, node, "", None, "", "", new Allowance { Parts = parts, Left = all });

    /// <summary>A schema applied to the same value.</summary>
    public Unit InPlace(SchemaNode schema, string step) => new(this, Instance, schema, Node, step, None, "", "", _allowance);

    /// <summary>A schema applied to a member; its name is the node before the value.</summary>
    public Unit Member(SchemaNode schema, int value, string step) => new(this, Instance, schema, value, step, value - 1, "", "", _allowance);

    /// <summary>A schema applied to an item.</summary>
    public Unit Item(SchemaNode schema, int value, int index, string step) => new(this, Instance, schema, value, step, -2 - index, "", "", _allowance);

    /// <summary>A schema applied to the name of a member.</summary>
    public Unit Name(SchemaNode schema, int name, string step) => new(this, Instance, schema, name, step, None, "", "", _allowance);

    /// <summary>A keyword that gathers what several schemas say about the same value.</summary>
    public Unit Group(string keyword) => new(this, Instance, Schema, Node, $"/{Escape(keyword)}", None, keyword, $"/{Escape(keyword)}", _allowance);

    public void Fail(string keyword, int node, string message, string expected, int place = None)
    {
        Unit leaf = Leaf(keyword, node);
        leaf.Valid = false;
        leaf.Message = message;
        leaf.Expected = expected;
        if (place != None) leaf.Place = place;
        Add(leaf);
    }

    /// <summary>Says what is wrong with a group as a whole.</summary>
    public void FailHere(string message, string expected)
    {
        Valid = false;
        Message = message;
        Expected = expected;
    }

    public void Annotate(string keyword, int node, string json)
    {
        Unit leaf = Leaf(keyword, node);
        leaf.Annotation = json;
        Add(leaf);
    }

    /// <summary>Keeps a unit that has something to say.</summary>
    public void Add(Unit unit)
    {
        if (unit.Valid && unit.Annotation is null && unit.Units.Count == 0) return;
        _units ??= [];
        if (_units.Count < _allowance.Parts) _units.Add(unit);
    }

    /// <summary>A schema that fits says nothing of what failed on the way, one that does not fit has no annotations.</summary>
    public void Conclude(bool valid)
    {
        Valid = valid;
        if (_units is null) return;
        _units.RemoveAll(unit => unit.Valid != valid);
        if (_units.Count == 0) _units = null;
    }

    /// <summary>Forgets what the parts said.</summary>
    public void Clear() => _units = null;

    public static string Escape(string segment) =>
        segment.AsSpan().IndexOfAny('~', '/') < 0 ? segment : segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private Unit Leaf(string keyword, int node)
    {
        string step = keyword.Length == 0 ? "" : $"/{Escape(keyword)}";
        return new Unit(this, Instance, Schema, node, step, None, keyword.Length == 0 ? "false" : keyword, step, _allowance);
    }

    private string ChildStep() => _child switch
    {
        None => "",
        < None => $"/{(-2 - _child).ToString(CultureInfo.InvariantCulture)}",
        _ => $"/{Escape(Instance.String(_child))}",
    };

    private string Path(Func<Unit, string> step)
    {
        var steps = new Stack<string>();
        for (Unit? unit = this; unit is not null; unit = unit._parent) steps.Push(step(unit));
        var path = new StringBuilder();
        foreach (string part in steps) path.Append(part);
        return path.ToString();
    }

    /// <summary>How much may be said, which all units of a report share.</summary>
    private sealed class Allowance
    {
        public required int Parts { get; init; }

        public required int Left { get; set; }
    }
}
