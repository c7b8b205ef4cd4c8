#include "tests/live/live-program.h"

#include <boost/test/unit_test.hpp>

#include <csignal>

#include <sys/wait.h>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::live;

/// A run with two sandboxes, each with a command that starts others, some of them on their own.
class Interrupted
{
  public:
    Interrupted()
        : m_runBefore(ListOf("/run"))
    {
        // Nobody else has such a word on his command line.
        m_word = "86399." + std::to_string(getpid()) + std::to_string(++s_count);
        const std::string command =
            "touch /etc/left /tmp/left /run/left /dev/shm/left /var/left; setsid sleep " + m_word +
            " & (sleep " + m_word + " &) ; touch $BOUNCELAB_WORK/ready; wait; sleep " + m_word;
        m_live = std::make_unique<Background>(m_scratch.Path(),
                                              std::vector<std::string>{"live",
                                                                       "relay-tests/open-relay",
                                                                       "--replace",
                                                                       "partner=" + command,
                                                                       "--replace",
                                                                       "tester=" + command});
        const bool isRunning = Eventually([this] { return ProcessesWith(m_word).size() >= 4; });
        BOOST_REQUIRE_MESSAGE(isRunning, TextOf(m_scratch.Path() / "log"));
        for (const pid_t process : ProcessesWith(m_word))
        {
            for (const char* kind : {"net", "mnt", "pid"})
            {
                m_spaces.emplace(kind, NamespaceOf(process, kind));
            }
        }
    }

    Background& Live() { return *m_live; }

    const std::string& Word() const { return m_word; }

    std::set<pid_t> Everybody() const
    {
        std::set<pid_t> all;
        for (const auto& [kind, space] : m_spaces)
        {
            all.merge(ProcessesIn(space, kind));
        }
        return all;
    }

    void CheckNothingIsLeft() const
    {
        BOOST_TEST(m_spaces.size() == 6u);
        BOOST_TEST(Eventually([this] { return ProcessesWith(m_word).empty(); }));
        BOOST_TEST(Eventually([this] { return Everybody().empty(); }));
        BOOST_TEST(!fs::exists(m_scratch.Path() / "results"));
        BOOST_TEST(TextOf(m_scratch.Path() / "log") == "");
        BOOST_TEST(ListOf("/run") == m_runBefore, boost::test_tools::per_element());
        for (const char* place : {"/etc", "/tmp", "/run", "/dev/shm", "/var"})
        {
            BOOST_TEST(!fs::exists(fs::path(place) / "left"), place);
        }
        BOOST_TEST(TextOf("/proc/self/mountinfo").find("/run/bouncelab") == std::string::npos);
    }

  private:
    static std::vector<std::string> ListOf(const fs::path& folder)
    {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(folder))
        {
            names.insert(entry.path().filename().string());
        }
        return {names.begin(), names.end()};
    }

    static inline int s_count = 0;
    cli::Scratch m_scratch;
    std::vector<std::string> m_runBefore;
    std::string m_word;
    std::set<std::pair<std::string, std::string>> m_spaces;
    std::unique_ptr<Background> m_live;
};

BOOST_AUTO_TEST_SUITE(interruption)

BOOST_AUTO_TEST_CASE(NothingIsLeftOfARunThatIsKilled,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP})
    {
        Interrupted run;
        const int status = run.Live().End(signal);
        BOOST_TEST(WIFSIGNALED(status));
        BOOST_TEST(WTERMSIG(status) == signal);
        run.CheckNothingIsLeft();
    }
}

/// A sandbox whose first process somebody kills is an error of the run, which takes the rest along.
BOOST_AUTO_TEST_CASE(ARunEndsWithItsSandbox, *boost::unit_test::precondition(LiveRunsArePossible))
{
    Interrupted run;
    const pid_t inside = *ProcessesWith(run.Word()).begin();
    const std::string space = NamespaceOf(inside, "pid");
    pid_t first = 0;
    for (const pid_t process : ProcessesIn(space, "pid"))
    {
        const std::string status = TextOf("/proc/" + std::to_string(process) + "/status");
        if (status.find("\t1\n", status.find("NSpid:")) ==
            status.find('\n', status.find("NSpid:")) - 2)
        {
            first = process;
        }
    }
    BOOST_REQUIRE(first != 0);
    kill(first, SIGKILL);
    BOOST_TEST(Eventually([&] { return run.Everybody().empty(); }));
    BOOST_TEST(Eventually([&] { return ProcessesWith(run.Word()).empty(); }));
    int status = 0;
    BOOST_TEST(waitpid(run.Live().Pid(), &status, 0) == run.Live().Pid());
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
