BeforeAll {
    . $PSScriptRoot/common.ps1

    function Start-Rollout {
        param([string] $Release = '2.4.0')
        Start-ProgressiveRollout -Path './rollout.yaml' -Release $Release
    }
    function Set-Health { param([double] $ErrorRate) Set-Content -LiteralPath './health.json' -Value (@{ errorRate = $ErrorRate } | ConvertTo-Json) }
    function Get-Share { (Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json).flags.'new-checkout'.targeting.fractional[0][1] / 1000 }
    function Get-Gate {
        param([string] $Release, [string] $Bound = '== succeeded')
        Set-Content -LiteralPath './gate.yaml' -Value "apiVersion: readyops/v1`nkind: Gate`nname: g`nchecks:`n  - name: build`n    type: json`n    path: build.json`n    pointer: /status`n    bound: '$Bound'"
        Set-Content -LiteralPath './build.json' -Value '{ "status": "succeeded" }'
        $arguments = if ($Release) { @{ Release = $Release } } else { @{} }
        Test-DeploymentGate -Path './gate.yaml' -ErrorAction SilentlyContinue @arguments
    }
}

Describe 'Rollouts at the prompt' {
    BeforeEach {
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        Copy-Item -LiteralPath "$Root/examples/02-rollout" -Destination $folder -Recurse
        # An hour where the test must not depend on time, milliseconds where it runs to the end.
        $text = Get-Content -LiteralPath "$folder/rollout.yaml" -Raw
        Set-Content -LiteralPath "$folder/rollout.yaml" -Value ($text.Replace('250ms', '100ms').Replace('2s', '1h').Replace('1s', '100ms'))
        Set-Content -LiteralPath "$folder/quick.yaml" -Value ($text.Replace('250ms', '100ms').Replace('2s', '200ms').Replace('1s', '100ms'))
        Push-Location -LiteralPath $folder
    }
    AfterEach { Pop-Location }

    Context 'Step-ProgressiveRollout -All' {
        It 'says what it did and when it wants to be called next' {
            $status = Start-Rollout
            $ticked = Step-ProgressiveRollout -All -InformationVariable said
            $ticked.Id | Should -Be $status.Id
            $schedule = $said.MessageData
            $schedule | Should -BeOfType ReadyOps.RolloutSchedule
            $schedule.Ticked | Should -Be 1
            $schedule.Failed | Should -Be 0
            $schedule.NextCallAt | Should -Be $ticked.NextTickAt
            "$schedule" | Should -BeLike 'Ticked 1, failed 0, left 0. Call again at *Z.'
        }

        It 'wants to be called again at once for what the time budget left out' {
            $status = Start-Rollout
            Step-ProgressiveRollout -All -TimeBudget 0s -InformationVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            $said.MessageData.Left | Should -Be $status.Id
            $said.MessageData.NextCallAt | Should -BeLessOrEqual ([datetimeoffset]::UtcNow)
        }

        It 'has failed, and wants to be called again, where it cannot be found out what is under way' {
            $env:READYOPS_TEST_NOWHERE = 'Host=127.0.0.1;Port=1;Database=journals;Username=nobody;Password=x'
            Step-ProgressiveRollout -All -StatePath 'env:READYOPS_TEST_NOWHERE' -InformationVariable said -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $env:READYOPS_TEST_NOWHERE = $null
            @($problem)[0].FullyQualifiedErrorId | Should -BeLike 'JournalUnavailable,*'
            $said.MessageData.Failed | Should -Be 1
            "$($said.MessageData)" | Should -BeLike 'Ticked 0, failed 1, left 0. Call again at *Z.'
        }

        It 'says that there is no state, in case its path is a slip' {
            Step-ProgressiveRollout -All -StatePath './nowhere' -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$warned" | Should -BeLike "There is no folder *nowhere yet, so nothing is under way there.*"
            './nowhere' | Should -Not -Exist
        }

        It 'has nothing to be called for once all have ended' {
            $null = Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0' -Wait
            Step-ProgressiveRollout -All -InformationVariable said | Should -BeNullOrEmpty
            $said.MessageData.NextCallAt | Should -BeNullOrEmpty
            "$($said.MessageData)" | Should -BeLike '*Nothing is under way any more.'
        }
    }

    Context 'Start-ProgressiveRollout' {
        It 'sets the first share and says what it waits for' {
            $status = Start-Rollout
            $status | Should -BeOfType ReadyOps.RolloutStatus
            $status.Phase | Should -Be 'Progressing'
            $status.SharePercent | Should -Be 10
            $status.Step | Should -Be 1
            $status.StepCount | Should -Be 3
            Get-Share | Should -Be 10
        }

        It 'runs to the end with -Wait and returns how it ended, once' {
            $end = @(Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0' -Wait)
            $end.Count | Should -Be 1
            $end[0].Phase | Should -Be 'Succeeded'
            Get-Share | Should -Be 100
        }

        It 'takes a release back by itself with -Wait, and writes an error when it did not succeed' {
            Set-Health -ErrorRate 0.07
            # The error rate never recovers, so the rollback cannot be verified: the worst end there is.
            $document = (Get-Content -LiteralPath './quick.yaml' -Raw).Replace('settle: 100ms', "settle: 100ms`n  deadline: 1s")
            Set-Content -LiteralPath './doomed.yaml' -Value $document
            $end = Start-ProgressiveRollout -Path './doomed.yaml' -Release '2.4.0' -Wait -ErrorVariable problem -ErrorAction SilentlyContinue
            $end.Phase | Should -Be 'Failed'
            Get-Share | Should -Be 0
            $problem[0].FullyQualifiedErrorId | Should -Be 'RolloutNotSucceeded,ReadyOps.Commands.StartProgressiveRolloutCommand'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike "*Get-DeploymentJournal*$($end.Id)*"
        }

        It 'tells the story of its decisions on the verbose stream' {
            $told = "$(Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0' -Wait -Verbose 4>&1)"
            $told | Should -BeLike '*from 0% to 10%*step 1 passed*from 10% to 50%*step 3 passed*'
        }

        It 'returns the timeline with -WhatIf and touches nothing' {
            $before = Get-FileHash -LiteralPath './flags.json'
            $timeline = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -WhatIf
            $timeline | Should -BeOfType ReadyOps.RolloutTimelineEntry
            ($timeline | Where-Object -Property Action -Like -Value 'step*').SharePercent | Should -Be @(10, 50, 100)
            $timeline[1].After | Should -Be ([timespan]::FromHours(1))
            './.readyops' | Should -Not -Exist
            (Get-FileHash -LiteralPath './flags.json').Hash | Should -Be $before.Hash
        }

        It 'starts through a gate that passed, and journals which' {
            $status = Get-Gate -Release '2.4.0' | Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -Reason 'CHG-7' -Actor 'ada'
            $started = Get-DeploymentJournal -Stream "rollouts/$($status.Id)" -Type 'RolloutStarted'
            $started.Data['gate'] | Should -Be 'g: gates/g#1'
            $started.Data['reason'] | Should -Be 'CHG-7'
            $started.Actor | Should -Be 'ada'
        }

        It 'refuses <Name>, and touches nothing' -ForEach @(
            @{ Name = 'a gate that failed'; Gate = { Get-Gate -Release '2.4.0' -Bound '== perfect' }; Id = 'GateNotPassed' }
            @{ Name = 'a gate about another release'; Gate = { Get-Gate -Release '2.3.0' }; Id = 'GateForOtherRelease' }
            @{ Name = 'one failed gate among two'; Gate = { Get-Gate -Release '2.4.0'; Get-Gate -Release '2.4.0' -Bound '== perfect' }; Id = 'GateNotPassed' }
            @{ Name = 'a gate that could not be read'; Gate = { Test-DeploymentGate -Path './missing.yaml' -ErrorAction SilentlyContinue }; Id = 'GateNotPassed' }
            @{ Name = 'a gate that could not be read beside one that passed'; Gate = { Get-Gate -Release '2.4.0'; Test-DeploymentGate -Path './none*.yaml' -ErrorAction SilentlyContinue }; Id = 'GateNotPassed' }
            @{ Name = 'a pipeline that brings no gate'; Gate = { Get-ChildItem -Path './none*' }; Id = 'GateMissing' }
            @{ Name = 'the Boolean of -Quiet'; Gate = { Test-DeploymentGate -Path './missing.yaml' -Quiet -ErrorAction SilentlyContinue }; Id = 'GateMissing' }
        ) {
            { & $Gate | Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -ErrorAction SilentlyContinue } | Should -Throw -ErrorId "$Id,ReadyOps.Commands.StartProgressiveRolloutCommand"
            { & $Gate | Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -WhatIf -ErrorAction SilentlyContinue } | Should -Throw -ErrorId "$Id,*"
            Get-Share | Should -Be 0
            Get-ProgressiveRollout | Should -BeNullOrEmpty
        }

        It 'refuses a variable that holds no gate' {
            $gate = $null
            { Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -Gate $gate } | Should -Throw
            Get-Share | Should -Be 0
        }

        It 'refuses a gate that was copied through serialization: it could have been changed' {
            $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-Gate -Release '2.4.0')))
            { Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -Gate $copy } | Should -Throw
        }

        It 'refuses to let anybody make a gate result by hand' {
            { [ReadyOps.GateResult]::new() } | Should -Throw
            { [ReadyOps.GateResult] @{ Status = 'Passed' } } | Should -Throw
            $result = Get-Gate -Release '2.4.0' -Bound '== perfect'
            { $result.Status = 'Passed' } | Should -Throw
            [int] [ReadyOps.GateStatus]::Passed | Should -Not -Be 0 -Because 'a value that nobody set must not read as a pass'
        }

        It 'says that it needs a release' {
            { Start-ProgressiveRollout -Path './rollout.yaml' } | Should -Throw -ErrorId 'ReleaseMissing,*'
        }

        It 'takes the release from -Variable too, and refuses two different ones' {
            (Start-ProgressiveRollout -Path './rollout.yaml' -Variable @{ release = '2.4.0' }).Release | Should -Be '2.4.0'
            Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -Variable @{ release = '2.3.0' } -Force -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ReleaseAmbiguous,*'
        }

        It 'refuses a target that another rollout moves, until -Force takes it over' {
            $first = Start-Rollout
            { Start-Rollout -Release '2.3.0' } | Should -Throw -ErrorId 'TargetBusy,*'
            $second = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.3.0' -Force
            (Get-ProgressiveRollout -Id $first.Id).Phase | Should -Be 'Superseded'
            $second.Phase | Should -Be 'Progressing'
        }

        It 'hands the target over to a newer release by itself' {
            $first = Start-Rollout
            $second = Start-Rollout -Release '2.5.0'
            (Get-ProgressiveRollout -Id $first.Id).Reason | Should -Be "Superseded by $($second.Id)."
            $second.Phase | Should -Be 'Progressing'
        }

        It 'writes every problem of the document, and starts nothing' {
            Set-Content -LiteralPath './bad.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: x`ntarget:`n  type: balloon`nsteps:`n  - share: 150%`nsignals:`n  - name: s`n    type: prometheus`n    query: up`n    bound: nonsense"
            Start-ProgressiveRollout -Path './bad.yaml' -Release '1' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem.Count | Should -BeGreaterOrEqual 2
            "$problem" | Should -BeLike '*bad.yaml:*balloon*'
        }

        It 'refuses a gate document where a rollout is meant' {
            $null = Get-Gate -Release '1'
            Start-ProgressiveRollout -Path './gate.yaml' -Release '1' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            "$problem" | Should -BeLike '*Rollout*'
        }

        It 'stays where it is when the waiting is stopped, and goes on with the next tick' {
            $shell = [powershell]::Create().AddScript("Set-Location -LiteralPath '$PWD'; Import-Module '$Manifest'; Start-ProgressiveRollout -Path ./rollout.yaml -Release 2.4.0 -Wait")
            $null = $shell.BeginInvoke()
            $deadline = [datetime]::UtcNow.AddSeconds(30)
            while (-not (Get-ProgressiveRollout -Active) -and [datetime]::UtcNow -lt $deadline) { Start-Sleep -Milliseconds 50 }
            # The step is held for an hour: a wait that cannot be stopped would hang here.
            $shell.Stop()
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $shell.Dispose()
            (Step-ProgressiveRollout -All).Phase | Should -Be 'Progressing'
            Test-DeploymentJournal -Quiet | Should -BeTrue
        }
    }

    Context 'Step-ProgressiveRollout' {
        It 'ticks by id, by wildcard, from the pipeline and all' {
            $status = Start-Rollout
            (Step-ProgressiveRollout -Id $status.Id).Id | Should -Be $status.Id
            (Step-ProgressiveRollout -Id 'check*').Id | Should -Be $status.Id
            ($status | Step-ProgressiveRollout).Id | Should -Be $status.Id
            (Step-ProgressiveRollout -All).Id | Should -Be $status.Id
        }

        It 'ticks one beside another that cannot be ticked' {
            $status = Start-Rollout
            Copy-Item -LiteralPath './rollout.yaml' -Destination './other.yaml'
            (Get-Content -LiteralPath './rollout.yaml' -Raw).Replace('name: checkout', 'name: other').Replace('flag: new-checkout', 'flag: other') | Set-Content -LiteralPath './other.yaml'
            $flags = Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json -AsHashtable
            $flags.flags['other'] = @{ state = 'ENABLED'; variants = @{ on = $true; off = $false }; defaultVariant = 'off' }
            $flags | ConvertTo-Json -Depth 10 | Set-Content -LiteralPath './flags.json'
            $other = Start-ProgressiveRollout -Path './other.yaml' -Release '2.4.0'
            Add-Content -LiteralPath "./.readyops/rollouts/$($status.Id).jsonl" -Value 'nonsense'
            $ticked = Step-ProgressiveRollout -All -InformationVariable said -ErrorVariable problem -ErrorAction SilentlyContinue
            $ticked.Id | Should -Be $other.Id
            @($problem)[0].FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
            $said.MessageData.Ticked, $said.MessageData.Failed | Should -Be 1, 1
        }

        It 'returns what the tick wrote to the journal' {
            $status = Start-Rollout
            (Step-ProgressiveRollout -Id $status.Id).Events | ForEach-Object -Process { $_ | Should -BeOfType ReadyOps.JournalEvent }
        }

        It 'names a rollout that is not there' {
            Step-ProgressiveRollout -Id 'nothing' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RolloutNotFound,*'
        }

        It 'begins no tick when the time budget is used up, and says which were left out' {
            $status = Start-Rollout
            Step-ProgressiveRollout -All -TimeBudget 0s -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$warned" | Should -BeLike "*$($status.Id)*"
        }

        It 'touches nothing with -WhatIf' {
            $null = Start-Rollout
            $before = @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash
            Step-ProgressiveRollout -All -WhatIf | Should -BeNullOrEmpty
            @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash | Should -Be $before
        }
    }

    Context 'Get-ProgressiveRollout' {
        It 'finds by id, by name and by being active' {
            $status = Start-Rollout
            (Get-ProgressiveRollout).Id | Should -Be $status.Id
            (Get-ProgressiveRollout -Id 'check*').Id | Should -Be $status.Id
            (Get-ProgressiveRollout -Name 'CHECK*' -Active).Id | Should -Be $status.Id
            Get-ProgressiveRollout -Name 'other' | Should -BeNullOrEmpty
            $null = Invoke-Rollback -Id $status.Id -Reason 'test'
            Get-ProgressiveRollout -Active | Should -BeNullOrEmpty
            (Get-ProgressiveRollout).Phase | Should -Be 'RolledBack'
        }

        It 'keeps the reason on a narrow terminal, whatever the length of the name' {
            Set-Content -LiteralPath './rollout.yaml' -Value ((Get-Content -LiteralPath './rollout.yaml' -Raw).Replace('name: checkout', 'name: checkout-payment-service'))
            $status = Start-Rollout -Release '2.14.0-rc.1'
            $lines = ($status | Out-String -Width 80) -split '\r?\n'
            ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
            ($lines -join '') -replace '\s', '' | Should -BeLike '*Reason*togo.*'
            # The id, read down its column.
            -join ($lines | Select-Object -Skip 3 | ForEach-Object -Process { $_.PadRight(28).Substring(0, 28).Trim() }) | Should -Be $status.Id
        }

        It 'is empty where there is no state, says so, and makes none' {
            Get-ProgressiveRollout -WarningVariable said | Should -BeNullOrEmpty
            $said | Should -BeLike '*There is no folder*READYOPS_STATE*'
            './.readyops' | Should -Not -Exist
        }

        It 'shows the others beside a rollout whose journal is damaged' {
            $status = Start-Rollout
            Set-Content -LiteralPath './.readyops/rollouts/broken.jsonl' -Value "nonsense`n{}"
            (Get-ProgressiveRollout -ErrorVariable problem -ErrorAction SilentlyContinue).Id | Should -Be $status.Id
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
        }

        It 'completes ids with where they stand' {
            $status = Start-Rollout
            $line = 'Get-ProgressiveRollout -Id che'
            $match = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches
            $match.CompletionText | Should -Be $status.Id
            $match.ToolTip | Should -Be 'Progressing at 10%'
        }
    }

    Context 'Watch-ProgressiveRollout' {
        It 'tells each change until the end' {
            $status = Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0'
            $shell = [powershell]::Create().AddScript("Set-Location -LiteralPath '$PWD'; Import-Module '$Manifest'; while (Get-ProgressiveRollout -Active) { `$null = Step-ProgressiveRollout -All; Start-Sleep -Milliseconds 50 }")
            $null = $shell.BeginInvoke()
            $seen = Watch-ProgressiveRollout -Id $status.Id -Pace 20ms
            $shell.Stop()
            $shell.Dispose()
            $seen[-1].Phase | Should -Be 'Succeeded'
            $seen.Count | Should -BeGreaterThan 2
        }

        It 'refuses a pace that is none' {
            $null = Start-Rollout
            { Watch-ProgressiveRollout -Id 'checkout-*' -Pace 0s } | Should -Throw -ErrorId 'PaceInvalid,*'
        }

        It 'ends when it is stopped, and changes nothing' {
            $null = Start-Rollout
            $before = @(Get-ChildItem -LiteralPath './.readyops' -Recurse -Filter '*.jsonl' | Get-FileHash).Hash
            @(Watch-ProgressiveRollout -Id 'checkout-*' | Select-Object -First 1).Count | Should -Be 1
            @(Get-ChildItem -LiteralPath './.readyops' -Recurse -Filter '*.jsonl' | Get-FileHash).Hash | Should -Be $before
        }
    }

    Context 'Suspend-, Resume- and Stop-ProgressiveRollout' {
        It 'pauses, with the reason and the person in the journal, and lets go on' {
            $status = Start-Rollout
            Suspend-ProgressiveRollout -Id $status.Id -Reason 'freeze' -Actor 'ada' | Should -BeNullOrEmpty
            $paused = Get-ProgressiveRollout -Id $status.Id
            $paused.Phase | Should -Be 'Paused'
            $event = Get-DeploymentJournal -Stream "rollouts/$($status.Id)" -Type 'RolloutPaused'
            $event.Actor | Should -Be 'ada'
            $event.Data['reason'] | Should -Be 'freeze'
            ($paused | Resume-ProgressiveRollout -PassThru).Phase | Should -Be 'Progressing'
            Resume-ProgressiveRollout -Id 'check*' -PassThru | Should -BeNullOrEmpty -Because 'a wildcard means those that are paused'
        }

        It 'says that nothing was done where a wildcard means nothing' {
            $null = Start-Rollout
            Stop-ProgressiveRollout -Id 'chekout-*' -Reason 'slip' -WarningVariable none -WarningAction SilentlyContinue
            "$none" | Should -Be "Abort rollout and roll it back: nothing was done. No rollout fits 'chekout-*'."
            Resume-ProgressiveRollout -Id 'check*' -WarningVariable none -WarningAction SilentlyContinue
            "$none" | Should -Be "Resume rollout: nothing was done. None of the 1 rollout(s) can be meant that fit 'check*'."
            Suspend-ProgressiveRollout -Id 'check*' -Reason 'meant' -WarningVariable none
            $none | Should -BeNullOrEmpty
        }

        It 'demands a reason' {
            $null = Start-Rollout
            { Suspend-ProgressiveRollout -Id 'checkout-*' -Reason '' } | Should -Throw
            (Get-Command -Name Stop-ProgressiveRollout).Parameters['Reason'].Attributes | Where-Object -FilterScript { $_ -is [System.Management.Automation.ParameterAttribute] } | ForEach-Object -Process { $_.Mandatory | Should -BeTrue }
        }

        It 'aborts and waits for the verification' {
            $status = Start-Rollout
            $end = Stop-ProgressiveRollout -Id $status.Id -Reason 'test' -Wait -PassThru
            $end.Phase | Should -Be 'RolledBack'
            Get-Share | Should -Be 0
            Stop-ProgressiveRollout -Id $status.Id -Reason 'again' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RolloutEnded,*'
            # It is back already.
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeLike '*Invoke-Rollback*'
        }

        It '<_> touches nothing with -WhatIf' -ForEach @('Suspend-ProgressiveRollout', 'Stop-ProgressiveRollout', 'Invoke-Rollback') {
            $null = Start-Rollout
            $before = @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash
            & $_ -Id '*' -Reason 'test' -WhatIf
            @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash | Should -Be $before
        }
    }

    Context 'Invoke-RolloutPromotion' {
        It 'goes past a signal without a pass only with -Force, and journals what it overrode and who asked' {
            $status = Start-Rollout
            Invoke-RolloutPromotion -Id $status.Id -Reason 'now' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -Be 'PromotionRefused,ReadyOps.Commands.InvokeRolloutPromotionCommand'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
            Get-Share | Should -Be 10
            $end = $status | Invoke-RolloutPromotion -Reason 'now' -Force -Actor 'ada' -PassThru
            $end.Step | Should -Be 2
            Get-Share | Should -Be 50
            $asked = Get-DeploymentJournal -Stream "rollouts/$($status.Id)" -Type 'PromotionRequested' | Select-Object -Last 1
            $asked.Actor | Should -Be 'ada'
            $asked.Data['reason'] | Should -Be 'now'
            "$((Get-DeploymentJournal -Stream "rollouts/$($status.Id)" -Type 'StepPromoted').Data['overridden'])" | Should -BeLike '*of the hold of step 1*says*'
        }

        It 'promotes in full with -Force only' {
            $status = Start-Rollout
            Invoke-RolloutPromotion -Id $status.Id -Reason 'now' -Full -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ForceMissing,*'
            (Invoke-RolloutPromotion -Id $status.Id -Reason 'now' -Full -Force -PassThru).SharePercent | Should -Be 100
            Get-Share | Should -Be 100
        }

        It 'touches nothing with -WhatIf' {
            $null = Start-Rollout
            $before = @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash
            Invoke-RolloutPromotion -Id '*' -Reason 'test' -Full -Force -WhatIf
            @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash | Should -Be $before
        }
    }

    Context 'Steps that ask people' {
        BeforeEach {
            Set-Content -LiteralPath './flags.json' -Value '{"flags":{"new-checkout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
            Set-Content -LiteralPath './asks.yaml' -Value @'
apiVersion: readyops/v1
kind: Rollout
name: asks
target: { type: flag, path: flags.json, flag: new-checkout }
allowNoSignals: true
windows:
  timeZone: Europe/Berlin
  freezes:
    - { from: 2020-12-18T18:00, to: 2021-01-04T06:00, reason: end of the year }
deadline: { after: 1d, action: rollback }
steps:
  - share: 10%
  - share: 100%
    before:
      - { name: lead, type: approval, role: [sre, security], required: 1 }
'@
        }

        It 'wait until they approved, and name the command' {
            $status = Start-ProgressiveRollout -Path './asks.yaml' -Release '2.4.0'
            $status.SharePercent | Should -Be 10
            $status.Reason | Should -BeLike "*Approve-GateApproval -Id $($status.Id) -Check lead -Role sre*"
            $approval = $status | Approve-GateApproval -Role security -Reason 'looks well' -Actor 'ada'
            $approval.Gate | Should -Be "rollouts/$($status.Id)"
            (Get-GateApproval -Id $status.Id).State | Should -Be 'Standing'
            (Get-GateApproval -Name 'rollouts/*').Person | Should -Be 'ada'
            (Step-ProgressiveRollout -Id $status.Id).Phase | Should -Be 'Succeeded'
        }

        It 'refuse a role that is not asked, and a rollout that asks nobody' {
            $status = Start-ProgressiveRollout -Path './asks.yaml' -Release '2.4.0'
            Approve-GateApproval -Id $status.Id -Role 'cook' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RoleUnknown,*'
            Approve-GateApproval -Id 'nothing' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RolloutNotFound,*'
            foreach ($case in @(@('Approve-GateApproval', '-Check ', 'lead'), @('Get-GateApproval', '-Check ', 'lead'), @('Deny-GateApproval', '-Role sr', 'sre'))) {
                $line = "$($case[0]) -Id $($status.Id) $($case[1])"
                [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText | Should -Be $case[2]
            }
            Approve-GateApproval -Id $status.Id -Role sre -WhatIf | Should -BeNullOrEmpty
            Get-GateApproval -Id $status.Id | Should -BeNullOrEmpty
        }

        It 'are in the timeline of -WhatIf, with the deadline' {
            $actions = (Start-ProgressiveRollout -Path './asks.yaml' -Release '2.4.0' -WhatIf).Action
            "$actions" | Should -BeLike "*once 'lead' (1 approval as sre or security) passes*after 1d without that: roll back*"
        }

        It 'come with every problem of their windows' {
            Set-Content -LiteralPath './bad.yaml' -Value ((Get-Content -LiteralPath './asks.yaml' -Raw).Replace('Europe/Berlin', 'Europe/Bärlin').Replace('after: 1d', 'after: 0'))
            Start-ProgressiveRollout -Path './bad.yaml' -Release '1' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            "$problem" | Should -BeLike '*bad.yaml:7:*Europe/Bärlin*'
        }
    }

    Context 'Named people' {
        It 'get the release before any share, and lose it with the rollback' {
            Set-Content -LiteralPath './flags.json' -Value '{"flags":{"web":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
            Set-Content -LiteralPath './named.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: named`nallowNoSignals: true`ntarget: {type: flag, path: flags.json, flag: web}`nsteps: [{allow: [alice, bob], hold: 1h}, {share: 5%}]"
            (Start-ProgressiveRollout -Path './named.yaml' -Release '2.4.0' -WhatIf).Action[0] | Should -Be 'step 1 of 2: give it to alice, bob, hold it for at least 1h'
            $status = Start-ProgressiveRollout -Path './named.yaml' -Release '2.4.0'
            $status.SharePercent | Should -Be 0
            (Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json).flags.web.targeting.if[0].in[1] | Should -Be @('alice', 'bob')
            $null = Stop-ProgressiveRollout -Id $status.Id -Reason 'x'
            Get-Content -LiteralPath './flags.json' -Raw | Should -Not -BeLike '*alice*'
            (Get-Content -LiteralPath './named.yaml' -Raw).Replace('type: flag, path: flags.json, flag: web', 'type: haproxy, address: "127.0.0.1:1", backend: web, canary: n, stable: o') | Set-Content -LiteralPath './cannot.yaml'
            Start-ProgressiveRollout -Path './cannot.yaml' -Release '2.4.0' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            "$problem" | Should -BeLike '*cannot give the release to named people*'
        }
    }

    Context 'Several targets and two colours' {
        It 'moves several flags as one, and takes all back' {
            Set-Content -LiteralPath './flags.json' -Value '{"flags":{"web":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"},"api":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
            Set-Content -LiteralPath './two.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: two`nallowNoSignals: true`ntargets:`n- {type: flag, path: flags.json, flag: web}`n- {type: flag, path: flags.json, flag: api}`nsteps: [{share: 10%, hold: 1h}]"
            $status = Start-ProgressiveRollout -Path './two.yaml' -Release '2.4.0'
            $status.Target | Should -BeLike '*#web + *#api'
            $flags = (Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json).flags
            $flags.web.targeting.fractional[0][1], $flags.api.targeting.fractional[0][1] | Should -Be @(10000, 10000)
            Set-Content -LiteralPath './one.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: one`nallowNoSignals: true`ntarget: {type: flag, path: flags.json, flag: api}`nsteps: [{share: 10%, hold: 1h}]"
            { Start-ProgressiveRollout -Path './one.yaml' -Release '2.5.0' } | Should -Throw -ErrorId 'TargetBusy,*'
            (Invoke-Rollback -Id $status.Id -Reason 'x' -PassThru -NoWait).SharePercent | Should -Be 0
            $flags = (Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json).flags
            $flags.web.targeting.fractional[0][1], $flags.api.targeting.fractional[0][1] | Should -Be @(0, 0)
        }

        It 'switches to green once the checks before pass' {
            Set-Content -LiteralPath './flags.json' -Value '{"flags":{"web":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
            Set-Content -LiteralPath './green.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: green`nallowNoSignals: true`nstrategy: blueGreen`nbake: 1h`nbefore: [{name: smoke, type: file, path: smoke.txt}]`ntarget: {type: flag, path: flags.json, flag: web}"
            (Start-ProgressiveRollout -Path './green.yaml' -Release '2.4.0' -WhatIf).Action | Should -Contain "step 2 of 2: once 'smoke' passes, set the share to 100%"
            $status = Start-ProgressiveRollout -Path './green.yaml' -Release '2.4.0'
            $status.SharePercent | Should -Be 0
            Set-Content -LiteralPath './smoke.txt' -Value 'ok'
            $status = Step-ProgressiveRollout -Id $status.Id
            $status.SharePercent | Should -Be 100
            $status.Phase | Should -Be 'Baking'
        }
    }

    Context 'Restart-ProgressiveRollout' {
        It 'starts the document of the old rollout again, whatever the file says by now' {
            $old = Start-Rollout
            Stop-ProgressiveRollout -Id $old.Id -Reason 'bad' -Wait
            Remove-Item -LiteralPath './rollout.yaml'
            $again = Get-ProgressiveRollout -Id $old.Id | Restart-ProgressiveRollout -Reason 'mended'
            $again.RetryOf | Should -Be $old.Id
            $again.Release | Should -Be '2.4.0'
            $again.SharePercent | Should -Be 10
        }

        It 'refuses what was not rolled back, and says what to do' {
            $status = Start-Rollout
            Restart-ProgressiveRollout -Id $status.Id -Reason 'x' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RetryRefused,*'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Stop-ProgressiveRollout*'
            Restart-ProgressiveRollout -Id 'nothing' -Reason 'x' -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'RolloutNotFound,*'
        }

        It 'returns the timeline with -WhatIf and touches nothing' {
            $old = Start-Rollout
            Stop-ProgressiveRollout -Id $old.Id -Reason 'bad' -Wait
            $before = @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash
            Restart-ProgressiveRollout -Id $old.Id -Reason 'x' -WhatIf | Should -BeOfType ReadyOps.RolloutTimelineEntry
            @(Get-ChildItem -LiteralPath '.' -Recurse -Force -File | Get-FileHash).Hash | Should -Be $before
        }
    }

    Context 'Commands in documents' {
        BeforeEach {
            $text = (Get-Content -LiteralPath './rollout.yaml' -Raw) -replace '(?s)  type: flag.*?flag: new-checkout', @'
  type: script
  set: [pwsh, -NoProfile, -Command, "Set-Content -LiteralPath share.txt -Value {percent}"]
  read: [pwsh, -NoProfile, -Command, "Get-Content -LiteralPath share.txt"]
'@
            Set-Content -LiteralPath './script.yaml' -Value $text
            Set-Content -LiteralPath './share.txt' -Value '0'
        }

        It 'do not run without -AllowCommand' {
            { Start-ProgressiveRollout -Path './script.yaml' -Release '2.4.0' } | Should -Throw -ErrorId 'CommandNotAllowed,*'
            Get-Content -LiteralPath './share.txt' | Should -Be '0'
            Get-ProgressiveRollout | Should -BeNullOrEmpty
        }

        It 'run with it, and each later tick needs it too' {
            $status = Start-ProgressiveRollout -Path './script.yaml' -Release '2.4.0' -AllowCommand
            Get-Content -LiteralPath './share.txt' | Should -Be '10'
            (Step-ProgressiveRollout -Id $status.Id -WarningAction SilentlyContinue -WarningVariable warned).Reason | Should -BeLike '*may not run*' -Because 'it cannot read the share'
            (Step-ProgressiveRollout -Id $status.Id -AllowCommand).SharePercent | Should -Be 10
        }
    }

    Context 'Invoke-Rollback' {
        It 'takes a running rollout back and verifies it' {
            $status = Start-Rollout
            $end = Invoke-Rollback -Id $status.Id -Reason 'prices' -PassThru
            $end.Phase | Should -Be 'RolledBack'
            Get-Share | Should -Be 0
        }

        It 'takes a rollout back that had succeeded' {
            $status = Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0' -Wait
            $status.Phase | Should -Be 'Succeeded'
            ($status | Invoke-Rollback -Reason 'prices' -PassThru).Phase | Should -Be 'RolledBack'
            Get-Share | Should -Be 0
        }

        It 'means by a wildcard only what there is to take back' {
            $null = Start-ProgressiveRollout -Path './quick.yaml' -Release '2.4.0' -Wait
            Copy-Item -LiteralPath "$Root/examples/02-rollout/flags.json" -Destination './flags.json'
            $last = Start-ProgressiveRollout -Path './quick.yaml' -Release '2.5.0' -Wait
            (Invoke-Rollback -Id 'checkout-*' -Reason 'prices' -PassThru).Id | Should -Be $last.Id
            Invoke-Rollback -Id 'checkout-*' -Reason 'again' -PassThru | Should -BeNullOrEmpty
        }

        It 'returns at once with -NoWait' {
            $status = Start-Rollout
            (Invoke-Rollback -Id $status.Id -Reason 'prices' -NoWait -PassThru).Phase | Should -Be 'RollingBack'
            Get-Share | Should -Be 0
        }
    }
}
