#!/usr/bin/env pwsh
# Asks the gate about release 2.4.0, and once more after a test was made to fail. Needs nothing but ReadyOps.
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
    $result = Test-DeploymentGate -Path './gate.yaml' -Release '2.4.0' -StatePath './state'
    $result
    $result.Evidence | Format-Table -Property Check, Verdict, Reason -Wrap

    (Get-Content -LiteralPath './reports/unit.xml' -Raw).Replace(
        '<testcase classname="Checkout.Payment" name="Charges once" time="0.112" />',
        '<testcase classname="Checkout.Payment" name="Charges once" time="0.112"><failure message="charged twice" /></testcase>') |
        Set-Content -LiteralPath './reports/unit.xml'

    # A gate that did not pass also writes an error: in a runbook, -ErrorAction Stop would end it here.
    Test-DeploymentGate -Path './gate.yaml' -Release '2.4.0' -StatePath './state' -ErrorAction SilentlyContinue

    Get-DeploymentJournal -StatePath './state' | Format-Table
    Test-DeploymentJournal -StatePath './state' | Format-Table
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
