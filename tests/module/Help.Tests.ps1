BeforeDiscovery {
    $root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").Path
    Import-Module -Name "$root/module/help/HelpPages.psm1"
    $pages = @(Get-ChildItem -Path "$root/module/help/*-*.md" | ForEach-Object -Process { Read-HelpPage -Path $_.FullName })
    $examples = foreach ($page in $pages) {
        foreach ($example in $page.Examples) { @{ Cmdlet = $page.Name; Title = $example.Title; Code = $example.Code } }
    }
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $stub = Start-StubPrometheus
    # A service with two errors in 100,000 requests, for objectives.
    $stub.Answers['code='] = '2'
    $stub.Answers['total['] = '100000'
    $stub.Answers['_count'] = '100000'
    $stub.Answers['_bucket'] = '99950'
}
AfterAll { $stub.Dispose() }

Describe 'The help of <Name>' -ForEach @($pages | ForEach-Object -Process { @{ Name = $_.Name } }) {
    BeforeAll { $help = Get-Help -Name $Name -Full }

    It 'has a synopsis and a description' {
        $help.Synopsis | Should -Not -BeLike "*$Name*"
        $help.Synopsis.Trim() | Should -Match '^[A-Z].*\.$'
        "$($help.description.Text)".Length | Should -BeGreaterThan 50
    }

    It 'describes every parameter' {
        foreach ($parameter in $help.parameters.parameter | Where-Object -Property name -NotIn -Value @('WhatIf', 'Confirm')) {
            "$($parameter.description.Text)" | Should -Match '\S' -Because "-$($parameter.name) needs a description"
        }
    }

    It 'has three examples or more, and says what goes in and what comes out' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        "$($help.returnValues.returnValue.type.name)" | Should -Match '\S'
        "$($help.inputTypes.inputType.type.name)" | Should -Match '\S'
    }
}

