# Registers a scheduled task of Windows that ticks every minute, whether anybody is signed in or not. Needs an elevated shell.
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Script = 'C:\ReadyOps\tick.ps1',
    [string] $StatePath = 'C:\ProgramData\ReadyOps\state',
    # A group managed service account, which has no password that anybody could lose.
    [string] $Account = 'CORP\readyops$'
)
$ErrorActionPreference = 'Stop'

$pwsh = (Get-Command -Name pwsh).Source
# A backslash before the closing quote would take it for a part of the path.
$StatePath = $StatePath.TrimEnd('\')
$action = New-ScheduledTaskAction -Execute $pwsh -Argument "-NoProfile -NonInteractive -File `"$Script`" -StatePath `"$StatePath`" -TimeBudget 50s"
$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date).Date -RepetitionInterval (New-TimeSpan -Minutes 1)
# A run that takes longer than a minute is not started twice; it would only wait for the leases of the first.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes 10) -StartWhenAvailable
$principal = New-ScheduledTaskPrincipal -UserId $Account -LogonType Password
if ($PSCmdlet.ShouldProcess('ReadyOps', 'Register scheduled task')) {
    Register-ScheduledTask -TaskName 'ReadyOps' -Action $action -Trigger $trigger -Settings $settings -Principal $principal -Force
}
