BeforeAll {
    . $PSScriptRoot/common.ps1
    function New-Gate {
        # Writes a gate with a check on a file and returns what it decided.
        param([string] $Name, [string] $File, [string] $More = '')
        Set-Content -LiteralPath "./$Name.yaml" -Value "apiVersion: readyops/v1`nkind: Gate`nname: $Name`nchecks:`n  - name: notes`n    type: file`n    path: $File`n$More"
        Test-DeploymentGate -Path "./$Name.yaml" -NoJournal -ErrorAction SilentlyContinue
    }
}

Describe 'Export-GateReport' {
    BeforeEach {
        Push-Location -LiteralPath $TestDrive
        Set-Content -LiteralPath './notes.md' -Value '2.4.0'
        $passed = New-Gate -Name 'passed' -File 'notes.md'
        $failed = New-Gate -Name 'failed' -File 'missing.md'
    }
    AfterEach {
        Pop-Location
        Get-ChildItem -LiteralPath $TestDrive -Force | Remove-Item -Recurse -Force
    }

    It 'returns the text of one report of all results' {
        $report = $passed, $failed | Export-GateReport -Format Markdown
        $report | Should -BeOfType string
        @($report).Count | Should -Be 1
        $report | Should -BeLike '# Gate passed: Passed*- `[x`] `*`*notes`*`*: Pass*# Gate failed: Failed*- `[ `] `*`*notes`*`*: Fail*'
        $report | Should -BeLike '*At passed.yaml:5*' -Because 'places are told from the current location'
    }

    It 'writes JSON that reads back' {
        $read = $passed | Export-GateReport -Format Json | ConvertFrom-Json
        $read.gate | Should -Be 'passed'
        $read.sections.evidence.verdict | Should -Be 'Pass'
        ($passed, $failed | Export-GateReport -Format Json | ConvertFrom-Json).status | Should -Be @('Passed', 'Failed')
    }

    It 'writes JUnit that is XML and that a gate reads back' {
        $passed, $failed | Export-GateReport -Format JUnit -Path './gate.xml'
        $xml = [xml] (Get-Content -LiteralPath './gate.xml' -Raw)
        $xml.testsuites.testsuite.failures | Should -Be @('0', '1')
        Set-Content -LiteralPath './again.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: again`nchecks:`n  - name: tests`n    type: tests`n    path: gate.xml"
        (Test-DeploymentGate -Path './again.yaml' -NoJournal -ErrorAction SilentlyContinue).Evidence[0].Reason | Should -BeLike '*1 of 2 tests*'
    }

    It 'writes SARIF with the line of the document' {
        $log = Export-GateReport $failed Sarif | ConvertFrom-Json
        $log.runs[0].results[0].level | Should -Be 'error'
        $log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri | Should -Be 'failed.yaml'
        $log.runs[0].results[0].locations[0].physicalLocation.region.startLine | Should -Be 5
    }

    It 'writes a page to a path of a PowerShell drive, and nothing to the pipeline' {
        $passed | Export-GateReport -Format Html -Path 'TestDrive:/gate.html' | Should -BeNullOrEmpty
        Get-Content -LiteralPath './gate.html' -Raw | Should -BeLike '<!DOCTYPE html>*passed*Passed*'
        [System.IO.File]::ReadAllBytes("$TestDrive/gate.html")[0] | Should -Be ([byte][char] '<') -Because 'there is no byte order mark'
    }

    It 'shows a gate that could not be asked as an error' {
        Set-Content -LiteralPath './broken.yaml' -Value 'kind: ['
        $xml = [xml] (Test-DeploymentGate -Path './broken.yaml' -ErrorAction SilentlyContinue | Export-GateReport -Format JUnit)
        $xml.testsuites.testsuite.errors | Should -Be '1'
    }

    It 'takes past results, and shows those that have gone stale' {
        Set-Content -LiteralPath './short.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: short`nchecks:`n  - name: notes`n    type: file`n    path: notes.md`n    validFor: 1ms"
        $null = Test-DeploymentGate -Path './short.yaml'
        Start-Sleep -Milliseconds 20
        $past = Get-DeploymentGate -Name 'short'
        $past | Export-GateReport -Format Markdown | Should -BeLike '# Gate short: Passed, stale since *'
        ([xml] ($past | Export-GateReport -Format JUnit)).testsuites.testsuite[0].errors | Should -Be '1'
    }

    It 'replaces a file, but not with -NoClobber, and a read-only one only with -Force' {
        Set-Content -LiteralPath './report.md' -Value 'old'
        $passed | Export-GateReport -Format Markdown -Path './report.md' -NoClobber -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -Be 'ReportExists,ReadyOps.Commands.ExportGateReportCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'ResourceExists'
        Get-Content -LiteralPath './report.md' | Should -Be 'old'
        (Get-Item -LiteralPath './report.md').IsReadOnly = $true
        $passed | Export-GateReport -Format Markdown -Path './report.md' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ReportNotWritten,*'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        $passed | Export-GateReport -Format Markdown -Path './report.md' -Force
        Get-Content -LiteralPath './report.md' -TotalCount 1 | Should -Be '# Gate passed: Passed'
    }

    It 'touches nothing with -WhatIf' {
        $passed | Export-GateReport -Format Markdown -Path './report.md' -WhatIf
        './report.md' | Should -Not -Exist
    }

    It 'reports nothing when there is no result, and says so' {
        $null = @() | Export-GateReport -Format JUnit -Path './gate.xml' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ReportEmpty,*'
        './gate.xml' | Should -Not -Exist
    }

    It 'writes the checklist back, ticked by the evidence' {
        Set-Content -LiteralPath './checklist.md' -Value "# Release`n- [ ] Notes written`n- [x] Cake baked"
        $result = New-Gate -Name 'made' -File 'notes.md' -More '    from: checklist.md:2'
        $lines = ($result | Export-GateReport -Format Markdown -Source './checklist.md') -split "`n"
        $lines[1] | Should -BeLike '- `[x`] Notes written — `*`*Pass`*`**'
        $lines[2] | Should -BeLike '- `[ `] Cake baked — *no check of the gate looks at this*'
    }

    It 'refuses a checklist in another format, one that is not there, and one of another gate' {
        Set-Content -LiteralPath './checklist.md' -Value '- [ ] Notes written'
        { $passed | Export-GateReport -Format Html -Source './checklist.md' } | Should -Throw -ErrorId 'SourceNotMarkdown,*'
        { $passed | Export-GateReport -Format Markdown -Source './none.md' } | Should -Throw -ErrorId 'ChecklistUnreadable,*'
        { $passed | Export-GateReport -Format Markdown -Path 'Env:/report' } | Should -Throw -ErrorId 'PathNotFound,*'
        $passed | Export-GateReport -Format Markdown -Source './checklist.md' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ChecklistUnrelated,*'
    }

    It 'completes the formats' {
        $completed = (TabExpansion2 -inputScript 'Export-GateReport -Format ' -cursorColumn 26).CompletionMatches.CompletionText
        $completed | Should -Be @('Html', 'Json', 'JUnit', 'Markdown', 'Sarif')
    }
}
