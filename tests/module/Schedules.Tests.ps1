BeforeAll {
    . $PSScriptRoot/common.ps1
    $schedules = "$Root/examples/09-schedules"
}

Describe 'A job as Azure Automation runs it' {
    # 400 MB of memory, 1 MiB of output, no child processes, nothing kept on the disk.
    It 'ticks 200 rollouts within the limits' {
        Push-Location -LiteralPath $TestDrive
        try {
            Set-Content -LiteralPath './rollout.yaml' -Value @'
apiVersion: readyops/v1
kind: Rollout
name: web-${n}
target: { type: flag, path: 'flags/${n}.json', flag: web }
steps: [{ share: 10%, hold: 1h }, { share: 100%, hold: 1h }]
signals: [{ name: errors, type: json, path: health.json, pointer: /errorRate, unit: ratio, bound: < 1%, consecutive: 3 }]
'@
            Set-Content -LiteralPath './health.json' -Value '{"errorRate": 0.002}'
            $null = New-Item -Path './flags' -ItemType Directory
            foreach ($n in 1..200) {
                Set-Content -LiteralPath "./flags/$n.json" -Value '{"flags": {"web": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}'
                $null = Start-ProgressiveRollout -Path './rollout.yaml' -Variable @{ n = $n } -Release '2.4.0' -StatePath './state'
            }
            # Every one sees a bad sample, and one cannot be ticked at all.
            Set-Content -LiteralPath './health.json' -Value '{"errorRate": 0.2}'
            Set-Content -LiteralPath (Get-ChildItem -Path './state/rollouts/web-1-*.jsonl')[0].FullName -Value 'nonsense'

            $pwsh = (Get-Process -Id $PID).Path
            $script = "`$ProgressPreference = 'SilentlyContinue'; Import-Module -Name '$Manifest'; try { & '$schedules/tick.ps1' -StatePath './state' -TimeBudget 10m } catch { `"Failed: `$_`" }" +
                "; if (`$IsLinux) { (Get-Content -LiteralPath '/proc/self/status') -match '^VmHWM' }"
            $tracer = if ($IsLinux) { Get-Command -Name 'strace' -CommandType Application -ErrorAction Ignore | Select-Object -First 1 }
            $written = if ($tracer) {
                & $tracer.Source -f -qq --seccomp-bpf -o ./trace -e 'trace=execve,execveat,fork,vfork,openat,creat,mkdir,rename,renameat,renameat2' $pwsh -NoProfile -NonInteractive -Command $script 2>&1 | Out-String
            }
            else { & $pwsh -NoProfile -NonInteractive -Command $script 2>&1 | Out-String }

            $written | Should -BeLike '*Ticked 199, failed 1, left 0. Call again at *'
            $written | Should -BeLike '*Failed: 1 rollouts could not be ticked*'
            [System.Text.Encoding]::UTF8.GetByteCount($written) | Should -BeLessThan 1MB
            if ($IsLinux) { [int]($written -replace '(?s).*VmHWM:\s*(\d+) kB.*', '$1') | Should -BeLessThan 400000 -Because 'that many kB are all that a sandbox has' }
            if ($tracer) {
                $calls = Get-Content -LiteralPath './trace'
                @($calls -match '\b(execve|execveat|fork|vfork)\(').Count | Should -Be 1 -Because 'a sandbox allows no child process, and the first is PowerShell itself'
                $state = (Resolve-Path -LiteralPath './state').Path
                # PowerShell and .NET have files of their own in every process.
                $own = "^/dev/|^/proc/self/|^$([regex]::Escape($HOME))/\.cache(/powershell(/|$)|$)|^$([regex]::Escape([System.IO.Path]::GetTempPath()))(dotnet-diagnostic|clr-debug-pipe|CoreFxPipe)"
                $calls -match 'O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir\(|rename' -notmatch '= -1 ' | ForEach-Object -Process { [regex]::Matches($_, '"([^"]*)"').ForEach({ $_.Groups[1].Value }) } |
                    Where-Object -FilterScript { -not $_.StartsWith($state) -and $_ -notmatch $own } | Should -BeNullOrEmpty -Because 'a tick that sets no share writes nothing but the state'
            }
        }
        finally { Pop-Location }
    }
}

