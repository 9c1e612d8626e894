BeforeAll {
    . $PSScriptRoot/common.ps1
    $data = Import-PowerShellDataFile -LiteralPath $Manifest
}

Describe 'The manifest' {
    It 'is valid and has the version of Directory.Build.props' {
        $props = [xml](Get-Content -LiteralPath "$Root/Directory.Build.props" -Raw)
        (Test-ModuleManifest -Path $Manifest).Version | Should -Be $props.SelectSingleNode('//Version').InnerText
    }

    It 'exports exactly the cmdlets that the module has' {
        $cmdlets = @((Get-Command -Module ReadyOps).Name | Sort-Object)
        $cmdlets | Should -Be @($data.CmdletsToExport | Sort-Object)
        $shell = Invoke-Shell -Script 'Import-Module -Name $manifest; (Get-Command -Module ReadyOps).Count'
        $shell | Should -Be $cmdlets.Count
    }

    It 'uses approved verbs and has one type for what each cmdlet returns' {
        $approved = (Get-Verb).Verb
        foreach ($cmdlet in Get-Command -Module ReadyOps) {
            $cmdlet.Verb | Should -BeIn $approved
            $cmdlet.OutputType.Count | Should -BeGreaterThan 0 -Because "$($cmdlet.Name) names what it returns"
        }
    }

    It 'is what tests/module/ReadyOps.api.txt says it is' {
        $now = & "$PSScriptRoot/Get-PublicSurface.ps1"
        $noted = Get-Content -LiteralPath "$PSScriptRoot/ReadyOps.api.txt"
        $difference = Compare-Object -ReferenceObject $noted -DifferenceObject $now | ForEach-Object -Process { "$($_.SideIndicator) $($_.InputObject)" }
        $difference -join "`n" | Should -BeNullOrEmpty -Because 'a change of the public surface is meant and reviewed: run tests/module/Get-PublicSurface.ps1 > tests/module/ReadyOps.api.txt'
    }
}
