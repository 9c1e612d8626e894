BeforeAll {
    . $PSScriptRoot/common.ps1
    $state = Join-Path -Path $TestDrive -ChildPath 'state'
    foreach ($name in 'alpha', 'beta') {
        Set-Content -LiteralPath "$TestDrive/$name.yaml" -Value "apiVersion: readyops/v1`nkind: Gate`nname: $name`nchecks:`n  - name: itself`n    type: file`n    path: $name.yaml"
    }
    $null = Test-DeploymentGate -Path "$TestDrive/alpha.yaml", "$TestDrive/beta.yaml", "$TestDrive/alpha.yaml" -StatePath $state -Actor 'ada'
    $null = Test-DeploymentGate -Path "$TestDrive/beta.yaml" -StatePath $state -Actor 'grace'
}

Describe 'Get-DeploymentJournal' {
    It 'reads all journals as one history in order of time' {
        $events = Get-DeploymentJournal -StatePath $state
        $events.Stream | Should -Be @('gates/alpha', 'gates/beta', 'gates/alpha', 'gates/beta')
        $events[0] | Should -BeOfType ReadyOps.JournalEvent
        $events[2].PreviousHash | Should -Be $events[0].Hash
    }

    It 'finds journals by wildcard, by name and from the pipeline' {
        @(Get-DeploymentJournal -Stream 'gates/a*' -StatePath $state).Count | Should -Be 2
        @(Get-DeploymentJournal -Stream 'GATES/BETA' -StatePath $state).Count | Should -Be 2
        @('gates/alpha', 'gates/beta' | Get-DeploymentJournal -StatePath $state).Count | Should -Be 4
        @(Get-DeploymentJournal -Stream 'gates/gamma*' -StatePath $state).Count | Should -Be 0
    }

    It 'shows the catalog of the store only to whom asks for it' {
        (Get-DeploymentJournal -Stream 'catalog' -StatePath $state).Count | Should -BeGreaterThan 0
    }

    It 'filters by type, actor, time and number' {
        @(Get-DeploymentJournal -StatePath $state -Actor 'gr*').Count | Should -Be 1
        @(Get-DeploymentJournal -StatePath $state -Type 'GateEval*').Count | Should -Be 4
        @(Get-DeploymentJournal -StatePath $state -Type 'Rollback*').Count | Should -Be 0
        @(Get-DeploymentJournal -StatePath $state -Since 1h).Count | Should -Be 4
        @(Get-DeploymentJournal -StatePath $state -Until 1h).Count | Should -Be 0
        @(Get-DeploymentJournal -StatePath $state -Since (Get-Date).AddHours(1)).Count | Should -Be 0
        (Get-DeploymentJournal -StatePath $state -Newest 1).Actor | Should -Be 'grace'
        (Get-DeploymentJournal -StatePath $state -Newest 3).Stream | Should -Be @('gates/beta', 'gates/alpha', 'gates/beta')
    }

    It 'says which journals there are when one is not' {
        Get-DeploymentJournal -Stream 'gates/gamma' -StatePath $state -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -Be 'JournalNotFound,ReadyOps.Commands.GetDeploymentJournalCommand'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*gates/alpha*'
    }

    It 'is empty, and makes no folder, where there is no state' {
        Get-DeploymentJournal -StatePath "$TestDrive/none" | Should -BeNullOrEmpty
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'follows what is written until it is stopped' {
        $shell = [powershell]::Create().AddScript("Import-Module '$Manifest'; Get-DeploymentJournal -Stream gates/alpha -StatePath '$state' -Follow")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $null = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]] $null, $output)
        $deadline = [datetime]::UtcNow.AddSeconds(30)
        while ($output.Count -lt 2 -and [datetime]::UtcNow -lt $deadline) { Start-Sleep -Milliseconds 20 }
        $null = Test-DeploymentGate -Path "$TestDrive/alpha.yaml" -StatePath $state -Actor 'later'
        while ($output.Count -lt 3 -and [datetime]::UtcNow -lt $deadline) { Start-Sleep -Milliseconds 20 }
        $shell.Stop()
        $shell.Dispose()
        $output[2].Actor | Should -Be 'later'
    }

    It 'stops cleanly when the pipeline has enough' {
        @(Get-DeploymentJournal -StatePath $state -Follow | Select-Object -First 2).Count | Should -Be 2
    }

    It 'completes the names of journals and the types of events, and never throws' {
        $line = "Get-DeploymentJournal -StatePath '$state' -Stream gates/"
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be @('gates/alpha', 'gates/beta')
        $line = "Get-DeploymentJournal -StatePath '$state' -Type Gate"
        [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Contain 'GateEvaluated'
        $line = "Get-DeploymentJournal -StatePath 'Nowhere:/x' -Stream gates/"
        { [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null) } | Should -Not -Throw
    }
}

