BeforeAll {
    . $PSScriptRoot/common.ps1
    function Set-Report {
        param([double] $Coverage, [double] $Errors = 0)
        Set-Content -LiteralPath './report.json' -Value (@{ coverage = $Coverage; errors = $Errors } | ConvertTo-Json)
    }
    function Test-Gate {
        param([string] $Release = '2.4.0')
        Test-DeploymentGate -Path './production.yaml' -Release $Release -ErrorAction SilentlyContinue
    }
}

Describe 'Get-DeploymentGate' {
    BeforeEach {
        Push-Location -LiteralPath $TestDrive
        Set-Content -LiteralPath './production.yaml' -Value @'
apiVersion: readyops/v1
kind: Gate
name: production
passScore: 50
checks:
  - { name: coverage, type: json, path: report.json, pointer: /coverage, bound: ">= 90" }
  - { name: errors, type: json, path: report.json, pointer: /errors, bound: "< 1" }
'@
        Set-Report -Coverage 93.5
        $first = Test-Gate -Release '2.3.0'
        Set-Report -Coverage 91 -Errors 2
        $second = Test-Gate
    }
    AfterEach {
        Pop-Location
        Get-ChildItem -LiteralPath $TestDrive -Force | Remove-Item -Recurse -Force
    }

    It 'reads results back as they were' {
        $all = @(Get-DeploymentGate)
        $all.Count | Should -Be 2
        $all[0] | Should -BeOfType ReadyOps.GateResult
        foreach ($property in 'Gate', 'Release', 'Status', 'Score', 'PassScore', 'Reason', 'Time', 'Duration', 'Digest', 'JournalReference') {
            $all[1].$property | Should -Be $second.$property -Because $property
        }
        foreach ($property in 'Check', 'Verdict', 'Value', 'Bound', 'Margin', 'Unit', 'Reason', 'Time', 'Source') {
            $all[1].Evidence.$property | Should -Be $second.Evidence.$property -Because $property
        }
    }

    It 'says what turned and how the score went' {
        $newest = Get-DeploymentGate -Name 'production' -Last 1
        $newest.ScoreChange | Should -Be -50
        $newest.Changes.Check | Should -Be @('errors', 'coverage')
        $newest.Changes.Turned | Should -Be @($true, $false)
        $newest.Changes[0].Before | Should -Be 'Pass'
        $newest.Changes[0].ValueAfter | Should -Be 2
        $newest.Changes[1].ValueBefore | Should -Be 93.5
        $table = Get-DeploymentGate | Format-Table | Out-String -Width 4096
        $table | Should -BeLike '*2.3.0*Passed*100 *gates/production#1*2.4.0*Passed*50 (-50)*errors: Pass ?? Fail*gates/production#2*'.Replace('??', '→')
    }

    It 'compares any two' {
        $changes = Get-DeploymentGate -Difference $second.JournalReference, $first.JournalReference
        $changes[0] | Should -BeOfType ReadyOps.GateChange
        "$($changes[0])" | Should -Be 'errors: Fail → Pass'
        ($changes | Format-Table | Out-String -Width 4096) | Should -BeLike '*errors*Fail*Pass*2*0*'
        Get-DeploymentGate -Difference 'gates/production#1', 'gates/production#9' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'GateResultNotFound,*'
        { Get-DeploymentGate -Difference 'gates/production#1' } | Should -Throw
    }

    It 'picks by name, release and time' {
        (Get-DeploymentGate -Release '2.3.0').JournalReference | Should -Be 'gates/production#1'
        (Get-DeploymentGate -Name 'prod*' -Last 1).JournalReference | Should -Be 'gates/production#2'
        Get-DeploymentGate -Name 'stag*' | Should -BeNullOrEmpty
        @(Get-DeploymentGate -Since 1h).Count | Should -Be 2
        Get-DeploymentGate -Since ([DateTimeOffset]::UtcNow.AddMinutes(1)) | Should -BeNullOrEmpty
        Get-DeploymentGate -Name 'staging' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'GateNotFound,*'
        @($second | Get-DeploymentGate -Last 1).Count | Should -Be 1
    }

    It 'says since when a result is stale, and a rollout refuses it' {
        Set-Content -LiteralPath './quick.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: quick`nchecks:`n  - { name: report, type: file, path: report.json, validFor: 300ms }"
        $result = Test-DeploymentGate -Path './quick.yaml' -Release '2.4.0'
        $result.Status | Should -Be 'Passed'
        while ([DateTimeOffset]::UtcNow -lt $result.ValidUntil) { Start-Sleep -Milliseconds 50 }
        $result.IsStale | Should -BeTrue
        $past = Get-DeploymentGate -Name 'quick'
        $past.StaleSince | Should -Be $result.ValidUntil
        ($past | Format-Table | Out-String -Width 4096) | Should -BeLike '*stale since *'

        Copy-Item -LiteralPath "$Root/examples/02-rollout/rollout.yaml", "$Root/examples/02-rollout/flags.json", "$Root/examples/02-rollout/health.json" -Destination '.'
        { $past | Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' } | Should -Throw -ErrorId 'GateStale,*'
        Test-Path -LiteralPath './.readyops/rollouts' | Should -BeFalse
    }

    It 'stops at a journal that was changed by hand, and the other gates go on' {
        Set-Content -LiteralPath './other.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: other`nchecks:`n  - { name: report, type: file, path: report.json }"
        $null = Test-DeploymentGate -Path './other.yaml'
        $file = Join-Path -Path $TestDrive -ChildPath '.readyops/gates/production.jsonl'
        [System.IO.File]::WriteAllText($file, [System.IO.File]::ReadAllText($file).Replace('"Fail"', '"Pass"'))
        (Get-DeploymentGate -ErrorVariable problem -ErrorAction SilentlyContinue).Gate | Should -Be 'other'
        $problem.FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
    }

    It 'completes names and references' {
        ([System.Management.Automation.CommandCompletion]::CompleteInput('Get-DeploymentGate -Name pr', 27, $null)).CompletionMatches.CompletionText | Should -Be 'production'
        ([System.Management.Automation.CommandCompletion]::CompleteInput('Get-DeploymentGate -Difference ', 31, $null)).CompletionMatches.CompletionText | Should -Be @("'gates/production#2'", "'gates/production#1'")
    }
}
