#!/usr/bin/env pwsh
# Fifteen flags of one service, from the list to an emergency. Works on a copy of flags.json; needs nothing but ReadyOps.
[CmdletBinding()]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name ReadyOps)) {
    $built = Get-ChildItem -Path "$PSScriptRoot/../../output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    Import-Module -Name ($built ? $built.FullName : 'ReadyOps')
}

$folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "readyops-flags-$([guid]::NewGuid())"
$null = New-Item -ItemType Directory -Path $folder
try {
    Copy-Item -LiteralPath "$PSScriptRoot/flags.json" -Destination $folder
    $store = @{ Path = "$folder/flags.json"; StatePath = "$folder/.readyops" }

    # What there is: ten that are on, two on their way, three for emergencies.
    Get-FeatureFlag @store | Format-Table

    # What three users get on the fourth day of the rollout, and why. Any flagd says the same of the same file.
    Test-FeatureFlag @store -Key 'phase_4_deployment' -TargetingKey 'ada', 'grace', 'linus' -At '2025-10-22T12:00:00Z' | Format-Table

    # On the list, whatever the share is.
    Test-FeatureFlag @store -Key 'aatc' -TargetingKey 'margaret' -Context @{ segment = 'beta' } | Format-List -Property Summary, Steps

    # A share: the difference first, then the change itself.
    $share = @{ Key = 'aatc'; AllowAttribute = @{ segment = 'beta' }; Percent = 10; Reason = 'A week on the beta without an error'; Actor = 'ada' }
    Set-FeatureFlag @store @share -WhatIf
    Set-FeatureFlag @store @share

    # An emergency: on for everybody at once, with a reason or not at all.
    Enable-FeatureFlag @store -Key 'read_only_mode' -Reason 'Incident 4711: the database fails over' -Actor 'grace'
    Test-FeatureFlag @store -Key 'emergency_shutdown', 'maintenance_mode', 'read_only_mode' | Format-Table
    Disable-FeatureFlag @store -Key 'read_only_mode' -Reason 'Incident 4711 is over' -Actor 'grace'

    # Who, when, why, what; and the proof that it is what was written.
    Get-FeatureFlagHistory @store | Format-Table
    Test-DeploymentJournal -StatePath $store.StatePath -Stream 'flags/*' | Format-Table
}
finally { Remove-Item -LiteralPath $folder -Recurse -Force }
