#!/usr/bin/env pwsh
# Watches two releases after their rollout: one that stays healthy, and one that is taken back while the window lasts.
# Needs nothing but ReadyOps: the target is a flag file, and the signal reads a file that stands for the metrics of a service.
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
try {
    $state = @{ StatePath = './state' }

    # When the 48-hour window would report. Touches nothing.
    Start-MonitoringWindow -Path './plan.yaml' -Release '2.4.0' -WhatIf @state | Format-Table -Property After, Action

    # The healthy release, watched to its end, as a scheduled task would do it.
    $window = Start-MonitoringWindow -Path './monitor.yaml' -Release '2.4.0' -Reason 'seventh example' @state
    while (-not $window.Ended) {
        Start-Sleep -Milliseconds 250
        $window = Step-MonitoringWindow -Id $window.Id -ReportFolder './reports' @state
    }
    $window | Format-Table
    $window.Checkpoints | Format-Table
    Get-ChildItem -Path './reports/*-1.md' | Get-Content

    # The faulty one: its error rate jumps after the first checkpoint.
    $window = Start-MonitoringWindow -Path './monitor.yaml' -Release '2.5.0' @state
    while (-not $window.Ended) {
        Start-Sleep -Milliseconds 250
        if ($window.Checkpoints.Count -ge 1) { Set-Content -LiteralPath './health.json' -Value '{ "errorRate": 0.02 }' }
        if ($window.Phase -eq 'RollingBack') { Set-Content -LiteralPath './health.json' -Value '{ "errorRate": 0.0002 }' }
        $window = Step-MonitoringWindow -Id $window.Id @state
    }
    Get-MonitoringWindow @state | Format-Table
    Test-DeploymentJournal @state | Format-Table
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