Describe '<_>' -ForEach @(Get-ChildItem -Path "$root/module/help/about_*.md").BaseName {
    It 'is found by Get-Help and fits a terminal' {
        $text = Get-Help -Name $_
        $text | Should -BeLike '*SHORT DESCRIPTION*'
        # Code is as long as it is.
        $prose = $text -split "`n" | Where-Object -FilterScript { $_ -notmatch '^ {8}' }
        ($prose | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'names only cmdlets and topics that there are' {
        $known = @((Get-Command -Module ReadyOps).Name) + @(Get-ChildItem -Path "$Root/module/help/about_*.md").BaseName + @('Get-Help', 'Get-Secret')
        foreach ($match in [regex]::Matches((Get-Help -Name $_), '\b(about_\w+|(Test|Get|New|Export|ConvertTo|Start|Step|Watch|Suspend|Resume|Stop|Invoke)-[A-Z]\w+)')) { $match.Value | Should -BeIn $known }
    }

    It 'shows documents that can be used' {
        $blocks = [regex]::Matches((Get-Content -LiteralPath "$Root/module/help/$_.md" -Raw), '(?s)```yaml\n(.*?)```')
        foreach ($block in $blocks) {
            $kind = [regex]::Match($block.Groups[1].Value, '(?m)^kind: (\w+)').Groups[1].Value
            $file = Join-Path -Path $TestDrive -ChildPath "$kind.yaml"
            Set-Content -LiteralPath $file -Value $block.Groups[1].Value
            if ($kind -eq 'Monitor') { $null = Start-MonitoringWindow -Path $file -Release '2.4.0' -WhatIf -ErrorVariable problem -ErrorAction SilentlyContinue }
            elseif ($kind -eq 'Gate') { $null = Test-DeploymentGate -Path $file -NoJournal -ErrorVariable problem -ErrorAction SilentlyContinue }
            else { $null = Start-ProgressiveRollout -Path $file -Release '2.4.0' -WhatIf -ErrorVariable problem -ErrorAction SilentlyContinue }
            $problem | Where-Object -FilterScript { $_.FullyQualifiedErrorId -like 'DocumentInvalid*' } | Should -BeNullOrEmpty
        }
    }
}

Describe 'The examples of the help do run' {
    BeforeAll {
        function Start-Ticking {
            # Ticks in the background, as a scheduled task would, for examples that watch.
            $shell = [powershell]::Create().AddScript("
                Set-Location -LiteralPath '$PWD'; Import-Module -Name '$Manifest'
                while (Get-ProgressiveRollout -Active) { `$null = Step-ProgressiveRollout -All; Start-Sleep -Milliseconds 50 }")
            $null = $shell.BeginInvoke()
            $shell
        }

        $prepare = @{
            'ConvertTo-DeploymentGate'   = { Set-Content -LiteralPath './release-checklist.md' -Value "# Release checklist`n- [ ] ``notes.md`` exists`n- [ ] All tests passing`n- [ ] Error rate < 1%`n- [ ] Security sign-off obtained`n- [x] Runbooks ready" }
            'Copy-DeploymentJournal'     = { New-ApprovalGate; Add-Decision }
            'Get-DeploymentJournal'      = { Start-Rollout; $null = Invoke-Rollback -Id 'checkout-*' -Reason 'test' -NoWait }
            'Test-DeploymentJournal'     = { Start-Rollout }
            'Step-ProgressiveRollout'    = { Start-Rollout }
            'Get-ProgressiveRollout'     = { Start-Rollout }
            'Watch-ProgressiveRollout'   = { Start-Rollout; $script:ticking = Start-Ticking }
            'Suspend-ProgressiveRollout' = { Start-Rollout }
            'Resume-ProgressiveRollout'  = { Start-Rollout; Suspend-ProgressiveRollout -Id 'checkout-*' -Reason 'test' }
            'Stop-ProgressiveRollout'    = { Start-Rollout }
            'Invoke-Rollback'            = { Start-Rollout }
            'Invoke-RolloutPromotion'    = { Start-Rollout }
            'Restart-ProgressiveRollout' = { Start-Rollout; Stop-ProgressiveRollout -Id 'checkout-*' -Reason 'test' -Wait }
            'Approve-GateApproval'       = { New-ApprovalGate; New-ApprovedRollout }
            'Deny-GateApproval'          = { New-ApprovalGate }
            'Revoke-GateApproval'        = { New-ApprovalGate; Add-Decision }
            'Get-GateApproval'           = { New-ApprovalGate; Add-Decision }
            'Get-DeploymentGate'         = { New-ApprovalGate; Add-Decision }
            'Test-RolloutPolicy'         = { New-Policy }
            'Test-MetricAnalysis'        = { New-Policy }
            'New-PerformanceBaseline'     = { New-Plan }
            'Compare-PerformanceBaseline' = { New-Plan; New-Baseline }
            'Start-MonitoringWindow'     = { New-Monitor }
            'Step-MonitoringWindow'      = { New-Monitor; $null = Start-MonitoringWindow -Path './monitor.yaml' -Release '2.4.0' }
            'Get-MonitoringWindow'       = { New-Monitor; $null = Start-MonitoringWindow -Path './monitor.yaml' -Release '2.4.0'; Start-Sleep -Milliseconds 1200; $null = Step-MonitoringWindow -All }
        }

        foreach ($name in 'Get', 'Test', 'Set', 'Remove', 'Enable', 'Disable', 'Export', 'Import') { $prepare["$name-FeatureFlag"] = { New-Flags } }
        $prepare['Get-FeatureFlagHistory'] = { New-Flags; Set-FeatureFlag -Key 'new-checkout' -Percent 20 -Reason 'test' }
        function New-Flags {
            Remove-Item -LiteralPath './flags.json'
            New-FeatureFlag -Key 'new-checkout' -Percent 10 -Expires '2026-01-31' -Owner 'shop' -Reason 'test'
            New-FeatureFlag -Key 'maintenance_mode' -Kind emergency -Reason 'test'
            Set-Content -LiteralPath './other.json' -Value '{"flags": {"new-checkout": {"state": "DISABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}'
            # So that switching either way changes something.
            if ($Cmdlet -like 'Enable-*') { Disable-FeatureFlag -Key 'new-checkout' -Reason 'test' }
            if ($Cmdlet -like 'Disable-*') { Enable-FeatureFlag -Key 'maintenance_mode' -Reason 'test' }
        }
        function New-Monitor {
            Set-Content -LiteralPath './monitor.yaml' -Value "apiVersion: readyops/v1`nkind: Monitor`nname: after`ntick: 100ms`nschedule: [{every: 1s, until: 2s}]`nsignals: [{name: error rate, type: json, path: health.json, pointer: /errorRate, unit: ratio, bound: < 1%, interval: 100ms}]"
        }
        function New-Policy {
            # A rollout that follows Prometheus, and an hour with an incident in it.
            Set-Content -LiteralPath './checkout.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: checkout`nprometheus: $($stub.Url)`ntarget: {type: flag, path: flags.json, flag: f}`nsteps: [{share: 10%, hold: 30m}]`nsignals: [{name: errors, query: up, bound: < 1%, for: 2m}]"
            $lines = foreach ($i in 0..240) { '{0},{1}' -f (1767268800 + 15 * $i), $(if ($i -ge 20) { '0.05' } else { '0' }) }
            Set-Content -LiteralPath './incident.csv' -Value (@('time,errors') + $lines)
        }
        function New-Plan {
            # What a baseline may be captured of.
            Set-Content -LiteralPath './plan.yaml' -Value "apiVersion: readyops/v1`nkind: Baseline`nname: checkout`nmetrics: [{name: up, query: up}, {name: rate, query: rate}]"
            Set-Content -LiteralPath './checkout-rollout.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: checkout`ntarget: {type: flag, path: flags.json, flag: f}`nsignals: [{name: errors, query: up, bound: < 1%}]"
        }
        function New-Baseline { 'baseline', 'after' | ForEach-Object -Process { $null = New-PerformanceBaseline -Path './plan.yaml' -OutFile "./$_.yaml" } }
        function New-ApprovedRollout {
            Set-Content -LiteralPath './shop-flags.json' -Value '{"flags":{"shop":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
            Set-Content -LiteralPath './shop.yaml' -Value "apiVersion: readyops/v1`nkind: Rollout`nname: shop`ntarget: {type: flag, path: shop-flags.json, flag: shop}`nallowNoSignals: true`nsteps: [{share: 10%, hold: 1h}, {share: 100%, before: [{name: lead, type: approval, role: sre}]}]"
            $null = Start-ProgressiveRollout -Path './shop.yaml' -Release '2.4.0'
        }
        function Start-Rollout { $null = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' }
        function New-ApprovalGate {
            # Gates that ask for approval, beside those of the examples.
            $head = "apiVersion: readyops/v1`nkind: Gate`nchecks:"
            Set-Content -LiteralPath './production.yaml' -Value "$head`n- {name: security, type: approval, role: security}`n- {name: product owner, type: approval}`nname: production"
            Set-Content -LiteralPath './signed.yaml' -Value "$head`n- {name: release manager, type: approval, signers: [{person: alice, key: 'env:ALICE_APPROVES'}]}`nname: signed"
        }
        function Add-Decision {
            $null = Test-DeploymentGate -Path './production.yaml' -Release '2.4.0' -ErrorAction SilentlyContinue
            $null = Approve-GateApproval -Path './production.yaml' -Release '2.4.0' -Role 'security'
            $null = Deny-GateApproval -Path './production.yaml' -Release '2.4.0' -Check 'product owner' -Reason 'test' -Actor 'alice'
            $null = Test-DeploymentGate -Path './production.yaml' -Release '2.4.0' -ErrorAction SilentlyContinue
        }
        function Read-Host { ConvertTo-SecureString -String 'token' -AsPlainText -Force }
    }

    BeforeEach {
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        Copy-Item -LiteralPath "$Root/examples/01-gate" -Destination $folder -Recurse
        Get-ChildItem -LiteralPath "$Root/examples/02-rollout" | Copy-Item -Destination $folder
        Copy-Item -Path "$Root/examples/05-contracts/*" -Destination $folder -Recurse -Exclude 'README.md', 'run.ps1', 'gate.yaml'
        $quick = (Get-Content -LiteralPath "$folder/rollout.yaml" -Raw).Replace('250ms', '100ms').Replace('2s', '300ms').Replace('1s', '100ms')
        Set-Content -LiteralPath "$folder/rollout.yaml" -Value ($quick + "`nrelease: 2.4.0`n")
        Push-Location -LiteralPath $folder
        $env:READYOPS_PROMETHEUS = $stub.Url
        $env:READYOPS_STATE = ''
        $script:ticking = $null
    }
    AfterEach {
        if ($script:ticking) {
            $script:ticking.Stop()
            $script:ticking.Dispose()
        }
        $env:READYOPS_PROMETHEUS = ''
        Pop-Location
    }

    It '<Cmdlet>: <Title>' -ForEach $examples {
        if ($prepare.ContainsKey($Cmdlet)) { . $prepare[$Cmdlet] }
        $script = [scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$Code")
        { $script:written = & $script } | Should -Not -Throw
        if ($Code -notmatch 'Export-Csv|Set-Content|Out-Null|-WhatIf|\$\w+ = |Suspend-|Resume-|Stop-|Invoke-Rollback|throw|Where-Object|-OutFile [^\n]+$') { $written | Should -Not -BeNullOrEmpty }
    }
}
