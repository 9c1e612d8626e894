BeforeAll {
    . $PSScriptRoot/common.ps1
    $count = (Import-PowerShellDataFile -LiteralPath $Manifest).CmdletsToExport.Count
    # Reads a document, so that the parser of YAML has to work, and says how that went.
    $probe = @'
        $file = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "readyops-$([guid]::NewGuid()).yaml"
        Set-Content -LiteralPath $file -Value "apiVersion: readyops/v1`nkind: Gate`nname: probe`nsections:`n  - name: files`n    checks:`n      - name: itself`n        type: file`n        path: $file`n"
        try { "gate $((Test-DeploymentGate -LiteralPath $file -NoJournal).Status)" } finally { Remove-Item -LiteralPath $file }
'@
}

Describe 'The module in a session' {
    It 'imports cold, with -Force and after Remove-Module, each time with all cmdlets that work' {
        $told = Invoke-Shell -Script ('
            Import-Module -Name $manifest; (Get-Command -Module ReadyOps).Count; ' + $probe + '
            Import-Module -Name $manifest -Force; (Get-Command -Module ReadyOps).Count; ' + $probe + '
            Remove-Module -Name ReadyOps; @(Get-Command -Name Test-DeploymentGate -ErrorAction Ignore).Count
            Import-Module -Name $manifest; (Get-Command -Module ReadyOps).Count; ' + $probe)
        $told | Should -Be @($count, 'gate Passed', $count, 'gate Passed', 0, $count, 'gate Passed')
    }

    It 'works in four parallel runspaces' {
        $told = Invoke-Shell -Script ('1..4 | ForEach-Object -Parallel { Import-Module -Name $using:manifest; (Get-Command -Module ReadyOps).Count; ' + $probe + '} -ThrottleLimit 4')
        ($told | Sort-Object) | Should -Be @(@($count) * 4 + @('gate Passed') * 4)
    }

    It 'is found and imported by the name of a cmdlet' {
        $told = Invoke-Shell -Script ('$env:PSModulePath = (Split-Path -Path $manifest | Split-Path | Split-Path) + [System.IO.Path]::PathSeparator + $env:PSModulePath; ' + $probe)
        $told | Should -Be 'gate Passed'
    }

    It 'works beside a module that loaded another YamlDotNet first' {
        $rival = Join-Path -Path $TestDrive -ChildPath 'YamlDotNet.dll'
        Invoke-Shell -Script "Add-Type -OutputAssembly '$rival' -TypeDefinition '[assembly: System.Reflection.AssemblyVersion(""99.0.0.0"")] namespace YamlDotNet.Core { public class Parser { } }'"
        $told = Invoke-Shell -Script ("`$null = [System.Reflection.Assembly]::LoadFrom('$rival'); [YamlDotNet.Core.Parser].Assembly.GetName().Version.Major; Import-Module -Name `$manifest; " + $probe)
        $told | Should -Be @(99, 'gate Passed')
    }

    It 'refuses a second copy from another folder instead of running the old code in silence' {
        $copy = Join-Path -Path $TestDrive -ChildPath 'ReadyOps'
        Copy-Item -LiteralPath $env:READYOPS_MODULE -Destination $copy -Recurse
        $told = Invoke-Shell -Script "Import-Module -Name `$manifest; Remove-Module -Name ReadyOps; try { Import-Module -Name '$copy/ReadyOps.psd1' } catch { `"`$_`" }"
        $told | Should -BeLike '*already loaded from*start a new PowerShell session*'
    }

    It 'leaves nothing behind when it is removed' {
        $told = Invoke-Shell -Script 'Import-Module -Name $manifest; Remove-Module -Name ReadyOps; @(Get-Module -All | Where-Object -Property Name -Like -Value "*ReadyOps*").Count'
        $told | Should -Be 0
    }
}

Describe 'The libraries of the module' {
    BeforeAll { $bin = Get-ChildItem -LiteralPath (Join-Path -Path $env:READYOPS_MODULE -ChildPath 'bin') }

    It 'are managed libraries only, and none that PowerShell brings' {
        foreach ($file in $bin) {
            $file.Extension | Should -Be '.dll'
            { [System.Reflection.AssemblyName]::GetAssemblyName($file.FullName) } | Should -Not -Throw
            $file.Name | Should -Not -Be 'System.Management.Automation.dll'
            if ($file.Name -match '^(System|Microsoft)\.') { Join-Path -Path $PSHOME -ChildPath $file.Name | Should -Not -Exist }
        }
    }

    It 'do not show the outside an isolated library: the contracts name only the framework' {
        $isolated = $bin.BaseName | Where-Object -FilterScript { $_ -ne 'ReadyOps' }
        [ReadyOps.LoadContext].Assembly.GetReferencedAssemblies().Name | Where-Object -FilterScript { $_ -in $isolated } | Should -BeNullOrEmpty
    }

    It 'load apart from the session, but for the contracts' {
        $told = Invoke-Shell -Script 'Import-Module -Name $manifest; $null = Invoke-PrometheusQuery -Query up -Url http://localhost:1 -Timeout 1ms -ErrorAction Ignore
            [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name | Where-Object -FilterScript { $_ -match "^(ReadyOps|YamlDotNet|Markdig|Microsoft.Extensions)" }'
        $told | Should -Be 'ReadyOps'
    }

    It 'name no isolated type in a parameter or an output of a cmdlet' {
        $isolated = $bin.BaseName | Where-Object -FilterScript { $_ -ne 'ReadyOps' }
        foreach ($cmdlet in Get-Command -Module ReadyOps) {
            foreach ($type in @($cmdlet.Parameters.Values.ParameterType) + @($cmdlet.OutputType.Type)) { $type.Assembly.GetName().Name | Should -Not -BeIn $isolated -Because "$($cmdlet.Name) uses $type" }
        }
    }
}
