BeforeAll {
    . $PSScriptRoot/common.ps1
    $stub = Start-StubPrometheus
}
AfterAll { $stub.Dispose() }

Describe 'New-PerformanceBaseline' {
    BeforeEach {
        $env:READYOPS_PROMETHEUS = ''
        $stub.Requests.Clear()
        $stub.Answers.Clear()
        $stub.Answers['latency'] = '0.13157'
        $stub.Answers['rate'] = '100'
        $file = Join-Path -Path $TestDrive -ChildPath "$([guid]::NewGuid()).yaml"
        $of = @{ Url = $stub.Url; Query = @{ latency = @{ query = 'latency'; unit = 'seconds'; direction = 'increase' }; rate = 'rate[${window}]' } }
    }

    It 'captures queries by name, and writes them with where they come from' {
        $baseline = New-PerformanceBaseline @of -Name checkout -OutFile $file -Release 2.4.0 -Actor alice -Window 10m
        $baseline | Should -BeOfType ReadyOps.PerformanceBaseline
        $baseline.Path | Should -Be $file
        $baseline.Metrics.Name | Should -Be @('latency', 'rate')
        $baseline.Metrics[0].Values.P95 | Should -Be 0.13157
        $baseline.Metrics[0].Values.N | Should -Be 40
        $text = Get-Content -LiteralPath $file -Raw
        $text | Should -BeLike '*kind: Baseline*name: checkout*by: alice*endpoint: *measured:*p95: 0.13157*'
        @($stub.Requests.ToArray() | ForEach-Object -Process { $_['query'] }) | Should -Contain 'rate[300s]'
        ($baseline, $baseline.Metrics | ForEach-Object -Process { $_ | Out-String -Width 160 }) -join '' | Should -BeLike '*checkout*2.4.0*131.57ms*'
    }

    It 'writes JSON by the name of the file' {
        $file = $file -replace 'yaml$', 'json'
        $null = New-PerformanceBaseline @of -OutFile $file -Window 5m
        (Get-Content -LiteralPath $file -Raw | ConvertFrom-Json).metrics[0].measured.n | Should -Be 20
    }

    It 'touches nothing with -WhatIf, and replaces nothing without -Force' {
        New-PerformanceBaseline @of -OutFile $file -WhatIf | Should -BeNullOrEmpty
        $file | Should -Not -Exist
        $stub.Requests.Count | Should -Be 0
        Set-Content -LiteralPath $file -Value 'mine'
        { New-PerformanceBaseline @of -OutFile $file -ErrorAction Stop } | Should -Throw -ErrorId 'BaselineExists,*'
        Get-Content -LiteralPath $file | Should -Be 'mine'
        $stub.Requests.Count | Should -Be 0
        $null = New-PerformanceBaseline @of -OutFile $file -Force
        Get-Content -LiteralPath $file -Raw | Should -BeLike '*kind: Baseline*'
        @(Get-ChildItem -LiteralPath $TestDrive -Filter '*.tmp' -Force).Count | Should -Be 0
    }

    It 'captures what a document says, and anew what was captured' {
        Set-Content -LiteralPath $file -Value "apiVersion: readyops/v1`nkind: Baseline`nname: b`nprometheus: $($stub.Url)`nspan: 5m`nmetrics: [{name: m, query: 'rate{job=`"`${job}`"}', tolerance: 5ms}]"
        $first = New-PerformanceBaseline -Path $file -OutFile "$file.out.yaml" -Variable @{ job = 'shop' }
        $first.Metrics[0].Query | Should -Be 'rate{job="shop"}'
        $first.Metrics[0].Unit | Should -Be 'Seconds'
        (New-PerformanceBaseline -Path "$file.out.yaml" -Url $stub.Url -OutFile "$file.out.yaml" -Force).Digest | Should -Not -Be ''
    }

    It 'captures the signals of a rollout' {
        Set-Content -LiteralPath $file -Value "apiVersion: readyops/v1`nkind: Rollout`nname: r`ntarget: {type: flag, path: f.json, flag: f}`nsignals: [{name: p95, query: latency, bound: < 500ms}, {name: up, type: http, url: 'http://localhost/'}]"
        $baseline = New-PerformanceBaseline -Path $file -Url $stub.Url -Window 5m
        $baseline.Metrics.Name | Should -Be 'p95'
        $baseline.Metrics[0].Direction | Should -Be 'Increase'
        $baseline.Metrics[0].Unit | Should -Be 'Seconds'
    }

    It 'captures each hour of the week' {
        $baseline = New-PerformanceBaseline @of -SameHourOfWeek -Weeks 2 -Interval 10m -TimeZone 'Europe/Berlin'
        $baseline.Metrics[0].Hours.Count | Should -Be 168
        $baseline.Metrics[0].Hours[9].Name | Should -Be 'Mon 09:00'
        $baseline.Metrics[0].Hours | Out-String -Width 120 | Should -BeLike '*Mon 09:00*2*12*'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a query without data'; Arguments = @{ Query = @{ a = 'nothing' } }; Id = 'BaselineIncomplete' }
        @{ Name = 'a query that is none'; Arguments = @{ Query = @{ a = 'x{' } }; Id = 'BaselineIncomplete' }
        @{ Name = 'no query at all'; Arguments = @{ Query = @{} }; Id = 'DocumentInvalid' }
        @{ Name = 'a member that nobody knows'; Arguments = @{ Query = @{ a = @{ query = 'up'; units = 's' } } }; Id = 'DocumentInvalid' }
        @{ Name = 'a time zone that nobody knows'; Arguments = @{ TimeZone = 'Mars/Base' }; Id = 'TimeZoneUnknown' }
        @{ Name = 'weeks and a window'; Arguments = @{ Weeks = 1; Window = '1h' }; Id = 'BaselineSpanInvalid' }
        @{ Name = 'an end to come'; Arguments = @{ End = [DateTimeOffset]::Now.AddHours(1) }; Id = 'BaselineSpanInvalid' }
        @{ Name = 'a folder that is not there'; Arguments = @{ OutFile = '/no/such/folder/b.yaml' }; Id = 'BaselineNotWritten' }
        @{ Name = 'a name that is none'; Arguments = @{ Name = 'a b' }; Id = 'DocumentInvalid' }
    ) {
        $all = $of.Clone()
        foreach ($key in $Arguments.Keys) { $all[$key] = $Arguments[$key] }
        { New-PerformanceBaseline @all -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        $Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses a gate, and asks nobody where nobody is named' {
        Set-Content -LiteralPath $file -Value "apiVersion: readyops/v1`nkind: Gate`nname: g`nchecks: [{name: f, type: file, path: f}]"
        { New-PerformanceBaseline -Path $file -ErrorAction Stop } | Should -Throw -ErrorId 'BaselineDocumentInvalid,*'
        { New-PerformanceBaseline -Query @{ a = 'up' } } | Should -Throw -ErrorId 'PrometheusUrlMissing,*'
    }
}

Describe 'Compare-PerformanceBaseline' {
    BeforeAll {
        $stub.Answers['latency'] = '0.1'
        $stub.Answers['rate'] = '100'
        $file = Join-Path -Path $TestDrive -ChildPath 'baseline.yaml'
        $null = New-PerformanceBaseline -Url $stub.Url -Name checkout -OutFile $file -Window 10m -Query @{ latency = @{ query = 'latency'; unit = 'seconds'; direction = 'increase' }; rate = 'rate' }
    }
    BeforeEach {
        $env:READYOPS_PROMETHEUS = ''
        $stub.Requests.Clear()
        $stub.Answers.Clear()
        $stub.Answers['latency'] = '0.1'
        $stub.Answers['rate'] = '100'
    }

    It 'passes while everything is as it was, asking the server that was captured from' {
        $result = Compare-PerformanceBaseline -Path $file
        $result | Should -BeOfType ReadyOps.BaselineComparison
        $result.Verdict | Should -Be 'Pass'
        $result.Metrics.Count | Should -Be 4
        $result.Metrics[0].Statistic | Should -Be 'P50'
        $result.Path | Should -Be $file
        ($result, $result.Metrics | ForEach-Object -Process { $_ | Out-String -Width 160 }) -join '' | Should -BeLike '*Pass*checkout*2 metric(s) are as in*latency*p95*100ms*1*<= 110ms*40*'
    }

    It 'fails with an error that says what differs, and by how much' {
        $stub.Answers['latency'] = '0.15'
        $result = Compare-PerformanceBaseline -Path $file -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Verdict | Should -Be 'Fail'
        $result.Metrics[0].Ratio | Should -BeGreaterThan 1.49
        $problem[0].FullyQualifiedErrorId | Should -Be 'BaselineNotKept,ReadyOps.Commands.ComparePerformanceBaselineCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
        "$($problem[0])" | Should -BeLike '*p50 of latency 150ms is above the bound <= 110ms by 40ms*'
        { Compare-PerformanceBaseline -Path $file -ErrorAction Stop } | Should -Throw
        Compare-PerformanceBaseline -Path $file -Quiet -ErrorAction Stop | Should -BeExactly $false
        Compare-PerformanceBaseline -Path $file -Quiet -Metric rate | Should -BeExactly $true
    }

    It 'takes terms of its own, one for all or by metric' {
        $stub.Answers['latency'] = '0.15'
        Compare-PerformanceBaseline -Path $file -Quiet -Tolerance 50% | Should -BeTrue
        Compare-PerformanceBaseline -Path $file -Quiet -Tolerance 0.5 | Should -BeTrue
        Compare-PerformanceBaseline -Path $file -Quiet -Tolerance @{ latency = '50ms' } | Should -BeTrue
        Compare-PerformanceBaseline -Path $file -Quiet -Direction @{ latency = 'Decrease' } | Should -BeTrue
        Compare-PerformanceBaseline -Path $file -Quiet -Direction either -Tolerance '60%' | Should -BeTrue
        (Compare-PerformanceBaseline -Path $file -Statistic P99 -ErrorAction SilentlyContinue).Verdict | Should -Be 'Inconclusive'
        (Compare-PerformanceBaseline -Path $file -MinimumSamples 50 -ErrorAction SilentlyContinue).Verdict | Should -Be 'Inconclusive'
    }

    It 'never passes without data or without an answer' {
        $stub.Answers['rate'] = ''
        (Compare-PerformanceBaseline -Path $file -ErrorAction SilentlyContinue).Verdict | Should -Be 'NoData'
        (Compare-PerformanceBaseline -Path $file -Url 'http://localhost:1' -ErrorAction SilentlyContinue -WarningAction SilentlyContinue).Verdict | Should -Be 'Error'
        Compare-PerformanceBaseline -Path "$TestDrive/none.yaml" -Quiet -ErrorAction SilentlyContinue | Should -BeExactly $false
        (Compare-PerformanceBaseline -Path $file -SameHourOfWeek -ErrorAction SilentlyContinue).Verdict | Should -Be 'Error'
    }

    It 'compares two captures without a server' {
        $stub.Answers['rate'] = '115'
        $after = Join-Path -Path $TestDrive -ChildPath 'after.json'
        $null = New-PerformanceBaseline -Url $stub.Url -OutFile $after -Force -Window 10m -Query ([ordered]@{ latency = @{ query = 'latency'; unit = 'seconds' }; rate = 'rate'; new = 'new' })
        $stub.Requests.Clear()
        $result = Compare-PerformanceBaseline -Path $file -Current $after -ErrorAction SilentlyContinue -WarningVariable told -WarningAction SilentlyContinue
        $stub.Requests.Count | Should -Be 0
        $result.Metrics.Verdict | Should -Be @('Pass', 'Pass', 'Fail', 'Fail', 'Skipped')
        "$told" | Should -BeLike '*does not know new*'
    }

    It 'takes files from the pipeline' {
        (Get-Item -LiteralPath $file | Compare-PerformanceBaseline).Verdict | Should -Be 'Pass'
        Get-Item -LiteralPath $file, $file | Compare-PerformanceBaseline -Quiet | Should -BeExactly $true
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a tolerance that may mean two things'; Arguments = @{ Tolerance = 10 }; Id = 'ToleranceInvalid' }
        @{ Name = 'a tolerance in another unit'; Arguments = @{ Tolerance = '5MB' }; Id = 'ToleranceInvalid' }
        @{ Name = 'a direction that is none'; Arguments = @{ Direction = 'up' }; Id = 'DirectionInvalid' }
        @{ Name = 'a metric that is not there'; Arguments = @{ Metric = 'latncy' }; Id = 'BaselineMetricUnknown' }
        @{ Name = 'a metric that is not there, in a dictionary'; Arguments = @{ Tolerance = @{ x = '1%' } }; Id = 'BaselineMetricUnknown' }
        @{ Name = 'a window beside another capture'; Arguments = @{ Current = 'a'; Window = '5m' }; Id = 'ParametersInvalid' }
        @{ Name = 'another capture that is not there'; Arguments = @{ Current = 'a' }; Id = 'PathNotFound' }
    ) {
        { Compare-PerformanceBaseline -Path $file @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        $Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses measurements that were changed since, with their place' {
        $other = Join-Path -Path $TestDrive -ChildPath 'changed.yaml'
        Set-Content -LiteralPath $other -Value (Get-Content -LiteralPath $file -Raw).Replace('p95: 0.1', 'p95: 0.9')
        { Compare-PerformanceBaseline -Path $other -ErrorAction Stop } | Should -Throw -ErrorId 'DocumentInvalid,*'
        "$($Error[0])" | Should -Match 'changed\.yaml:\d+:\d+: /captured/digest'
    }

    It 'completes metrics, directions and time zones' {
        $line = "Compare-PerformanceBaseline -Path '$file' -Metric la"
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'latency'
        $line = 'Compare-PerformanceBaseline -Direction In'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'Increase'
        $line = 'New-PerformanceBaseline -TimeZone Europe/Berl'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Be 'Europe/Berlin'
    }

    It 'is a check of a gate' {
        $gate = Join-Path -Path $TestDrive -ChildPath 'gate.yaml'
        Set-Content -LiteralPath $gate -Value "apiVersion: readyops/v1`nkind: Gate`nname: g`nchecks: [{name: as before, type: baseline, path: baseline.yaml, span: 5m, statistics: p50}]"
        $result = Test-DeploymentGate -Path $gate -NoJournal
        $result.Status | Should -Be 'Passed'
        $stub.Answers['latency'] = '0.2'
        (Test-DeploymentGate -Path $gate -NoJournal -ErrorAction SilentlyContinue).Evidence[0].Reason | Should -BeLike '1 of 2 metric(s) differ*200ms*'
    }
}
