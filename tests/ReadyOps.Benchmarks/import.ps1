#!/usr/bin/env pwsh
<#
.SYNOPSIS
Compares the time that importing ReadyOps takes with that of importing Pester.
.DESCRIPTION
Starts fresh processes of this PowerShell in turn: one that does nothing, one that imports Pester, one that imports the built
module. So whatever else the machine does falls on all three alike. Build the module first: ./build.ps1 -Task Build

Two times are taken of each. "whole process" is what a user or a scheduled task waits for, from start to exit. "import only" is
what Import-Module itself takes, measured inside of the process by a clock that was started just before.
.EXAMPLE
pwsh -NoProfile tests/ReadyOps.Benchmarks/import.ps1
.EXAMPLE
pwsh -NoProfile tests/ReadyOps.Benchmarks/import.ps1 -Rounds 50
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateRange(3, 1000)]
    [int] $Rounds = 25
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$root = Split-Path -Path (Split-Path -Path $PSScriptRoot -Parent) -Parent
$manifest = Get-ChildItem -Path (Join-Path -Path $root -ChildPath 'output/ReadyOps/*/ReadyOps.psd1') | Select-Object -First 1
if (-not $manifest) { throw 'The module is not built. Run ./build.ps1 -Task Build' }
$pester = Get-Module -Name Pester -ListAvailable | Sort-Object -Property Version -Descending | Select-Object -First 1
if (-not $pester) { throw 'Pester is not installed. Install-Module -Name Pester' }
$pwsh = (Get-Process -Id $PID).Path

function Get-ImportScript {
    param([string] $Path)
    "`$w = [System.Diagnostics.Stopwatch]::StartNew(); Import-Module -Name '$Path'; `$w.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture)"
}

function Measure-Start {
    param([string] $Script)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $written = & $pwsh -NoProfile -NonInteractive -Command $Script
    $whole = $watch.Elapsed.TotalMilliseconds
    if ($LASTEXITCODE -ne 0) { throw "pwsh ended with exit code $LASTEXITCODE." }
    [pscustomobject]@{ Whole = $whole; Import = [double]::Parse($written, [cultureinfo]::InvariantCulture) }
}

function Get-Quantile {
    param([double[]] $Value, [double] $Share)
    $sorted = @($Value | Sort-Object)
    $sorted[[int][math]::Round($Share * ($sorted.Count - 1))]
}

$subjects = [ordered]@{
    'no module' = '0'
    "Pester $($pester.Version)" = Get-ImportScript -Path $pester.Path
    "ReadyOps $($manifest.Directory.Name)" = Get-ImportScript -Path $manifest.FullName
}
$runs = @{}
foreach ($name in $subjects.Keys) { $runs[$name] = [System.Collections.Generic.List[object]]::new() }
# The first round fills the disk cache and does not count.
foreach ($round in 0..$Rounds) {
    Write-Progress -Activity 'Starting PowerShell' -Status "Round $round of $Rounds" -PercentComplete (100 * $round / $Rounds)
    foreach ($name in $subjects.Keys) {
        $run = Measure-Start -Script $subjects[$name]
        if ($round -gt 0) { $runs[$name].Add($run) }
    }
}
Write-Progress -Activity 'Starting PowerShell' -Completed

"PowerShell $($PSVersionTable.PSVersion), $([System.Environment]::ProcessorCount) cores, $Rounds rounds"
''
'| | whole process, median ms | quartiles | least | import only, median ms | quartiles | least |'
'|---|---:|---:|---:|---:|---:|---:|'
$medians = @{}
$least = @{}
foreach ($name in $subjects.Keys) {
    $cells = foreach ($which in 'Whole', 'Import') {
        [double[]] $values = @($runs[$name] | ForEach-Object -MemberName $which)
        $medians["$name/$which"] = Get-Quantile -Value $values -Share 0.5
        $least["$name/$which"] = Get-Quantile -Value $values -Share 0
        '{0:N0} | {1:N0}–{2:N0} | {3:N0}' -f $medians["$name/$which"], (Get-Quantile -Value $values -Share 0.25), (Get-Quantile -Value $values -Share 0.75), $least["$name/$which"]
    }
    "| $name | $($cells -join ' | ') |"
}
''
$peer, $own = @($subjects.Keys)[1, 2]
'Import of ReadyOps against that of Pester: {0:0.00} by medians, {1:0.00} by the least times.' -f ($medians["$own/Import"] / $medians["$peer/Import"]), ($least["$own/Import"] / $least["$peer/Import"])
'Whole process against that with Pester: {0:0.00} by medians, {1:0.00} by the least times.' -f ($medians["$own/Whole"] / $medians["$peer/Whole"]), ($least["$own/Whole"] / $least["$peer/Whole"])
