#!/usr/bin/env pwsh
# Compares two captures of a service. Needs nothing but ReadyOps; with $env:READYOPS_PROMETHEUS it captures one of its own.
[CmdletBinding()]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name ReadyOps)) {
    $built = Get-ChildItem -Path "$PSScriptRoot/../../output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    Import-Module -Name ($built ? $built.FullName : 'ReadyOps')
}

$before = Join-Path -Path $PSScriptRoot -ChildPath 'before.yaml'
$after = Join-Path -Path $PSScriptRoot -ChildPath 'after.yaml'

# A comparison that does not pass writes an error, too; here it is wanted.
$result = Compare-PerformanceBaseline -Path $before -Current $after -ErrorAction SilentlyContinue
$result | Format-List -Property Verdict, Reason
$result.Metrics | Format-Table

# On other terms: half as slow again is fine where only the requests matter.
if (Compare-PerformanceBaseline -Path $before -Current $after -Tolerance @{ 'latency-p95' = '50%' } -Quiet) { 'Passes with a tolerance of 50 % for the latency.' }

if ($env:READYOPS_PROMETHEUS) {
    (New-PerformanceBaseline -Query @{ up = 'avg(up)' } -Window 10m).Metrics | Format-Table
}
