using System.Text.Json.Nodes;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>OpenAPI 3.1 descriptions of 3 to 20 paths with operations, parameters, bodies, answers and components.</summary>
internal static class OpenApiSamples
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];
    private static readonly string[] Places = ["path", "query", "header"];
    private static readonly string[] Codes = ["200", "201", "204", "400", "404", "4XX", "500"];

    public static JsonNode Next(Random random)
    {
        var paths = new JsonObject();
        for (int i = random.Next(3, 21); i > 0; i--) paths[$"/things{i}/{{id}}"] = Path(random);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = $"Service {random.Next(1000)}", ["version"] = $"{random.Next(9)}.{random.Next(20)}.0", ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" } },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = $"https://api{random.Next(9)}.example.com/v1" }),
            ["paths"] = paths,
            ["components"] = Components(random),
            ["tags"] = new JsonArray(new JsonObject { ["name"] = "things", ["description"] = "All about things." }),
        };
    }

    private static JsonObject Path(Random random)
    {
        var path = new JsonObject { ["parameters"] = new JsonArray(Parameter(random, 0)) };
        foreach (string method in Methods)
            if (random.Next(2) == 0) path[method] = Operation(random);
        return path;
    }

    private static JsonObject Operation(Random random)
    {
        var responses = new JsonObject { ["default"] = new JsonObject { ["$ref"] = "#/components/responses/problem" } };
        foreach (string code in Codes)
            if (random.Next(3) == 0) responses[code] = new JsonObject { ["description"] = "An answer.", ["content"] = Content(random) };
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray("things"),
            ["summary"] = "Does something with a thing.",
            ["operationId"] = $"operation{random.Next(100_000)}",
            ["parameters"] = new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Parameter(random, random.Next(3)))]),
            ["responses"] = responses,
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
        };
        if (random.Next(2) == 0) operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(random) };
        if (random.Next(4) == 0) operation["x-internal"] = true;
        return operation;
    }

    private static JsonObject Parameter(Random random, int place)
    {
        var parameter = new JsonObject { ["name"] = $"name{random.Next(50)}", ["in"] = Places[place], ["schema"] = Schema(random, 1), ["description"] = "What it means." };
        if (place == 0) parameter["required"] = true;
        return parameter;
    }

    private static JsonObject Content(Random random) => new() { ["application/json"] = new JsonObject { ["schema"] = Schema(random, 0) } };

    private static JsonObject Schema(Random random, int depth) => random.Next(depth > 2 ? 2 : 4) switch
    {
        0 => new JsonObject { ["type"] = "string", ["maxLength"] = random.Next(1, 200) },
        1 => new JsonObject { ["$ref"] = $"#/components/schemas/Thing{random.Next(9)}" },
        2 => new JsonObject { ["type"] = "array", ["items"] = Schema(random, depth + 1) },
        _ => new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["a"] = Schema(random, depth + 1), ["b"] = Schema(random, depth + 1) } },
    };

    private static JsonObject Components(Random random)
    {
        var schemas = new JsonObject();
        for (int i = 0; i < 9; i++) schemas[$"Thing{i}"] = Schema(random, 0);
        return new JsonObject
        {
            ["schemas"] = schemas,
            ["responses"] = new JsonObject { ["problem"] = new JsonObject { ["description"] = "A problem.", ["content"] = Content(random) } },
            ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } },
        };
    }
}
