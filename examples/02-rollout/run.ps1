#!/usr/bin/env pwsh
# Rolls a release out twice: once healthy to 100 %, and once with a fault that appears at 50 % and is rolled back.
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

    # What would happen when, if every signal passed. Touches nothing.
    Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -WhatIf @state | Format-Table

    # The healthy release: -Wait ticks until the end.
    Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.4.0' -Reason 'first example' -Wait @state | Format-Table

    # The faulty one, ticked as a scheduled task would do it. The flag starts at 0 again.
    Copy-Item -LiteralPath "$PSScriptRoot/flags.json" -Destination './flags.json' -Force
    $status = Start-ProgressiveRollout -Path './rollout.yaml' -Release '2.5.0' -Reason 'second example' @state
    while (-not $status.Ended) {
        Start-Sleep -Milliseconds 250
        if ($status.SharePercent -ge 50) { Set-Content -LiteralPath './health.json' -Value '{ "errorRate": 0.07 }' }
        if ($status.Phase -eq 'RollingBack') { Set-Content -LiteralPath './health.json' -Value '{ "errorRate": 0.002 }' }
        $status = Step-ProgressiveRollout -Id $status.Id @state
    }
    $status | Format-Table

    # Who decided what, when and why; and the proof that nobody changed it afterwards.
    Get-DeploymentJournal -Stream "rollouts/$($status.Id)" @state | Where-Object -Property Type -NE -Value 'SignalsObserved' | Format-Table
    Test-DeploymentJournal @state | Format-Table
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
