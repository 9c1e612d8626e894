using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The state of one validation: the instance, how deep it is, which schema resources it came through, and which children were evaluated.</summary>
internal ref struct Evaluation
{
    /// <summary>How many schemas may be applied within each other.</summary>
    public const int MostDepth = 8192;

    // Schemas that fork at every level take exponential time; nothing that anybody means comes near this.
    private const long LeastBudget = 5_000_000;
    private const long BudgetOfNode = 2_000;

    public readonly JsonInstance Instance;
    public readonly ReadOnlySpan<TapeNode> Nodes;
    public readonly ReadOnlySpan<byte> Text;

    /// <summary>Where the marks of the children of the value at hand begin in <see cref="_marks"/>; -1 where nobody asks for them.</summary>
    public int Marks = -1;

    private readonly long _budget;
    private ulong[]? _marks;
    private SchemaResource[]? _scope;
    private (SchemaNode Target, int Node)[]? _dynamic;
    private int _dynamicTop;
    private int _marksTop;
    private int _scopeTop;
    private int _depth;
    private long _spent;

    public Evaluation(JsonInstance instance)
    {
        Instance = instance;
        Nodes = instance.Nodes.AsSpan(0, instance.Count);
        Text = instance.Text.AsSpan(0, instance.TextLength);
        _budget = LeastBudget + (BudgetOfNode * instance.Count);
    }

    /// <summary>Whether annotations are wanted too.</summary>
    public bool Annotates { get; init; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ReadOnlySpan<byte> Bytes(int node) => Text.Slice(Nodes[node].Start, Nodes[node].Length);

    public readonly string String(int node) => Instance.String(node);

    /// <summary>The value of the member of that name, or -1.</summary>
    public readonly int Find(int node, int hash, ReadOnlySpan<byte> name)
    {
        int end = Nodes[node].Next;
        for (int member = node + 1; member < end; member = Nodes[member + 1].Next)
            if (Nodes[member].Info == hash && Bytes(member).SequenceEqual(name)) return member + 1;
        return -1;
    }

    /// <summary>Goes into a schema to make a report of it, which takes as long as many steps.</summary>
    public void DescendToTell()
    {
        const int Steps = 20;
        _spent += Steps - 1;
        Descend();
    }

    public void Descend()
    {
        if (++_depth > MostDepth || ((_depth & 31) == 0 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())) throw Endless();
        if (++_spent > _budget) throw TooCostly();
    }

    public void Ascend() => _depth--;

    /// <summary>Whether a text matches. What a pattern that goes back over the text takes counts too: half a microsecond is a step.</summary>
    public bool Matches(EcmaPattern pattern, int node)
    {
        if (!pattern.MayTakeLong) return pattern.IsMatch(Bytes(node));
        long start = Stopwatch.GetTimestamp();
        bool matches = pattern.IsMatch(Bytes(node));
        _spent += 2 * (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return _spent <= _budget ? matches : throw TooCostly();
    }

    private static ReadyOpsException TooCostly() => new(
        "SchemaTooCostly",
        "The schema was stopped: checking this value by it takes more steps than any sensible schema needs.",
        "Look for schemas that apply two others of which each applies two again, and for patterns with repetitions within repetitions.");

    public static ReadyOpsException Endless() => new(
        "SchemaEndless", "The schema was stopped: it applies itself to the same value again and again, or the value is nested deeper than can be checked.", "Look for a '$ref' that leads back to its own schema without stepping into a member or an item.");

    /// <summary>Comes into a schema resource; returns whether it has to be left again.</summary>
    public bool Enter(SchemaResource resource)
    {
        if (_scopeTop > 0 && ReferenceEquals(_scope![_scopeTop - 1], resource)) return false;
        if (_scope is null || _scopeTop == _scope.Length) Grow(ref _scope);
        _scope![_scopeTop++] = resource;
        return true;
    }

    public void Leave() => _scopeTop--;

    /// <summary>What a dynamic reference means here: what the outermost resource that it came through has.</summary>
    public readonly SchemaNode? Outermost(Dictionary<SchemaResource, SchemaNode> targets)
    {
        for (int i = 0; i < _scopeTop; i++)
            if (targets.TryGetValue(_scope![i], out SchemaNode? target)) return target;
        return null;
    }

    /// <summary>Follows a dynamic reference. Only such can lead back to the same schema for the same value: all others are known not to.</summary>
    /// <exception cref="ReadyOpsException">It does.</exception>
    public void Follow(SchemaNode target, int node)
    {
        for (int i = _dynamicTop - 1; i >= 0 && _dynamic![i].Node == node; i--)
            if (ReferenceEquals(_dynamic[i].Target, target)) throw Endless();
        if (_dynamic is null || _dynamicTop == _dynamic.Length) Grow(ref _dynamic);
        _dynamic![_dynamicTop++] = (target, node);
    }

    public void Unfollow() => _dynamicTop--;

    /// <summary>Begins fresh marks for the children of a value.</summary>
    public void BeginMarks(int node)
    {
        int words = (Nodes[node].Info + 63) >> 6;
        Marks = _marksTop;
        while (_marks is null || _marksTop + words > _marks.Length) Grow(ref _marks);
        _marks.AsSpan(_marksTop, words).Clear();
        _marksTop += words;
    }

    /// <summary>Ends fresh marks; what they say is added to those around them where that is asked for.</summary>
    public void EndMarks(int around, int node, bool keep)
    {
        if (keep && around >= 0)
        {
            int words = (Nodes[node].Info + 63) >> 6;
            for (int i = 0; i < words; i++) _marks![around + i] |= _marks[Marks + i];
        }

        _marksTop = Marks;
        Marks = around;
    }

    public readonly void Mark(int marks, int child) => _marks![marks + (child >> 6)] |= 1UL << child;

    public readonly void MarkAll(int marks, int count)
    {
        for (int i = 0; i < count; i++) Mark(marks, i);
    }

    public readonly bool IsMarked(int marks, int child) => (_marks![marks + (child >> 6)] & (1UL << child)) != 0;

    public readonly Point Save() => new(Marks, _marksTop, _scopeTop, _dynamicTop, _depth);

    /// <summary>Back to where it was, after a branch that ended wherever it failed.</summary>
    public void Restore(in Point point)
    {
        Marks = point.Marks;
        _marksTop = point.MarksTop;
        _scopeTop = point.ScopeTop;
        _dynamicTop = point.DynamicTop;
        _depth = point.Depth;
    }

    /// <summary>Whether a value fits a schema that is one way of several: only a schema that fits leaves marks.</summary>
    public bool Fits(SchemaNode schema, int node)
    {
        Point before = Save();
        if (before.Marks >= 0) BeginMarks(node);
        bool fits = schema.IsValid(ref this, node);
        if (fits && before.Marks >= 0) EndMarks(before.Marks, node, keep: true);
        Restore(before);
        return fits;
    }

    public void Dispose()
    {
        if (_marks is not null) ArrayPool<ulong>.Shared.Return(_marks);
        if (_scope is not null) ArrayPool<SchemaResource>.Shared.Return(_scope, clearArray: true);
        if (_dynamic is not null) ArrayPool<(SchemaNode, int)>.Shared.Return(_dynamic, clearArray: true);
        (_marks, _scope, _dynamic) = (null, null, null);
    }

    private static void Grow<T>(ref T[]? array)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(Math.Max(64, (array?.Length ?? 0) * 2));
        if (array is not null)
        {
            array.CopyTo(larger, 0);
            ArrayPool<T>.Shared.Return(array, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        }

        array = larger;
    }

    internal readonly record struct Point(int Marks, int MarksTop, int ScopeTop, int DynamicTop, int Depth);
}
