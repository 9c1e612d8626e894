#!/usr/bin/env pwsh
# Holds outputs against contracts, and asks a gate about them. Needs nothing but ReadyOps.
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
    Get-OutputContract | Format-Table

    # One result for each output; a name is looked up in ./contracts.
    Test-OutputContract -Schema code-review -Path './outputs/review-*.json' -AssertFormat | Format-Table
    Test-OutputContract -Schema test-run -Path './outputs/test-runs.jsonl' | Format-Table
    Test-DeploymentGate -Path './gate.yaml' -StatePath './state' | Format-Table

    # An output that says "approved" over an error, and has a member that nobody knows.
    $broken = Get-Content -LiteralPath './outputs/review-2.json' -Raw | ConvertFrom-Json
    $broken.status = 'approved'
    $broken | Add-Member -NotePropertyName 'finding' -NotePropertyValue @()
    $result = $broken | Test-OutputContract -Schema code-review -ErrorAction SilentlyContinue
    $result.Errors | Format-Table

    # A first contract out of what there is, to be tightened by hand.
    New-OutputContract -Path './outputs/test-runs.jsonl' -Title 'Test run' -OutFile './contracts/inferred.json'
    Test-OutputContract -Schema inferred -Path './outputs/test-runs.jsonl' | Format-Table
}
finally {
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
