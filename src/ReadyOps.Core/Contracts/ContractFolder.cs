using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Contracts;

/// <summary>A folder of contracts: JSON Schemas in JSON or YAML files, which may refer to each other.</summary>
public static class ContractFolder
{
    // The longest first: a.schema.json is the contract a.
    private static readonly string[] Endings = [".schema.json", ".schema.yaml", ".schema.yml", ".json", ".yaml", ".yml"];

    /// <summary>Where contracts live unless the caller says otherwise: <c>$env:READYOPS_CONTRACTS</c>, else <c>contracts</c> below a folder.</summary>
    public static string Default(string here) =>
        Path.GetFullPath(Environment.GetEnvironmentVariable("READYOPS_CONTRACTS") is { Length: > 0 } set ? set : "contracts", here);

    /// <summary>What the contract in a file is called.</summary>
    public static string NameOf(string file)
    {
        string name = Path.GetFileName(file);
        string? ending = Endings.FirstOrDefault(ending => name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        return ending is null ? name : name[..^ending.Length];
    }

    /// <summary>The files of a folder and of those in it, by name.</summary>
    /// <exception cref="ReadyOpsException"><c>ContractFolderNotFound</c>, or it cannot be read.</exception>
    public static IReadOnlyList<string> Files(string folder)
    {
        if (!Directory.Exists(folder)) throw new ReadyOpsException("ContractFolderNotFound", $"There is no folder of contracts at {folder}.", "Give the folder with -ContractPath, or $env:READYOPS_CONTRACTS.");
        try
        {
            return [.. SchemaFile.Below(folder, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None })
                .Where(file => Endings.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                .OrderBy(NameOf, StringComparer.OrdinalIgnoreCase).ThenBy(file => file, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("ContractFolderUnreadable", $"{folder} cannot be looked through: {e.Message.TrimEnd('.')}.", "See that you may read all of it.", e);
        }
    }

    /// <summary>The file of the contract of that name.</summary>
    /// <exception cref="ReadyOpsException"><c>ContractNotFound</c>, <c>ContractAmbiguous</c>, <c>ContractFolderNotFound</c>.</exception>
    public static string Find(string folder, string name)
    {
        IReadOnlyList<string> files = Files(folder);
        string[] found = [.. files.Where(file => string.Equals(NameOf(file), name, StringComparison.OrdinalIgnoreCase))];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new ReadyOpsException("ContractNotFound", $"There is no contract '{name}' in {folder}{(Suggestion.For(name, files.Select(NameOf)) is { Length: > 0 } meant ? meant : ".")}", "Get-OutputContract lists those that there are."),
            _ => throw new ReadyOpsException("ContractAmbiguous", $"There are {found.Length} contracts '{name}' in {folder}: {string.Join(", ", found)}.", "Give the path of the one that is meant."),
        };
    }

    /// <summary>Looks at one file as a contract: whether it can be used, and what is wrong with it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read; the registry should know the folder.</param>
    public static OutputContract Look(string file, SchemaOptions options)
    {
        var contract = new OutputContract { Name = NameOf(file), Path = file };
        try
        {
            using (JsonInstance values = SchemaFile.Read(file))
                contract = contract with { Title = values.TextOf(0, "title") ?? "", Description = values.TextOf(0, "description") ?? "", Id = values.TextOf(0, "$id") ?? "" };
            JsonSchema schema = Load(file, options);
            return contract with { Valid = true, Draft = DraftName(schema.Draft), Warnings = [.. schema.Warnings.Select(warning => warning.ToString())] };
        }
        catch (DocumentException broken)
        {
            return contract with { Problems = [.. broken.Problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Select(problem => problem.ToString())] };
        }
        catch (ReadyOpsException broken)
        {
            return contract with { Problems = [broken.Message] };
        }
    }

    /// <summary>Compiles the contract in a file. What it refers to is found beside it and in the folders of the registry.</summary>
    /// <exception cref="DocumentException">It is no valid schema.</exception>
    /// <exception cref="ReadyOpsException">It cannot be read or used.</exception>
    public static JsonSchema Load(string file, SchemaOptions options)
    {
        string full = Path.GetFullPath(file);
        try
        {
            if (new FileInfo(full).Length > SchemaFile.MostBytes) throw new ReadyOpsException("SchemaTooLarge", $"{file} has more than 64 MiB, the most that a schema may have.", "Split it into schemas that refer to each other.");
            return JsonSchema.Compile(File.ReadAllBytes(full), options with { File = full, Registry = options.Registry ?? new SchemaRegistry([Path.GetDirectoryName(full)!]) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("SchemaUnreadable", $"{file} cannot be read: {e.Message.TrimEnd('.')}.", "See that the file is there and that you may read it.", e);
        }
    }

    /// <summary>A draft as people write it.</summary>
    public static string DraftName(SchemaDraft draft) => draft switch
    {
        SchemaDraft.Draft7 => "draft-07",
        SchemaDraft.Draft201909 => "2019-09",
        _ => "2020-12",
    };
}
