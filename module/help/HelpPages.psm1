# Reads the help pages of this folder and writes what Get-Help reads: MAML for cmdlets and text for about_ topics.
#
# A page is Markdown of a small kind. `# Verb-Noun`, then sections in this order:
#   ## Synopsis        one line
#   ## Description     paragraphs
#   ## Parameters      ### -Name, each with a description
#   ## Inputs          ### Type, each with a description (or the text None)
#   ## Outputs         likewise
#   ## Examples        ### Title, each with one ```powershell block, a text, and perhaps a ```text block with its output
#   ## Notes           paragraphs; may be missing
#   ## Related links   a list of links
# Syntax, types, positions and pipeline binding come from the cmdlet itself, so a page cannot contradict it.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:Sections = @('Synopsis', 'Description', 'Parameters', 'Inputs', 'Outputs', 'Examples', 'Notes', 'Related links')
$script:CommonParameters = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
$script:Maml = 'http://schemas.microsoft.com/maml/2004/10'
$script:Command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
$script:Dev = 'http://schemas.microsoft.com/maml/dev/2004/10'

function Read-HelpPage {
    <# .SYNOPSIS Reads one page and says everything that is wrong with its form. #>
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $Path)

    $page = [ordered]@{ Name = ''; Synopsis = ''; Description = @(); Parameters = [ordered]@{}; Inputs = [ordered]@{}; Outputs = [ordered]@{}; Examples = @(); Notes = @(); Links = @() }
    $file = Split-Path -Path $Path -Leaf
    $lines = @(Get-Content -LiteralPath $Path -Encoding utf8)
    if ($lines.Count -eq 0 -or $lines[0] -notmatch '^# (\S+)$') { throw "${file}:1: a page begins with '# Verb-Noun'." }
    $page.Name = $Matches[1]

    $seen = @()
    foreach ($section in Split-Heading -Line $lines[1..($lines.Count - 1)] -Level 2) {
        if ($section.Title -notin $script:Sections) { throw "${file}: there is no section '$($section.Title)'; sections are $($script:Sections -join ', ')." }
        if ($section.Title -in $seen) { throw "${file}: section '$($section.Title)' is there twice." }
        $seen += $section.Title
        $blocks = @(Read-Block -Line $section.Lines -File $file)
        switch ($section.Title) {
            'Synopsis' { $page.Synopsis = ($blocks | Where-Object -Property Kind -EQ -Value 'text').Text -join ' ' }
            'Description' { $page.Description = $blocks }
            'Notes' { $page.Notes = $blocks }
            'Related links' {
                foreach ($match in [regex]::Matches(($section.Lines -join "`n"), '\[([^\]]+)\]\(([^)]+)\)')) {
                    $page.Links += [pscustomobject]@{ Text = $match.Groups[1].Value; Uri = $match.Groups[2].Value }
                }
            }
            'Examples' {
                foreach ($example in Split-Heading -Line $section.Lines -Level 3) {
                    $parts = @(Read-Block -Line $example.Lines -File $file)
                    $code = @($parts | Where-Object -FilterScript { $_.Kind -eq 'code' -and $_.Language -eq 'powershell' })
                    if ($code.Count -ne 1) { throw "${file}: example '$($example.Title)' has $($code.Count) powershell blocks; it needs one." }
                    $rest = @($parts | Where-Object -FilterScript { $_ -ne $code[0] })
                    $page.Examples += [pscustomobject]@{ Title = $example.Title; Code = $code[0].Text; Remarks = $rest }
                }
            }
            default {
                foreach ($entry in Split-Heading -Line $section.Lines -Level 3) {
                    $key = $entry.Title -replace '^-', ''
                    if ($page[$section.Title].Contains($key)) { throw "${file}: '$($entry.Title)' is described twice." }
                    $page[$section.Title][$key] = @(Read-Block -Line $entry.Lines -File $file)
                }
            }
        }
    }
    foreach ($needed in $script:Sections | Where-Object -FilterScript { $_ -ne 'Notes' -and $_ -notin $seen }) { throw "${file}: section '$needed' is missing." }
    [pscustomobject] $page
}

function Split-Heading {
    # Cuts lines at the headings of one level; a # within a code block is none.
    param([string[]] $Line, [int] $Level)
    $current = $null
    $fenced = $false
    foreach ($text in $Line) {
        if ($text -match '^```') { $fenced = -not $fenced }
        if (-not $fenced -and $text -match "^#{$Level} (.+?)\s*$") {
            if ($current) { $current }
            $current = [pscustomobject]@{ Title = $Matches[1]; Lines = [System.Collections.Generic.List[string]]::new() }
        }
        elseif ($current) { $current.Lines.Add($text) }
    }
    if ($current) { $current }
}

