BeforeAll {
    . $PSScriptRoot/common.ps1
    $stub = Start-StubPrometheus
    $of = @{ Objective = '99.9%'; ErrorQuery = 'http_requests_total{code=~"5.."}'; TotalQuery = 'http_requests_total'; Url = $stub.Url }
}
AfterAll { $stub.Dispose() }

Describe 'Test-Slo and Get-ErrorBudget' {
    BeforeEach {
        $env:READYOPS_PROMETHEUS = ''
        $stub.Requests.Clear()
        $stub.Answers.Clear()
        # Of 100,000 events 50 are bad, which is half of what 99.9 % allows, over any window.
        $stub.Answers['code='] = '50'
        $stub.Answers['total['] = '100000'
        $stub.Answers['_count'] = '100000'
        $stub.Answers['_bucket'] = '99950'
    }

    It 'passes while enough of the budget is left and nothing burns too fast' {
        $result = Test-Slo @of -Name 'api' -Time '2026-11-21T10:00:00Z'
        $result | Should -BeOfType ReadyOps.SloResult
        $result.Verdict | Should -Be 'Pass'
        $result.Name | Should -Be 'api'
        $result.Time | Should -Be ([DateTimeOffset] '2026-11-21T10:00:00Z')
        $result.Budget.Remaining | Should -Be 0.5
        $result.BurnRates.Factor | Should -Be @(14.4, 6, 3, 1)
        $result.BurnRates[0].LongBurnRate | Should -Be 0.5
        $result.BurnRates[0].Margin | Should -Be 13.9
        $result.BurnRates[0].LongEvents | Should -Be 100000
        $result.Reason | Should -BeLike '50% of the error budget of 99.9% over 30d (n = 100,000, 50 bad) is left*'
    }

    It 'asks every window, all at the same moment, and whether each long one is covered' {
        $null = Test-Slo @of -Time '2026-11-21T10:00:00Z'
        $now = $stub.Requests.ToArray() | Where-Object -FilterScript { $_['time'] -eq '1795255200' }
        @($now | ForEach-Object -Process { [regex]::Match($_['query'], '\[(\d+)s\]').Groups[1].Value } | Sort-Object -Unique).Count | Should -Be 8
        @($now | Where-Object -FilterScript { $_['query'] -like '*code=*' }).Count | Should -Be 8
        ($stub.Requests.Count - @($now).Count) | Should -Be 5
    }

    It 'fails with an error that says how much too fast it burns, and until when' {
        $stub.Answers['code='] = '2000'
        $result = Test-Slo @of -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Verdict | Should -Be 'Fail'
        $result.BurnRates[0].TimeToExhaustion | Should -Be ([timespan]::Zero)
        $problem[0].FullyQualifiedErrorId | Should -Be 'SloNotKept,ReadyOps.Commands.TestSloCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
        "$($problem[0])" | Should -BeLike '*burns at 20× over 1h and 20× over 5m, above 14.4× by 5.6×*'
        { Test-Slo @of -ErrorAction Stop } | Should -Throw
    }

    It 'returns a plain Boolean with -Quiet, and no error' {
        Test-Slo @of -Quiet | Should -BeExactly $true
        $stub.Answers['code='] = '2000'
        Test-Slo @of -Quiet -ErrorAction Stop | Should -BeExactly $false
        $stub.Answers['total['] = '0'
        Test-Slo @of -Quiet -ErrorAction Stop | Should -BeExactly $false
    }

    It 'lets only pages decide with -Severity Page' {
        # Three times and a half the budget: too fast for tickets only; the budget itself is overspent.
        $stub.Answers['code='] = '350'
        $result = Test-Slo @of -Severity Page -ErrorAction SilentlyContinue
        $result.BurnRates.Verdict | Should -Be @('Pass', 'Pass', 'Fail', 'Fail')
        $result.BurnRates.Decides | Should -Be @($true, $true, $false, $false)
        $result.Reason | Should -BeLike '-250% of the error budget*'
    }

    It 'never passes without data' {
        $stub.Answers['total['] = '0'
        (Test-Slo @of -ErrorAction SilentlyContinue).Verdict | Should -Be 'NoData'
        $stub.Answers['total['] = ''
        (Test-Slo @of -ErrorAction SilentlyContinue).Verdict | Should -Be 'NoData'
        $stub.Answers['total['] = 'NaN'
        (Get-ErrorBudget @of).Verdict | Should -Be 'NoData'
    }

    It 'takes no series of errors for none only with -AbsentIsZero' {
        $stub.Answers['code='] = ''
        $result = Test-Slo @of -ErrorAction SilentlyContinue
        $result.Verdict | Should -Be 'NoData'
        $result.NextStep | Should -BeLike '*absentIsZero*'
        Test-Slo @of -AbsentIsZero -Quiet | Should -BeTrue
    }

    It 'says what is left, how fast it burns and how long it lasts' {
        $budget = Get-ErrorBudget @of
        $budget | Should -BeOfType ReadyOps.ErrorBudget
        $budget.Consumed | Should -Be 0.5
        $budget.Attained | Should -Be 0.9995
        $budget.AllowedBadEvents | Should -Be 100
        $budget.BadEvents | Should -Be 50
        $budget.BurnRate | Should -Be 0.5
        # Half of the budget at half the rate lasts a whole period.
        $budget.TimeToExhaustion | Should -Be ([timespan]::FromDays(30))
        $stub.Answers['code='] = '120'
        (Get-ErrorBudget @of).Remaining | Should -Be -0.2
    }

    It 'judges latency by a bucket, good events and ratios' {
        (Get-ErrorBudget 99.9% -Histogram 'request_seconds{job="api"}' -Threshold 300ms -Url $stub.Url).Remaining | Should -Be 0.5
        @($stub.Requests.ToArray().query | Where-Object -FilterScript { $_ -clike 'sum(increase(request_seconds_bucket{job="api",le=~"0\\.3"}`[*' }).Count | Should -Be 8
        (Get-ErrorBudget 99.9% -GoodQuery 'request_bucket' -TotalQuery 'sum(increase(request_total[${window}]))' -Url $stub.Url).Remaining | Should -Be 0.5
        $stub.Answers['slo:'] = '0.0002'
        $ratio = Get-ErrorBudget 0.999 -RatioQuery 'avg_over_time(slo:ratio[${window}])' -Url $stub.Url
        $ratio.Remaining | Should -Be 0.8
        $ratio.Events | Should -BeNullOrEmpty
        $ratio.Reason | Should -BeLike '*n unknown*'
    }

    It 'writes an error and no pass when Prometheus cannot be asked' {
        $budget = Get-ErrorBudget 99.9% -ErrorQuery 'sum(increase(slow{[${window}]))' -TotalQuery 'sum(increase(x[${window}]))' -Url $stub.Url -ErrorVariable problem -ErrorAction SilentlyContinue
        $budget.Verdict | Should -Be 'Error'
        $budget.Notes | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ErrorBudgetUnavailable,*'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'an objective of 100 %'; Arguments = @{ Objective = '100%' } }
        @{ Name = 'a bare number that may mean two things'; Arguments = @{ Objective = '99.9' } }
        @{ Name = 'a query without a window'; Arguments = @{ ErrorQuery = 'rate(x[5m])' } }
        @{ Name = 'a rate beside a count in one query'; Arguments = @{ TotalQuery = 'sum(rate(a[${window}])) + sum(increase(b[${window}]))' } }
        @{ Name = 'a period of a minute'; Arguments = @{ Window = '1m' } }
        @{ Name = 'a minimum that is no share'; Arguments = @{ MinimumBudget = '120%' } }
    ) {
        $all = $of.Clone()
        foreach ($key in $Arguments.Keys) { $all[$key] = $Arguments[$key] }
        { Test-Slo @all } | Should -Throw -ErrorId 'SloInvalid,*'
        $Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows tables that fit, whatever is missing' {
        $stub.Answers['total['] = '0'
        $result = Test-Slo @of -ErrorAction SilentlyContinue
        ($result, $result.Budget, $result.BurnRates | ForEach-Object -Process { $_ | Out-String -Width 160 }) -join '' | Should -BeLike '*NoData*'
        $stub.Answers['total['] = '100000'
        (Test-Slo @of).BurnRates | Format-Table | Out-String -Width 160 | Should -BeLike '*14.4×*1h*0.5×*5m*0.5×*100,000*50*30d*'
    }

    It 'is a check of a gate' {
        $file = Join-Path -Path $TestDrive -ChildPath 'gate.yaml'
        Set-Content -LiteralPath $file -Value @(
            'apiVersion: readyops/v1', 'kind: Gate', 'name: slo', "prometheus: $($stub.Url)", 'checks:', '- name: api', '  type: slo', '  objective: 99.9%', '  minimumBudget: 20%'
            '  errors: sum(rate(http_requests_total{code=~"5..", job="${job}"}[${window}]))', '  total: sum(rate(http_requests_total{job="${job}"}[${window}]))')
        $stub.Answers['code='] = '0.05'
        $stub.Answers['http_requests_total{job'] = '100'
        $gate = Test-DeploymentGate -Path $file -Variable @{ job = 'shop' } -NoJournal
        $gate.Status | Should -Be 'Passed'
        $gate.Evidence[0].Reason | Should -BeLike '50% of the error budget*'
        ($stub.Requests.ToArray().query -like '*job="shop"}`[3600s`]*').Count | Should -BeGreaterThan 0
    }
}
