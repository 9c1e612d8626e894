using System.Collections;
using System.Management.Automation;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Binding;

/// <summary>Contracts as users name them: a path, JSON text, an object, or a name from the contracts folder.</summary>
internal static class ContractBinding
{
    /// <summary>The drafts as users write them.</summary>
    public const string Draft7 = "draft-07";

    public const string Draft201909 = "2019-09";

    public const string Draft202012 = "2020-12";

    /// <summary>The folder of contracts: what the caller says, else <c>$env:READYOPS_CONTRACTS</c>, else <c>contracts</c> where the session stands.</summary>
    public static string Folder(SessionState session, string? contractPath) => string.IsNullOrEmpty(contractPath)
        ? ContractFolder.Default(session.Path.CurrentFileSystemLocation.ProviderPath)
        : Paths.Folder(session, contractPath);

    /// <summary>The draft that a user wrote, or <see langword="null"/>.</summary>
    public static SchemaDraft? Draft(string? text) => text?.ToLowerInvariant() switch
    {
        Draft7 => SchemaDraft.Draft7,
        Draft201909 => SchemaDraft.Draft201909,
        Draft202012 => SchemaDraft.Draft202012,
        _ => null,
    };

    /// <summary>The contract that is meant, compiled.</summary>
    /// <exception cref="DocumentException">It is no valid schema.</exception>
    /// <exception cref="ReadyOpsException">There is none, or it cannot be used.</exception>
    public static ContractTester Load(SchemaOutputFormat? format, SessionState session, object given, string? contractPath, string[] references, SchemaOptions options)
    {
        object plain = given is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : given;
        string[] folders = ReferenceFolders(session, references);
        SchemaOptions WithFolders(params string[] more) => options with { Registry = new SchemaRegistry([.. more, .. folders]) };

        if (plain is string text && IsJson(text)) return Text(ObjectJson.Utf8(text), WithFolders(), format);
        if (plain is IDictionary or PSObject or bool && plain is not PSObject { BaseObject: OutputContract or FileInfo })
            return Text(ObjectJson.Write(given), WithFolders(), format);
        string file = plain switch
        {
            OutputContract contract => contract.Path,
            FileInfo info => info.FullName,
            string name => FileOf(session, name, contractPath),
            _ => throw new ReadyOpsException("ContractUnknown", $"A {plain.GetType().Name} is no contract.", "Give a path, JSON text, a dictionary, or a name from the contracts folder."),
        };
        return new ContractTester(ContractFolder.Load(file, WithFolders(Path.GetDirectoryName(Path.GetFullPath(file))!)), ContractFolder.NameOf(file)) { Format = format };
    }

    /// <summary>The folders of references, each of which must be there: a slip in a path would otherwise look like a missing schema.</summary>
    /// <exception cref="ReadyOpsException"><c>ReferencePathNotFound</c></exception>
    public static string[] ReferenceFolders(SessionState session, string[] references)
    {
        string[] folders = [.. references.Select(folder => Paths.Folder(session, folder))];
        return Array.Find(folders, folder => !Directory.Exists(folder)) is not { } missing ? folders
            : throw new ReadyOpsException("ReferencePathNotFound", $"There is no folder of schemas at {missing}{(File.Exists(missing) ? ": it is a file" : "")}.", "Give folders with -ReferencePath.");
    }

    private static ContractTester Text(byte[] json, SchemaOptions options, SchemaOutputFormat? format)
    {
        JsonSchema schema = JsonSchema.Compile(json, options);
        return new ContractTester(schema, schema.Id.Length > 0 ? schema.Id : "the schema given") { Format = format };
    }

    private static bool IsJson(string text) => text.TrimStart().TrimStart('\uFEFF').TrimStart() is ['{', ..] or "true" or "false";

    private static string FileOf(SessionState session, string name, string? contractPath)
    {
        string path = Paths.Folder(session, name);
        if (File.Exists(path)) return path;
        string folder = Folder(session, contractPath);
        bool isName = name.IndexOfAny(['/', '\\']) < 0;
        if (isName && Directory.Exists(folder)) return ContractFolder.Find(folder, name);
        throw new ReadyOpsException("ContractNotFound", $"'{name}' is neither a file nor the name of a contract in {folder}.",
            "Give the path of a schema, its JSON, or a name that Get-OutputContract lists; -ContractPath says where.");
    }
}
