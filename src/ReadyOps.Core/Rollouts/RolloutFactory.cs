using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>Makes a runnable rollout of a document.</summary>
/// <param name="reader">The root of the document; takes what is wrong with it.</param>
/// <param name="name">Its name.</param>
/// <param name="context">The surroundings it will run in.</param>
public delegate RolloutPlan RolloutFactory(ObjectReader reader, string name, EngineContext context);
