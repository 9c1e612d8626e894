using Microsoft.Extensions.Logging;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class SharedFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StandingClock _clock = new();
    private readonly Told _told = new();

    public void Dispose()
    {
        _folder.Dispose();
        _told.Dispose();
    }

    private FolderJournalStore Store(string host, Func<string, string?>? network = null) =>
        new(_folder.Path, new EngineContext { Clock = _clock, HostName = host, Logs = _told }, network ?? (_ => null));

    [Fact]
    public async Task A_network_file_system_is_warned_of_once_with_what_to_do()
    {
        FolderJournalStore store = Store("build-07", _ => "nfs");
        await AppendAsync(store, "One");
        await AppendAsync(store, "Two");
        string warning = Assert.Single(_told.Warnings);
        Assert.Contains($"{_folder.Path} are on a network file system (nfs)", warning, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_disk_with_one_machine_is_not_warned_of()
    {
        FolderJournalStore store = new(_folder.Path, new EngineContext { Logs = _told });
        await AppendAsync(store, "One");
        await AppendAsync(store, "Two");
        Assert.Empty(_told.Warnings);
    }

    [Fact]
    public async Task Two_machines_that_write_in_turn_are_warned_of_once()
    {
        await AppendAsync(Store("build-07"), "One");
        FolderJournalStore second = Store("build-08");
        await AppendAsync(second, "Two");
        await AppendAsync(Store("build-07"), "Three");
        Assert.Equal(2, _told.Warnings.Count);
        Assert.Contains("build-07 wrote to rollouts/checkout-2.4.0 at 2026-11-21 10:15:00Z, and this is build-08", _told.Warnings[0], StringComparison.Ordinal);
        await AppendAsync(second, "Four");
        Assert.Equal(2, _told.Warnings.Count);
    }

    [Fact]
    public async Task Who_looked_before_taking_the_lease_as_every_command_does_is_warned_all_the_same()
    {
        await AppendAsync(Store("build-07"), "One");
        FolderJournalStore second = Store("build-08");
        JournalTail seen = await second.ReadAfterAsync(Checkout, null, Cancel);
        await using (await second.TryAcquireAsync(Checkout, seen.End, TimeSpan.Zero, Cancel)) Assert.Contains("build-07 wrote to rollouts/checkout-2.4.0", Assert.Single(_told.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_has_moved_away_is_none_of_two()
    {
        await AppendAsync(Store("build-07"), "One");
        _clock.CreateTimer(_ => { }, null, TimeSpan.FromMinutes(16), Timeout.InfiniteTimeSpan).Dispose();
        await AppendAsync(Store("build-08"), "Two");
        Assert.Empty(_told.Warnings);
    }

    [Fact]
    public async Task A_lock_that_another_machine_holds_is_warned_of()
    {
        await using IJournalLease held = await AcquireAsync(Store("build-07"));
        Assert.Null(await Store("build-08").TryAcquireAsync(Checkout, TimeSpan.Zero, Cancel));
        Assert.Contains("rollouts/checkout-2.4.0 is held by build-07, process", Assert.Single(_told.Warnings), StringComparison.Ordinal);
        Assert.Null(await Store("build-07").TryAcquireAsync(Checkout, TimeSpan.Zero, Cancel));
        Assert.Single(_told.Warnings);
    }

    [Fact]
    public void Where_a_folder_is_can_be_asked_of_any_path()
    {
        Assert.Null(NetworkFolder.Find(_folder.Path));
        Assert.Null(NetworkFolder.Find(Path.Combine(_folder.Path, "not", "there")));
        if (OperatingSystem.IsWindows()) Assert.NotNull(NetworkFolder.Find(@"\\server\share"));
    }

    private sealed class Told : ILoggerFactory, ILogger
    {
        public List<string> Warnings { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning) Warnings.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