Describe 'Test-DeploymentJournal' {
    BeforeAll {
        function Copy-State {
            $copy = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
            Copy-Item -LiteralPath $state -Destination $copy -Recurse
            $copy
        }
    }

    It 'verifies every journal' {
        $all = Test-DeploymentJournal -StatePath $state
        $all | Should -BeOfType ReadyOps.JournalVerification
        $all.Stream | Should -Contain 'gates/alpha'
        $all.Valid | Should -Not -Contain $false
        Test-DeploymentJournal -StatePath $state -Quiet | Should -BeTrue
    }

    It 'names the line that was changed, and writes an error' {
        $copy = Copy-State
        $file = Join-Path -Path $copy -ChildPath 'gates/alpha.jsonl'
        (Get-Content -LiteralPath $file -Raw).Replace('"actor":"ada"', '"actor":"eve"') | Set-Content -LiteralPath $file -NoNewline
        $result = Test-DeploymentJournal -Stream 'gates/alpha' -StatePath $copy -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Valid | Should -BeFalse
        $result.BadLine | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -Be 'JournalDamaged,ReadyOps.Commands.TestDeploymentJournalCommand'
        Test-DeploymentJournal -StatePath $copy -Quiet | Should -BeFalse
        { Test-DeploymentJournal -StatePath $copy -ErrorAction Stop } | Should -Throw -ErrorId 'JournalDamaged,*'
    }

    It 'sees that a whole journal is gone' {
        $copy = Copy-State
        Remove-Item -LiteralPath (Join-Path -Path $copy -ChildPath 'gates/beta.jsonl')
        Test-DeploymentJournal -StatePath $copy -Quiet | Should -BeFalse
    }

    It 'is false where there is nothing to verify: a state folder that is gone is no good one' {
        Test-DeploymentJournal -StatePath "$TestDrive/gone" -Quiet | Should -BeFalse
        Test-DeploymentJournal -Stream 'gates/zeta*' -StatePath $state -Quiet | Should -BeFalse
    }

    It 'is false about a journal that is not there' {
        Test-DeploymentJournal -Stream 'gates/gamma' -StatePath $state -Quiet | Should -BeFalse
        Test-DeploymentJournal -Stream 'gates/gamma' -StatePath $state -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalNotFound,*'
    }

    It 'shows the good journals beside a damaged one when they are read' {
        $copy = Copy-State
        Set-Content -LiteralPath (Join-Path -Path $copy -ChildPath 'gates/beta.jsonl') -Value "nonsense`n{}"
        $events = Get-DeploymentJournal -StatePath $copy -ErrorVariable problem -ErrorAction SilentlyContinue
        $events.Stream | Should -Contain 'gates/alpha'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
    }

    It 'takes events from the pipeline by their stream' {
        (Get-DeploymentJournal -Stream 'gates/beta' -StatePath $state -Newest 1 | Test-DeploymentJournal -StatePath $state).Stream | Should -Be 'gates/beta'
    }
}

Describe 'Journals in a database' {
    It 'are named by a reference, and a password that is written out is refused and not repeated' {
        Get-DeploymentJournal -StatePath 'postgresql://deploy:s3cret@db.example/journals' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalPasswordWritten,*'
        "$($problem[0]) $($problem[0].ErrorDetails.RecommendedAction)" | Should -Not -BeLike '*s3cret*'
    }

    It 'say which reference leads nowhere' {
        Get-DeploymentJournal -StatePath 'env:READYOPS_TEST_NOWHERE' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SecretMissing,*'
        "$($problem[0])" | Should -BeLike '*READYOPS_TEST_NOWHERE*'
        $env:READYOPS_TEST_WRONG = 'Host=db.example;Passwort=s3cret'
        try { Test-DeploymentJournal -StatePath 'env:READYOPS_TEST_WRONG' -ErrorVariable problem -ErrorAction SilentlyContinue } finally { $env:READYOPS_TEST_WRONG = '' }
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalAddressInvalid,*'
        "$($problem[0])" | Should -Not -BeLike '*s3cret*'
    }

    It 'complete nothing, and say nothing, where the database cannot be reached' {
        $line = "Get-DeploymentJournal -StatePath 'env:READYOPS_TEST_NOWHERE' -Stream gates/"
        { [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null) } | Should -Not -Throw
    }
}

