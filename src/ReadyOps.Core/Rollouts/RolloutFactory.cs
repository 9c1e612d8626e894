using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>A rollout ready to run: what is to be done, and what it acts on and looks at.</summary>
/// <param name="Definition">What is to be done.</param>
/// <param name="Parts">What it acts on and looks at.</param>
public sealed record RolloutPlan(RolloutDefinition Definition, RolloutParts Parts);

/// <summary>Makes a runnable rollout of a document.</summary>
/// <param name="reader">The root of the document; takes what is wrong with it.</param>
/// <param name="name">Its name.</param>
/// <param name="context">The surroundings it will run in.</param>
public delegate RolloutPlan RolloutFactory(ObjectReader reader, string name, EngineContext context);
