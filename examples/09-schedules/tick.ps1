# What a schedule calls: ticks every rollout and monitoring window that is under way, once, and says when to be called next.
# Stays inside the limits of Azure Automation: it begins nothing after its time budget, writes a line for each rollout that has
# ended instead of whole objects, and starts no child process (targets and checks that would are refused without -AllowCommand).
[CmdletBinding()]
[OutputType([string])]
param(
    # Where the journals are: a folder, or env:NAME or secret:NAME of the connection string of a PostgreSQL database.
    [Parameter(Mandatory)] [string] $StatePath,
    # When to begin no new tick. Well below the time at which the scheduler would kill the job.
    [string] $TimeBudget = '10m'
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

# Errors of one rollout must not keep the others from their tick; they are counted, and the job fails at its end.
$ended = Step-ProgressiveRollout -All -TimeBudget $TimeBudget -StatePath $StatePath -InformationVariable said -ErrorAction Continue |
    Where-Object -Property Ended
$ended | ForEach-Object -Process { "$($_.Id): $($_.Phase) at $($_.SharePercent)%: $($_.Reason)" }

$schedule = $said.MessageData | Where-Object -FilterScript { $_ -is [ReadyOps.RolloutSchedule] }
"$schedule"
if ($schedule.Failed -gt 0) { throw "$($schedule.Failed) rollouts could not be ticked; the errors above say why." }
