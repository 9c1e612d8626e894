using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Flags;

/// <summary>What is wrong with a flag document although flagd takes it.</summary>
internal static class FlagChecks
{
    public static void Check(FlagSource source, ProblemList problems)
    {
        _ = source;
        _ = problems;
    }
}
