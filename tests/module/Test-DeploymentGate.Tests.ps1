BeforeAll {
    . $PSScriptRoot/common.ps1
    function New-Gate {
        # Writes a gate with one check on a JSON file; returns its path.
        param([string] $Name, [string] $Bound = '>= 90', [string] $File = 'report.json')
        $path = Join-Path -Path $TestDrive -ChildPath "$Name.yaml"
        Set-Content -LiteralPath $path -Value @"
apiVersion: readyops/v1
kind: Gate
name: $Name
checks:
  - name: coverage
    type: json
    path: $File
    pointer: /coverage
    bound: "$Bound"
"@
        $path
    }
}

Describe 'Test-DeploymentGate' {
    BeforeEach {
        Push-Location -LiteralPath $TestDrive
        Set-Content -LiteralPath (Join-Path -Path $TestDrive -ChildPath 'report.json') -Value '{ "coverage": 93.5 }'
        $good = New-Gate -Name 'good'
        $bad = New-Gate -Name 'bad' -Bound '>= 95'
        $blind = New-Gate -Name 'blind' -File 'missing.json'
    }
    AfterEach {
        Pop-Location
        Get-ChildItem -LiteralPath $TestDrive -Force | Remove-Item -Recurse -Force
    }

    It 'returns the whole result of a gate that passed' {
        $result = Test-DeploymentGate -Path $good -Release '2.4.0'
        $result | Should -BeOfType ReadyOps.GateResult
        $result.Status | Should -Be 'Passed'
        $result.Score | Should -Be 100
        $result.Release | Should -Be '2.4.0'
        $result.Evidence.Count | Should -Be 1
        $result.Evidence[0].Value | Should -Be 93.5
        $result.Evidence.Margin | Should -Be 3.5
    }

    It 'returns a gate that did not pass and writes an error that says where to begin' {
        $result = Test-DeploymentGate -Path $bad -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Status | Should -Be 'Failed'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -Be 'GateNotPassed,ReadyOps.Commands.TestDeploymentGateCommand'
        $problem[0].TargetObject | Should -Be $result
        "$($problem[0])" | Should -BeLike "*'bad' is Failed*93.5*"
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike "*'coverage'*bad.yaml:*"
    }

    It 'blocks, and does not fail, when it could not see' {
        (Test-DeploymentGate -Path $blind -ErrorAction SilentlyContinue).Status | Should -Be 'Blocked'
    }

    It 'stops a script with -ErrorAction Stop' {
        { Test-DeploymentGate -Path $bad -ErrorAction Stop } | Should -Throw -ErrorId 'GateNotPassed,*'
    }

    It 'answers -Quiet with one Boolean for all gates: <Expected> for <Gates>' -ForEach @(
        @{ Gates = @('good'); Expected = $true }
        @{ Gates = @('bad'); Expected = $false }
        @{ Gates = @('blind'); Expected = $false }
        @{ Gates = @('good', 'bad'); Expected = $false }
        @{ Gates = @('bad', 'good'); Expected = $false }
        @{ Gates = @('good', 'none'); Expected = $false }
        @{ Gates = @('*nothing*'); Expected = $false }
    ) {
        $answer = Test-DeploymentGate -Path ($Gates | ForEach-Object -Process { "$_.yaml" }) -Quiet -ErrorAction SilentlyContinue
        $answer | Should -BeOfType bool
        $answer | Should -Be $Expected
    }

    It 'answers -Quiet without an error for a gate that did not pass' {
        Test-DeploymentGate -Path $bad -Quiet -ErrorVariable problem | Should -BeFalse
        $problem | Should -BeNullOrEmpty
    }

    It 'answers -Quiet with false when a later document of the pipeline cannot be read' {
        Set-Content -LiteralPath './broken.yaml' -Value 'kind: ['
        $good, './broken.yaml' | Test-DeploymentGate -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        './broken.yaml', $good | Test-DeploymentGate -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
    }

    It 'takes files from Get-ChildItem, wildcards and paths of PowerShell drives' {
        @(Get-ChildItem -Path './good.yaml', './bad.yaml' | Test-DeploymentGate -ErrorAction SilentlyContinue).Count | Should -Be 2
        @(Test-DeploymentGate -Path './*.yaml' -ErrorAction SilentlyContinue).Count | Should -Be 3
        (Test-DeploymentGate -Path 'TestDrive:/good.yaml').Gate | Should -Be 'good'
    }

    It 'takes a literal path with brackets as it is' {
        Copy-Item -LiteralPath $good -Destination './go[o]d.yaml'
        (Test-DeploymentGate -LiteralPath './go[o]d.yaml').Status | Should -Be 'Passed'
        Get-ChildItem -LiteralPath './go[o]d.yaml' | Test-DeploymentGate -Quiet | Should -BeTrue
    }

    It 'writes one error for each problem of a document, with its place, and goes on with the next document' {
        Set-Content -LiteralPath './broken.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: broken`nchecks:`n  - name: a`n    type: fil`n  - name: b`n    type: json`n    path: x`n    pointr: /a`n    bound: '> 1'"
        $result = './broken.yaml', $good | Test-DeploymentGate -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Gate | Should -Be @('broken', 'good')
        $result[0].Status | Should -Be 'Blocked'
        $result[0].Reason | Should -BeLike '*could not be asked*broken.yaml:6:*'
        $problem.Count | Should -BeGreaterOrEqual 2
        @($problem | Where-Object -Property FullyQualifiedErrorId -Like -Value 'GateNotPassed*').Count | Should -Be 0 -Because 'the errors of the document say it'
        $problem[0].FullyQualifiedErrorId | Should -Be 'DocumentInvalid,ReadyOps.Commands.TestDeploymentGateCommand'
        "$($problem[0])" | Should -BeLike '*broken.yaml:6:*type*fil*'
        $problem[0].TargetObject | Should -BeOfType ReadyOps.DocumentProblem
    }

    It 'names <Path> when it leads to no file' -ForEach @(
        @{ Path = './missing.yaml' }, @{ Path = 'Env:/PATH' }, @{ Path = 'Nowhere:/x.yaml' }, @{ Path = './none*.yaml' }, @{ Path = '.' }
    ) {
        (Test-DeploymentGate -Path $Path -ErrorVariable problem -ErrorAction SilentlyContinue).Status | Should -Be 'Blocked'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        "$($problem[0])" | Should -BeLike "*$Path*"
    }

    It 'puts variables into the document' {
        Set-Content -LiteralPath './variable.yaml' -Value ((Get-Content -LiteralPath $good -Raw) -replace 'report\.json', '${file}' -replace '>= 90', '>= ${least}')
        (Test-DeploymentGate -Path './variable.yaml' -Variable @{ file = 'report.json'; least = 90.5 }).Status | Should -Be 'Passed'
        (Test-DeploymentGate -Path './variable.yaml' -Variable @{ file = 'report.json'; least = 99 } -ErrorAction SilentlyContinue).Status | Should -Be 'Failed'
    }

    It 'writes the result to the journal of the session, with who asked' {
        $result = Test-DeploymentGate -Path $good -Release '2.4.0' -Actor 'ada'
        $result.JournalReference | Should -Be 'gates/good#1'
        './.readyops' | Should -Exist
        $event = Get-DeploymentJournal -Stream 'gates/good'
        $event.Actor | Should -Be 'ada'
        $event.Data['status'] | Should -Be 'Passed'
        $event.Data['release'] | Should -Be '2.4.0'
    }

    It 'keeps the journal where -StatePath or READYOPS_STATE says' {
        $null = Test-DeploymentGate -Path $good -StatePath './elsewhere'
        './elsewhere/gates/good.jsonl' | Should -Exist
        $env:READYOPS_STATE = Join-Path -Path $TestDrive -ChildPath 'third'
        try { $null = Test-DeploymentGate -Path $good } finally { $env:READYOPS_STATE = '' }
        './third/gates/good.jsonl' | Should -Exist
        './.readyops' | Should -Not -Exist
    }

    It 'takes a state folder on a drive of PowerShell, and refuses one that is no folder' {
        (Test-DeploymentGate -Path $good -StatePath 'TestDrive:/drive').JournalReference | Should -Be 'gates/good#1'
        './drive/gates/good.jsonl' | Should -Exist
        foreach ($path in 'Env:/state', 'Nowhere:/state') {
            $null = Test-DeploymentGate -Path $good -StatePath $path -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        }
    }

    It 'stops at once in the middle of a check, and leaves nothing in the journal' {
        $stub = Start-StubPrometheus
        Set-Content -LiteralPath './slow.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: slow`nprometheus: $($stub.Url)`nchecks:`n  - name: slow`n    type: prometheus`n    query: slow`n    bound: == 1`n    timeout: 10m"
        $shell = [powershell]::Create().AddScript("Set-Location -LiteralPath '$PWD'; Import-Module '$Manifest'; Test-DeploymentGate -Path ./slow.yaml")
        $running = $shell.BeginInvoke()
        while ($stub.Requests.IsEmpty -and -not $running.IsCompleted) { Start-Sleep -Milliseconds 20 }
        $shell.Stop()
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
        $stub.Dispose()
        './.readyops' | Should -Not -Exist
    }

    It 'leaves the journal alone with -NoJournal' {
        (Test-DeploymentGate -Path $good -NoJournal).JournalReference | Should -BeNullOrEmpty
        './.readyops' | Should -Not -Exist
    }

    It 'is blocked when it passed and that could not be recorded' {
        Set-Content -LiteralPath './file' -Value ''
        $result = Test-DeploymentGate -Path $good -StatePath './file/state' -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Status | Should -Be 'Blocked'
        $result.Reason | Should -BeLike '*could not be recorded*-NoJournal.'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'Journal*,*'
        Test-DeploymentGate -Path $good -StatePath './file/state' -Quiet -ErrorAction SilentlyContinue | Should -BeFalse
        Test-DeploymentGate -Path $good -StatePath './file/state' -Quiet -NoJournal | Should -BeTrue
    }

    It 'tells its decisions on the verbose stream, and nothing on others' {
        $told = Test-DeploymentGate -Path $good -Verbose 4>&1 | Where-Object -FilterScript { $_ -is [System.Management.Automation.VerboseRecord] }
        "$told" | Should -BeLike "*'good'*1 check(s)*coverage: Pass*93.5*good: Passed*"
        @(Test-DeploymentGate -Path $good 3>&1 5>&1 6>&1).Count | Should -Be 1
    }

    It 'keeps its evidence through serialization, as jobs and remoting need it' {
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Test-DeploymentGate -Path $good)))
        $copy.Status.ToString() | Should -Be 'Passed'
        $copy.Sections[0].Evidence[0].Reason | Should -BeLike '*93.5*'
    }
}
