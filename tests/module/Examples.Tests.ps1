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
            '05-contracts' {
                $written | Should -BeLike '*code-review*True*2020-12*'
                $written | Should -BeLike '*outputs*Passed*'
                $written | Should -BeLike '*/findings/0/severity*'
                $written | Should -BeLike '*/finding*'
                $written | Should -BeLike '*test-runs.jsonl:3*inferred*'
            }
            '06-canary-analysis' {
                $written | Should -BeLike '*Succeeded*RolledBack*'
                $written | Should -BeLike '*Signal*: errors*FalseAlarms*: 0*'
                $written | Should -BeLike '*times the events of the baseline*higher, and of late by more than 1.25 times*'
                $written | Should -BeLike '*errors.alpha 0.1%*RolledBack*errors.alpha 5%*RolledBack*'
                $written | Should -BeLike '*Verdict*: Fail*'
            }
            '07-monitoring' {
                $written | Should -BeLike '*checkpoint 1 of 50*checkpoint 50 of 50*'
                $written | Should -BeLike '*2.4.0*Succeeded*Pass*3/3*'
                $written | Should -BeLike '*2.5.0*RolledBack*1/3*Back at 0%*'
                $written | Should -BeLike '*# after 2.4.0: checkpoint 1 of 3*'
            }
            '10-baseline' {
                $written | Should -BeLike '*Verdict : Fail*Reason *1 of 3 metric(s) differ*latency-p95*'
                $written | Should -BeLike '*Fail*latency-p95*p50*1.3*Pass*error-rate*Pass*requests*'
                $written | Should -BeLike '*Passes with a tolerance of 50 %*'
            }
            '09-schedules' {
                $written | Should -BeLike '*Ticked 1, failed 0, left 0. Call again at *'
                $written | Should -BeLike '*checkout-2.4.0-*: Succeeded at 100%*Nothing is under way any more.*'
                foreach ($file in Get-ChildItem -LiteralPath (Split-Path -Path $Script) -Recurse -Filter '*.ps1') {
                    $errors = $null
                    $null = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $errors)
                    $errors | Should -BeNullOrEmpty -Because $file.Name
                }
            }
            '08-flags' {
                $written | Should -BeLike '*orchestration*enabled*all at once: on*phase_4_deployment*0 % to 100 %*read_only_mode*emergency*'
                $flat = $written -replace '\s', ''
                # Half of the week has gone by; the buckets are MurmurHash3 of the flag's key and the user's, of 604,800 seconds.
                $flat | Should -BeLike '*phase_4_deploymentgrace*bucket131953of604800,inthe50%of*on*'
                $written | Should -BeLike '*read_only_mode*true*STATIC*grace*Incident 4711*flags/*True*'
            }
            '02-rollout' {
                $written | Should -BeLike '*step 1 of 3*'
                $written | Should -BeLike '*2.4.0*Succeeded*100%*'
                $written | Should -BeLike '*2.5.0*RolledBack*0%*'
                $written | Should -BeLike '*RollbackStarted*'
            }
            '03-production-gate' {
                $written | Should -BeLike '*Skipped:*prerequisite*GATE-10 passed*'
                $written | Should -BeLike '*Blocked: *Approve-GateApproval*'
                $written | Should -BeLike '*Failed: *iterations within limit*'
                $written | Should -BeLike '*Passed:*production*Passed*100*'
                $written | Should -BeLike '*| No rollback triggered | `[x`] Pass / `[ `] Fail | 6 of 6 checks passed |*PASS / *'
                $written | Should -BeLike '*- `[x`] All tests passing*Pass*'
                $written | Should -BeLike '*Phase 13 opens*operations*Passed*'
            }
            '04-readiness' {
                $written | Should -BeLike '*Failed: The readiness score*39 examples*approvals*Skipped*readiness-score*Passed*100*'
                $written | Should -BeLike '*Blocked: *Approve-GateApproval*approvals*Passed*'
                $written | Should -BeLike '*Blocked: *code review process*readiness-checklist*Passed*'
                $written | Should -BeLike '*Skipped: *needs a formal deployment*deployment-phase*Passed*'
                foreach ($gate in 'health-5', 'health-9', 'staging-validation', 'smoke') { $written | Should -BeLike "*$gate*Passed*100*" }
                $written | Should -BeLike '*Failed: *whole suite*13m20s*'
            }
        }
        @(Get-ChildItem -LiteralPath (Split-Path -Path $Script) -Recurse -File | Get-FileHash).Hash | Should -Be $before.Hash -Because 'an example leaves no trace in its folder'
    }
}
