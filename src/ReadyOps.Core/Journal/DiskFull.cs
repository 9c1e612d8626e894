namespace ReadyOps.Core.Journal;

/// <summary>Tells a disk that is full from one that fails otherwise.</summary>
internal static class DiskFull
{
    // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED, each as an HRESULT.
    private static readonly int[] s_windows = [unchecked((int)0x80070027), unchecked((int)0x80070070), unchecked((int)0x8007050F)];

    /// <summary>What an exception carries here when nothing more fits.</summary>
    public static int Code => OperatingSystem.IsWindows() ? s_windows[1] : 28;

    /// <summary>Whether something failed because there is no room left, on the disk or in this account's part of it.</summary>
    // .NET hands on errno as it is: ENOSPC is 28 on Linux and macOS, EDQUOT 122 on Linux and 69 on macOS and BSD.
    public static bool Is(Exception e) => e is IOException
        && (OperatingSystem.IsWindows() ? s_windows.Contains(e.HResult) : e.HResult == Code || e.HResult == (OperatingSystem.IsLinux() ? 122 : 69));
}
