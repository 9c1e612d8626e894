namespace ReadyOps.Core.Signals;

/// <summary>Which Prometheus answers.</summary>
/// <param name="Version">Its version, for example <c>2.42.0</c>.</param>
/// <param name="Revision">The commit it was built from; empty for backends that do not say.</param>
/// <param name="Branch">The branch it was built from; empty for backends that do not say.</param>
/// <param name="GoVersion">The Go version it was built with; empty for backends that do not say.</param>
public sealed record PrometheusBuildInfo(string Version, string Revision, string Branch, string GoVersion);
