#!/usr/bin/env pwsh
# Takes release 0.1.0 of this repository through the gates of checklist.md: skipped, blocked, failed, passed, and on to phase 13.
# Needs nothing but ReadyOps and git: the service, its Prometheus and its Alertmanager are played by a small listener.
[CmdletBinding()]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name ReadyOps)) {
    $built = Get-ChildItem -Path "$PSScriptRoot/../../output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    Import-Module -Name ($built ? $built.FullName : 'ReadyOps')
}

# Everything happens in a folder of its own, journal included, so that the example leaves no trace.
$folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "readyops-$([guid]::NewGuid())"
Copy-Item -LiteralPath $PSScriptRoot -Destination $folder -Recurse
Push-Location -LiteralPath $folder
$service = & "$PSScriptRoot/../Start-ExampleService.ps1" -Folder './service'
try {
    # This repository as it is released: its change log, readme and documentation, tagged.
    $null = New-Item -ItemType Directory -Path './repository', './backups'
    Copy-Item -Path "$PSScriptRoot/../../CHANGELOG.md", "$PSScriptRoot/../../README.md", "$PSScriptRoot/../../docs" -Destination './repository' -Recurse
    $git = @('-C', './repository', '-c', 'user.name=release', '-c', 'user.email=release@example.com', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false')
    git @git init --quiet
    git @git add --all
    git @git commit --quiet --message 'Release'
    git @git tag v0.0.9
    git @git tag v0.1.0

    # Last night's backup, with its checksum.
    Set-Content -LiteralPath './backups/shop.tar' -Value ('data ' * 1000)
    "$((Get-FileHash -LiteralPath './backups/shop.tar' -Algorithm SHA256).Hash.ToLowerInvariant())  shop.tar" | Set-Content -LiteralPath './backups/shop.tar.sha256'

    $gate = @{ Release = '0.1.0'; StatePath = './state'; Variable = @{ service = $service.Url }; ErrorAction = 'SilentlyContinue' }
    $columns = 'Gate', 'Status', 'Score', 'Release'
    $production = @{ Path = './production.yaml'; AllowCommand = $true; Actor = 'release-manager' } + $gate

    '--- Skipped: phase 12 does not begin before the gates of phases 10 and 11 have passed.'
    (Test-DeploymentGate @production).Reason
    Test-DeploymentGate -Path './gate-10.yaml', './gate-11.yaml' @gate | Format-Table -AutoSize -Property $columns

    '--- Blocked: what people must decide is not decided. The reason ends with the command that unblocks it.'
    $blocked = Test-DeploymentGate @production
    "$($blocked.Status): $($blocked.Reason)"

    # An approval counts for this release and this text of the gate only.
    $approve = @{ Path = './production.yaml'; Release = '0.1.0'; StatePath = './state'; Variable = $gate.Variable }
    $null = @(
        Approve-GateApproval @approve -Check 'security sign-off' -Role 'security' -Actor 'sasha' -Reason 'scan of 21 November'
        Approve-GateApproval @approve -Check 'stakeholder approval' -Role 'stakeholder' -Actor 'maria'
        Approve-GateApproval @approve -Check 'stakeholder approval' -Role 'stakeholder' -Actor 'noor'
        Approve-GateApproval @approve -Check 'on-call schedule confirmed' -Role 'operations' -Actor 'omar'
        Approve-GateApproval @approve -Check 'team available' -Role 'operations' -Actor 'omar'
        Approve-GateApproval @approve -Check 'reviewer' -Role 'reviewer' -Actor 'rita' -Reason 'read it all'
    )

    '--- Failed: six iterations are one more than the mode Standard allows.'
    $state = Get-Content -LiteralPath './state.json' -Raw
    $state.Replace('"iterations": 3', '"iterations": 6') | Set-Content -LiteralPath './state.json'
    $failed = Test-DeploymentGate @production
    "$($failed.Status): $($failed.Reason)"
    Set-Content -LiteralPath './state.json' -Value $state

    '--- Passed: everything was seen.'
    $passed = Test-DeploymentGate @production
    $passed | Format-Table -AutoSize -Property $columns

    '--- The checklist, written back: its boxes ticked by the evidence, and so its decision table.'
    $passed | Export-GateReport -Format Markdown -Source './checklist.md' -Path './report.md'
    $report = Get-Content -LiteralPath './report.md'
    $report | Select-String -Pattern '^- \[x\]' -Raw | Select-Object -First 8
    $report | Select-String -Pattern 'Pass / |PASS / ' -CaseSensitive -Raw
    $passed | Export-GateReport -Format Html -Path './report.html'
    $passed | Export-GateReport -Format JUnit -Path './report.xml'

    '--- Phase 13 opens, because the production gate passed.'
    $null = Approve-GateApproval -Path './gate-13.yaml' -Release '0.1.0' -StatePath './state' -Check 'taken over' -Role 'site-reliability-engineer' -Actor 'sam'
    Test-DeploymentGate -Path './gate-13.yaml' @gate | Format-Table -AutoSize -Property $columns
}
finally {
    $service.Dispose()
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
