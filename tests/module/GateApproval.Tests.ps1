BeforeAll {
    . $PSScriptRoot/common.ps1
    function Set-Gate {
        # Writes a gate whose only check asks for approval; returns its path.
        param([string] $Name = 'production', [string] $Check = 'role: security')
        Set-Content -LiteralPath "./$Name.yaml" -Value "apiVersion: readyops/v1`nkind: Gate`nname: $Name`nchecks:`n  - name: sign-off`n    type: approval`n    critical: true`n    $Check"
        "./$Name.yaml"
    }
    function Test-Gate {
        # What the gate says, without the error that it writes.
        param([string] $Path = './production.yaml', [string] $Release = '2.4.0', [hashtable] $More = @{})
        Test-DeploymentGate -Path $Path -Release $Release -ErrorAction SilentlyContinue @More
    }
    function Get-Completion {
        param([string] $Line)
        ([System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)).CompletionMatches.CompletionText
    }
}

Describe 'Approvals of a gate' {
    BeforeEach {
        Push-Location -LiteralPath $TestDrive
        $gate = Set-Gate
    }
    AfterEach {
        Pop-Location
        Get-ChildItem -LiteralPath $TestDrive -Force | Remove-Item -Recurse -Force
    }

    It 'names the command that unblocks the gate, and that command does' {
        $blocked = Test-DeploymentGate -Path $gate -Release '2.4.0' -ErrorVariable problem -ErrorAction SilentlyContinue
        $blocked.Status | Should -Be 'Blocked'
        $next = $blocked.Evidence[0].NextStep
        $next | Should -BeLike "Approve-GateApproval -Path *production.yaml -Release 2.4.0 -Check sign-off -Role security -Reason *"
        $blocked.Reason | Should -Be "The critical check 'sign-off' found nothing to judge: 0 of 1 approval of release 2.4.0 as security; to unblock it: $next"
        $problem[0].ErrorDetails.RecommendedAction | Should -Be $next
        ($blocked | Format-Table | Out-String -Width 4096) | Should -BeLike "*$($next.Replace('[', '``['))*"

        $approval = Invoke-Expression -Command $next
        $approval | Should -BeOfType ReadyOps.GateApproval
        $approval.Role | Should -Be 'security'
        $approval.Person | Should -Be ([Environment]::UserName)
        $approval.JournalReference | Should -Be 'approvals/production#1'
        (Test-Gate).Status | Should -Be 'Passed'
    }

    It 'is found where -StatePath puts it, and the command says so' {
        $next = (Test-Gate -More @{ StatePath = './state' }).Evidence[0].NextStep
        $next | Should -BeLike '* -StatePath *state'
        $null = Invoke-Expression -Command $next
        (Test-Gate -More @{ StatePath = './state' }).Status | Should -Be 'Passed'
        (Test-Gate).Status | Should -Be 'Blocked'
    }

    It 'counts for the release and the text it was given for, and for nothing else' {
        $null = Approve-GateApproval -Path $gate -Release '2.4.0'
        (Test-Gate).Status | Should -Be 'Passed'
        (Test-Gate -Release '2.4.1').Status | Should -Be 'Blocked'
        (Test-DeploymentGate -Path $gate -ErrorAction SilentlyContinue).Status | Should -Be 'Blocked'
        Add-Content -LiteralPath $gate -Value '# changed'
        $changed = Test-Gate
        $changed.Status | Should -Be 'Blocked'
        $changed.Reason | Should -BeLike '*another text of the gate*'
        (Get-GateApproval -Path $gate).State | Should -Be 'NotCounted'
        (Get-GateApproval -Name 'production').State | Should -Be 'Standing' -Because 'without the document, its text is not known'
    }

    It 'without a release counts for no release' {
        $null = Approve-GateApproval -Path $gate -NoRelease
        (Test-Gate).Status | Should -Be 'Blocked'
        (Test-DeploymentGate -Path $gate).Status | Should -Be 'Passed'
        Approve-GateApproval -Path $gate -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ReleaseMissing,*'
    }

    It 'runs out' {
        $approval = Approve-GateApproval -Path $gate -Release '2.4.0' -ExpiresAfter 300ms
        $approval.ExpiresAt | Should -Be $approval.Time.AddMilliseconds(300)
        while ([DateTimeOffset]::UtcNow -lt $approval.ExpiresAt) { Start-Sleep -Milliseconds 50 }
        $result = Test-Gate
        $result.Evidence[0].Verdict | Should -Be 'Stale'
        $result.Evidence[0].Details | Should -BeLike '*Expired: it expired on *'
        (Get-GateApproval).State | Should -Be 'Expired'
        { Approve-GateApproval -Path $gate -Release '2.4.0' -ExpiresAfter 0s } | Should -Throw -ErrorId 'ExpiryInvalid,*'
    }

    It 'is withdrawn by the person who gave it and by nobody else' {
        $null = Approve-GateApproval -Path $gate -Release '2.4.0' -Actor 'alice'
        Revoke-GateApproval -Path $gate -Release '2.4.0' -Actor 'bob' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ApprovalNotFound,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*only alice can withdraw*'
        (Test-Gate).Status | Should -Be 'Passed'
        (Revoke-GateApproval -Path $gate -Release '2.4.0' -Actor 'alice').Decision | Should -Be 'Withdrawn'
        (Test-Gate).Status | Should -Be 'Blocked'
    }

    It 'is overruled by a denial until that is withdrawn' {
        $null = Approve-GateApproval -Path $gate -Release '2.4.0' -Actor 'alice'
        $null = Deny-GateApproval -Path $gate -Release '2.4.0' -Actor 'bob' -Reason 'an open finding'
        $result = Test-Gate
        $result.Status | Should -Be 'Failed'
        $result.Reason | Should -BeLike '*bob denied release 2.4.0*an open finding; to unblock it: Revoke-GateApproval *-Actor bob*'
        $null = Revoke-GateApproval -Path $gate -Release '2.4.0' -Actor 'bob'
        (Test-Gate).Status | Should -Be 'Passed'
    }

    It 'needs as many people as the document says, of those it names' {
        $gate = Set-Gate -Check 'required: 2
    approvers: [alice, bob, carol]'
        $null = 'alice', 'Alice', 'carol' | ForEach-Object -Process { Approve-GateApproval -Path $gate -Release '2.4.0' -Actor $_ }
        (Get-GateApproval -Path $gate).State | Should -Be @('Replaced', 'Standing', 'Standing')
        (Test-Gate).Status | Should -Be 'Passed'
        Approve-GateApproval -Path $gate -Release '2.4.0' -Actor 'mallory' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ApproverNotAllowed,*'
    }

    It 'says what was meant by a slip' {
        Approve-GateApproval -Path $gate -Release '2.4.0' -Role 'securty' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'RoleUnknown,*'
        "$problem" | Should -BeLike "*did you mean 'security'?"
        Get-GateApproval -Name 'producton' -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'GateNotFound,*'
    }

    It 'touches nothing with -WhatIf' -ForEach @('Approve', 'Deny', 'Revoke') {
        $more = if ($_ -eq 'Deny') { @{ Reason = 'test' } } else { @{} }
        & "$_-GateApproval" -Path $gate -Release '2.4.0' -WhatIf @more | Should -BeNullOrEmpty
        Test-Path -LiteralPath './.readyops' | Should -BeFalse
    }

    It 'takes files from the pipeline' {
        $null = Set-Gate -Name 'other'
        @(Get-ChildItem -Path './*.yaml' | Approve-GateApproval -Release '2.4.0').Gate | Should -Be @('other', 'production')
        (Get-GateApproval -Name 'prod*').Gate | Should -Be 'production'
        @(Test-Gate | Get-GateApproval).Count | Should -Be 1
    }

    Context 'with signers' {
        BeforeEach {
            $env:READYOPS_TEST_KEY = 'a key of more than sixteen bytes'
            $gate = Set-Gate -Check 'signers: [{ person: alice, key: "env:READYOPS_TEST_KEY" }, { person: bob, certificate: bob.pem }]'
            $rsa = [System.Security.Cryptography.RSA]::Create(2048)
            $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=bob', $rsa, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pss)
            $bob = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
            Set-Content -LiteralPath './bob.pem' -Value $bob.ExportCertificatePem()
            Set-Content -LiteralPath './bob-key.pem' -Value ($bob.ExportCertificatePem() + "`n" + $rsa.ExportPkcs8PrivateKeyPem())
        }
        AfterEach { $env:READYOPS_TEST_KEY = '' }

        It 'counts a signature by <Name>' -ForEach @(
            @{ Name = 'a reference to an HMAC key'; Person = 'alice'; Key = { 'env:READYOPS_TEST_KEY' }; Algorithm = 'hmac-sha256' }
            @{ Name = 'an HMAC key'; Person = 'alice'; Key = { ConvertTo-SecureString -String $env:READYOPS_TEST_KEY -AsPlainText -Force }; Algorithm = 'hmac-sha256' }
            @{ Name = 'a certificate'; Person = 'bob'; Key = { $bob }; Algorithm = 'rsa-pss-sha256' }
            @{ Name = 'a certificate in a file'; Person = 'bob'; Key = { 'TestDrive:/bob-key.pem' }; Algorithm = 'rsa-pss-sha256' }
        ) {
            $approval = Approve-GateApproval -Path $gate -Release '2.4.0' -Actor $Person -Signature (& $Key)
            $approval.Signature | Should -Be $Algorithm
            (Test-Gate).Status | Should -Be 'Passed'
            Get-Content -LiteralPath './.readyops/approvals/production.jsonl' -Raw | Should -Not -BeLike "*$env:READYOPS_TEST_KEY*"
        }

        It 'refuses <Name>' -ForEach @(
            @{ Name = 'no signature'; Person = 'alice'; Key = $null; Id = 'SignatureMissing' }
            @{ Name = 'the key of another'; Person = 'bob'; Key = { 'env:READYOPS_TEST_KEY' }; Id = 'SignatureNotAccepted' }
            @{ Name = 'another key'; Person = 'alice'; Key = { ConvertTo-SecureString -String 'another key of many bytes' -AsPlainText -Force }; Id = 'SignatureNotAccepted' }
            @{ Name = 'somebody who is no signer'; Person = 'mallory'; Key = { 'env:READYOPS_TEST_KEY' }; Id = 'SignatureNotAccepted' }
            @{ Name = 'a key that is too short'; Person = 'alice'; Key = { ConvertTo-SecureString -String 'short' -AsPlainText -Force }; Id = 'SigningKeyInvalid' }
            @{ Name = 'a certificate without its key'; Person = 'bob'; Key = { './bob.pem' }; Id = 'SigningKeyInvalid' }
            @{ Name = 'no such key'; Person = 'bob'; Key = { './none.pem' }; Id = 'SigningKeyNotFound' }
        ) {
            $more = if ($Key) { @{ Signature = & $Key } } else { @{} }
            Approve-GateApproval -Path $gate -Release '2.4.0' -Actor $Person -ErrorVariable problem -ErrorAction SilentlyContinue @more
            $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
            (Test-Gate).Status | Should -Be 'Blocked'
        }
    }

    It 'is an error and no pass when the journal was <Name> by hand' -ForEach @(
        @{ Name = 'changed'; Tamper = { (Get-Content -LiteralPath $file -Raw).Replace('ApprovalDenied', 'ApprovalGiven') } }
        @{ Name = 'cut'; Tamper = { (Get-Content -LiteralPath $file -TotalCount 1) + "`n" } }
        @{ Name = 'emptied'; Tamper = { '' } }
        @{ Name = 'given a line'; Tamper = { (Get-Content -LiteralPath $file -Raw) + ((Get-Content -LiteralPath $file -TotalCount 1) -replace '"seq":1', '"seq":3') + "`n" } }
    ) {
        $null = Approve-GateApproval -Path $gate -Release '2.4.0' -Actor 'alice'
        $null = Deny-GateApproval -Path $gate -Release '2.4.0' -Actor 'bob' -Reason 'test'
        $file = Join-Path -Path $TestDrive -ChildPath '.readyops/approvals/production.jsonl'
        [System.IO.File]::WriteAllText($file, (& $Tamper))
        $result = Test-Gate
        $result.Status | Should -Be 'Blocked'
        $result.Evidence[0].Verdict | Should -Be 'Error'
        Test-DeploymentJournal -Stream 'approvals/production' -Quiet | Should -BeFalse
        Get-GateApproval -Name 'production' -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'JournalDamaged,*'
    }

    It 'is found within a group, and evidence can be told one by one' {
        Set-Content -LiteralPath './group.yaml' -Value @'
apiVersion: readyops/v1
kind: Gate
name: group
checks:
  - { name: sign-off, type: approval, role: security }
  - name: any of two
    type: group
    require: any
    checks:
      - { name: "it's ops", type: approval, role: [ops, platform], validFor: 24h }
      - { name: boss, type: approval, approvers: [ann] }
'@
        $result = Test-Gate -Path './group.yaml'
        @($result.Evidence[1]).Count | Should -Be 1
        $next = $result.Evidence[1].NextStep
        $next | Should -BeLike "*-Check 'it''s ops' -Role ops*"
        $approval = Invoke-Expression -Command $next
        $result = Test-Gate -Path './group.yaml'
        $result.Evidence[1].Verdict | Should -Be 'Pass'
        $result.Evidence[1].ValidUntil | Should -Be $approval.ExpiresAt
        $result.Evidence[1].Parts[1].Check | Should -Be 'boss'
    }

    It 'completes roles, checks and gates' {
        $null = Approve-GateApproval -Path $gate -Release '2.4.0'
        Get-Completion -Line "Approve-GateApproval -Path $gate -Role s" | Should -Be 'security'
        Get-Completion -Line "Deny-GateApproval -Path $gate -Check " | Should -Be 'sign-off'
        Get-Completion -Line 'Get-GateApproval -Name pro' | Should -Be 'production'
    }
}
