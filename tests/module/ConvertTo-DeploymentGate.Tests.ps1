BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'ConvertTo-DeploymentGate' {
    BeforeEach {
        Push-Location -LiteralPath $TestDrive
        Set-Content -LiteralPath './list.md' -Value @'
# Release checklist

## Ready
- [ ] `notes.md` exists
- [ ] All tests passing
- [ ] Security sign-off obtained
- [x] Runbooks ready

## Rollback criteria
- [ ] Error rate > 5%
'@
    }
    AfterEach {
        Pop-Location
        Get-ChildItem -LiteralPath $TestDrive -Force | Remove-Item -Recurse -Force
    }

    It 'tells what became of each item, and writes nothing by itself' {
        $gate = ConvertTo-DeploymentGate -Path ./list.md
        $gate | Should -BeOfType ReadyOps.ConvertedGate
        $gate.Name | Should -Be 'Release-checklist'
        $gate.Items.As | Should -Be @('Understood', 'Guessed', 'Person', 'Ticked', 'Guessed')
        $gate.Items.Type | Should -Be @('file', 'tests', 'approval', 'checklist', 'prometheus')
        $gate.Items.Line | Should -Be @(4, 5, 6, 7, 10)
        $gate.Found | Should -Be 5
        $gate.File | Should -BeNullOrEmpty
        @(Get-ChildItem -LiteralPath .).Count | Should -Be 1
    }

    It 'writes a gate that can be asked: <Destination>' -ForEach @(
        @{ Destination = './gate.yaml'; File = './gate.yaml' }
        @{ Destination = '.'; File = './Release-checklist.yaml' }
        @{ Destination = 'TestDrive:/drive.yml'; File = './drive.yml' }
    ) {
        $gate = ConvertTo-DeploymentGate -Path ./list.md -Destination $Destination
        $gate.File | Should -Be (Get-Item -LiteralPath $File).FullName
        Get-Content -LiteralPath $File -Raw | Should -Be $gate.Document
        Set-Content -LiteralPath ./notes.md -Value 'notes'
        $result = Test-DeploymentGate -Path $File -Release 2.4.0 -NoJournal -ErrorAction SilentlyContinue
        $result.Status | Should -Be 'Blocked' -Because 'nobody has approved, and nothing passes by a guess'
        $verdicts = @{}
        foreach ($one in $result.Evidence) { $verdicts[$one.Check] = "$($one.Verdict)" }
        $verdicts['notes.md exists'] | Should -Be 'Pass'
        $verdicts['Runbooks ready'] | Should -Be 'Pass'
        $verdicts['Not so: Error rate > 5%'] | Should -Be 'Error'
        ($result.Evidence | Where-Object -Property Check -EQ -Value 'notes.md exists').From | Should -Be 'list.md:4'
    }

    It 'finds the checklist from another folder' {
        $null = New-Item -ItemType Directory -Path ./gates
        (ConvertTo-DeploymentGate -Path ./list.md -Destination ./gates).Document | Should -BeLike "*path: '../list.md'*"
    }

    It 'touches nothing with -WhatIf' {
        ConvertTo-DeploymentGate -Path ./list.md -Destination ./gate.yaml -WhatIf | Should -BeNullOrEmpty
        './gate.yaml' | Should -Not -Exist
    }

    It 'replaces a file only with -Force' {
        Set-Content -LiteralPath ./gate.yaml -Value 'mine'
        ConvertTo-DeploymentGate -Path ./list.md -Destination ./gate.yaml -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -Be 'ConvertedFileExists,ReadyOps.Commands.ConvertToDeploymentGateCommand'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        Get-Content -LiteralPath ./gate.yaml | Should -Be 'mine'
        $null = ConvertTo-DeploymentGate -Path ./list.md -Destination ./gate.yaml -Force
        Get-Content -LiteralPath ./gate.yaml -Raw | Should -BeLike '*kind: Gate*'
    }

    It 'takes the name and the release that are given' {
        $gate = ConvertTo-DeploymentGate -Path ./list.md -Name production -Release 2.4.0
        $gate.Document | Should -BeLike "*name: production*release: '2.4.0'*"
        { ConvertTo-DeploymentGate -Path ./list.md -Name 'no name' } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'takes files from the pipeline, and goes on after one that is no checklist' {
        Set-Content -LiteralPath './no[t]hing.md' -Value 'words'
        [System.IO.File]::WriteAllBytes("$TestDrive/not-text.md", [byte[]] (45, 0, 255))
        $gates = Get-ChildItem -Path ./*.md | Sort-Object -Property Name -Descending | ConvertTo-DeploymentGate -ErrorVariable problem -ErrorAction SilentlyContinue
        @($gates).Count | Should -Be 1
        $problem.FullyQualifiedErrorId | Should -Be @('DocumentInvalid,ReadyOps.Commands.ConvertToDeploymentGateCommand', 'ChecklistItemsMissing,ReadyOps.Commands.ConvertToDeploymentGateCommand')
        ConvertTo-DeploymentGate -Path ./none.md -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'repairs a wrong encoding and says so' {
        $sign = [System.Text.Encoding]::Latin1.GetString([byte[]] (0xE2, 0x9C, 0x85))
        Set-Content -LiteralPath ./wrong.md -Value "# Wrong`n- $sign Runbooks ready`n" -Encoding utf8NoBOM
        $gate = ConvertTo-DeploymentGate -Path ./wrong.md
        $gate.Repair | Should -BeLike '*Windows-1252*'
        $gate.Items[0].Ticked | Should -BeTrue
        $gate.Items[0].Text | Should -Be 'Runbooks ready'
    }

    It 'is written back by Export-GateReport, ticked by the evidence' {
        $null = ConvertTo-DeploymentGate -Path ./list.md -Destination ./gate.yaml
        Set-Content -LiteralPath ./notes.md -Value 'notes'
        $result = Test-DeploymentGate -Path ./gate.yaml -Release 2.4.0 -NoJournal -ErrorAction SilentlyContinue
        $report = $result | Export-GateReport -Format Markdown -Source ./list.md
        $report | Should -Match '- \[x\] `notes.md` exists'
        $report | Should -Match '- \[ \] Security sign-off obtained'
    }
}
