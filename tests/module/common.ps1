# Dot-sourced by every test: brings the module as it was built, never the sources.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$script:Root = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").Path
if (-not $env:READYOPS_MODULE) {
    $built = Get-ChildItem -Path "$script:Root/output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    if (-not $built) { throw 'Build the module first: ./build.ps1 -Task Build' }
    $env:READYOPS_MODULE = $built.DirectoryName
}
$script:Manifest = Join-Path -Path $env:READYOPS_MODULE -ChildPath 'ReadyOps.psd1'
$env:READYOPS_STATE = ''
Import-Module -Name $script:Manifest

function Invoke-Shell {
    # Runs a script in a fresh PowerShell and returns what it wrote.
    param([Parameter(Mandatory)] [string] $Script)
    $pwsh = (Get-Process -Id $PID).Path
    $text = "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$manifest = '$script:Manifest'; $Script"
    $written = & $pwsh -NoProfile -NonInteractive -Command $text 2>&1
    if ($LASTEXITCODE -ne 0) { throw "The shell ended with exit code ${LASTEXITCODE}: $($written -join "`n")" }
    $written
}

function Start-StubPrometheus {
    # Something that answers like Prometheus on loopback; dispose it.
    if (-not ('StubPrometheus' -as [type])) { Add-Type -Path "$PSScriptRoot/StubPrometheus.cs" }
    [StubPrometheus]::new()
}
