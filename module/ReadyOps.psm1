$ErrorActionPreference = 'Stop'
$contracts = [System.IO.Path]::Combine($PSScriptRoot, 'bin', 'ReadyOps.dll')
$loaded = 'ReadyOps.LoadContext' -as [type]
if ($loaded -and $loaded.Assembly.Location -ne $contracts) {
    throw "ReadyOps is already loaded from '$($loaded.Assembly.Location)'. .NET cannot replace it: start a new PowerShell session."
}
$null = [System.Runtime.Loader.AssemblyLoadContext]::Default.LoadFromAssemblyPath($contracts)
$script:inner = Import-Module -Assembly ([ReadyOps.LoadContext]::LoadModule()) -PassThru
$ExecutionContext.SessionState.Module.OnRemove = { Remove-Module -ModuleInfo $script:inner -Force }
