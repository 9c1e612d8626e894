using System.Management.Automation;

namespace ReadyOps;

/// <summary>A progress bar that is stable, slow enough to read, and always closed.</summary>
internal sealed class ProgressBar(Action<ProgressRecord> later, Action<ProgressRecord> now, TimeProvider clock)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private readonly object _gate = new();
    private long _shownAt;
    private ProgressRecord? _shown;

    /// <summary>Shows where the work stands; callable from any thread.</summary>
    /// <param name="activity">What is being done; the same for the whole bar.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="percent">How far it is (0–100), or -1 where nobody can say.</param>
    /// <param name="remaining">How long it still takes, if that is known.</param>
    public void Show(string activity, string status, double percent = -1, TimeSpan? remaining = null)
    {
        lock (_gate)
        {
            if (_shown is not null && clock.GetElapsedTime(_shownAt) < Pace) return;
            _shownAt = clock.GetTimestamp();
            _shown = new ProgressRecord(1, activity, status.Length > 0 ? status : " ")
            {
                PercentComplete = percent < 0 ? -1 : (int)Math.Clamp(percent, 0, 100),
                SecondsRemaining = remaining is { } left ? (int)Math.Clamp(left.TotalSeconds, 0, int.MaxValue) : -1,
            };
            later(_shown);
        }
    }

    /// <summary>Takes the bar away; only from the pipeline thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_shown is null) return;
            now(new ProgressRecord(1, _shown.Activity, " ") { RecordType = ProgressRecordType.Completed });
            _shown = null;
        }
    }
}