Describe 'The runbook of Azure Automation' {
    BeforeAll {
        function Invoke-Runbook {
            # Runs the runbook with an identity endpoint of its own, and a tick that only looks around.
            param([hashtable] $Noted, [string] $Header = 'sesame', [int] $Failed = 0)
            $identity = Start-StubPrometheus
            $saved = $env:IDENTITY_ENDPOINT, $env:IDENTITY_HEADER
            $env:IDENTITY_ENDPOINT = "$($identity.Url)/identity"
            $env:IDENTITY_HEADER = $Header
            function Invoke-RestMethod {
                # The real request, answered by what stands for the identity's service.
                param($Method, $Uri, $Headers)
                $null = Microsoft.PowerShell.Utility\Invoke-RestMethod -Method $Method -Uri "$Uri&query=up" -Headers $Headers
                if ($Headers['X-IDENTITY-HEADER'] -ne 'sesame') { throw 'Response status code does not indicate success: 401 (Unauthorized).' }
                [pscustomobject]@{ access_token = "to;ken='x'" }
            }
            function Step-ProgressiveRollout {
                [CmdletBinding()]
                param([switch] $All, [string] $TimeBudget, [string] $StatePath)
                $noted.Seen = @{ All = $All; TimeBudget = $TimeBudget; StatePath = $StatePath; Database = [Environment]::GetEnvironmentVariable($StatePath.Split(':')[1]) }
                $schedule = [ReadyOps.RolloutSchedule].GetConstructors('NonPublic,Instance')[0].Invoke(@())
                [ReadyOps.RolloutSchedule].GetProperty('Failed').SetValue($schedule, $Failed)
                Write-Information -MessageData $schedule
                [pscustomobject]@{ Id = 'web-1'; Ended = $true; Phase = 'RolledBack'; SharePercent = 0; Reason = 'errors.' }
                [pscustomobject]@{ Id = 'web-2'; Ended = $false }
            }
            try {
                & "$schedules/azure-automation/runbook.ps1" -DatabaseHost 'db.example' -TimeBudget '5m'
                $noted.Request = $identity.Requests.ToArray()[0]
            }
            finally {
                $identity.Dispose()
                $env:IDENTITY_ENDPOINT, $env:IDENTITY_HEADER = $saved
            }
        }
    }

    It 'signs in with the token of the managed identity, and forgets it' {
        $noted = @{}
        $written = Invoke-Runbook -Noted $noted
        $seen, $request = $noted.Seen, $noted.Request
        $request['resource'] | Should -Be 'https://ossrdbms-aad.database.windows.net'
        $request['header:X-IDENTITY-HEADER'] | Should -Be 'sesame'
        $request['header:Metadata'] | Should -Be 'True'
        $seen.TimeBudget, $seen.StatePath | Should -Be '5m', 'env:READYOPS_DATABASE'
        $connection = [System.Data.Common.DbConnectionStringBuilder]::new()
        $connection.set_ConnectionString($seen.Database)
        $connection['host'], $connection['username'], $connection['password'], $connection['ssl mode'] | Should -Be 'db.example', 'automation-readyops', "to;ken='x'", 'VerifyFull'
        $env:READYOPS_DATABASE | Should -BeNullOrEmpty
        $written | Should -Be @('web-1: RolledBack at 0%: errors.', 'Ticked 0, failed 0, left 0. Nothing is under way any more.')
    }

    It 'fails when a rollout could not be ticked, and when there is no token' {
        { Invoke-Runbook -Noted @{} -Failed 2 } | Should -Throw '2 rollouts could not be ticked*'
        { Invoke-Runbook -Noted @{} -Header 'wrong' } | Should -Throw '*401*'
        $env:READYOPS_DATABASE | Should -BeNullOrEmpty
    }
}

