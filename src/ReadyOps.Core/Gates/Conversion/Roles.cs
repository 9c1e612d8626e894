using System.Text.RegularExpressions;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>Tells who should say something by what is to be said.</summary>
internal static partial class Roles
{
    /// <summary>Who answers for what nobody else does.</summary>
    public const string Fallback = "release-manager";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // The first that fits counts: who secures, stores or tests something goes before who runs it.
    private static readonly (string Role, Regex Words)[] Fields =
    [
        ("security", Words("secur\\w*|penetration|vulnerab\\w*|owasp|vault|mtls|tls|encrypt\\w*|csrf|pii|passwords?|intrusion|rls|secrets?|credentials?|audit|complian\\w*|constitutional|violations?")),
        ("database", Words("databases?|migrations?|backups?|data (handling|integrity|loss|persistence)|recovery procedure|disaster recovery")),
        ("qa", Words("qa|tests?|tested|testing|defects?|bugs?|quality|smoke|validator|acceptance")),
        ("finance", Words("finance|financial|budget|costs?|resource allocation|billing")),
        ("support", Words("support|customer success|help ?desk|users?|feedback")),
        ("product", Words("products?|timeline|customers?|business|features?|stakeholders?|go-live")),
        ("documentation", Words("documentation|documents?|documented|docs|guides?|release notes|changelog|known issues")),
        ("operations", Words("operat\\w*|monitor\\w*|alert\\w*|logg\\w*|logs|metrics?|dashboards?|on-?call|runbooks?|infrastructure|roll-?back\\w*|environment|health|incidents?|escalat\\w*|uptime|response times?|latency|performance|capacity|resources?|deploy\\w*|hypercare|team (available|trained)|training")),
        ("engineering", Words("apis?|agents?|droids?|schemas?|contracts?|workflows?|engine|code|ci/cd|pipelines?|integrations?|components?|configuration|orchestration|implementation|yaml|json")),
    ];

    /// <summary>The role that a text names, or the one whose field it is in.</summary>
    public static string Of(string text)
    {
        if (Team().Match(text) is { Success: true } team && !Article().IsMatch(team.Groups["name"].Value)) return Slug(team.Groups["name"].Value);
        if (Title().Match(text) is { Success: true } title) return Slug(title.Groups["name"].Value);
        string head = text.Length > 500 ? text[..500] : text;
        return Fields.Select(field => (field.Role, Match: field.Words.IsMatch(head))).FirstOrDefault(field => field.Match).Role ?? Fallback;
    }

    /// <summary>Whether a person decides by saying it, so that a tick without a name cannot stand for it.</summary>
    public static bool IsDecision(string text) => Decision().IsMatch(text) || Title().IsMatch(text);

    private static Regex Words(string words) => new($@"\b({words})\b", Options);

    private static string Slug(string name) => NoWord().Replace(name.Trim().ToLowerInvariant(), "-").Trim('-');

    [GeneratedRegex(@"^(?<name>[a-z]+( [a-z]+)?) team\b", Options)]
    private static partial Regex Team();

    [GeneratedRegex(@"^(the|all|each|every|your|our)\b", Options)]
    private static partial Regex Article();

    [GeneratedRegex(@"^(?<name>((lead|chief|senior|head) )?[a-z]+ (lead|manager|officer|engineer|director|owner)|finance|leadership|legal|management|reviewer|approver)(\s+(reviewed|approved|confirmed|signed|accepted|agreed)\b.*)?$", Options)]
    private static partial Regex Title();

    [GeneratedRegex(@"\b(approv(ed|als?|es)|sign-?(ed[ -])?offs?|signed off|authori[sz]ed|accepted by|consent)\b", Options)]
    private static partial Regex Decision();

    [GeneratedRegex(@"[^a-z0-9]+", Options)]
    private static partial Regex NoWord();
}
