BeforeAll {
    . $PSScriptRoot/common.ps1
    $stub = Start-StubPrometheus
    $of = @{ Query = 'up'; Bound = '>= 1'; Url = $stub.Url; End = '2026-01-02T10:00:05Z'; Over = '30m' }
}
AfterAll { $stub.Dispose() }

Describe 'Test-MetricAnalysis' {
    BeforeEach {
        $env:READYOPS_PROMETHEUS = ''
        $stub.Requests.Clear()
        $stub.Answers.Clear()
        $stub.Value = '1'
    }

    It 'passes where every sample is good, and explains itself' {
        $seen = Test-MetricAnalysis @of -Name 'up'
        $seen | Should -BeOfType ReadyOps.MetricAnalysis
        $seen.Verdict | Should -Be 'Pass'
        # From 09:30:15 to 10:00:00.
        $seen.Samples | Should -Be 120
        $seen.Bad | Should -Be 0
        $seen.Start | Should -Be ([DateTimeOffset] '2026-01-02T09:30:05Z')
        $seen.Reason | Should -Be 'up is 1, within >= 1.'
        $seen.Status | Should -BeOfType ReadyOps.SignalStatus
        $seen.Changes.Verdict | Should -Be @('Inconclusive', 'Pass')
        ($seen | Out-String) | Should -BeLike '*Pass*up*0/120*'
        ($seen.Changes | Out-String -Width 200) | Should -BeLike '*2026-01-02 09:30:45*Pass*'
    }

    It 'fails with the sample that completed the breach, and with an error that stops scripts' {
        $stub.Value = '0'
        $seen = Test-MetricAnalysis @of -For 2m -ErrorVariable problem -ErrorAction SilentlyContinue
        $seen.Verdict | Should -Be 'Fail'
        $seen.FirstBreach | Should -Be ([DateTimeOffset] '2026-01-02T09:32:15Z')
        $seen.Breaches | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -Be 'MetricNotPassed,ReadyOps.Commands.TestMetricAnalysisCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
        { Test-MetricAnalysis @of -ErrorAction Stop } | Should -Throw
    }

    It 'returns a plain Boolean with -Quiet, and no error' {
        Test-MetricAnalysis @of -Quiet | Should -BeExactly $true
        $stub.Value = '0'
        Test-MetricAnalysis @of -Quiet -ErrorAction Stop | Should -BeExactly $false
        $stub.Value = '1'
        Test-MetricAnalysis -Query 'up' -Bound 'about one' -Url $stub.Url -Quiet -ErrorAction SilentlyContinue | Should -BeExactly $false
        Test-MetricAnalysis -Path "$TestDrive/nothing-*.yaml" -Quiet -ErrorAction SilentlyContinue | Should -BeExactly $false
    }

    It 'takes limits, counts, traffic and directions as documents do' {
        (Test-MetricAnalysis @of -ConsecutiveSuccesses 121 -ErrorAction SilentlyContinue).Verdict | Should -Be 'Inconclusive'
        (Test-MetricAnalysis @of -MinSamples 121 -ErrorAction SilentlyContinue).Verdict | Should -Be 'Inconclusive'
        $stub.Answers['traffic'] = '99'
        $quiet = Test-MetricAnalysis @of -TrafficQuery 'traffic' -MinTraffic 100 -ErrorAction SilentlyContinue
        $quiet.Verdict | Should -Be 'Inconclusive'
        $quiet.Status.Traffic | Should -Be 99
        $stub.Value = '0.5'
        (Test-MetricAnalysis -Query 'up' -Bound 'between 1 and 2' -Direction Increase -Url $stub.Url).Verdict | Should -Be 'Pass'
        (Test-MetricAnalysis @of -Consecutive 500 -FailureLimit '3 within 5m' -ErrorAction SilentlyContinue).FirstBreach | Should -Be ([DateTimeOffset] '2026-01-02T09:30:45Z')
    }

    It 'refuses nonsense as a document would, each by its member' {
        { Test-MetricAnalysis -Query 'up' -Bound 'about one' -Url $stub.Url } | Should -Throw -ErrorId 'DocumentInvalid*'
        Test-MetricAnalysis -Query 'up' -Bound 'about one' -FailureLimit '5' -Url $stub.Url -ErrorVariable problem -ErrorAction SilentlyContinue
        "$problem" | Should -BeLike '*/bound*'
        "$problem" | Should -BeLike "*/failureLimit: '5' does not say within what time*"
        { Test-MetricAnalysis @of -For 2m -Consecutive 3 -ErrorAction Stop } | Should -Throw "*either timed or counted*"
        { Test-MetricAnalysis -Query 'up' -Bound '>= 1' -Url $stub.Url -Start 1h -End 2h -ErrorAction Stop } | Should -Throw -ErrorId 'HistoryRangeInvalid*'
    }

    It 'judges the signals of a rollout document' {
        $file = Join-Path -Path $TestDrive -ChildPath 'checkout.yaml'
        Set-Content -LiteralPath $file -Value "apiVersion: readyops/v1`nkind: Rollout`nname: checkout`nprometheus: $($stub.Url)`ntarget: {type: flag, path: flags.json, flag: f}`nsteps: [{share: 10%, hold: 30m}]`nsignals: [{name: errors, query: errors, bound: < 1%}, {name: up, query: up, bound: '>= 1'}, {name: health, type: http, url: 'http://localhost:1'}]"
        $stub.Answers['errors'] = '0.05'
        $all = Test-MetricAnalysis -Path $file -ErrorAction SilentlyContinue
        $all.Name | Should -Be @('errors', 'up', 'health')
        $all.Verdict | Should -Be @('Fail', 'Pass', 'NoData')
        (Get-Item -LiteralPath $file | Test-MetricAnalysis -Signal 'u*').Name | Should -Be 'up'
        { Test-MetricAnalysis -Path $file -Signal 'x' -ErrorAction Stop } | Should -Throw -ErrorId 'SignalNotFound*'
    }

    It 'says Error where Prometheus cannot be asked' {
        $seen = Test-MetricAnalysis -Query '{' -Bound '>= 1' -Url $stub.Url -ErrorAction SilentlyContinue
        $seen.Verdict | Should -Be 'Error'
        $seen.Reason | Should -BeLike '*could not be measured*'
    }
}
