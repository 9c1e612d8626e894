using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalFolderTests
{
    [Fact]
    public void The_variable_names_the_folder_and_otherwise_it_is_in_the_current_directory()
    {
        string here = Path.Combine(Path.GetTempPath(), "work"), elsewhere = Path.Combine(Path.GetTempPath(), "state");
        string? before = Environment.GetEnvironmentVariable(JournalFolder.Variable);
        try
        {
            Environment.SetEnvironmentVariable(JournalFolder.Variable, null);
            Assert.Equal(Path.Combine(here, ".readyops"), JournalFolder.Default(here));
            Environment.SetEnvironmentVariable(JournalFolder.Variable, "kept");
            Assert.Equal(Path.Combine(here, "kept"), JournalFolder.Default(here));
            Environment.SetEnvironmentVariable(JournalFolder.Variable, elsewhere);
            Assert.Equal(elsewhere, JournalFolder.Default(here));
        }
        finally
        {
            Environment.SetEnvironmentVariable(JournalFolder.Variable, before);
        }
    }
}
