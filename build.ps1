#!/usr/bin/env pwsh
<#
.SYNOPSIS
Builds, tests and packs ReadyOps.
.DESCRIPTION
Build       the module as users get it, in output/ReadyOps/<version>/
Test        everything: dotnet test, then TestModule
TestModule  Pester on the built module, in a PowerShell of its own (builds it first)
Pack        output/ReadyOps.zip, checked against what Azure Automation accepts (builds it first)
Clean       removes output/
.EXAMPLE
./build.ps1 -Task Build
.EXAMPLE
./build.ps1 -Task Test, Pack
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateSet('Build', 'Test', 'TestModule', 'Pack', 'Clean')]
    [string[]] $Task = @('Build'),

    [Parameter()]
    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    # Runs only the Pester files of that name, for example Manifest; all without it.
    [Parameter()]
    [string[]] $TestName = @()
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$root = $PSScriptRoot
$output = Join-Path -Path $root -ChildPath 'output'
$version = ([xml](Get-Content -LiteralPath (Join-Path -Path $root -ChildPath 'Directory.Build.props') -Raw)).SelectSingleNode('//Version').InnerText
$moduleFolder = Join-Path -Path $output -ChildPath "ReadyOps/$version"
$pwsh = (Get-Process -Id $PID).Path

function Invoke-Tool {
    # Runs a program and stops the build when it fails.
    param([string] $Name, [string[]] $Arguments)
    if (-not (Get-Command -Name $Name -CommandType Application -ErrorAction Ignore)) {
        throw "'$Name' is not on the PATH. Install it first (dotnet: .NET SDK 10)."
    }
    & $Name @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Name $($Arguments -join ' ') ended with exit code $LASTEXITCODE." }
}

function Get-Literal {
    # A text as a literal of PowerShell.
    param([string] $Text)
    "'" + [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($Text) + "'"
}

function Assert-NoForeignLibrary {
    # A second copy of what PowerShell brings splits types in two; a second System.Management.Automation leaves no cmdlets at all, silently.
    param([string] $Folder)
    $hostFolders = @($PSHOME, (Split-Path -Path ([object].Assembly.Location) -Parent))
    foreach ($file in Get-ChildItem -LiteralPath $Folder -File) {
        if ($file.Extension -ne '.dll') { throw "The module may hold only managed libraries, and '$($file.Name)' is none." }
        if ($file.Name -eq 'System.Management.Automation.dll') { throw 'System.Management.Automation.dll got into the module: the import would succeed and bring no cmdlets. Keep PowerShellStandard.Library compile-time only.' }
        $isFramework = $file.Name -like 'System.*' -or $file.Name -like 'Microsoft.*' -or $file.Name -in @('mscorlib.dll', 'netstandard.dll')
        $inHost = $hostFolders | Where-Object -FilterScript { Test-Path -LiteralPath (Join-Path -Path $_ -ChildPath $file.Name) }
        if ($isFramework -and $inHost) { throw "'$($file.Name)' got into the module, and the runtime has it already: two copies would split its types. Remove the package that brings it." }
        try { $null = [System.Reflection.AssemblyName]::GetAssemblyName($file.FullName) }
        catch [System.BadImageFormatException] { throw "'$($file.Name)' is a native library, and those do not run in Azure Automation." }
    }
}

function Invoke-Build {
    if (Test-Path -LiteralPath $moduleFolder) { Remove-Item -LiteralPath $moduleFolder -Recurse -Force }
    $bin = (New-Item -Path (Join-Path -Path $moduleFolder -ChildPath 'bin') -ItemType Directory).FullName
    $publish = Join-Path -Path $output -ChildPath 'publish'
    if (Test-Path -LiteralPath $publish) { Remove-Item -LiteralPath $publish -Recurse -Force }
    $project = Join-Path -Path $root -ChildPath 'src/ReadyOps.Module/ReadyOps.Module.csproj'
    Invoke-Tool -Name 'dotnet' -Arguments @('publish', $project, '--configuration', $Configuration, '--output', $publish, '--nologo', '--verbosity', 'quiet')
    Get-ChildItem -LiteralPath $publish -File | Where-Object -FilterScript { $_.Extension -notin @('.pdb', '.json', '.xml') } | Copy-Item -Destination $bin
    Assert-NoForeignLibrary -Folder $bin

    $source = Join-Path -Path $root -ChildPath 'module'
    foreach ($name in @('ReadyOps.psm1', 'ReadyOps.Format.ps1xml', 'ReadyOps.Types.ps1xml')) {
        Copy-Item -LiteralPath (Join-Path -Path $source -ChildPath $name) -Destination $moduleFolder
    }
    $schemas = Join-Path -Path $source -ChildPath 'schemas'
    if (Test-Path -LiteralPath $schemas) { Copy-Item -LiteralPath $schemas -Destination $moduleFolder -Recurse }
    Copy-Item -LiteralPath (Join-Path -Path $root -ChildPath 'LICENSE'), (Join-Path -Path $source -ChildPath 'ThirdPartyNotices.txt') -Destination $moduleFolder

    $manifest = Get-Content -LiteralPath (Join-Path -Path $source -ChildPath 'ReadyOps.psd1') -Raw
    $stamped = $manifest -replace "(?m)^(\s*ModuleVersion\s*=\s*)'0\.0\.0'.*$", "`$1'$version'"
    $manifestFile = Join-Path -Path $moduleFolder -ChildPath 'ReadyOps.psd1'
    Set-Content -LiteralPath $manifestFile -Value $stamped -NoNewline -Encoding utf8NoBOM
    if ((Import-PowerShellDataFile -LiteralPath $manifestFile).ModuleVersion -ne $version) { throw "The manifest did not take version $version." }

    # In a process of its own: .NET never lets go of a library that it loaded.
    $help = Join-Path -Path $source -ChildPath 'help/HelpPages.psm1'
    $script = "Import-Module -Name $(Get-Literal -Text $help); Import-Module -Name $(Get-Literal -Text $manifestFile); " +
        "Export-ModuleHelp -Module ReadyOps -Source $(Get-Literal -Text (Split-Path -Path $help -Parent)) -Destination $(Get-Literal -Text (Join-Path -Path $moduleFolder -ChildPath 'en-US'))"
    Invoke-Tool -Name $pwsh -Arguments @('-NoProfile', '-NonInteractive', '-Command', "`$ErrorActionPreference = 'Stop'; $script")
    Write-Output "Built $moduleFolder"
}

function Invoke-ModuleTest {
    if (-not (Get-Module -Name Pester -ListAvailable | Where-Object -FilterScript { $_.Version.Major -eq 5 })) {
        throw 'Pester 5 is not installed. Install-Module -Name Pester -MinimumVersion 5.5.0 -MaximumVersion 5.99'
    }
    $results = Join-Path -Path $output -ChildPath 'TestResults'
    $null = New-Item -Path $results -ItemType Directory -Force
    $runner = Join-Path -Path $root -ChildPath 'tests/module/run.ps1'
    $names = ($TestName | ForEach-Object -Process { Get-Literal -Text $_ }) -join ', '
    $command = "& $(Get-Literal -Text $runner) -ModuleFolder $(Get-Literal -Text $moduleFolder) -ResultFile $(Get-Literal -Text (Join-Path -Path $results -ChildPath 'pester.xml')) -TestName @($names); exit `$LASTEXITCODE"
    & $pwsh -NoProfile -NonInteractive -Command $command | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "Pester ended with exit code $LASTEXITCODE." }
}

