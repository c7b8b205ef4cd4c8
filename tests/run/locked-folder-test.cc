#include "formats/machine-error.h"
#include "lab/run/locked-folder.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using score::WriteTextFile;

struct Fixture
{
    cli::Scratch scratch;
    fs::path results = scratch.Path() / "a/results";

    fs::path Prefix() const { return results / ".staging-"; }

    std::size_t Entries() const
    {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(results), fs::directory_iterator()));
    }

    /// A folder that somebody made and holds until he is killed.
    pid_t HeldByAnother() const
    {
        int ends[2];
        BOOST_REQUIRE(pipe(ends) == 0);
        const pid_t child = fork();
        if (child == 0)
        {
            const LockedFolder folder(Prefix());
            WriteTextFile(folder.Path() / "half", "made");
            [[maybe_unused]] const auto written = write(ends[1], "x", 1);
            pause();
        }
        char ready = 0;
        BOOST_REQUIRE(read(ends[0], &ready, 1) == 1);
        close(ends[0]);
        close(ends[1]);
        return child;
    }
};

void
Kill(pid_t process)
{
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
}

BOOST_AUTO_TEST_SUITE(locked_folder)

BOOST_FIXTURE_TEST_CASE(ItGoesWithAllThatItMade, Fixture)
{
    {
        const LockedFolder folder(Prefix());
        fs::create_directories(folder.Path() / "b/c");
        WriteTextFile(folder.Path() / "b/c/file", "");
        fs::permissions(folder.Path() / "b/c", fs::perms::none);
        fs::permissions(folder.Path() / "b", fs::perms::owner_read);
        folder.Remove();
        BOOST_TEST(!fs::exists(folder.Path()));
    }
    BOOST_TEST(!fs::exists(scratch.Path() / "a"));
}

BOOST_FIXTURE_TEST_CASE(FoldersAboveStayWithWhatWasPutThere, Fixture)
{
    const LockedFolder folder(Prefix());
    WriteTextFile(results / "kept", "");
    folder.Remove();
    BOOST_TEST(Entries() == 1u);
}

BOOST_FIXTURE_TEST_CASE(WhatIsHeldStaysAndWhatIsAbandonedGoes, Fixture)
{
    const pid_t other = HeldByAnother();
    {
        const LockedFolder mine(Prefix());
        BOOST_TEST(Entries() == 2u);
    }
    BOOST_TEST(Entries() == 1u);
    Kill(other);
    BOOST_TEST(Entries() == 1u);
    const LockedFolder next(Prefix());
    BOOST_TEST(Entries() == 1u);
    BOOST_TEST(fs::exists(next.Path() / "lock"));
    BOOST_TEST(!fs::exists(next.Path() / "half"));
}

/// It belongs to those who work in it, not to the process that made it.
BOOST_FIXTURE_TEST_CASE(AChildOfItsMakerHoldsItToo, Fixture)
{
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    const pid_t maker = fork();
    if (maker == 0)
    {
        const LockedFolder folder(Prefix());
        if (fork() == 0)
        {
            const pid_t self = getpid();
            [[maybe_unused]] const auto written = write(ends[1], &self, sizeof(self));
            pause();
        }
        _exit(0);
    }
    waitpid(maker, nullptr, 0);
    pid_t child = 0;
    BOOST_REQUIRE(read(ends[0], &child, sizeof(child)) == sizeof(child));
    {
        const LockedFolder mine(Prefix());
        BOOST_TEST(Entries() == 2u);
    }
    BOOST_TEST(Entries() == 1u);
    kill(child, SIGKILL);
    close(ends[0]);
    close(ends[1]);
}

BOOST_FIXTURE_TEST_CASE(OthersFoldersAreLeftAlone, Fixture)
{
    fs::create_directories(results / ".staging-mine-for-long");
    fs::create_directories(results / ".staging-abcdef/data");
    fs::create_directories(results / "seed-1");
    fs::create_symlink(results / "seed-1", results / ".staging-ghijkl");
    WriteTextFile(results / "seed-1/lock", "");
    const LockedFolder mine(Prefix());
    BOOST_TEST(Entries() == 5u);
}

BOOST_FIXTURE_TEST_CASE(WhereThereCanBeNoneItSaysWhy, Fixture)
{
    WriteTextFile(scratch.Path() / "a", "a file");
    BOOST_CHECK_THROW(LockedFolder{Prefix()}, std::exception);
    BOOST_CHECK_EXCEPTION(LockedFolder{"/proc/x-"},
                          MachineError,
                          [](const MachineError& error)
                          { return std::string(error.what()).find("/proc") != std::string::npos; });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
