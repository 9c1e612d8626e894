using System.Globalization;
using System.Text.RegularExpressions;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>Understands what items say. A rule is narrow on purpose: what it does not understand for sure, a person is asked.</summary>
internal static partial class ItemRules
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;
    private const int LongestUnderstood = 400;

    private static readonly Func<RuleScope, CheckDraft?>[] Rules =
        [OtherGate, AllGates, Artifact, Member, State, Iterations, Recorded, Files, Tests, Scan, Vulnerabilities, Backup, ChangeLog, ReleaseNotes, Tag, CleanTree, Health, Alerts, Certificate, Port, Metrics];

    private static readonly Func<RuleScope, CheckDraft?>[] Inverted = [FailingHealth, FailingScan, FailingTests];

    /// <summary>The check of an item, or <see langword="null"/> when a person must be asked.</summary>
    /// <param name="scope">The item.</param>
    /// <param name="why">Why a person is asked although the item looks like more; empty when there is nothing to say.</param>
    public static CheckDraft? Find(RuleScope scope, out string why)
    {
        why = "";
        if (scope.Text.Length > LongestUnderstood) return null;
        foreach (Func<RuleScope, CheckDraft?> rule in scope.IsInverted ? Inverted : Rules)
            if (rule(scope) is { } draft) return draft;
        return MetricRules.Find(scope, out why);
    }

    private static CheckDraft? OtherGate(RuleScope scope)
    {
        if (GatePassed().Match(scope.Text) is not { Success: true } gate) return null;
        bool asked = gate.Groups["passed"].Success || scope.Item.Cells.Any(cell => cell.Value.Contains("PASSED", StringComparison.OrdinalIgnoreCase));
        return asked ? Gate(gate.Groups["gate"].Value) : null;
    }

    private static CheckDraft Gate(string name) =>
        new CheckDraft("gate").With("gate", GateNames.Of(name)).With("maxAge", "7d").Guessing("how old the result of the other gate may be");

    private static CheckDraft? AllGates(RuleScope scope)
    {
        if (!EveryGate().IsMatch(scope.Text) || scope.Gates() is not { Count: > 0 } gates) return null;
        CheckDraft[] parts = [.. gates.Select(gate => Gate(gate) with { Name = $"{gate} has passed" })];
        return new CheckDraft("group") { Parts = parts, Guess = "that the gates which the document names are meant" };
    }

    private static CheckDraft? Artifact(RuleScope scope)
    {
        if (scope.Item.Kind != ChecklistItemKind.Row || FileName.First(scope.Item) is not { } file) return null;
        if (!scope.Item.Cells.Any(cell => PathHeader().IsMatch(cell.Key) && cell.Value.Trim('`', ' ') == file)) return null;
        string required = scope.Item.Cells.FirstOrDefault(cell => cell.Key.Contains("required", StringComparison.OrdinalIgnoreCase)).Value ?? "";
        bool optional = OptionalWord().IsMatch(required);
        return new CheckDraft("file") { Critical = required.Length > 0 && !optional, Weightless = optional }.With("path", file).With("minSize", "1B");
    }

    // "`cloud.provider` must be `aws`, `gcp`, or `azure`"
    private static CheckDraft? Member(RuleScope scope)
    {
        if (!MustBe().IsMatch(scope.Text) || scope.Item.Codes.ToArray() is not [var member, .. var values] || values.Length == 0) return null;
        if (!DottedName().IsMatch(member) || !values.All(value => SimpleValue().IsMatch(value))) return null;
        string bound = values is [var only] ? $"== {only}" : $"in [{string.Join(", ", values)}]";
        return new CheckDraft("json").WithTemplate("path", "${state}").With("pointer", "/" + member.Replace('.', '/')).With("bound", bound)
            .Guessing("the JSON file that holds this", GateVariables.State);
    }

    private static CheckDraft? State(RuleScope scope)
    {
        if (StatusIs().Match(scope.Text) is not { Success: true } status) return null;
        string bound = $"== {status.Groups["value"].Value}";
        if (scope.State() is (var file, var member))
            return new CheckDraft("json").With("path", file).With("pointer", $"/{member}/status").With("bound", bound).Guessing("where in the file this stands");
        return new CheckDraft("json").WithTemplate("path", "${state}").With("pointer", "/status").With("bound", bound).Guessing("the JSON file and where in it this stands", GateVariables.State);
    }

    // "Iterations within limit (Quick: 3, Standard: 5)": the strictest, until somebody says which holds.
    private static CheckDraft? Iterations(RuleScope scope)
    {
        if (scope.State() is not (var file, var member) || WithinLimit().Match(scope.Text) is not { Success: true } limit) return null;
        int[] limits = [.. Number().Matches(limit.Groups["limits"].Value).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture))];
        if (limits.Length == 0) return null;
        return new CheckDraft("json").With("path", file).With("pointer", $"/{member}/{limit.Groups["what"].Value.ToLowerInvariant()}")
            .With("bound", string.Create(CultureInfo.InvariantCulture, $"<= {limits.Min()}"))
            .Guessing($"where in the file this stands, and that the strictest limit of '{limit.Groups["limits"].Value}' holds");
    }

    private static CheckDraft? Recorded(RuleScope scope)
    {
        if (RuleScope.KeptIn().Match(scope.Text) is not { Success: true } kept) return null;
        string? member = scope.Item.Codes.FirstOrDefault(code => RuleScope.Identifier().IsMatch(code));
        return member is null ? null : new CheckDraft("file").With("path", kept.Groups["file"].Value).With("contains", $"\"{member}\"");
    }

    private static CheckDraft? Files(RuleScope scope)
    {
        if (scope.Item.Kind == ChecklistItemKind.Row || FileName.All(scope.Item) is not { Count: > 0 } files) return null;
        bool deliverable = scope.Item.Passage.Kind == PassageKind.Deliverable || Made().IsMatch(scope.Text) || scope.Text == files[0];
        if (!deliverable) return null;
        CheckDraft[] drafts = [.. files.Distinct(StringComparer.Ordinal).Select(file => new CheckDraft("file") { Name = file }.With("path", file).With("minSize", "1B"))];
        return drafts.Length == 1 ? drafts[0] with { Name = "" } : new CheckDraft("group") { Parts = drafts };
    }

    private static CheckDraft? Tests(RuleScope scope)
    {
        if (TestsPass().Match(scope.Text) is not { Success: true } tests || Negated().IsMatch(scope.Text)) return null;
        string suite = tests.Groups["suite"].Value.ToLowerInvariant();
        return TestReports(suite);
    }

    private static CheckDraft TestReports(string suite) =>
        new CheckDraft("tests").WithTemplate("path", suite.Length == 0 ? "${reports}/**/*.trx" : $"${{reports}}/**/*{suite}*.trx")
            .Guessing(suite.Length == 0 ? "where the test reports are" : $"that the reports of these tests have '{suite}' in their names", GateVariables.Reports);

    private static CheckDraft? Scan(RuleScope scope) => ScanClean().IsMatch(scope.Text) && !Negated().IsMatch(scope.Text) ? Scans("total", "== 0") : null;

    private static CheckDraft? Vulnerabilities(RuleScope scope)
    {
        if (NoVulnerabilities().Match(scope.Text) is not { Success: true } none) return null;
        // CVSS 3.1: critical from 9.0, high from 7.0.
        string worst = none.Groups["severity"].Value.ToLowerInvariant();
        return worst.Contains("high", StringComparison.Ordinal) ? Scans("securitySeverity", "< 7") : worst.Length > 0 ? Scans("securitySeverity", "< 9") : Scans("total", "== 0");
    }

    private static CheckDraft Scans(string member, string bound) =>
        new CheckDraft("sarif").WithTemplate("path", "${reports}/**/*.sarif").With(member, bound).Guessing("where the reports of the scans are", GateVariables.Reports);

    private static CheckDraft? Backup(RuleScope scope)
    {
        if (BackupMade().Match(scope.Text) is not { Success: true } backup) return null;
        return new CheckDraft("backup").WithTemplate("path", "${backups}").With("maxAge", "26h").With("checksum", backup.Groups["verified"].Success ? "required" : "present")
            .Guessing("where the backups are and how old the newest may be", GateVariables.Backups);
    }

    private static CheckDraft? ChangeLog(RuleScope scope) => ChangeLogUpdated().IsMatch(scope.Text)
        ? new CheckDraft("git").With("changelog", scope.FileOf("changelog") ?? "CHANGELOG.md").WithTemplate("version", "${release}") with { Variables = [GateVariables.Release] }
        : null;

    private static CheckDraft? ReleaseNotes(RuleScope scope) => NotesPublished().IsMatch(scope.Text) && scope.FileOf("release notes") is { } file
        ? new CheckDraft("git").With("releaseNotes", file).WithTemplate("version", "${release}") with { Variables = [GateVariables.Release] }
        : null;

    private static CheckDraft? Tag(RuleScope scope) => VersionTagged().IsMatch(scope.Text)
        ? new CheckDraft("git").WithTemplate("tag", "v${release}").Guessing("that the tag is the version with a v in front", GateVariables.Release)
        : null;

    private static CheckDraft? CleanTree(RuleScope scope) => TreeClean().IsMatch(scope.Text) ? new CheckDraft("git").With("clean", true) : null;

    private static CheckDraft? Health(RuleScope scope)
    {
        string? url = scope.Item.Urls.Concat(Url().Matches(scope.Text).Select(match => match.Value)).FirstOrDefault(one => Uri.TryCreate(one, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0);
        if (url is not null && Answers().IsMatch(scope.Text)) return new CheckDraft("http").With("url", url);
        return HealthChecksPass().IsMatch(scope.Text) && !Negated().IsMatch(scope.Text) ? HealthCheck("") : null;
    }

    private static CheckDraft HealthCheck(string also) => new CheckDraft("http").WithTemplate("url", "${health}").Guessing($"where the health check is{also}", GateVariables.Health);

    private static CheckDraft? Alerts(RuleScope scope)
    {
        if (NoAlerts().Match(scope.Text) is not { Success: true } none) return null;
        var draft = new CheckDraft("alerts").WithTemplate("url", "${alertmanager}");
        string severity = none.Groups["severity"].Value.ToLowerInvariant();
        return (severity.Length > 0 ? draft.With("severity", severity) : draft).Guessing("where Alertmanager is", GateVariables.Alertmanager);
    }

    private static CheckDraft? Certificate(RuleScope scope)
    {
        if (CertificateValid().Match(scope.Text) is not { Success: true } certificate) return null;
        var draft = new CheckDraft("certificate").WithTemplate("host", "${host}");
        return (certificate.Groups["days"].Success ? draft.With("expires", $">= {certificate.Groups["days"].Value}d") : draft).Guessing("which host shows the certificate", GateVariables.Host);
    }

    private static CheckDraft? Port(RuleScope scope) => PortOpen().Match(scope.Text) is { Success: true } open && int.Parse(open.Groups["port"].Value, CultureInfo.InvariantCulture) is >= 1 and <= 65535 and var port
        ? new CheckDraft("tcp").WithTemplate("host", "${host}").With("port", port).Guessing("which host it is", GateVariables.Host)
        : null;

    private static CheckDraft? Metrics(RuleScope scope) => MetricsCollected().IsMatch(scope.Text)
        ? new CheckDraft("prometheus").WithTemplate("query", "min(up{job=\"${service}\"})").With("bound", "== 1")
            .Guessing("that the metrics of the service are meant, and its label", GateVariables.Service, GateVariables.Prometheus)
        : null;

    private static CheckDraft? FailingHealth(RuleScope scope) => HealthChecksFail().IsMatch(scope.Text) ? HealthCheck(", and that one look is enough") : null;

    private static CheckDraft? FailingScan(RuleScope scope) => ScanFails().IsMatch(scope.Text) ? Scans("total", "== 0") : null;

    private static CheckDraft? FailingTests(RuleScope scope) => TestsFail().IsMatch(scope.Text) ? TestReports("") : null;

    [GeneratedRegex(@"^(?<gate>GATE[- ]?\d[\w.]*)\b(.*\b(?<passed>passed|passes)\b)?", Options)]
    private static partial Regex GatePassed();

    [GeneratedRegex(@"\ball (the )?(previous|prior|earlier) gates?\b.*\bpass", Options)]
    private static partial Regex EveryGate();

    [GeneratedRegex(@"\b(path|file|location)\b", Options)]
    private static partial Regex PathHeader();

    [GeneratedRegex(@"^(no|optional|false|n)\b", Options)]
    private static partial Regex OptionalWord();

    [GeneratedRegex(@"\b(must|has to|should) (be|equal)\b", Options)]
    private static partial Regex MustBe();

    [GeneratedRegex(@"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
    private static partial Regex DottedName();

    [GeneratedRegex(@"^[\w.+-]+$")]
    private static partial Regex SimpleValue();

    [GeneratedRegex(@"\bstatus (is|must be|equals) [""'“](?<value>\w+)[""'”]", Options)]
    private static partial Regex StatusIs();

    [GeneratedRegex(@"^(?<what>\w+) within (the )?limits? \((?<limits>[^()]+)\)", Options)]
    private static partial Regex WithinLimit();

    [GeneratedRegex(@"\b\d{1,6}\b")]
    private static partial Regex Number();

    [GeneratedRegex(@"^(created|updated|added|enhanced|implemented|generated|validated|wrote|published)\b|\b(exists?|(is|are) (there|present|written|created|published)|created|committed|published|complete)\s*$", Options)]
    private static partial Regex Made();

    [GeneratedRegex(@"^(all )?((?<suite>unit|integration|smoke|security|performance|load|regression|acceptance|e2e|contract|staging) |deployment |automated )?tests? (are |have |all )?(pass|passing|passed|green|successful|succeed)\b(?! rates?\b)", Options)]
    private static partial Regex TestsPass();

    [GeneratedRegex(@"\b(not|never|without|except|but)\b", Options)]
    private static partial Regex Negated();

    [GeneratedRegex(@"\b(security|vulnerability|static analysis|code|sast) (scans?|analysis)\b.{0,20}\b(clean|pass|passes|passed|green)\b", Options)]
    private static partial Regex ScanClean();

    [GeneratedRegex(@"^(no|zero|0) (?<severity>critical( or |/| and |, )?(high)?|high|high( or |/| and |, )?critical)? ?(security )?vulnerabilities\b", Options)]
    private static partial Regex NoVulnerabilities();

    [GeneratedRegex(@"^(?!.*\b(set up|setup|configure|plan)\b).*\bbackups?\b.*\b((?<verified>verified|validated|tested)|taken|created|made|current|complete)\b", Options)]
    private static partial Regex BackupMade();

    [GeneratedRegex(@"^change-?log\b.*\b(updated|current|complete|written)\b", Options)]
    private static partial Regex ChangeLogUpdated();

    [GeneratedRegex(@"^release notes\b.*\b(published|written|complete|updated|ready)\b", Options)]
    private static partial Regex NotesPublished();

    [GeneratedRegex(@"^(version|release)\b.*\btagged\b|\bgit tag\b.*\b(created|pushed|set)\b", Options)]
    private static partial Regex VersionTagged();

    [GeneratedRegex(@"\b(working (tree|copy|directory)|repository) (is )?clean\b|^no uncommitted changes\b", Options)]
    private static partial Regex TreeClean();

    [GeneratedRegex(@"\bhttps?://[^\s<>()\[\]'""]+", Options)]
    private static partial Regex Url();

    [GeneratedRegex(@"\b(responds?|responding|reachable|healthy|available|answers?|is up|returns? (http )?200)\b", Options)]
    private static partial Regex Answers();

    [GeneratedRegex(@"\bhealth ?-?checks?\b.*\b(pass|passing|passed|green|healthy|ok)\b|\brespond(ing|s)? to health ?-?checks?\b", Options)]
    private static partial Regex HealthChecksPass();

    [GeneratedRegex(@"\b(no|zero|without) (active |firing |open )?((?<severity>critical|warning|page|p[0-4]) )?alerts?\b(?! (rules?|configured|defined))", Options)]
    private static partial Regex NoAlerts();

    [GeneratedRegex(@"\b(tls |ssl |https )?certificates?\b.*\b(valid|not expired|unexpired|current)\b(.*?\b(?<days>\d{1,4}) days\b)?", Options)]
    private static partial Regex CertificateValid();

    [GeneratedRegex(@"\bport (?<port>\d{1,5})\b.*\b(open|reachable|listening)\b", Options)]
    private static partial Regex PortOpen();

    [GeneratedRegex(@"^metrics (are )?(being )?(collected|scraped)\b", Options)]
    private static partial Regex MetricsCollected();

    [GeneratedRegex(@"\bhealth ?-?checks?\b.*\bfail", Options)]
    private static partial Regex HealthChecksFail();

    [GeneratedRegex(@"\bsecurity scans? (fail|failure|finding)", Options)]
    private static partial Regex ScanFails();

    [GeneratedRegex(@"^(any )?tests? (fail|failing|failure)", Options)]
    private static partial Regex TestsFail();
}
