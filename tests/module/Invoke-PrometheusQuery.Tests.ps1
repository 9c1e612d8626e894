BeforeAll {
    . $PSScriptRoot/common.ps1
    $stub = Start-StubPrometheus
}
AfterAll { $stub.Dispose() }

Describe 'Invoke-PrometheusQuery' {
    BeforeEach {
        $env:READYOPS_PROMETHEUS = ''
        $stub.Requests.Clear()
    }

    It 'returns a typed sample for each series' {
        $sample = Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Time '2026-11-21T10:00:00Z'
        $sample | Should -BeOfType ReadyOps.MetricSample
        $sample.Value | Should -Be 1
        $sample.Name | Should -Be 'up'
        $sample.Labels['job'] | Should -Be 'prometheus'
        $sample.Time | Should -Be ([DateTimeOffset] '2026-11-21T10:00:00Z')
    }

    It 'takes the URL from READYOPS_PROMETHEUS and queries from the pipeline' {
        $env:READYOPS_PROMETHEUS = $stub.Url
        @('up', 'sum(up)' | Invoke-PrometheusQuery).Count | Should -Be 2
    }

    It 'says what to do when nobody named a Prometheus' {
        { Invoke-PrometheusQuery -Query 'up' } | Should -Throw -ErrorId 'PrometheusUrlMissing,ReadyOps.Commands.InvokePrometheusQueryCommand'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*READYOPS_PROMETHEUS*'
    }

    It 'returns every sample of a span, both ends included' {
        $samples = Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Start '2026-11-21T10:00:00Z' -End '2026-11-21T11:00:00Z' -Step 15m
        $samples.Count | Should -Be 5
        $samples[-1].Time | Should -Be ([DateTimeOffset] '2026-11-21T11:00:00Z')
    }

    It 'writes nothing for no data' {
        Invoke-PrometheusQuery -Query 'nothing' -Url $stub.Url | Should -BeNullOrEmpty
    }

    It 'keeps NaN' {
        $stub.Value = 'NaN'
        try { "$((Invoke-PrometheusQuery -Query 'up' -Url $stub.Url).Value)" | Should -BeExactly 'NaN' }
        finally { $stub.Value = '1' }
    }

    It 'writes a query that is refused as an error with the query, and goes on with the next' {
        $samples = 'sum(', '{', 'up' | Select-Object -Skip 1 | Invoke-PrometheusQuery -Url $stub.Url -ErrorVariable problem -ErrorAction SilentlyContinue
        @($samples).Count | Should -Be 1
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -Be 'PrometheusRefused,ReadyOps.Commands.InvokePrometheusQueryCommand'
        $problem[0].TargetObject | Should -Be '{'
    }

    It 'writes warnings of the server as warnings' {
        Invoke-PrometheusQuery -Query 'warned' -Url $stub.Url -WarningVariable warned -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $warned | Should -BeLike '*a store is down*'
    }

    It 'sends credentials, tokens and headers to the server and shows them nowhere' {
        $secret = ConvertTo-SecureString -String 'hunter2' -AsPlainText -Force
        $told = Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Token $secret -Header @{ 'X-Scope-OrgID' = 'shop' } -Verbose -Debug *>&1
        Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Credential ([pscredential]::new('ada', $secret)) | Should -Not -BeNullOrEmpty
        $requests = $stub.Requests.ToArray()
        $requests[0]['header:Authorization'] | Should -Be 'Bearer hunter2'
        $requests[0]['header:X-Scope-OrgID'] | Should -Be 'shop'
        $requests[1]['header:Authorization'] | Should -Be ('Basic ' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('ada:hunter2')))
        "$told" | Should -Not -BeLike '*hunter2*'
    }

    It 'resolves secret: in a header through Get-Secret where that exists' {
        function global:Get-Secret { param([string] $Name, [switch] $AsPlainText) "value of $Name" }
        try { $null = Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Header @{ 'X-Key' = 'secret:api' } }
        finally { Remove-Item -Path function:global:Get-Secret }
        $stub.Requests.ToArray()[0]['header:X-Key'] | Should -Be 'value of api'
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a URL with credentials, without repeating them'; Arguments = @{ Url = 'http://ada:hunter2@localhost' }; Id = 'HttpUrlInvalid' }
        @{ Name = 'a URL that is none'; Arguments = @{ Url = 'localhost' }; Id = 'HttpUrlInvalid' }
        @{ Name = 'a span that ends before it starts'; Arguments = @{ Url = 'http://localhost'; Start = '2026-11-21T11:00:00Z'; End = '2026-11-21T10:00:00Z' }; Id = 'SpanInvalid' }
        @{ Name = 'a step of nothing'; Arguments = @{ Url = 'http://localhost'; Start = '2025-11-21T10:00:00Z'; Step = '0s' }; Id = 'StepInvalid' }
        @{ Name = 'no time at all'; Arguments = @{ Url = 'http://localhost'; Timeout = '0s' }; Id = 'TimeoutInvalid' }
    ) {
        { Invoke-PrometheusQuery -Query 'up' @Arguments } | Should -Throw -ErrorId "$Id,*"
        "$($Error[0])" | Should -Not -BeLike '*hunter2*'
    }

    It 'refuses a bare number as a duration, because it would mean ticks' {
        { Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Timeout 5 } | Should -Throw -ExpectedMessage "*'5' is not a duration*"
    }

    It 'understands <Written> as a duration, whatever PowerShell makes of it' -ForEach @(
        @{ Written = '10s' }, @{ Written = '1d' }, @{ Written = '1h30m' }, @{ Written = "'00:00:10'" }, @{ Written = '([timespan]::FromSeconds(10))' }, @{ Written = '1.5h' }
    ) {
        # 10s and 1d are numbers to PowerShell: a short integer and a decimal.
        & ([scriptblock]::Create("Invoke-PrometheusQuery -Query 'up' -Url `$stub.Url -Start 1h -Step $Written")) | Should -Not -BeNullOrEmpty
        if ($Written -match '^\d\w*$') { & ([scriptblock]::Create("Invoke-PrometheusQuery -Query 'up' -Url `$stub.Url -Start $Written -Step 1h")) | Should -Not -BeNullOrEmpty }
    }

    It 'refuses a bare number as a moment' {
        { Invoke-PrometheusQuery -Query 'up' -Url $stub.Url -Start 5 } | Should -Throw -ExpectedMessage "*'5' is no moment*"
    }

    It 'gives up after its timeout' {
        Invoke-PrometheusQuery -Query 'slow' -Url $stub.Url -Timeout 100ms -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'HttpTimeout,*'
        $problem[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
    }

    It 'stops at once when the pipeline is stopped' {
        $shell = [powershell]::Create().AddScript("Import-Module '$Manifest'; Invoke-PrometheusQuery -Query slow -Url $($stub.Url) -Timeout 10m")
        $running = $shell.BeginInvoke()
        while ($stub.Requests.IsEmpty -and -not $running.IsCompleted) { Start-Sleep -Milliseconds 20 }
        $shell.Stop()
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Dispose()
    }

    It 'reads native histograms, with their buckets and quantiles' {
        $stub.Answers['native'] = '{"count":"10","sum":"18.5","buckets":[[3,"-0.001","0.001","2"],[0,"1","2","4"],[0,"2","4","4"]]}'
        $sample = Invoke-PrometheusQuery -Query 'native' -Url $stub.Url
        $sample.Histogram | Should -BeOfType ReadyOps.MetricHistogram
        [double]::IsNaN($sample.Value) | Should -BeTrue
        $sample.Histogram.Count | Should -Be 10
        $sample.Histogram.Buckets[1].Upper | Should -Be 2
        # Halfway through the four from 2 to 4, on a logarithmic scale.
        [Math]::Round($sample.Histogram.Quantile(0.8), 6) | Should -Be 2.828427
        $sample | Out-String -Width 120 | Should -BeLike '*n = 10*up*'
        $stub.Answers.Clear()
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a certificate for a server without TLS'; Arguments = @{ CertificatePath = './a.pem' }; Id = 'CertificateInvalid' }
        @{ Name = 'a key without a certificate'; Arguments = @{ Url = 'https://localhost:1'; KeyPath = './a.key' }; Id = 'CertificateInvalid' }
        @{ Name = 'a certificate that is not there'; Arguments = @{ Url = 'https://localhost:1'; CertificatePath = './none.pem' }; Id = 'CertificateFileMissing' }
        @{ Name = 'a proxy that is none'; Arguments = @{ Proxy = 'there' }; Id = 'ProxyInvalid' }
        @{ Name = 'a proxy with a password'; Arguments = @{ Proxy = 'http://u:secret@proxy' }; Id = 'ProxyInvalid' }
        @{ Name = 'a user of no proxy'; Arguments = @{ ProxyCredential = [pscredential]::new('u', (ConvertTo-SecureString -String 'p' -AsPlainText -Force)) }; Id = 'ProxyInvalid' }
        @{ Name = 'a proxy that is not there'; Arguments = @{ Proxy = 'http://127.0.0.1:1' }; Id = 'ProxyUnreachable' }
    ) {
        $all = @{ Query = 'up'; Url = $stub.Url } + @{}
        foreach ($key in $Arguments.Keys) { $all[$key] = $Arguments[$key] }
        { Invoke-PrometheusQuery @all -ErrorAction Stop } | Should -Throw -ErrorId "$Id,*"
        $Error[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$($Error[0])" | Should -Not -BeLike '*secret*'
    }
}
