namespace ReadyOps.Core.JsonSchemas;

/// <summary>Makes a list of failures out of what a schema had to say. Of alternatives only the one is told that was probably meant.</summary>
internal static class FailureReader
{
    public static IReadOnlyList<SchemaFailure> Read(Unit root, int most, Func<int, bool>? ignored)
    {
        var leaves = new List<Unit>();
        Gather(root, leaves, ignored);
        return [.. leaves.Take(Math.Max(most, 0)).OrderBy(leaf => leaf.Place).Select(ToFailure)];
    }

    private static void Gather(Unit unit, List<Unit> leaves, Func<int, bool>? ignored)
    {
        if (unit.Valid) return;
        if (unit.Units.Count == 0)
        {
            if (unit.Keyword.Length > 0 && ignored?.Invoke(unit.Node) != true) leaves.Add(unit);
        }
        else if (unit.Keyword.Length > 0)
        {
            GatherAlternatives(unit, leaves, ignored);
        }
        else
        {
            foreach (Unit part in unit.Units) Gather(part, leaves, ignored);
        }
    }

    private static void GatherAlternatives(Unit group, List<Unit> leaves, Func<int, bool>? ignored)
    {
        int here = group.InstanceDepth;
        var branches = new List<List<Unit>>();
        foreach (Unit branch in group.Units)
        {
            var own = new List<Unit>();
            Gather(branch, own, ignored);
            // What is left of it does not matter: so it fits.
            if (own.Count == 0) return;
            branches.Add(own);
        }

        Unit[][] ofType = [.. branches.Select(branch => branch.Where(leaf => leaf.Keyword == "type" && leaf.InstanceDepth == here).ToArray())];
        if (Array.TrueForAll(ofType, list => list.Length > 0))
        {
            string expected = string.Join(" or ", ofType.SelectMany(list => list).Select(leaf => leaf.Expected).Distinct());
            group.FailHere(ofType[0][0].Message, expected);
            leaves.Add(group);
            return;
        }

        leaves.AddRange(branches.OrderBy(branch => branch.Max(leaf => Distance(leaf, here))).ThenBy(branch => branch.Count).First());
    }

    // A branch of another type was not meant at all; one of which a telling member (`type: file`) says something else hardly.
    private static int Distance(Unit leaf, int here) => leaf.Keyword switch
    {
        "type" or "false" when leaf.InstanceDepth == here => 4,
        "const" or "enum" when leaf.InstanceDepth == here => 3,
        "const" or "enum" when leaf.InstanceDepth == here + 1 => 2,
        "additionalProperties" or "unevaluatedProperties" or "required" when leaf.InstanceDepth == here => 1,
        _ => 0,
    };

    /// <summary>A value that does not fit for reasons that cannot be told.</summary>
    public static SchemaFailure Untold(Unit root, string why) => ToFailure(root) with { Message = $"this does not fit, and not all that is wrong could be found out: {why}" };

    private static SchemaFailure ToFailure(Unit leaf)
    {
        (int line, int column) = leaf.Instance.Place(leaf.Place);
        return new SchemaFailure
        {
            InstancePath = leaf.InstanceLocation,
            KeywordLocation = leaf.KeywordLocation,
            AbsoluteKeywordLocation = leaf.AbsoluteLocation,
            Keyword = leaf.Keyword,
            Value = leaf.Instance.ShortJson(leaf.Node),
            Message = leaf.Message,
            Expected = leaf.Expected,
            Line = line,
            Column = column,
        };
    }
}
