#!/usr/bin/env pwsh
# Asks the gates of four readiness documents: a score, approvals, a checklist, the criteria of a phase, and health, staging and smoke.
# Needs nothing but ReadyOps: what the gates ask over HTTP is played by a small listener.
[CmdletBinding()]
param()
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if (-not (Get-Module -Name ReadyOps)) {
    $built = Get-ChildItem -Path "$PSScriptRoot/../../output/ReadyOps/*/ReadyOps.psd1" -ErrorAction Ignore | Select-Object -Last 1
    Import-Module -Name ($built ? $built.FullName : 'ReadyOps')
}

# Everything happens in a folder of its own, journal included, so that the example leaves no trace.
$folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath "readyops-$([guid]::NewGuid())"
Copy-Item -LiteralPath $PSScriptRoot -Destination $folder -Recurse
Push-Location -LiteralPath $folder
$service = & "$PSScriptRoot/../Start-ExampleService.ps1" -Folder './service'
try {
    # The certificate of the services among themselves, valid for 90 days.
    $rsa = [System.Security.Cryptography.RSA]::Create(2048)
    $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=orders.shop.test', $rsa, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
    $names.AddDnsName('orders.shop.test')
    $request.CertificateExtensions.Add($names.Build())
    $certificate = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(90))
    Set-Content -LiteralPath './service.pem' -Value $certificate.ExportCertificatePem()

    $asked = @{ Release = '0.1.0'; StatePath = './state'; AllowCommand = $true; Actor = 'release-manager'; ErrorAction = 'SilentlyContinue' }
    $asked.Variable = @{ service = $service.Url; repository = (Resolve-Path -LiteralPath "$PSScriptRoot/../..").ProviderPath }
    $columns = 'Gate', 'Status', 'Score', 'Release'
    $approving = @{ Release = '0.1.0'; StatePath = './state'; Variable = $asked.Variable }

    '--- The readiness score: one of its seven components is not what the table says, then all of them are.'
    $droids = Get-Content -LiteralPath './droids.json' -Raw
    $droids.Replace('"examples": 39', '"examples": 31') | Set-Content -LiteralPath './droids.json'
    $low = Test-DeploymentGate -Path './readiness-score.yaml' @asked
    "$($low.Status): $($low.Reason)"
    Test-DeploymentGate -Path './approval-checklist.yaml' @asked | Format-Table -AutoSize -Property $columns
    Set-Content -LiteralPath './droids.json' -Value $droids
    $score = Test-DeploymentGate -Path './readiness-score.yaml' @asked
    $score | Format-Table -AutoSize -Property $columns
    $score.Sections | Format-Table

    '--- The approval checklist: blocked until all sixteen have approved.'
    $open = Test-DeploymentGate -Path './approval-checklist.yaml' @asked
    "$($open.Status): $($open.Reason)"
    foreach ($evidence in $open.Evidence | Where-Object -Property Type -EQ -Value 'approval') {
        $null = Approve-GateApproval -Path './approval-checklist.yaml' -Check $evidence.Check -Actor "the one for $($evidence.Check)" @approving
    }
    Test-DeploymentGate -Path './approval-checklist.yaml' @asked | Format-Table -AutoSize -Property $columns

    '--- The readiness checklist: blocked without the code review, then passed.'
    $review = Test-DeploymentGate -Path './readiness-checklist.yaml' @asked
    "$($review.Status): $($review.Reason)"
    $null = Approve-GateApproval -Path './readiness-checklist.yaml' -Check 'code review process' -Actor 'theo' @approving
    $checklist = Test-DeploymentGate -Path './readiness-checklist.yaml' @asked
    $checklist | Format-Table -AutoSize -Property $columns
    $checklist.Sections | Format-Table

    '--- The phase: skipped for a change of documentation only, then succeeded.'
    $context = Get-Content -LiteralPath './context.json' -Raw
    $context.Replace('"change": "code"', '"change": "documentation"') | Set-Content -LiteralPath './context.json'
    $skipped = Test-DeploymentGate -Path './success-criteria.yaml' @asked
    "$($skipped.Status): $($skipped.Reason)"
    Set-Content -LiteralPath './context.json' -Value $context
    Test-DeploymentGate -Path './success-criteria.yaml' @asked | Format-Table -AutoSize -Property $columns

    '--- Five health checks and nine, the staging validation by category, the smoke suite within its 13 minutes.'
    Test-DeploymentGate -Path './health-5.yaml', './health-9.yaml', './staging-validation.yaml', './smoke.yaml' @asked | Format-Table -AutoSize -Property $columns

    '--- A smoke suite of 13 minutes and 20 seconds is too long.'
    (Get-Content -LiteralPath './smoke.json' -Raw).Replace('11m42s', '13m20s') | Set-Content -LiteralPath './smoke.json'
    $slow = Test-DeploymentGate -Path './smoke.yaml' @asked
    "$($slow.Status): $($slow.Reason)"
}
finally {
    $service.Dispose()
    Pop-Location
    Remove-Item -LiteralPath $folder -Recurse -Force
}
