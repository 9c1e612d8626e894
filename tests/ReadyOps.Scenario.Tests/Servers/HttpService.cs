using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A small HTTP service inside the test's own process.</summary>
internal sealed class HttpService : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HttpService(WebApplication application, Uri url)
    {
        _application = application;
        Url = url.AbsoluteUri.TrimEnd('/');
        Authority = url.Authority;
    }

    /// <summary>Its base URL.</summary>
    public string Url { get; }

    /// <summary>Its <c>host:port</c>.</summary>
    public string Authority { get; }

    /// <summary>Starts a service on a free port of 127.0.0.1.</summary>
    /// <param name="handler">Answers every request.</param>
    /// <param name="certificate">Who it is in TLS; plain HTTP without one.</param>
    public static async Task<HttpService> StartAsync(RequestDelegate handler, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is null) builder.WebHost.UseUrls("http://127.0.0.1:0");
        else builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        WebApplication application = builder.Build();
        application.Run(handler);
        await application.StartAsync();
        string address = application.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new HttpService(application, new Uri(address));
    }

    /// <summary>Starts a service that answers <c>/metrics</c> with what <paramref name="page"/> gives at that moment.</summary>
    public static Task<HttpService> StartMetricsAsync(Func<string> page) => StartAsync(context =>
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(page());
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }
}
