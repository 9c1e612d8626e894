# Runs the Pester files on the built module. build.ps1 starts it in a PowerShell of its own: .NET never lets go of a library.
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModuleFolder,
    [Parameter(Mandatory)] [string] $ResultFile,
    [Parameter()] [string[]] $TestName = @()
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module -Name Pester -MinimumVersion 5.0 -MaximumVersion 5.99.99
$env:READYOPS_MODULE = $ModuleFolder

$configuration = New-PesterConfiguration
$files = Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1'
$configuration.Run.Path = @($files | Where-Object -FilterScript { $TestName.Count -eq 0 -or $_.Name.Replace('.Tests.ps1', '') -in $TestName }).FullName
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$configuration.Output.RenderMode = 'Plaintext'
$configuration.TestResult.Enabled = $true
$configuration.TestResult.OutputPath = $ResultFile
$run = Invoke-Pester -Configuration $configuration

$broken = $run.FailedBlocksCount + $run.FailedContainersCount
Write-Output "Pester: $($run.PassedCount) passed, $($run.FailedCount + $broken) failed, $($run.SkippedCount + $run.NotRunCount) skipped"
exit [int]($run.FailedCount + $broken -gt 0 -or $run.PassedCount -eq 0)
