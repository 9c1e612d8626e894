# What examples ask over HTTP, so that nothing has to be installed: answers /name with name.json of a folder, queries of Prometheus
# with the values of metrics.json, and /api/v2/alerts with alerts.json, as they are at that moment. Dispose what it returns.
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $Folder)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$probe = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
$probe.Start()
$port = $probe.LocalEndpoint.Port
$probe.Stop()
$listener = [System.Net.HttpListener]::new()
$listener.Prefixes.Add("http://127.0.0.1:$port/")
$listener.Start()

$shell = [powershell]::Create().AddScript({
    param($listener, $folder)
    function Read-Answer([System.Net.HttpListenerRequest] $request) {
        if ($request.Url.AbsolutePath -eq '/api/v1/query') {
            $form = [System.Web.HttpUtility]::ParseQueryString([System.IO.StreamReader]::new($request.InputStream).ReadToEnd() + $request.Url.Query)
            $values = Get-Content -LiteralPath "$folder/metrics.json" -Raw | ConvertFrom-Json -AsHashtable
            $now = [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
            $series = @(if ($values.ContainsKey($form['query'])) { @{ metric = @{}; value = @($now, "$($values[$form['query']])") } })
            return @{ status = 'success'; data = @{ resultType = 'vector'; result = $series } } | ConvertTo-Json -Depth 5
        }
        $name = $request.Url.AbsolutePath -eq '/api/v2/alerts' ? 'alerts' : $request.Url.AbsolutePath.Trim('/')
        $file = "$folder/$name.json"
        if ($name -match '^[\w-]+$' -and (Test-Path -LiteralPath $file)) { Get-Content -LiteralPath $file -Raw }
    }

    while ($listener.IsListening) {
        try { $context = $listener.GetContext() } catch { return }
        try {
            $body = Read-Answer $context.Request
            $context.Response.StatusCode = $body ? 200 : 404
            $context.Response.ContentType = 'application/json'
            $bytes = [System.Text.Encoding]::UTF8.GetBytes("$body")
            $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
        }
        catch { $context.Response.StatusCode = 500 }
        finally { $context.Response.Close() }
    }
}).AddArgument($listener).AddArgument((Resolve-Path -LiteralPath $Folder).ProviderPath)
$null = $shell.BeginInvoke()

[pscustomobject]@{ Url = "http://127.0.0.1:$port" } | Add-Member -PassThru -MemberType ScriptMethod -Name Dispose -Value { $listener.Close(); $shell.Dispose() }.GetNewClosure()
