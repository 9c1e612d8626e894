#!/usr/bin/env pwsh
<#
.SYNOPSIS
Compares the time that Invoke-PrometheusQuery takes for a long range with that of Invoke-RestMethod for the same one.
.DESCRIPTION
A small server in this process answers every range query with the points that were asked for. Both commands ask in turn, over the
same loopback: Invoke-PrometheusQuery by itself, and Invoke-RestMethod in the parts that a server of Prometheus takes, with its
values turned into numbers and times in a loop of PowerShell, as scripts do, and without. Build the module first: ./build.ps1 -Task Build
.EXAMPLE
pwsh -NoProfile tests/ReadyOps.Benchmarks/query.ps1
#>
[CmdletBinding()]
param(
    [Parameter()]
    [ValidateRange(1, 100)]
    [int] $Rounds = 5,

    [Parameter()]
    [ValidateRange(1, 20)]
    [int] $Series = 10,

    [Parameter()]
    [ValidateRange(1, 100000)]
    [int] $Points = 10000
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$root = Split-Path -Path (Split-Path -Path $PSScriptRoot -Parent) -Parent
$manifest = Get-ChildItem -Path (Join-Path -Path $root -ChildPath 'output/ReadyOps/*/ReadyOps.psd1') | Select-Object -First 1
if (-not $manifest) { throw 'The module is not built. Run ./build.ps1 -Task Build' }
Import-Module -Name $manifest.FullName

Add-Type -TypeDefinition @'
using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

public static class RangeServer
{
    public static int Start(int series)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task.Run(async () => { while (true) { TcpClient client = await listener.AcceptTcpClientAsync(); _ = Task.Run(() => Serve(client, series)); } });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task Serve(TcpClient client, int series)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream(), Encoding.ASCII))
        {
            while (true)
            {
                int length = 0;
                string line, form = null;
                while ((line = await reader.ReadLineAsync()) != "")
                {
                    if (line == null) return;
                    if (form == null) form = line;
                    if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line.Substring(15));
                    if (line.StartsWith("Expect:", StringComparison.OrdinalIgnoreCase)) throw new NotSupportedException();
                }

                if (length > 0)
                {
                    var body = new char[length];
                    await reader.ReadBlockAsync(body, 0, length);
                    form = new string(body);
                }

                byte[] answer = Cache(form, series);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + answer.Length + "\r\n\r\n"));
                await client.GetStream().WriteAsync(answer);
            }
        }
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> Known = new();

    // Written once, so that only the clients are measured.
    private static byte[] Cache(string form, int series)
    {
        long start = Member(form, "start="), end = Member(form, "end="), step = Member(form, "step=");
        return Known.GetOrAdd(start + "/" + end + "/" + step, _ => Answer(start, end, step, series));
    }

    private static long Member(string form, string name)
    {
        int at = form.IndexOf(name) + name.Length, last = at;
        while (last < form.Length && char.IsDigit(form[last])) last++;
        return long.Parse(form.Substring(at, last - at));
    }

    private static byte[] Answer(long start, long end, long step, int series)
    {
        var random = new Random(1);
        var text = new StringBuilder("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
        for (int s = 0; s < series; s++)
        {
            text.Append(s > 0 ? "," : "").Append("{\"metric\":{\"__name__\":\"latency\",\"instance\":\"" + s + "\"},\"values\":[");
            for (long t = start; t <= end; t += step)
                text.Append(t > start ? "," : "").Append("[" + t + ",\"" + (0.1 + random.NextDouble() / 10).ToString("R", CultureInfo.InvariantCulture) + "\"]");
            text.Append("]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}}").ToString());
    }
}
'@

$url = "http://127.0.0.1:$([RangeServer]::Start($Series))"
$step = 15
$from = 1795000005
$to = $from + ($Points - 1) * $step
$expected = $Series * $Points

function Get-Part {
    for ($first = 0; $first -lt $Points; $first += 11000) {
        $last = [math]::Min($first + 11000, $Points) - 1
        Invoke-RestMethod -Method Post -Uri "$url/api/v1/query_range" -Body "query=latency&start=$($from + $first * $step)&end=$($from + $last * $step)&step=$step" -ContentType 'application/x-www-form-urlencoded'
    }
}

$subjects = [ordered]@{
    'Invoke-PrometheusQuery' = {
        @(Invoke-PrometheusQuery -Url $url -Query latency -Start ([DateTimeOffset]::FromUnixTimeSeconds($from)) -End ([DateTimeOffset]::FromUnixTimeSeconds($to)) -Step '15s').Count
    }
    'Invoke-RestMethod, values as texts' = {
        $count = 0
        foreach ($part in Get-Part) { foreach ($one in $part.data.result) { $count += $one.values.Count } }
        $count
    }
    'Invoke-RestMethod, samples made in a loop' = {
        $all = foreach ($part in Get-Part) {
            foreach ($one in $part.data.result) {
                foreach ($pair in $one.values) {
                    [pscustomobject]@{ Instance = $one.metric.instance; Time = [DateTimeOffset]::FromUnixTimeSeconds($pair[0]); Value = [double]::Parse($pair[1], [cultureinfo]::InvariantCulture) }
                }
            }
        }
        $all.Count
    }
}
$runs = @{}
foreach ($name in $subjects.Keys) { $runs[$name] = [System.Collections.Generic.List[double]]::new() }
# The first round compiles, and makes the answer, and does not count.
foreach ($round in 0..$Rounds) {
    foreach ($name in $subjects.Keys) {
        [System.GC]::Collect()
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $count = & $subjects[$name]
        $took = $watch.Elapsed.TotalMilliseconds
        if ($count -ne $expected) { throw "$name gave $count samples, not $expected." }
        if ($round -gt 0) { $runs[$name].Add($took) }
    }
}

"PowerShell $($PSVersionTable.PSVersion), $([System.Environment]::ProcessorCount) cores, $Rounds rounds, $('{0:N0}' -f $expected) samples in $Series series"
''
'| | median, ms | least | ratio of medians | ratio of least |'
'|---|---:|---:|---:|---:|'
$base = $null
foreach ($name in $subjects.Keys) {
    $sorted = @($runs[$name] | Sort-Object)
    $middle = $sorted[[int][math]::Floor($sorted.Count / 2)]
    if (-not $base) { $base = @($middle, $sorted[0]) }
    "| $name | {0:N0} | {1:N0} | {2:0.00} | {3:0.00} |" -f $middle, $sorted[0], ($middle / $base[0]), ($sorted[0] / $base[1])
}
