BeforeAll {
    . $PSScriptRoot/common.ps1
    $baseline = 118, 124, 121, 119, 130, 122, 125, 120
    $slower = 241, 250, 246, 239, 262, 244, 251, 247
}

Describe 'Compare-MetricSample' {
    It 'says that a doubled latency fails, and by what' {
        $comparison = Compare-MetricSample -Baseline $baseline -Canary $slower -Direction Increase
        $comparison | Should -BeOfType ReadyOps.MetricComparison
        $comparison.Verdict | Should -Be 'Fail'
        $comparison.Ratio | Should -BeGreaterThan 1.9
        $comparison.Shift | Should -BeGreaterThan 120
        $comparison.Low | Should -BeLessOrEqual $comparison.Shift
        $comparison.High | Should -BeGreaterOrEqual $comparison.Shift
        # 1 of C(16, 8)
        $comparison.PValue | Should -BeLessThan (1 / 12870 + 1e-12)
        $comparison.Cles | Should -Be 1
        $comparison.Method | Should -Be 'exact Mann-Whitney'
        $comparison.Reason | Should -BeLike '*times the baseline*'
    }

    It 'is two-sided by default' {
        $either = Compare-MetricSample -Baseline $baseline -Canary $slower
        $either.Direction | Should -Be 'Either'
        $either.PValue | Should -BeGreaterThan (2 / 12870 - 1e-12)
        (Compare-MetricSample -Baseline $slower -Canary $baseline).Verdict | Should -Be 'Fail'
        (Compare-MetricSample -Baseline $slower -Canary $baseline -Direction Increase).Verdict | Should -Be 'Pass'
    }

    It 'takes the canary from the pipeline, as numbers and as samples' {
        ($slower | Compare-MetricSample -Baseline $baseline).CanaryN | Should -Be 8
        ($slower | ForEach-Object -Process { [pscustomobject]@{ Value = $_ } } | Compare-MetricSample -Baseline $baseline).Verdict | Should -Be 'Fail'
        (@() | Compare-MetricSample -Baseline $baseline).Verdict | Should -Be 'NoData'
    }

    It 'takes samples of Prometheus and of a CSV for what they are, and what is missing for missing' {
        $csv = "v`n1`n2`n`n4" | ConvertFrom-Csv
        (Compare-MetricSample -Baseline @('1', '2', '', '4', ' ').ForEach({ $_ }) -Canary 1).Notes | Should -Be '2 sample(s) of the baseline are NaN or infinite.'
        (Compare-MetricSample -Baseline 1, $null, 3 -Canary $csv.v).Notes[0] | Should -Be '1 sample(s) of the baseline are NaN or infinite.'
        (1, $null, 3 | Compare-MetricSample -Baseline 1).Notes | Should -Be '1 sample(s) of the canary are NaN or infinite.'
        (Compare-MetricSample -Baseline 1 -Canary '+Inf', 'NaN', '1.5').Notes | Should -Be '2 sample(s) of the canary are NaN or infinite.'
        (Compare-MetricSample -Baseline ($slower | ForEach-Object -Process { [pscustomobject]@{ Value = $_ } }) -Canary $slower).Verdict | Should -Be 'Pass'
        { Compare-MetricSample -Baseline 1 -Canary 'many' } | Should -Throw -ExpectedMessage "*'many' is no number*"
        { Compare-MetricSample -BaselineCount 1 -BaselineTotal 10 -CanaryCount @($null) -CanaryTotal 10 -ErrorAction Stop } | Should -Throw -ExpectedMessage '*NaN*'
    }

    It 'never passes without data' {
        (Compare-MetricSample -Baseline @() -Canary @()).Verdict | Should -Be 'NoData'
        (Compare-MetricSample -Baseline $baseline -Canary $null).Verdict | Should -Be 'NoData'
        (Compare-MetricSample -Baseline $baseline -Canary @()).Verdict | Should -Be 'NoData'
        (Compare-MetricSample -Baseline $baseline -Canary 120).Verdict | Should -Be 'Inconclusive'
        (Compare-MetricSample -Baseline $baseline -Canary (@($baseline) + [double]::NaN)).Verdict | Should -Be 'Inconclusive'
        (Compare-MetricSample -Baseline $baseline -Canary (@($baseline) + [double]::NaN) -NonFinite Drop).Notes | Should -Be '1 sample(s) of the canary are NaN or infinite.'
    }

    It 'compares counts out of totals and during exposures' {
        (Compare-MetricSample -BaselineCount 0 -BaselineTotal 20000 -CanaryCount 9 -CanaryTotal 1000).Verdict | Should -Be 'Fail'
        $shares = Compare-MetricSample -BaselineCount 310 -BaselineTotal 98000 -CanaryCount 17 -CanaryTotal 5200
        $shares.Verdict | Should -Be 'Inconclusive'
        $shares.NextStep | Should -BeLike '*would settle it*'
        (Compare-MetricSample -BaselineCount 21 -BaselineExposure 3011 -CanaryCount 11 -CanaryExposure 800).Ratio | Should -BeGreaterThan 1.97
    }

    It 'reads a running rollout as often as one likes' {
        $counts = @{ BaselineCount = @(100) * 20; BaselineTotal = @(9000) * 20; CanaryTotal = @(3000) * 20; Method = 'Sequential'; Direction = 'Increase' }
        (Compare-MetricSample @counts -CanaryCount (@(66) * 20)).Verdict | Should -Be 'Fail'
        (Compare-MetricSample @counts -CanaryCount (@(33) * 20) -Tolerance 0.5).Verdict | Should -Be 'Pass'
    }

    It 'refuses <Name>, and says what to give instead' -ForEach @(
        @{ Name = 'a confidence of 1'; Arguments = @{ Baseline = 1, 2; Canary = 1, 2; Confidence = 1 } }
        @{ Name = 'a tolerance of 0'; Arguments = @{ Baseline = 1, 2; Canary = 1, 2; Tolerance = 0 } }
        @{ Name = 'a test of counts for samples'; Arguments = @{ Baseline = 1, 2; Canary = 1, 2; Method = 'Fisher' } }
        @{ Name = 'more events than trials'; Arguments = @{ BaselineCount = 5; BaselineTotal = 4; CanaryCount = 1; CanaryTotal = 4 } }
        @{ Name = 'counts without totals of their own'; Arguments = @{ BaselineCount = 5, 6; BaselineTotal = 40; CanaryCount = 1; CanaryTotal = 4 } }
        @{ Name = 'half an event'; Arguments = @{ BaselineCount = 0.5; BaselineTotal = 4; CanaryCount = 1; CanaryTotal = 4 } }
    ) {
        $null = Compare-MetricSample @Arguments -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -Be 'ComparisonInvalid,ReadyOps.Commands.CompareMetricSampleCommand'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidData'
        $problem[0].ErrorDetails.RecommendedAction | Should -Match '\S'
    }

    It 'shows in a table what decides' {
        $text = Compare-MetricSample -Baseline $baseline -Canary $slower | Out-String -Width 200
        $text | Should -Match 'Verdict\s+Ratio\s+From\s+To\s+P\s+Reason'
        $text | Should -Match 'Fail\s+2\.\d+'
    }
}