function Read-Block {
    # Paragraphs, list items and code blocks, in order.
    param([AllowEmptyString()] [AllowEmptyCollection()] [string[]] $Line = @(), [string] $File)
    $kind = ''
    $language = ''
    $text = [System.Collections.Generic.List[string]]::new()
    foreach ($one in @($Line) + '') {
        if ($kind -eq 'code') {
            if ($one -match '^```') {
                [pscustomobject]@{ Kind = 'code'; Language = $language; Text = $text -join "`n" }
                $text.Clear()
                $kind = ''
            }
            else { $text.Add($one) }
            continue
        }
        if ($text.Count -gt 0 -and ($one -match '^\s*$' -or $one -match '^```' -or $one -match '^\s*[-*] ')) {
            [pscustomobject]@{ Kind = 'text'; Language = ''; Text = ConvertTo-PlainText -Text ($text -join ' ') }
            $text.Clear()
        }
        if ($one -match '^```(\w*)') {
            $kind = 'code'
            $language = $Matches[1]
        }
        elseif ($one -match '\S') { $text.Add($one.Trim()) }
    }
    if ($kind -eq 'code') { throw "${File}: a code block is never closed." }
}

function ConvertTo-PlainText {
    # Help is read in a terminal: links become their text, and marks of emphasis go.
    param([string] $Text)
    $Text -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '\*\*([^*]+)\*\*', '$1' -replace '`([^`]+)`', '$1'
}

function Export-ModuleHelp {
    <# .SYNOPSIS Writes the help of a module that is imported, and stops when a page and its cmdlet do not fit. #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory)] [string] $Module,
        [Parameter(Mandatory)] [string] $Source,
        [Parameter(Mandatory)] [string] $Destination
    )
    $null = New-Item -Path $Destination -ItemType Directory -Force
    $cmdlets = @(Get-Command -Module $Module -CommandType Cmdlet | Sort-Object -Property Name)
    if ($cmdlets.Count -eq 0) { throw "The module $Module exports no cmdlets." }
    $pages = @{}
    foreach ($file in Get-ChildItem -LiteralPath $Source -Filter '*-*.md') {
        $page = Read-HelpPage -Path $file.FullName
        if ($page.Name -ne $file.BaseName) { throw "$($file.Name): its title is '$($page.Name)'." }
        if ($page.Name -notin $cmdlets.Name) { throw "$($file.Name): the module has no such cmdlet." }
        $pages[$page.Name] = $page
    }

    $settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; Encoding = [System.Text.UTF8Encoding]::new($false); NewLineChars = "`n" }
    $xml = [System.Xml.XmlWriter]::Create((Join-Path -Path $Destination -ChildPath "$Module.Module.dll-Help.xml"), $settings)
    try {
        $xml.WriteStartDocument()
        $xml.WriteStartElement('helpItems', 'http://msh')
        $xml.WriteAttributeString('schema', 'maml')
        foreach ($cmdlet in $cmdlets) {
            if (-not $pages.ContainsKey($cmdlet.Name)) { throw "$($cmdlet.Name) has no help page: write $Source/$($cmdlet.Name).md." }
            Write-CommandHelp -Xml $xml -Cmdlet $cmdlet -Page $pages[$cmdlet.Name]
        }
        $xml.WriteEndElement()
        $xml.WriteEndDocument()
    }
    finally { $xml.Dispose() }
    foreach ($file in Get-ChildItem -LiteralPath $Source -Filter 'about_*.md') { Export-AboutTopic -Path $file.FullName -Destination $Destination }
}

