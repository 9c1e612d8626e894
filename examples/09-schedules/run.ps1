#!/usr/bin/env pwsh
# Starts a rollout and lets a schedule bring it to its end: the very script that a timer, a task or a runbook calls, called here in a loop.
# Needs nothing but ReadyOps.
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
    $status = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -StatePath './state'
    while (-not $status.Ended) {
        Start-Sleep -Milliseconds 500
        ./tick.ps1 -StatePath './state' -TimeBudget '10s'
        $status = Get-ProgressiveRollout -Id $status.Id -StatePath './state'
    }
    ./tick.ps1 -StatePath './state'
    $status | Format-Table
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