function Invoke-Pack {
    $package = Join-Path -Path $output -ChildPath 'ReadyOps.zip'
    if (Test-Path -LiteralPath $package) { Remove-Item -LiteralPath $package }
    # Azure Automation wants one name for archive, folder and manifest, and no folder of the version in between.
    $archive = [System.IO.Compression.ZipFile]::Open($package, [System.IO.Compression.ZipArchiveMode]::Create)
    try {
        foreach ($file in Get-ChildItem -LiteralPath $moduleFolder -File -Recurse | Sort-Object -Property FullName -Culture '') {
            $name = 'ReadyOps/' + [System.IO.Path]::GetRelativePath($moduleFolder, $file.FullName).Replace('\', '/')
            if ($name.Length -ge 140) { throw "'$name' has $($name.Length) characters; Azure Automation takes fewer than 140." }
            $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, $file.FullName, $name)
        }
    }
    finally { $archive.Dispose() }
    $size = (Get-Item -LiteralPath $package).Length
    if ($size -ge 100MB) { throw "'$package' has $size bytes; Azure Automation takes fewer than 100 MB." }
    Write-Output ('Packed {0} ({1:N0} KB)' -f $package, ($size / 1KB))
}

$built = $false
foreach ($name in $Task) {
    if (-not $built -and $name -in @('Build', 'TestModule', 'Test', 'Pack')) {
        Invoke-Build
        $built = $true
    }
    switch ($name) {
        'Test' {
            Invoke-Tool -Name 'dotnet' -Arguments @('test', (Join-Path -Path $root -ChildPath 'ReadyOps.sln'), '--nologo', '--verbosity', 'quiet')
            Invoke-ModuleTest
        }
        'TestModule' { Invoke-ModuleTest }
        'Pack' { Invoke-Pack }
        'Clean' {
            if (Test-Path -LiteralPath $output) { Remove-Item -LiteralPath $output -Recurse -Force }
            $built = $false
        }
    }
}
