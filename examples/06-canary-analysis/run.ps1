#!/usr/bin/env pwsh
# Plays a rollout that is watched by comparisons over two recorded mornings: a healthy one, and one on which the release has twice
# the errors of the version beside it. Needs nothing but ReadyOps: what a Prometheus would answer is in files.
[CmdletBinding()]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name ReadyOps)) {
    $built = Get-ChildItem -Path "$PSScriptRoot/../../output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    Import-Module -Name ($built ? $built.FullName : 'ReadyOps')
}

$rollout = @{ Path = "$PSScriptRoot/rollout.yaml"; Release = '2.4.0' }

# The healthy morning: through all steps, and nobody had to choose a bound for errors or latency.
Test-RolloutPolicy @rollout -SamplePath "$PSScriptRoot/healthy.csv" | Format-List -Property Outcome, Alarms, Reason

# Twice the errors from 9:40 on: still below 2 %, so no bound of 5 % would ever have seen it.
Test-RolloutPolicy @rollout -SamplePath "$PSScriptRoot/twice-the-errors.csv" -IncidentAt '2026-11-20T09:40:00Z' |
    Format-List -Property Outcome, Signal, BreachedAt, Delay, FalseAlarms, Reason

# How much sooner it would have been found by whoever puts up with more false alarms.
Test-RolloutPolicy @rollout -SamplePath "$PSScriptRoot/twice-the-errors.csv" -Vary @{ 'errors.alpha' = '0.1%', '1%', '5%' } |
    Format-Table -Property Variant, Outcome, BreachedAt

# The same question once, over what was counted by 10:00, by hand.
$morning = Import-Csv -LiteralPath "$PSScriptRoot/twice-the-errors.csv" | Select-Object -First 60
$count = @{}
foreach ($column in 'errors.canary.events', 'errors.canary.total', 'errors.baseline.events', 'errors.baseline.total') {
    $count[$column] = ($morning | Measure-Object -Property $column -Sum).Sum
}
Compare-MetricSample -BaselineCount $count['errors.baseline.events'] -BaselineTotal $count['errors.baseline.total'] -CanaryCount $count['errors.canary.events'] -CanaryTotal $count['errors.canary.total'] -Direction Increase |
    Format-List -Property Verdict, Ratio, RatioLow, RatioHigh, PValue, Reason
