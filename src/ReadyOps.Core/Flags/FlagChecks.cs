using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags.Rules;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Flags;

/// <summary>
/// What is wrong with a flag document although flagd takes it: what its published schema does not allow, rules that cannot be evaluated or come to
/// a variant that is not there, metadata of ours that mean nothing, and switches for emergencies that are switched off.
/// </summary>
internal sealed class FlagChecks
{
    // No more problems than this are told of one document.
    private const int MostFailures = 101;
    private const double MostSafe = 9007199254740991;

    private readonly FlagSource _source;
    private readonly ProblemList _problems;
    private readonly HashSet<string> _evaluators;

    private FlagChecks(FlagSource source, ProblemList problems)
    {
        (_source, _problems) = (source, problems);
        int evaluators = source.Member(0, "$evaluators"u8);
        _evaluators = evaluators < 0 ? [] : [.. source.Values.Names(evaluators).Select(source.Text)];
    }

    public static void Check(FlagSource source, ProblemList problems)
    {
        foreach (SchemaFailure failure in DocumentSchemas.For("FlagSet").Validate(source.Places, MostFailures))
            problems.Add(failure.Line, failure.Column, failure.InstancePath, failure.Message, failure.Expected);
        new FlagChecks(source, problems).Check();
    }

    private void Check()
    {
        if (_source.Member(0, "$evaluators"u8) is var evaluators && evaluators >= 0)
        {
            foreach (int name in _source.Values.Names(evaluators)) CheckRule(name + 1, isShared: true);
        }

        int flags = _source.Member(0, "flags"u8);
        if (flags < 0) return;
        foreach (int name in _source.Values.Names(flags)) CheckFlag(name + 1);
        foreach (int item in _source.Values.Items(flags)) CheckFlag(item);
    }

    private void CheckFlag(int flag)
    {
        int variants = _source.Member(flag, "variants"u8);
        int targeting = _source.Member(flag, "targeting"u8);
        if (variants >= 0) CheckNumbers(variants);
        CheckMetadata(flag, variants);
        if (targeting < 0) return;
        CheckRule(targeting, isShared: false);
        if (variants >= 0) CheckResult(targeting, variants);
    }

    // Beyond these, JSON readers of different languages see different numbers (flagd's ADR on numeric coercion).
    private void CheckNumbers(int variants)
    {
        foreach (int name in _source.Values.Names(variants))
        {
            if (IsNumber(name + 1) && !(Math.Abs(NumberOf(name + 1)) <= MostSafe))
                Problem(name + 1, "not every reader of JSON holds a number of this size", "a number from -9007199254740991 to 9007199254740991");
        }
    }

    private void CheckMetadata(int flag, int variants)
    {
        int metadata = _source.Member(flag, "metadata"u8);
        if (metadata < 0) return;
        int expires = _source.Member(metadata, "readyops.expires"u8);
        if (expires >= 0 && _source[expires].Kind == TapeKind.String && !FlagMetadataKeys.TryReadMoment(_source.Text(expires), out _))
            Problem(expires, $"there is no such day or moment as '{_source.Text(expires)}'", "a day such as 2027-03-31, or a moment such as 2027-03-31T18:00:00Z");
        int kind = _source.Member(metadata, "readyops.kind"u8);
        if (kind < 0 || _source[kind].Kind != TapeKind.String || _source.Text(kind) != FlagMetadataKeys.EmergencyKind) return;
        int state = _source.Member(flag, "state"u8);
        if (state >= 0 && _source.Values.Bytes(state).SequenceEqual("DISABLED"u8))
            Problem(state, "a switch for emergencies that is DISABLED is off without a word, whatever its default variant says", "ENABLED, with the default variant for 'off'");
        if (variants >= 0 && _source.Values.Names(variants).Any(name => _source[name + 1].Kind is not (TapeKind.True or TapeKind.False)))
            Problem(variants, "a switch for emergencies has variants that are not booleans", "the variants true and false");
    }

