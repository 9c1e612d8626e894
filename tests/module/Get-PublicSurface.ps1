# Writes what users may rely on, a line each: cmdlets with their parameter sets, and public types with their members.
. $PSScriptRoot/common.ps1
$common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
foreach ($cmdlet in Get-Command -Module ReadyOps | Sort-Object -Property Name) {
    foreach ($set in $cmdlet.ParameterSets | Sort-Object -Property Name) {
        $parameters = foreach ($parameter in $set.Parameters | Where-Object -FilterScript { $_.Name -notin $common } | Sort-Object -Property Name) {
            $type = $parameter.ParameterType.ToString() -replace '^System\.Management\.Automation\.', '' -replace '^System\.Nullable`1\[(.+)\]$', '$1?' -replace '^System\.', ''
            $binding = @(if ($parameter.Position -ge 0) { $parameter.Position }; if ($parameter.ValueFromPipeline) { 'value' }; if ($parameter.ValueFromPipelineByPropertyName) { 'name' }) -join ','
            $text = "-$($parameter.Name) <$type>$(if ($binding) { "($binding)" })"
            if ($parameter.IsMandatory) { $text } else { "[$text]" }
        }
        $support = if ($set.Parameters.Name -contains 'WhatIf') { ' [-WhatIf] [-Confirm]' } else { '' }
        "$($cmdlet.Name) {$($set.Name)$(if ($set.IsDefault) { '*' })} $($parameters -join ' ')$support -> $($cmdlet.OutputType.Name -join ', ')"
    }
}
foreach ($type in [ReadyOps.LoadContext].Assembly.GetExportedTypes() | Sort-Object -Property FullName) {
    if ($type.IsEnum) {
        "enum $type = $([System.Enum]::GetNames($type) -join ', ')"
        continue
    }
    "type $type"
    $flags = [System.Reflection.BindingFlags]'Public, Instance, Static, DeclaredOnly'
    foreach ($property in $type.GetProperties($flags) | Sort-Object -Property Name) {
        $setter = if ($property.SetMethod -and $property.SetMethod.IsPublic) { ' set;' } else { '' }
        "  $type.$($property.Name) : $($property.PropertyType) { get;$setter }"
    }
    foreach ($method in $type.GetMethods($flags) | Where-Object -FilterScript { -not $_.IsSpecialName -and $_.Name -notin @('ToString', 'GetHashCode', 'Equals', '<Clone>$', 'PrintMembers') } | Sort-Object -Property Name, { "$_" }) { "  $type.$method" }
}