Describe 'Other schedules' {
    It 'fail when the state cannot be read' {
        $script = "`$env:READYOPS_TEST_NOWHERE = 'Host=127.0.0.1;Port=1;Database=journals;Username=nobody;Password=x'; Import-Module -Name `$manifest; & '$schedules/tick.ps1' -StatePath 'env:READYOPS_TEST_NOWHERE'"
        { Invoke-Shell -Script $script } | Should -Throw '*exit code 1*1 rollouts could not be ticked*'
    }

    It 'has units that systemd takes' {
        $analyze = Get-Command -Name 'systemd-analyze' -CommandType Application -ErrorAction Ignore | Select-Object -First 1
        if (-not $analyze) { Set-ItResult -Skipped -Because 'there is no systemd-analyze'; return }
        Copy-Item -Path "$schedules/systemd/*" -Destination $TestDrive
        # The program is looked for: here it is wherever this PowerShell is.
        $unit = Get-Content -LiteralPath "$TestDrive/readyops.service" -Raw
        Set-Content -LiteralPath "$TestDrive/readyops.service" -Value $unit.Replace('/usr/bin/pwsh', '/bin/sh')
        $said = & $analyze.Source verify "$TestDrive/readyops.service" "$TestDrive/readyops.timer" 2>&1 | Where-Object -FilterScript { "$_" -match 'readyops' }
        $said | Should -BeNullOrEmpty
    }

    It 'has a task of Windows whose arguments PowerShell understands' {
        $noted = @{}
        function New-ScheduledTaskAction { param($Execute, $Argument) $noted.Action = @{ Execute = $Execute; Argument = $Argument } }
        function New-ScheduledTaskTrigger { [CmdletBinding()] param([switch] $Once, [datetime] $At, [timespan] $RepetitionInterval) @{ Once = $Once; At = $At; RepetitionInterval = $RepetitionInterval } }
        function New-ScheduledTaskSettingsSet { [CmdletBinding()] param([ValidateSet('Parallel', 'Queue', 'IgnoreNew')] $MultipleInstances, [timespan] $ExecutionTimeLimit, [switch] $StartWhenAvailable) @{} }
        function New-ScheduledTaskPrincipal { [CmdletBinding()] param($UserId, [ValidateSet('None', 'Password', 'S4U', 'Interactive', 'Group', 'ServiceAccount', 'InteractiveOrPassword')] $LogonType) @{} }
        function Register-ScheduledTask { [CmdletBinding()] param($TaskName, $Action, $Trigger, $Settings, $Principal, [switch] $Force) $noted.Registered = $PSBoundParameters }
        $probe = Join-Path -Path $TestDrive -ChildPath 'a probe.ps1'
        Set-Content -LiteralPath $probe -Value 'param($StatePath, $TimeBudget) "$StatePath|$TimeBudget"'
        $register = "$schedules/windows/Register-ReadyOpsTask.ps1"
        & $register -Script $probe -StatePath 'C:\Program Data\state\' -WhatIf
        $noted['Registered'] | Should -BeNullOrEmpty
        & $register -Script $probe -StatePath 'C:\Program Data\state\'
        $noted.Registered.TaskName | Should -Be 'ReadyOps'
        $start = [System.Diagnostics.ProcessStartInfo]::new($noted.Action.Execute, $noted.Action.Argument)
        $start.RedirectStandardOutput = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardOutput.ReadToEnd().Trim() | Should -Be 'C:\Program Data\state|50s'
        $process.WaitForExit()
        $process.ExitCode | Should -Be 0
    }

    It 'has a GitHub workflow whose step runs' {
        $lines = Get-Content -LiteralPath "$schedules/github-actions/rollouts.yml"
        $at = [array]::IndexOf($lines, '        run: |')
        $at | Should -BeGreaterThan 0
        $step = ($lines[($at + 1)..($lines.Count - 1)] -replace '^ {10}', '') -join "`n"
        $step | Should -Not -BeLike '*${{*' -Because 'what a workflow puts into a script is run'
        $state = Join-Path -Path $TestDrive -ChildPath 'github'
        $null = Invoke-Shell -Script "Set-Location -LiteralPath '$Root'; function Install-PSResource { param(`$Name, [switch] `$TrustRepository) Import-Module -Name `$manifest }; $($step.Replace('env:READYOPS_DATABASE', "'$state'"))" | ForEach-Object -Process { $script:said = "$_" }
        $said | Should -BeLike '*Nothing is under way any more.'
    }
}
