# A runbook of Azure Automation (PowerShell 7.4 runtime environment with the module ReadyOps), for a schedule or a webhook.
# The state is in a PostgreSQL database that the Automation account's managed identity may sign in to: a job keeps nothing
# between two runs, and two jobs that overlap exclude each other by the leases in the database.
[CmdletBinding()]
param(
    # Host of the Azure Database for PostgreSQL.
    [string] $DatabaseHost = 'readyops.postgres.database.azure.com',
    [string] $Database = 'readyops',
    # The role in the database that stands for the managed identity.
    [string] $Role = 'automation-readyops',
    # The job is ended after three hours; this one ends by itself long before.
    [string] $TimeBudget = '10m'
)
$ErrorActionPreference = 'Stop'

# The token of the managed identity is the password, and lives for this job only. It is never written anywhere.
$answer = Invoke-RestMethod -Method Get -Uri "$($env:IDENTITY_ENDPOINT)?resource=https://ossrdbms-aad.database.windows.net" -Headers @{
    'X-IDENTITY-HEADER' = $env:IDENTITY_HEADER
    Metadata            = 'True'
}
# Whoever gets the token is this identity for as long as it lives, so only a server that can prove its name does.
$connection = [System.Data.Common.DbConnectionStringBuilder]::new()
$connection['Host'] = $DatabaseHost
$connection['Database'] = $Database
$connection['Username'] = $Role
$connection['Password'] = $answer.access_token
$connection['SSL Mode'] = 'VerifyFull'
$env:READYOPS_DATABASE = $connection.ToString()

try {
    $ended = Step-ProgressiveRollout -All -TimeBudget $TimeBudget -StatePath 'env:READYOPS_DATABASE' -InformationVariable said -ErrorAction Continue |
        Where-Object -Property Ended
    # A line for each, not whole objects: a job may write 1 MiB.
    $ended | ForEach-Object -Process { "$($_.Id): $($_.Phase) at $($_.SharePercent)%: $($_.Reason)" }
    $schedule = $said.MessageData | Where-Object -FilterScript { $_ -is [ReadyOps.RolloutSchedule] }
    "$schedule"
}
finally {
    $env:READYOPS_DATABASE = $null
}
if ($schedule.Failed -gt 0) { throw "$($schedule.Failed) rollouts could not be ticked; the errors above say why." }