function Write-CommandHelp {
    param([System.Xml.XmlWriter] $Xml, [System.Management.Automation.CmdletInfo] $Cmdlet, [psobject] $Page)
    $parameters = @($Cmdlet.Parameters.Values | Where-Object -FilterScript { $_.Name -notin $script:CommonParameters } | Sort-Object -Property Name)
    foreach ($name in $parameters.Name) { if (-not $Page.Parameters.Contains($name)) { throw "$($Page.Name).md: parameter -$name is not described." } }
    foreach ($name in $Page.Parameters.Keys) { if ($name -notin @($parameters | ForEach-Object -MemberName Name)) { throw "$($Page.Name).md: there is no parameter -$name." } }
    if ($Page.Examples.Count -lt 3) { throw "$($Page.Name).md: it has $($Page.Examples.Count) examples; it needs three or more." }

    $Xml.WriteStartElement('command', 'command', $script:Command)
    $Xml.WriteAttributeString('xmlns', 'maml', $null, $script:Maml)
    $Xml.WriteAttributeString('xmlns', 'dev', $null, $script:Dev)
    $Xml.WriteStartElement('details', $script:Command)
    $Xml.WriteElementString('name', $script:Command, $Cmdlet.Name)
    $Xml.WriteElementString('verb', $script:Command, $Cmdlet.Verb)
    $Xml.WriteElementString('noun', $script:Command, $Cmdlet.Noun)
    Write-Paragraph -Xml $Xml -Element 'description' -Block @([pscustomobject]@{ Kind = 'text'; Text = $Page.Synopsis })
    $Xml.WriteEndElement()
    Write-Paragraph -Xml $Xml -Element 'description' -Block $Page.Description

    $Xml.WriteStartElement('syntax', $script:Command)
    foreach ($set in $Cmdlet.ParameterSets | Sort-Object -Property @{ Expression = 'IsDefault'; Descending = $true }, Name) {
        $Xml.WriteStartElement('syntaxItem', $script:Command)
        $Xml.WriteElementString('name', $script:Maml, $Cmdlet.Name)
        $listed = @($set.Parameters | Where-Object -FilterScript { $_.Name -notin $script:CommonParameters })
        $order = @{ Expression = { if ($_.Position -ge 0) { $_.Position } else { [int]::MaxValue } } }, @{ Expression = 'IsMandatory'; Descending = $true }, 'Name'
        foreach ($parameter in $listed | Sort-Object -Property $order) { Write-Parameter -Xml $Xml -Parameter $parameter -Use $parameter -Block @() }
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()

    $Xml.WriteStartElement('parameters', $script:Command)
    foreach ($parameter in $parameters) {
        $use = $Cmdlet.ParameterSets.Parameters | Where-Object -Property Name -EQ -Value $parameter.Name | Select-Object -First 1
        Write-Parameter -Xml $Xml -Parameter $parameter -Use $use -Block $Page.Parameters[$parameter.Name]
    }
    $Xml.WriteEndElement()

    Write-TypeList -Xml $Xml -Element 'inputTypes' -Item 'inputType' -Type $Page.Inputs
    Write-TypeList -Xml $Xml -Element 'returnValues' -Item 'returnValue' -Type $Page.Outputs
    if ($Page.Notes.Count -gt 0) {
        $Xml.WriteStartElement('alertSet', $script:Maml)
        Write-Paragraph -Xml $Xml -Element 'alert' -Block $Page.Notes
        $Xml.WriteEndElement()
    }
    Write-Example -Xml $Xml -Example $Page.Examples
    $Xml.WriteStartElement('relatedLinks', $script:Command)
    foreach ($link in $Page.Links) {
        $Xml.WriteStartElement('navigationLink', $script:Maml)
        $Xml.WriteElementString('linkText', $script:Maml, $link.Text)
        $Xml.WriteElementString('uri', $script:Maml, $(if ($link.Uri -match '^https?://') { $link.Uri } else { '' }))
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
    $Xml.WriteEndElement()
}

function Write-Parameter {
    param([System.Xml.XmlWriter] $Xml, [psobject] $Parameter, [psobject] $Use, [object[]] $Block)
    $type = $Parameter.ParameterType
    $isSwitch = $type -eq [switch]
    $wildcards = @($Parameter.Attributes | Where-Object -FilterScript { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
    $pipeline = @(if ($Use.ValueFromPipeline) { 'ByValue' }; if ($Use.ValueFromPipelineByPropertyName) { 'ByPropertyName' })
    $Xml.WriteStartElement('parameter', $script:Command)
    $Xml.WriteAttributeString('required', $Use.IsMandatory.ToString().ToLowerInvariant())
    $Xml.WriteAttributeString('variableLength', $type.IsArray.ToString().ToLowerInvariant())
    $Xml.WriteAttributeString('globbing', $wildcards.ToString().ToLowerInvariant())
    $Xml.WriteAttributeString('pipelineInput', $(if ($pipeline.Count -gt 0) { "True ($($pipeline -join ', '))" } else { 'False' }))
    $Xml.WriteAttributeString('position', $(if ($Use.Position -ge 0) { "$($Use.Position)" } else { 'named' }))
    $Xml.WriteAttributeString('aliases', $(if ($Parameter.Aliases.Count -gt 0) { $Parameter.Aliases -join ', ' } else { 'none' }))
    $Xml.WriteElementString('name', $script:Maml, $Parameter.Name)
    Write-Paragraph -Xml $Xml -Element 'description' -Block $Block
    $plain = [System.Nullable]::GetUnderlyingType($type) ?? $type
    if (-not $isSwitch) {
        $Xml.WriteStartElement('parameterValue', $script:Command)
        $Xml.WriteAttributeString('required', 'true')
        $Xml.WriteAttributeString('variableLength', $type.IsArray.ToString().ToLowerInvariant())
        $Xml.WriteString($plain.Name)
        $Xml.WriteEndElement()
    }
    $Xml.WriteStartElement('type', $script:Dev)
    $Xml.WriteElementString('name', $script:Maml, $(if ($isSwitch) { 'SwitchParameter' } else { $plain.Name }))
    $Xml.WriteEndElement()
    $Xml.WriteEndElement()
}

function Write-TypeList {
    param([System.Xml.XmlWriter] $Xml, [string] $Element, [string] $Item, [System.Collections.IDictionary] $Type)
    $Xml.WriteStartElement($Element, $script:Command)
    foreach ($name in $Type.Keys) {
        $Xml.WriteStartElement($Item, $script:Command)
        $Xml.WriteStartElement('type', $script:Dev)
        $Xml.WriteElementString('name', $script:Maml, $name)
        $Xml.WriteEndElement()
        Write-Paragraph -Xml $Xml -Element 'description' -Block $Type[$name]
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
}

function Write-Example {
    param([System.Xml.XmlWriter] $Xml, [object[]] $Example)
    $Xml.WriteStartElement('examples', $script:Command)
    for ($i = 0; $i -lt $Example.Count; $i++) {
        $Xml.WriteStartElement('example', $script:Command)
        $Xml.WriteElementString('title', $script:Maml, "---------- Example $($i + 1): $($Example[$i].Title) ----------")
        $Xml.WriteElementString('code', $script:Dev, $Example[$i].Code)
        $Xml.WriteStartElement('remarks', $script:Dev)
        Write-ParagraphText -Xml $Xml -Block $Example[$i].Remarks
        $Xml.WriteEndElement()
        $Xml.WriteEndElement()
    }
    $Xml.WriteEndElement()
}

function Write-Paragraph {
    param([System.Xml.XmlWriter] $Xml, [string] $Element, [object[]] $Block)
    $Xml.WriteStartElement($Element, $script:Maml)
    Write-ParagraphText -Xml $Xml -Block $Block
    $Xml.WriteEndElement()
}

function Write-ParagraphText {
    param([System.Xml.XmlWriter] $Xml, [object[]] $Block)
    foreach ($one in $Block) {
        $lines = if ($one.Kind -eq 'code') { $one.Text -split "`n" | ForEach-Object -Process { "    $_" } } else { $one.Text }
        foreach ($line in $lines) { $Xml.WriteElementString('para', $script:Maml, $line) }
    }
}

function Export-AboutTopic {
    # about_ topics are plain text: headings in capitals, text in from the margin, 80 columns.
    param([string] $Path, [string] $Destination)
    $topic = [System.IO.Path]::GetFileNameWithoutExtension($Path)
    $lines = @(Get-Content -LiteralPath $Path -Encoding utf8)
    if ($lines[0] -ne "# $topic") { throw "$topic.md:1: a topic begins with '# $topic'." }
    $text = [System.Collections.Generic.List[string]]::new()
    $text.Add('TOPIC')
    $text.Add("    $topic")
    foreach ($section in Split-Heading -Line $lines -Level 2) {
        $text.Add('')
        $text.Add($section.Title.ToUpperInvariant())
        foreach ($block in Read-Block -Line $section.Lines -File "$topic.md") {
            if ($block.Kind -eq 'code') { $block.Text -split "`n" | ForEach-Object -Process { $text.Add("        $_".TrimEnd()) } }
            else { Get-WrappedText -Text $block.Text | ForEach-Object -Process { $text.Add("    $_") } }
            $text.Add('')
        }
    }
    Set-Content -LiteralPath (Join-Path -Path $Destination -ChildPath "$topic.help.txt") -Value $text -Encoding utf8
}

function Get-WrappedText {
    param([string] $Text, [int] $Width = 74)
    $line = ''
    foreach ($word in $Text -split '\s+') {
        if ($line.Length -gt 0 -and $line.Length + 1 + $word.Length -gt $Width) {
            $line
            $line = if ($Text -match '^[-*] ') { "  $word" } else { $word }
        }
        else { $line = if ($line.Length -gt 0) { "$line $word" } else { $word } }
    }
    $line
}

Export-ModuleMember -Function Read-HelpPage, Export-ModuleHelp
