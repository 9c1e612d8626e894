BeforeDiscovery { $examples = @(Get-ChildItem -Path "$PSScriptRoot/../../examples/*/run.ps1" | ForEach-Object -Process { @{ Name = $_.Directory.Name; Script = $_.FullName } }) }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Example <Name>' -ForEach $examples {
    It 'has a README and runs to its end' {
        Join-Path -Path (Split-Path -Path $Script) -ChildPath 'README.md' | Should -Exist
        $before = @(Get-ChildItem -LiteralPath (Split-Path -Path $Script) -Recurse -File | Get-FileHash)
        $written = & $Script | Out-String
        switch ($Name) {
            '01-gate' {
                $written | Should -BeLike '*production*Passed*'
                $written | Should -BeLike '*production*Failed*'
                $written | Should -BeLike '*gates/production*True*'
            }
            '02-rollout' {
                $written | Should -BeLike '*step 1 of 3*'
                $written | Should -BeLike '*2.4.0*Succeeded*100%*'
                $written | Should -BeLike '*2.5.0*RolledBack*0%*'
                $written | Should -BeLike '*RollbackStarted*'
            }
        }
        @(Get-ChildItem -LiteralPath (Split-Path -Path $Script) -Recurse -File | Get-FileHash).Hash | Should -Be $before.Hash -Because 'an example leaves no trace in its folder'
    }
}