Describe 'Copy-DeploymentJournal' {
    BeforeEach { $target = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid()) }

    It 'touches nothing with -WhatIf, the destination included' {
        Copy-DeploymentJournal -StatePath $state -Destination $target -WhatIf | Should -BeNullOrEmpty
        $target | Should -Not -Exist
    }

    It 'copies every journal byte for byte, and a second time nothing' {
        $copies = Copy-DeploymentJournal -StatePath $state -Destination $target
        $copies | Should -BeOfType ReadyOps.JournalCopy
        $copies.Stream | Should -Be @('gates/alpha', 'gates/beta')
        $copies.Outcome | Should -Be @('Copied', 'Copied')
        $copies.Copied | Should -Be $copies.Events
        foreach ($name in 'alpha', 'beta') {
            (Get-FileHash -LiteralPath "$target/gates/$name.jsonl").Hash | Should -Be (Get-FileHash -LiteralPath "$state/gates/$name.jsonl").Hash
        }
        Test-DeploymentJournal -StatePath $target -Quiet | Should -BeTrue
        (Copy-DeploymentJournal -StatePath $state -Destination $target).Outcome | Should -Be @('UpToDate', 'UpToDate')
        (Test-DeploymentJournal -StatePath $target -Stream 'gates/beta').LastHash | Should -Be $copies[1].LastHash
    }

    It 'says that there is nothing to copy' {
        Copy-DeploymentJournal -StatePath './nowhere' -Destination $target -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalNotFound,*'
        $target | Should -Not -Exist
    }

    It 'goes on where it broke off' {
        $null = New-Item -Path "$target/gates" -ItemType Directory
        Get-Content -LiteralPath "$state/gates/beta.jsonl" -TotalCount 1 | Set-Content -LiteralPath "$target/gates/beta.jsonl"
        $copy = Copy-DeploymentJournal -StatePath $state -Stream 'gates/beta' -Destination $target
        $copy.Outcome, $copy.Copied, $copy.Events | Should -Be @('Copied', 1, 2)
        Test-DeploymentJournal -StatePath $target -Quiet | Should -BeTrue
    }

    It 'leaves alone what has gone on, and refuses what has gone another way' {
        $null = Copy-DeploymentJournal -StatePath $state -Destination $target
        $null = Test-DeploymentGate -Path "$TestDrive/beta.yaml" -StatePath $target -Actor 'further'
        $copy = Copy-DeploymentJournal -StatePath $state -Stream 'gates/beta' -Destination $target -WarningVariable warned -WarningAction SilentlyContinue
        $copy.Outcome | Should -Be 'DestinationAhead'
        "$warned" | Should -BeLike '*the other way round*'

        $other = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        $null = Test-DeploymentGate -Path "$TestDrive/beta.yaml" -StatePath $other -Actor 'somebody'
        $before = (Get-FileHash -LiteralPath "$other/gates/beta.jsonl").Hash
        $copies = Copy-DeploymentJournal -StatePath $state -Destination $other -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalDiverged,*'
        (Get-FileHash -LiteralPath "$other/gates/beta.jsonl").Hash | Should -Be $before
        $copies.Stream | Should -Be 'gates/alpha'
    }

    It 'copies nothing that is damaged, and says so' {
        $bad = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        Copy-Item -LiteralPath $state -Destination $bad -Recurse
        Set-Content -LiteralPath "$bad/gates/beta.jsonl" -Value ((Get-Content -LiteralPath "$bad/gates/beta.jsonl" -Raw).Replace('grace', 'grate')) -NoNewline
        Copy-DeploymentJournal -StatePath $bad -Stream 'gates/beta' -Destination $target -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
        $target | Should -Not -Exist
    }

    It 'refuses a name that is not there, the catalog and a destination that is the source' {
        Copy-DeploymentJournal -StatePath $state -Stream 'gates/gamma' -Destination $target -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalNotFound,*'
        Copy-DeploymentJournal -StatePath $state -Stream 'catalog' -Destination $target -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalStreamInvalid,*'
        Copy-DeploymentJournal -StatePath $state -Destination "$state/." -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalDestinationInvalid,*'
    }
}
