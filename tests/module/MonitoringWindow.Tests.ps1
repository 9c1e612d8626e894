BeforeAll {
    . $PSScriptRoot/common.ps1

    function New-Folder {
        # A folder with the seventh example, its schedule in hours where a test must not depend on time.
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        Copy-Item -LiteralPath "$Root/examples/07-monitoring" -Destination $folder -Recurse
        $text = Get-Content -LiteralPath "$folder/monitor.yaml" -Raw
        Set-Content -LiteralPath "$folder/slow.yaml" -Value ($text -replace 'every: \ds', 'every: 1h' -replace 'until: 4s', 'until: 2h' -replace 'until: 8s', 'until: 6h')
        Set-Content -LiteralPath "$folder/quick.yaml" -Value ($text -replace '(?s)schedule:.*?\n\n', "schedule: [{every: 1s, until: 1s}]`n`n" -replace '250ms', '100ms')
        Push-Location -LiteralPath $folder
    }
    function Get-Share { (Get-Content -LiteralPath './flags.json' -Raw | ConvertFrom-Json).flags.'new-checkout'.targeting.fractional[0][1] / 1000 }
}

Describe 'Monitoring windows at the prompt' {
    BeforeEach { New-Folder }
    AfterEach { Pop-Location }

    It 'starts, watches and touches nothing' {
        $window = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
        $window | Should -BeOfType ReadyOps.MonitoringWindow
        $window.Phase | Should -Be 'Baking'
        $window.Verdict | Should -Be 'Inconclusive'
        $window.CheckpointCount | Should -Be 6
        $window.NextCheckpointAt | Should -Be $window.StartedAt.AddHours(1)
        $window.EndsAt | Should -Be $window.StartedAt.AddHours(6)
        Get-Share | Should -Be 100
    }

    It 'returns the checkpoints with -WhatIf and touches nothing' {
        $timeline = Start-MonitoringWindow -Path './plan.yaml' -Release '2.4.0' -WhatIf
        @($timeline | Where-Object -Property Action -Like -Value 'checkpoint*').Count | Should -Be 50
        $timeline[1].After | Should -Be ([timespan]::FromMinutes(15))
        $timeline[50].After | Should -Be ([timespan]::FromHours(48))
        './.readyops' | Should -Not -Exist
    }

    It 'runs to its end with -Wait' {
        $end = Start-MonitoringWindow -Path './quick.yaml' -Release '2.4.0' -Wait
        $end.Phase | Should -Be 'Succeeded'
        $end.Verdict | Should -Be 'Pass'
        $end.Checkpoints.Count | Should -Be 1
        $end.Checkpoints[0].Signals[0].Bad | Should -Be 0
        # What the check measured, not that it passed.
        $end.Checkpoints[0].Signals[0].Value | Should -Be 0.0002
        $end.Checkpoints[0].Signals[0].Max | Should -Be 0.0002
        "$($end.Signals[0].Bound)" | Should -Be '< 0.1%'
        $end.Gaps | Should -BeNullOrEmpty
    }

    It 'takes the release back with -Wait, and writes an error' {
        Set-Content -LiteralPath './health.json' -Value '{ "errorRate": 0.02 }'
        $document = (Get-Content -LiteralPath './slow.yaml' -Raw).Replace('250ms', '100ms').Replace('settle: 1s', "settle: 50ms`n  deadline: 300ms")
        Set-Content -LiteralPath './doomed.yaml' -Value $document
        $end = Start-MonitoringWindow -Path './doomed.yaml' -Release '2.5.0' -Wait -ErrorVariable problem -ErrorAction SilentlyContinue
        Get-Share | Should -Be 0
        $end.Ended | Should -BeTrue
        $problem[0].FullyQualifiedErrorId | Should -Be 'MonitoringWindowNotSucceeded,ReadyOps.Commands.StartMonitoringWindowCommand'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*.Checkpoints*'
    }

    It 'is ticked by Step-MonitoringWindow and by Step-ProgressiveRollout alike' {
        $window = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
        (Step-MonitoringWindow -Id 'after-*').Id | Should -Be $window.Id
        (Step-MonitoringWindow -All).Id | Should -Be $window.Id
        (Step-ProgressiveRollout -All).Reason | Should -BeLike 'Checkpoint 0 of 6*'
        ($window | Step-MonitoringWindow).Id | Should -Be $window.Id
        Step-MonitoringWindow -All -WhatIf | Should -BeNullOrEmpty
    }

    It 'writes reports that are not there yet, and none twice' {
        $window = Start-MonitoringWindow -Path './quick.yaml' -Release '2.4.0' -Wait
        $null = Step-MonitoringWindow -Id $window.Id -ReportFolder './reports'
        $report = Get-ChildItem -Path './reports'
        $report.Name | Should -Be "$($window.Id)-checkpoint-1.md"
        Get-Content -LiteralPath $report.FullName -Raw | Should -BeLike '# after 2.4.0: checkpoint 1 of 1*`*`*Pass`*`*: *| error rate | Pass |*'
        Set-Content -LiteralPath $report.FullName -Value 'mine'
        $null = Step-MonitoringWindow -Id $window.Id -ReportFolder './reports'
        Get-Content -LiteralPath $report.FullName | Should -Be 'mine'
        Step-MonitoringWindow -Id $window.Id -ReportFolder './quick.yaml' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ReportNotWritten,*'
    }

    It 'leaves out what the time budget does not reach, and says so' {
        $window = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
        $none = Step-MonitoringWindow -All -TimeBudget 0s -WarningVariable warning -WarningAction SilentlyContinue
        $none | Should -BeNullOrEmpty
        "$warning" | Should -BeLike "*time budget of 0s*$($window.Id)*"
    }

    It 'finds windows by id, by name and those that last' {
        $window = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
        (Get-MonitoringWindow).Id | Should -Be $window.Id
        (Get-MonitoringWindow -Name 'aft*').Id | Should -Be $window.Id
        Get-MonitoringWindow -Name 'other' | Should -BeNullOrEmpty
        Stop-ProgressiveRollout -Id $window.Id -Reason 'test'
        (Get-MonitoringWindow -Active).Phase | Should -Be 'RollingBack'
        Get-Share | Should -Be 0
    }

    It 'takes the release of a rollout from the pipeline' {
        $window = [pscustomobject] @{ Release = '7.7' } | Start-MonitoringWindow -Path './slow.yaml'
        $window.Release | Should -Be '7.7'
    }

    It 'completes the ids of windows and of nothing else' {
        $window = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
        $found = TabExpansion2 -inputScript 'Get-MonitoringWindow -Id ' -cursorColumn 25
        $found.CompletionMatches.CompletionText | Should -Be $window.Id
    }

    Context 'What is wrong' {
        It 'refuses <Case>' -ForEach @(
            @{ Case = 'a share that is not the one to watch'; File = 'slow.yaml'; Share = 50; Id = 'ShareDiffers' }
            @{ Case = 'a rollout document'; File = 'rollout.yaml'; Share = 100; Id = 'DocumentInvalid' }
            @{ Case = 'a missing release'; File = 'slow.yaml'; Share = 100; Id = 'ReleaseMissing' }
        ) {
            if ($Share -eq 50) { Set-Content -LiteralPath './flags.json' -Value ((Get-Content -LiteralPath './flags.json' -Raw).Replace('100000], ["off", 0]', '50000], ["off", 50000]')) }
            Copy-Item -LiteralPath "$Root/examples/02-rollout/rollout.yaml" -Destination '.'
            $release = if ($Case -like '*release') { @{} } else { @{ Release = '2.4.0' } }
            Start-MonitoringWindow -Path $File @release -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
            Get-MonitoringWindow | Should -BeNullOrEmpty
        }

        It 'says that a rollout is no window, and that an id is unknown' {
            Copy-Item -Path "$Root/examples/02-rollout/*" -Destination '.' -Force
            $rollout = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0'
            foreach ($command in 'Get-MonitoringWindow', 'Step-MonitoringWindow') {
                & $command -Id $rollout.Id -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
                $problem[0].FullyQualifiedErrorId | Should -BeLike 'MonitoringWindowNotFound,*'
                & $command -Id 'nope' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
                $problem[0].FullyQualifiedErrorId | Should -BeLike 'RolloutNotFound,*'
            }
            Get-MonitoringWindow | Should -BeNullOrEmpty
        }

        It 'refuses a second window for the same release on the same target, and lets one for a newer release take over' {
            $first = Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0'
            Start-MonitoringWindow -Path './slow.yaml' -Release '2.4.0' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'TargetBusy,*'
            $second = Start-MonitoringWindow -Path './slow.yaml' -Release '2.5.0'
            (Get-MonitoringWindow -Id $first.Id).Phase | Should -Be 'Superseded'
            $second.Phase | Should -Be 'Baking'
        }
    }
}
