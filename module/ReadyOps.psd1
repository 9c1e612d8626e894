@{
    RootModule           = 'ReadyOps.psm1'
    ModuleVersion        = '0.0.0' # build.ps1 puts in the version of Directory.Build.props
    GUID                 = '3f0c7a52-6d0e-4c1b-9a4e-5b8f2f6d7c31'
    Author               = 'The ReadyOps authors'
    CompanyName          = 'ReadyOps'
    Copyright            = 'Copyright (c) The ReadyOps authors. MIT licensed.'
    Description          = 'Decides whether a release may go out, rolls it out step by step while Prometheus watches, takes it back by itself when it goes wrong, and keeps a journal that proves what happened. Needs no Kubernetes and no server of its own.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')

    FormatsToProcess     = @('ReadyOps.Format.ps1xml')
    TypesToProcess       = @('ReadyOps.Types.ps1xml')

    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Approve-GateApproval'
        'Compare-MetricSample'
        'Compare-PerformanceBaseline'
        'ConvertTo-DeploymentGate'
        'Copy-DeploymentJournal'
        'Deny-GateApproval'
        'Disable-FeatureFlag'
        'Enable-FeatureFlag'
        'Export-FeatureFlag'
        'Export-GateReport'
        'Get-DeploymentGate'
        'Get-DeploymentJournal'
        'Get-ErrorBudget'
        'Get-FeatureFlag'
        'Get-FeatureFlagHistory'
        'Get-GateApproval'
        'Get-MonitoringWindow'
        'Get-OutputContract'
        'Get-ProgressiveRollout'
        'Import-FeatureFlag'
        'Invoke-PrometheusQuery'
        'Invoke-Rollback'
        'Invoke-RolloutPromotion'
        'New-FeatureFlag'
        'New-OutputContract'
        'New-PerformanceBaseline'
        'Remove-FeatureFlag'
        'Restart-ProgressiveRollout'
        'Resume-ProgressiveRollout'
        'Revoke-GateApproval'
        'Set-FeatureFlag'
        'Start-MonitoringWindow'
        'Start-ProgressiveRollout'
        'Step-MonitoringWindow'
        'Step-ProgressiveRollout'
        'Stop-ProgressiveRollout'
        'Suspend-ProgressiveRollout'
        'Test-DeploymentGate'
        'Test-DeploymentJournal'
        'Test-FeatureFlag'
        'Test-MetricAnalysis'
        'Test-OutputContract'
        'Test-RolloutPolicy'
        'Test-Slo'
        'Watch-ProgressiveRollout'
    )

    PrivateData          = @{
        PSData = @{
            Tags         = @('Deployment', 'Release', 'Rollout', 'Canary', 'Rollback', 'Prometheus', 'FeatureFlag', 'DevOps', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
