BeforeAll {
    . $PSScriptRoot/common.ps1
    $env:READYOPS_FLAGS = ''
    $why = @{ Reason = 'test'; Actor = 'ada' }
}

Describe 'Feature flags' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory -Path (Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid()))).FullName
        Push-Location -LiteralPath $folder
        New-FeatureFlag -Key 'search' @why -Percent 10 -Owner 'search-team' -Expires '2026-01-31'
        New-FeatureFlag -Key 'read_only_mode' @why -Kind emergency
    }
    AfterEach { Pop-Location }

    It 'are listed with what is known about them' {
        $flags = Get-FeatureFlag
        $flags.Key | Should -Be @('search', 'read_only_mode')
        $flags[0] | Should -BeOfType ReadyOps.FeatureFlag
        $flags[0].Strategy | Should -Be '10 %'
        $flags[0].Owner, $flags[0].DefaultVariant, $flags[0].Enabled, $flags[0].IsStale | Should -Be @('search-team', 'off', $true, $true)
        $flags[0].Variants['on'] | Should -BeTrue
        $flags[0].Location | Should -Be (Join-Path -Path $folder -ChildPath 'flags.json')
        (Get-FeatureFlag -Stale).Key | Should -Be 'search'
        (Get-FeatureFlag -Kind emergency).Key | Should -Be 'read_only_mode'
        (Get-FeatureFlag -Key 'SEAR*').Key | Should -Be 'search'
        Get-FeatureFlag -Key 'serch' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -Be 'FlagMissing,ReadyOps.Commands.GetFeatureFlagCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        "$problem" | Should -BeLike '*search*'
    }

    It 'are found by path, by variable, or where the session stands' {
        Push-Location -LiteralPath $TestDrive
        try {
            (Get-FeatureFlag -Path "$folder/flags.json").Count | Should -Be 2
            $env:READYOPS_FLAGS = "$folder/flags.json"
            (Get-FeatureFlag).Count | Should -Be 2
            $env:READYOPS_FLAGS = ''
            Get-FeatureFlag -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlagStoreMissing,*'
            Get-FeatureFlag -Path 'Env:/PATH' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        }
        finally { Pop-Location; $env:READYOPS_FLAGS = '' }
    }

    It 'say what they are for somebody, and why' {
        # MurmurHash3 of 'searchada', worked out by the formula in about_ReadyOps_Flags, falls where the shares say.
        $told = Test-FeatureFlag -Key search -TargetingKey 'ada', 'grace'
        $told.Count | Should -Be 2
        $told[0].Buckets[0].BucketBy | Should -Be 'searchada'
        $told[0].Buckets[0].Shares.Percent | Should -Be @(10, 90)
        $told[0].Evaluation.Reason | Should -Be 'TARGETING_MATCH'
        (Test-FeatureFlag -Key search).Evaluation.Reason | Should -Be 'DEFAULT'
        (Test-FeatureFlag -TargetingKey 'ada').Evaluation.FlagKey | Should -Be @('search', 'read_only_mode')
        Set-FeatureFlag -Key search @why -AllowAttribute @{ email = '*@example.com'; segment = 'beta', 'staff' }
        (Test-FeatureFlag -Key search -TargetingKey 'x' -Context @{ email = 'ada@example.com' }).Evaluation.Value | Should -BeTrue
        (Test-FeatureFlag -Key search -TargetingKey 'x' -Context @{ segment = 'staff' }).Evaluation.Value | Should -BeTrue
        (Test-FeatureFlag -Key search -TargetingKey 'x' -Context @{ segment = 'all' }).Evaluation.Value | Should -BeFalse
    }

    It 'change by <Name>' -ForEach @(
        @{ Name = 'all at once'; With = @{ On = $true }; Strategy = 'all at once: on' }
        @{ Name = 'a share'; With = @{ Percent = 25.5 }; Strategy = '25.5 %' }
        @{ Name = 'a share that grows'; With = @{ Start = '2026-12-01T00:00:00Z'; End = '2026-12-08T00:00:00Z'; To = 50 }; Strategy = '0 % to 50 % from 2026-12-01T00:00:00Z to 2026-12-08T00:00:00Z' }
        @{ Name = 'a list'; With = @{ Allow = 'ada', 'grace'; Percent = 5 }; Strategy = 'canary: targetingKey ada|grace, then 5 %' }
        @{ Name = 'a rule'; With = @{ Targeting = '{"if": [{"==": [{"var": "tier"}, "gold"]}, "on", null]}' }; Strategy = 'own rule' }
        @{ Name = 'a rule as a hashtable'; With = @{ Targeting = @{ 'if' = @(@{ 'in' = @('a', @{ 'var' = 'email' }) }, 'on', 'off') } }; Strategy = 'own rule' }
    ) {
        $change = Set-FeatureFlag -Key search @why @With -PassThru
        $change.Applied, $change.Actor, $change.Reason | Should -Be @($true, 'ada', 'test')
        $change.Differences.Flag | Select-Object -Unique | Should -Be 'search'
        (Get-FeatureFlag -Key search).Strategy | Should -Be $Strategy
        (Get-FeatureFlag -Key search).Owner | Should -Be 'search-team'
    }

    It 'show the difference under -WhatIf and touch nothing' {
        $before = (Get-FileHash -LiteralPath './flags.json').Hash
        $journal = @(Get-DeploymentJournal).Count
        $all = @(
            { Set-FeatureFlag -Key search @why -Percent 99 -PassThru -WhatIf }
            { New-FeatureFlag -Key other @why -PassThru -WhatIf }
            { Remove-FeatureFlag -Key search @why -PassThru -WhatIf }
            { Enable-FeatureFlag -Key read_only_mode @why -PassThru -WhatIf }
            { Disable-FeatureFlag -Key search @why -PassThru -WhatIf }
        )
        foreach ($one in $all) {
            $preview = & $one
            $preview.Applied | Should -BeFalse
            $preview.Differences.Count | Should -BeGreaterThan 0
        }
        (Get-FileHash -LiteralPath './flags.json').Hash | Should -Be $before
        @(Get-DeploymentJournal).Count | Should -Be $journal
        $told = Invoke-Shell -Script "Import-Module -Name `$manifest; Set-Location -LiteralPath '$folder'; Set-FeatureFlag -Key search -Off -Reason test -WhatIf"
        "$told" | Should -BeLike '*What if:*search.targeting: *fractional*(none)*'
    }

    It 'cannot change without a reason' {
        { Set-FeatureFlag -Key search -On -Reason '' } | Should -Throw
        Enable-FeatureFlag -Key read_only_mode -Reason '  ' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlagReasonMissing,*'
        (Test-FeatureFlag -Key read_only_mode).Evaluation.Value | Should -BeFalse
    }

    It 'for emergencies switch by their default variant and are never DISABLED' {
        Enable-FeatureFlag -Key read_only_mode @why
        (Test-FeatureFlag -Key read_only_mode).Evaluation | ForEach-Object -Process { $_.Value, $_.Reason } | Should -Be @($true, 'STATIC')
        Disable-FeatureFlag -Key read_only_mode @why
        $flag = Get-FeatureFlag -Key read_only_mode
        $flag.Enabled, $flag.DefaultVariant | Should -Be @($true, 'off')
        Set-FeatureFlag -Key read_only_mode @why -Percent 5 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlagEmergencyInvalid,*'
        Disable-FeatureFlag -Key search @why
        (Get-FeatureFlag -Key search).Enabled | Should -BeFalse
        (Test-FeatureFlag -Key search -TargetingKey ada).Evaluation.Reason | Should -Be 'DISABLED'
    }

    It 'have a history that outlives them, and a journal that proves it' {
        Get-FeatureFlag -Key search | Remove-FeatureFlag @why
        $history = Get-FeatureFlagHistory
        $history.Count | Should -Be 3
        $history[-1].Differences[0].After | Should -BeNullOrEmpty
        @(Get-FeatureFlagHistory -Key 'read*').Count | Should -Be 1
        (Get-FeatureFlagHistory -Newest 1).JournalReference | Should -Be $history[-1].JournalReference
        (Test-DeploymentJournal -Stream 'flags/*').Valid | Should -Not -Contain $false
    }

    It 'go out to a file and come back' {
        Export-FeatureFlag -OutFile './all.json'
        (Get-FileHash -LiteralPath './all.json').Hash | Should -Be (Get-FileHash -LiteralPath './flags.json').Hash
        Export-FeatureFlag -OutFile './all.json' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ReportExists,*'
        ((Export-FeatureFlag -Key 'sea*') | ConvertFrom-Json).flags.PSObject.Properties.Name | Should -Be 'search'
        Set-FeatureFlag -Key search @why -Percent 50
        New-FeatureFlag -Key extra @why
        $preview = Import-FeatureFlag -Source './all.json' -Replace @why -PassThru -WhatIf
        $preview.Differences.Flag | Select-Object -Unique | Should -Be @('search', 'extra')
        Import-FeatureFlag -Source './all.json' @why
        (Get-FeatureFlag).Key | Should -Be @('search', 'read_only_mode', 'extra')
        (Get-FeatureFlag -Key search).Strategy | Should -Be '10 %'
        Import-FeatureFlag -Source './all.json' -Replace @why
        (Get-FeatureFlag).Key | Should -Be @('search', 'read_only_mode')
        (Import-FeatureFlag -Source './all.json' @why -PassThru).Differences | Should -BeNullOrEmpty
        Set-Content -LiteralPath './bad.json' -Value "{`n `"flags`": {`"a`": {`"state`": `"ON`"}}}"
        Import-FeatureFlag -Source './bad.json' @why -ErrorVariable problem -ErrorAction SilentlyContinue
        "$($problem[0])" | Should -BeLike '*bad.json:2:*'
    }

    It 'refuse what makes no sense and change nothing' -ForEach @(
        @{ Id = 'FlagExists'; Do = { New-FeatureFlag -Key search @why } }
        @{ Id = 'FlagMissing'; Do = { Set-FeatureFlag -Key nope @why -On } }
        @{ Id = 'FlagMissing'; Do = { Set-FeatureFlag -Key search @why -Requires 'nope' } }
        @{ Id = 'FlagVariantMissing'; Do = { Set-FeatureFlag -Key search @why -Percent 5 -Variant 'new' } }
        @{ Id = 'FlagStrategyInvalid'; Do = { Set-FeatureFlag -Key search @why -Start '2026-12-02' -End '2026-12-01' } }
        @{ Id = 'FlagStrategyInvalid'; Do = { Set-FeatureFlag -Key search @why -Percent 5 -Group 'g' } }
        @{ Id = 'FlagTargetingMalformed'; Do = { Set-FeatureFlag -Key search @why -Targeting '{' } }
        @{ Id = 'DocumentInvalid'; Do = { Set-FeatureFlag -Key search @why -Targeting '{"nope": [1]}' } }
        @{ Id = 'DocumentInvalid'; Do = { Set-FeatureFlag -Key search @why -Expires 'soon' } }
        @{ Id = 'DocumentInvalid'; Do = { New-FeatureFlag -Key mixed @why -Variants @{ a = 1; b = 'x' } } }
        @{ Id = 'FlagScheduleInvalid'; Do = { Set-FeatureFlag -Key search @why -Off -At '2020-01-01' } }
        @{ Id = 'FlagRequirementCycle'; Do = { Set-FeatureFlag -Key search @why -Requires 'search' } }
    ) {
        $before = (Get-FileHash -LiteralPath './flags.json').Hash
        $ErrorActionPreference = 'Continue'
        $problem = @(& $Do 2>&1)
        $problem[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        (Get-FileHash -LiteralPath './flags.json').Hash | Should -Be $before
    }

    It 'require one another, exclude one another, and change when the time has come' {
        Set-FeatureFlag -Key search @why -Percent 50
        New-FeatureFlag -Key 'suggest' @why -On -Requires 'search'
        (Get-FeatureFlag -Key suggest).Requires | Should -Be 'search=on'
        foreach ($i in 1..40) {
            (Test-FeatureFlag -Key suggest -TargetingKey "u$i").Evaluation.Value | Should -Be (Test-FeatureFlag -Key search -TargetingKey "u$i").Evaluation.Value
        }
        Set-FeatureFlag -Key search @why -Off
        (Test-FeatureFlag -Key suggest -TargetingKey u1).Evaluation.Value | Should -BeFalse
        Remove-FeatureFlag -Key search @why -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlagRequirementMissing,*'

        New-FeatureFlag -Key 'a' @why -Percent 30 -Group 'prices' -Slot 0, 50
        New-FeatureFlag -Key 'b' @why -Percent 30 -Group 'prices' -Slot 50, 100
        New-FeatureFlag -Key 'c' @why -Percent 5 -Group 'prices' -Slot 40, 60 -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FlagSlotTaken,*'
        foreach ($i in 1..40) {
            $both = (Test-FeatureFlag -Key a, b -TargetingKey "u$i").Evaluation.Value
            $both[0] -and $both[1] | Should -BeFalse
        }

        $at = [datetimeoffset]::UtcNow.AddHours(1)
        Set-FeatureFlag -Key a @why -On -At $at
        (Get-FeatureFlag -Key a).Strategy | Should -BeLike 'all at once: on, from *'
        (Test-FeatureFlag -Key a -TargetingKey u1 -At $at.AddMinutes(1)).Evaluation.Value | Should -BeTrue
        (Test-FeatureFlag -Key a -At $at.AddMinutes(-1)).Evaluation.Value | Should -BeFalse
    }

    It 'complete keys and variants' {
        $line = 'Set-FeatureFlag -Key sea'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'search'
        $line = 'Set-FeatureFlag -Key search -Percent 5 -Variant '
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be @('on', 'off')
        $line = 'New-FeatureFlag -Key x -Kind '
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be @('emergency', 'operations', 'release')
    }
}
