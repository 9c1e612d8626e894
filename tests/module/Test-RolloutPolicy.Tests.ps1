BeforeAll {
    . $PSScriptRoot/common.ps1
    Push-Location -LiteralPath $TestDrive
    Set-Content -LiteralPath './checkout.yaml' -Value @'
apiVersion: readyops/v1
kind: Rollout
name: checkout
release: 2.4.0
tick: 15s
prometheus: http://localhost:1
target: { type: flag, path: flags.json, flag: checkout }
steps: [{ share: 10%, hold: 10m }, { share: 100%, hold: 10m }]
signals: [{ name: errors, query: up, bound: < 1%, for: 2m }]
'@
    # An hour, bad from 12:05:00 to 12:09:00.
    $noon = [datetimeoffset]'2026-01-01T12:00:00Z'
    $lines = foreach ($i in 0..240) { '{0:yyyy-MM-ddTHH:mm:ssZ},{1}' -f $noon.AddSeconds(15 * $i).UtcDateTime, $(if ($i -ge 20 -and $i -le 36) { '0.05' } else { '0' }) }
    Set-Content -LiteralPath './samples.csv' -Value (@('time,errors') + $lines)
    Set-Content -LiteralPath './checkout.json' -Value '{ "errors": 7 }'
    $pairs = foreach ($i in 0..240) { '[{0},"{1}"]' -f ($noon.ToUnixTimeSeconds() + 15 * $i), $lines[$i].Split(',')[1] }
    $null = New-Item -ItemType Directory -Path './saved'
    Set-Content -LiteralPath './saved/errors.json' -Value ('{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[' + ($pairs -join ',') + ']}]}}')
    $play = @{ Path = './checkout.yaml'; SamplePath = './samples.csv' }
}
AfterAll { Pop-Location }

Describe 'Test-RolloutPolicy' {
    It 'says when it would have rolled back, on which sample and why' {
        $result = Test-RolloutPolicy @play
        $result | Should -BeOfType ReadyOps.BacktestResult
        $result.Outcome | Should -Be 'RolledBack'
        $result.Signal | Should -Be 'errors'
        $result.FirstBadSample | Should -Be $noon.AddMinutes(5)
        $result.BreachedAt | Should -Be $noon.AddMinutes(7)
        # The sample of 12:07:00 is there at 12:07:05, and the next tick is at 12:07:15.
        $result.RolledBackAt | Should -Be $noon.AddMinutes(7.25)
        $result.Delay | Should -Be ([timespan]'00:02:15')
        $result.Reason | Should -BeLike '*errors was 5%*'
        $result.Timeline[-1].Event | Should -Be 'RollbackStarted'
    }

    It 'counts alarms of a watched period, and those before an incident as false' {
        $watched = Test-RolloutPolicy @play -Watch
        $watched.Outcome | Should -Be 'Alarmed'
        $watched.FalseAlarms | Should -Be 1
        (Test-RolloutPolicy @play -Watch -IncidentAt '2026-01-01T12:05:00Z').FalseAlarms | Should -Be 0
    }

    It 'plays every combination of what is varied' {
        $grid = Test-RolloutPolicy @play -Vary @{ 'errors.for' = '2m', ([timespan]'00:10:00'); 'errors.bound' = '< 1%', '< 6%' }
        $grid.Count | Should -Be 4
        $grid[0].Variant | Should -Be 'errors.bound < 1%, errors.for 2m'
        $grid.Outcome | Should -Be @('RolledBack', 'Succeeded', 'Succeeded', 'Succeeded')
        $grid[3].Settings['errors.for'] | Should -Be '10m'
        @(Test-RolloutPolicy @play -Vary ([ordered]@{ 'errors.for' = '2m'; 'errors.bound' = '< 1%' }))[0].Variant | Should -Be 'errors.for 2m, errors.bound < 1%'
    }

    It 'plays saved answers as it plays the table of the same samples' {
        $table = Test-RolloutPolicy @play
        $saved = Test-RolloutPolicy -Path './checkout.yaml' -SamplePath './saved/*.json'
        $saved.RolledBackAt | Should -Be $table.RolledBackAt
        $saved.Samples | Should -Be $table.Samples
    }

    It 'plays a part of the file, and files from the pipeline' {
        (Test-RolloutPolicy @play -Start '2026-01-01T12:30:00Z').Outcome | Should -Be 'Succeeded'
        (Get-Item -LiteralPath './checkout.yaml' | Test-RolloutPolicy -SamplePath './samples.csv').Outcome | Should -Be 'RolledBack'
    }

    It 'refuses <Case>' -ForEach @(
        @{ Case = 'a history without a beginning'; Arguments = @{ Path = './checkout.yaml' }; Id = 'HistoryRangeInvalid' }
        @{ Case = 'a history that is to come'; Arguments = @{ Path = './checkout.yaml'; Start = '1h'; End = '2999-01-01T00:00:00Z' }; Id = 'HistoryRangeInvalid' }
        @{ Case = 'a Prometheus that does not answer'; Arguments = @{ Path = './checkout.yaml'; Start = '1h' }; Id = 'HistoryUnreadable' }
        @{ Case = 'an unknown signal'; Arguments = @{ Path = './checkout.yaml'; SamplePath = './samples.csv'; Vary = @{ 'late.for' = '1m' } }; Id = 'VariationInvalid' }
        @{ Case = 'a value that is none'; Arguments = @{ Path = './checkout.yaml'; SamplePath = './samples.csv'; Vary = @{ 'errors.for' = 'long' } }; Id = 'DocumentInvalid' }
        @{ Case = 'an incident elsewhere'; Arguments = @{ Path = './checkout.yaml'; SamplePath = './samples.csv'; IncidentAt = '2026-01-02T00:00:00Z' }; Id = 'HistoryRangeInvalid' }
        @{ Case = 'an answer that is none'; Arguments = @{ Path = './checkout.yaml'; SamplePath = './checkout.json' }; Id = 'HistoryUnreadable' }
        @{ Case = 'a file that is not there'; Arguments = @{ Path = './checkout.yaml'; SamplePath = './none.csv' }; Id = 'PathNotFound' }
        @{ Case = 'a document that is not there'; Arguments = @{ Path = './none.yaml'; SamplePath = './samples.csv' }; Id = 'PathNotFound' }
    ) {
        $result = Test-RolloutPolicy @Arguments -ErrorVariable problem -ErrorAction SilentlyContinue
        $result | Should -BeNullOrEmpty
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'shows a table to choose from' {
        $text = Test-RolloutPolicy @play -Vary @{ 'errors.for' = '2m', '10m' } | Out-String -Width 200
        $text | Should -Match 'errors\.for 2m\s+RolledBack\s+2026-01-01 12:07:15\s+errors\s+2026-01-01 12:05:00\s+00:02:15'
        (Test-RolloutPolicy @play).Timeline | Out-String -Width 200 | Should -Match '2026-01-01 12:07:15\s+RollbackStarted'
    }
}
