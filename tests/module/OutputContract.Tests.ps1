BeforeAll {
    . $PSScriptRoot/common.ps1
    $folder = Join-Path -Path $TestDrive -ChildPath 'work'
    Copy-Item -LiteralPath "$Root/examples/05-contracts" -Destination $folder -Recurse
    Push-Location -LiteralPath $folder
    $env:READYOPS_CONTRACTS = ''
    $positive = '{"title": "Positive", "type": "object", "required": ["n"], "properties": {"n": {"minimum": 1}}}'
}
AfterAll { Pop-Location }

Describe 'Test-OutputContract' {
    It 'gives one result for each output, with every error and its place' {
        Set-Content -LiteralPath "$TestDrive/bad.json" -Value "{`n  `"n`": 0,`n  `"m`": [`n]}"
        $results = Test-OutputContract -Schema '{"properties": {"n": {"minimum": 1}, "m": {"minItems": 1}}}' -Path "$TestDrive/bad.json", './outputs/review-1.json' -ErrorVariable problem -ErrorAction SilentlyContinue
        $results.Valid | Should -Be @($false, $true)
        $results[0] | Should -BeOfType ReadyOps.ContractResult
        $results[0].Errors.InstanceLocation | Should -Be @('/n', '/m')
        $results[0].Errors.Line | Should -Be @(2, 3)
        $results[0].Errors.KeywordLocation | Should -Be @('/properties/n/minimum', '/properties/m/minItems')
        $problem[0].FullyQualifiedErrorId | Should -Be 'ContractNotKept,ReadyOps.Commands.TestOutputContractCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
    }

    It 'takes outputs as objects, texts and files from the pipeline' {
        [pscustomobject]@{ n = 1 }, @{ n = 0 }, '{"n": 5}', '{"n": -1}' | Test-OutputContract -Schema $positive -Quiet | Should -Be @($true, $false, $true, $false)
        Get-ChildItem -Path './outputs/review-*.json' | Test-OutputContract -Schema code-review -Quiet | Should -Be @($true, $true)
        $null | Test-OutputContract -Schema '{"type": "null"}' -Quiet | Should -BeTrue
        , @(1, 2) | Test-OutputContract -Schema '{"type": "array", "minItems": 2}' -Quiet | Should -BeTrue
    }

    It 'tests an object as the JSON that it stands for' -ForEach @(
        @{ Value = { [ordered]@{ a = 1; b = @(1, 'x') } }; Schema = '{"const": {"a": 1, "b": [1, "x"]}}' }
        @{ Value = { [datetime]::new(2026, 11, 21, 3, 0, 0, [System.DateTimeKind]::Utc) }; Schema = '{"const": "2026-11-21T03:00:00.0000000Z"}' }
        @{ Value = { [System.DayOfWeek]::Friday }; Schema = '{"const": "Friday"}' }
        @{ Value = { 0.1d }; Schema = '{"const": 0.1}' }
        @{ Value = { [decimal] 1.10 }; Schema = '{"const": 1.1}' }
        @{ Value = { [bigint]::Pow(10, 30) }; Schema = '{"const": 1e30}' }
        @{ Value = { [switch] $true }; Schema = '{"const": true}' }
        @{ Value = { [pscustomobject]@{ list = [System.Collections.Generic.List[int]] @(1) } }; Schema = '{"const": {"list": [1]}}' }
    ) {
        Test-OutputContract -Schema ($Schema) -InputObject (& $Value) -Quiet | Should -BeTrue
    }

    It 'says what JSON cannot say' {
        $circle = @{}
        $circle.self = $circle
        Test-OutputContract -Schema 'true' -InputObject $circle -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ObjectInvalid,*'
        Test-OutputContract -Schema 'true' -InputObject ([double]::NaN) -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It 'reads one output a line' {
        $results = Test-OutputContract -Schema test-run -Path './outputs/test-runs.jsonl'
        $results.Line | Should -Be @(1, 2, 3)
        Copy-Item -LiteralPath './outputs/test-runs.jsonl' -Destination "$TestDrive/runs.log"
        Test-OutputContract -Schema test-run -Path "$TestDrive/runs.log" -JsonLines -Quiet | Should -Be @($true, $true, $true)
        Test-OutputContract -Schema test-run -Path "$TestDrive/runs.log" -Quiet | Should -BeFalse
    }

    It 'takes a contract as path, text, dictionary, object of the list or name' {
        $output = '{"agent": {"name": "tests", "version": "1.0.0"}, "total": 1, "passed": 1}'
        foreach ($schema in './contracts/test-run.yaml', 'test-run', (Get-OutputContract -Name test-run), (Get-Item -LiteralPath './contracts/test-run.yaml'), '{"required": ["total"]}', @{ required = @('total') }, [pscustomobject]@{ type = 'object' }) {
            Test-OutputContract -Schema $schema -Json $output -Quiet | Should -BeTrue
        }
        Test-OutputContract -Schema test-run -ContractPath "$Root/examples/05-contracts/contracts" -Json '{}' -Quiet | Should -BeFalse
    }

    It 'finds references in the folders that are given and nowhere else' {
        $schema = '{"$ref": "https://example.com/agent"}'
        $null = New-Item -ItemType Directory -Path "$TestDrive/refs"
        Set-Content -LiteralPath "$TestDrive/refs/a.json" -Value '{"$id": "https://example.com/agent", "type": "integer"}'
        Test-OutputContract -Schema $schema -ReferencePath "$TestDrive/refs" -Json '1', '"x"' -Quiet | Should -Be @($true, $false)
        { Test-OutputContract -Schema $schema -Json '1' -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ContractUnusable,*'
    }

    It 'goes by the draft' {
        $tuple = '{"items": [{"type": "integer"}]}'
        Test-OutputContract -Schema $tuple -Draft draft-07 -Json '["x"]' -Quiet | Should -BeFalse
        Test-OutputContract -Schema $tuple -Draft 2019-09 -Json '[1]' -Quiet | Should -BeTrue
        { Test-OutputContract -Schema $tuple -Draft 2020-12 -Json '[1]' -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ContractUnusable,*'
    }

    It 'holds formats only when asked' {
        Test-OutputContract -Schema '{"format": "ipv4"}' -Json '"x"' -Quiet | Should -BeTrue
        Test-OutputContract -Schema '{"format": "ipv4"}' -Json '"x"' -Quiet -AssertFormat | Should -BeFalse
    }

    It 'names all that is wrong with a contract, and tests nothing then' {
        $problem = $null
        { Test-OutputContract -Schema '{"type": "objct", "minLength": -1}' -Json '1' -ErrorVariable problem -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ContractUnusable,*'
        $all = try { Test-OutputContract -Schema '{"type": "objct", "minLength": -1}' -Json '1' -ErrorAction Continue 2>&1 } catch { $_ }
        @($all | Where-Object -FilterScript { $_.FullyQualifiedErrorId -like 'DocumentInvalid*' }).Count | Should -Be 2
    }

    It 'warns of a keyword that no draft knows' {
        $null = Test-OutputContract -Schema '{"requird": ["a"]}' -Json '1' -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike "*requird*required*"
    }

    It 'says what is wrong with a name or a path' {
        { Test-OutputContract -Schema 'tst-run' -Json '1' -ErrorVariable problem -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ContractUnusable,*'
        Test-OutputContract -Schema 'true' -Path './nowhere.json' -Quiet -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeFalse
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'is no pass for what is no JSON' {
        '', '{', 'nope', '{"n": 1, "n": 2}' | Test-OutputContract -Schema 'true' -Quiet | Should -Be @($false, $false, $false, $false)
    }

    It 'answers in the output formats of JSON Schema' {
        $schema = '{"type": "object", "properties": {"a": {"type": "integer", "title": "A"}, "b": {"minimum": 1}}}'
        Test-OutputContract -Schema $schema -Json '{"a": 1}' -OutputFormat Flag | Should -BeExactly '{"valid":true}'
        Test-OutputContract -Schema $schema -Json '{', '{"a": "x"}' -OutputFormat Flag -ErrorAction SilentlyContinue | Should -BeExactly @('{"valid":false}', '{"valid":false}')
        $basic = Test-OutputContract -Schema $schema -Json '{"a": "x", "b": 0}' -OutputFormat Basic -ErrorVariable problem -ErrorAction SilentlyContinue | ConvertFrom-Json
        $basic.valid | Should -BeFalse
        $basic.errors.keywordLocation | Should -Be @('/properties/a/type', '/properties/b/minimum')
        $basic.errors.instanceLocation | Should -Be @('/a', '/b')
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ContractNotKept,*'
        (Test-OutputContract -Schema $schema -Json '{"a": 1}' -OutputFormat Basic | ConvertFrom-Json).annotations.annotation | Should -Contain 'A'
        (Test-OutputContract -Schema $schema -Json '{' -OutputFormat Detailed -ErrorAction SilentlyContinue | ConvertFrom-Json).errors[0].error | Should -BeLike '*no JSON*'
        (Test-OutputContract -Schema $schema -InputObject @{ a = 'x'; b = 0 } -OutputFormat Detailed -ErrorAction SilentlyContinue | ConvertFrom-Json).errors.Count | Should -Be 2
        { Test-OutputContract -Schema $schema -Json '1' -OutputFormat Flag -Quiet -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'OutputFormatNotAllowed,*'
    }

    It 'takes half of a surrogate pair for no text' {
        $half = [string] [char] 0xD800
        Test-OutputContract -Schema 'true' -Json "`"$half`"", "`"${half}x`"", "`"$([char] 0xDC00)`"" -Quiet | Should -Be @($false, $false, $false)
        Test-OutputContract -Schema 'true' -InputObject @{ a = $half } -Quiet -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeFalse
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ObjectInvalid,*'
        Test-OutputContract -Schema 'true' -InputObject @{ "$half" = 1 } -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        Test-OutputContract -Schema '{"properties": {"a": {"const": "😀"}}}' -InputObject @{ a = '😀' } -Quiet | Should -BeTrue
        { Test-OutputContract -Schema "{`"const`": `"$half`"}" -Json '1' -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'ContractUnusable,*'
    }

    It 'says that a folder is none of the things that are meant' {
        { Test-OutputContract -Schema 'true' -ReferencePath "$TestDrive/nowhere" -Json '1' -ErrorAction SilentlyContinue -ErrorVariable problem } | Should -Throw -ErrorId 'ContractUnusable,*'
        $all = try { Test-OutputContract -Schema 'true' -ReferencePath "$TestDrive/nowhere" -Json '1' -ErrorAction Continue 2>&1 } catch { $_ }
        $all[0].FullyQualifiedErrorId | Should -BeLike 'ReferencePathNotFound,*'
        Get-Item -LiteralPath $TestDrive | Test-OutputContract -Schema 'true' -Quiet -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeFalse
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        $null = New-Item -ItemType Directory -Path "$TestDrive/two/d1", "$TestDrive/two/d2"
        Test-OutputContract -Schema 'true' -Path "$TestDrive/two/*" -Quiet -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeFalse
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'has no lines for what no text holds, and places in words for a text without a file' {
        $errors = (Test-OutputContract -Schema '{"required": ["id"]}' -InputObject @{ a = 1 } -ErrorAction SilentlyContinue).Errors
        $errors.Line, $errors.Column | Should -Be @(0, 0)
        $null = Test-OutputContract -Schema '{"requird": 1}' -Json '1' -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike 'line 1, column 2:*'
        Test-OutputContract -Schema ([char] 0xFEFF + '{"type": "object"}') -Json '{}' -Quiet | Should -BeTrue
    }

    It 'stops reading a pipe that nobody writes into' -Skip:$IsWindows {
        mkfifo "$TestDrive/pipe.jsonl"
        foreach ($extra in @{}, @{ JsonLines = $true }) {
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddCommand('Import-Module').AddArgument((Get-Module -Name ReadyOps).Path).Invoke()
                $shell.Commands.Clear()
                $null = $shell.AddCommand('Test-OutputContract').AddParameter('Schema', 'true').AddParameter('LiteralPath', "$TestDrive/pipe.jsonl").AddParameters($extra)
                $running = $shell.BeginInvoke()
                $stopping = $shell.BeginStop($null, $null)
                $stopping.AsyncWaitHandle.WaitOne([timespan]::FromSeconds(30)) | Should -BeTrue
                $running.IsCompleted | Should -BeTrue
            }
            finally { $shell.Dispose() }
        }
    }

    It 'completes the paths of contracts too' {
        (TabExpansion2 -inputScript 'Test-OutputContract -Schema ./contracts/te' -cursorColumn 42).CompletionMatches.CompletionText | Should -Contain (Join-Path -Path . -ChildPath contracts -AdditionalChildPath test-run.yaml)
    }

    It 'completes the names of contracts' {
        (TabExpansion2 -inputScript 'Test-OutputContract -Schema co' -cursorColumn 29).CompletionMatches.CompletionText | Should -Contain 'code-review'
    }
}

Describe 'Get-OutputContract' {
    It 'lists the folder and names what is broken' {
        $null = New-Item -ItemType Directory -Path "$TestDrive/broken"
        Set-Content -LiteralPath "$TestDrive/broken/good.json" -Value '{"title": "Good"}'
        Set-Content -LiteralPath "$TestDrive/broken/bad.yaml" -Value "type: objct`nminLength: -1"
        $contracts = Get-OutputContract -ContractPath "$TestDrive/broken"
        $contracts.Name | Should -Be @('bad', 'good')
        $contracts.Valid | Should -Be @($false, $true)
        $contracts[0].Problems.Count | Should -Be 2
        $contracts[0].Problems[0] | Should -BeLike '*bad.yaml:1:*'
        $contracts | Out-String | Should -BeLike '*objct*'
    }

    It 'finds by name and wildcard, and says what is not there' {
        (Get-OutputContract -Name 'test*').Name | Should -Be 'test-run'
        'agent' | Get-OutputContract | Should -BeOfType ReadyOps.OutputContract
        Get-OutputContract -Name 'agnt' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ContractNotFound,*'
        "$($problem[0])" | Should -BeLike "*did you mean 'agent'*"
        Get-OutputContract -ContractPath "$TestDrive/none" -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ContractFolderNotFound,*'
    }
}

Describe 'New-OutputContract' {
    It 'accepts what it was made of' {
        $schema = New-OutputContract -Path './outputs/*.json'
        Test-OutputContract -Schema $schema -Path './outputs/*.json' -AssertFormat -Quiet | Should -Be @($true, $true)
        ($schema | ConvertFrom-Json).required | Should -Be @('agent', 'status', 'startedAt', 'findings')
    }

    It 'writes a file only when it may' {
        $file = "$TestDrive/new.json"
        '{"a": 1}' | New-OutputContract -OutFile $file -WhatIf
        $file | Should -Not -Exist
        '{"a": 1}' | New-OutputContract -OutFile $file
        '{"b": 1}' | New-OutputContract -OutFile $file -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.Count | Should -Be 1
        (Get-Content -LiteralPath $file -Raw | ConvertFrom-Json).required | Should -Be 'a'
        '{"b": 1}' | New-OutputContract -OutFile $file -Force
        (Get-Content -LiteralPath $file -Raw | ConvertFrom-Json).required | Should -Be 'b'
    }

    It 'makes nothing out of samples that cannot be read' {
        { '{"a": 1}', '{' | New-OutputContract -ErrorAction SilentlyContinue } | Should -Throw -ErrorId 'SamplesUnreadable,*'
    }
}