    /// <summary>Looks through a rule and everything in it, lists included, which flagd's schema does not look into.</summary>
    private void CheckRule(int node, bool isShared)
    {
        foreach (int item in _source.Values.Items(node)) CheckRule(item, isShared);
        if (_source[node].Kind != TapeKind.Object || _source[node].Info == 0) return;
        if (_source[node].Info > 1)
        {
            Problem(node, "this has several members, and flagd takes such an object for a plain value", "an object with one member, the operator");
            return;
        }

        string name = _source.Text(node + 1);
        int operand = node + 2;
        if (name == "$ref") CheckReference(operand, isShared);
        else if (!Operators.IsKnown(name)) Problem(node + 1, $"there is no operator '{name}'{Suggestion.For(name, Operators.Names)}");
        else if (name == "fractional") CheckWeights(operand);
        CheckRule(operand, isShared);
    }

    private void CheckReference(int operand, bool isShared)
    {
        if (_source[operand].Kind != TapeKind.String) return;
        string name = _source.Text(operand);
        if (isShared) Problem(operand, "a shared rule cannot refer to another one: flagd puts each in once, in no order", "the rule itself");
        else if (!_evaluators.Contains(name)) Problem(operand, $"there is no shared rule '{name}' in $evaluators{Suggestion.For(name, _evaluators)}");
    }

    private void CheckWeights(int operand)
    {
        double sum = 0;
        int shares = 0;
        foreach (int share in _source.Values.Items(operand))
        {
            if (_source[share].Kind != TapeKind.Array || _source[share].Info == 0) continue;
            shares++;
            int weight = _source[share].Info > 1 ? _source[share + 1].Next : -1;
            // A weight that is computed says nothing yet.
            if (weight >= 0 && !IsNumber(weight)) return;
            sum += weight < 0 ? 1 : Math.Max(NumberOf(weight), 0);
        }

        if (sum > int.MaxValue) Problem(operand, string.Create(CultureInfo.InvariantCulture, $"the weights sum up to {sum}, and with more than 2147483647 nothing is dealt out"), "a sum of at most 2147483647");
        if (sum == 0 && shares > 0) Problem(operand, "the weights sum up to 0, so nothing is dealt out", "a weight above 0");
    }

    /// <summary>Follows what a rule comes to, as far as that is written in it, to the names of variants.</summary>
    private void CheckResult(int node, int variants)
    {
        switch (_source[node].Kind)
        {
            case TapeKind.String or TapeKind.True or TapeKind.False:
                string name = _source.Text(node);
                string[] known = [.. _source.Values.Names(variants).Select(_source.Text)];
                if (!known.Contains(name, StringComparer.Ordinal))
                    Problem(node, $"there is no variant '{name}'{Suggestion.For(name, known)}", known.Length is > 0 and < 10 ? $"one of {string.Join(", ", known)}" : "");
                break;
            case TapeKind.Object when _source[node].Info == 1 && _source[node + 2].Kind == TapeKind.Array:
                int[] arguments = [.. _source.Values.Items(node + 2)];
                if (_source.Values.Bytes(node + 1) is [(byte)'i', (byte)'f'] or [(byte)'?', (byte)':']) CheckBranches(arguments, variants);
                else if (_source.Values.Bytes(node + 1).SequenceEqual("fractional"u8)) CheckShares(arguments, variants);
                break;
            default:
                break;
        }
    }

    private void CheckBranches(int[] arguments, int variants)
    {
        for (int i = 0; i < arguments.Length; i++)
            if ((i & 1) == 1 || i == arguments.Length - 1) CheckResult(arguments[i], variants);
    }

    private void CheckShares(int[] arguments, int variants)
    {
        foreach (int share in arguments)
            if (_source[share].Kind == TapeKind.Array && _source[share].Info > 0) CheckResult(share + 1, variants);
    }

    private bool IsNumber(int node) => _source[node].Kind is TapeKind.Integer or TapeKind.Number;

    private double NumberOf(int node) => double.Parse(_source.Values.Bytes(node), NumberStyles.Float, CultureInfo.InvariantCulture);

    private void Problem(int node, string message, string expected = "") => _source.Problem(_problems, node, message, expected);
}
