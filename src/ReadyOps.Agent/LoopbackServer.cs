using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ReadyOps.Agent;

/// <summary>A small HTTP server on loopback, free of what a web application would take from its environment.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private LoopbackServer(WebApplication application, string url)
    {
        _application = application;
        Url = url;
    }

    /// <summary>Its base URL, without a slash at the end.</summary>
    public string Url { get; }

    /// <summary>Starts it.</summary>
    /// <param name="url">Where it listens, for example <c>http://127.0.0.1:0</c> for any free port.</param>
    /// <param name="handler">Answers every request.</param>
    /// <param name="cancel">Stops starting.</param>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<LoopbackServer> StartAsync(string url, RequestDelegate handler, CancellationToken cancel)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.AddServerHeader = false).UseUrls(url);
        // The process belongs to its command, and so do its signals.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        try
        {
            application.Run(handler);
            await application.StartAsync(cancel);
            string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new LoopbackServer(application, bound.TrimEnd('/'));
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Requests under way are not waited for: nobody is left to read the answers.
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
