#include "lab/run/child-process.h"
#include "tests/cli/processes.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

using namespace bouncelab;
using namespace bouncelab::run;
using cli::ProcessesWith;

ChildEnd
Shell(const std::string& script, const ChildOptions& options = {})
{
    return RunChild({"sh", "-c", script}, options);
}

/// A word that nobody else has on his command line, and that sleep takes for a time.
std::string
Word()
{
    static int count = 0;
    return "86397." + std::to_string(getpid()) + std::to_string(++count);
}

/// The status of a process of its own that does something.
int
InProcess(const std::function<bool()>& work)
{
    const pid_t child = fork();
    if (child == 0)
    {
        _exit(work() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

BOOST_AUTO_TEST_SUITE(child_process)

/// Whatever ways it finds to leave something behind.
BOOST_AUTO_TEST_CASE(AllThatItStartedEndsWithIt)
{
    for (const char* script : {"sleep W &",
                               "sleep W >/dev/null 2>&1 &",
                               "setsid sleep W &",
                               "(setsid sh -c 'sleep W & sleep W' &)",
                               "exec >&- 2>&-; setsid setsid sleep W & sleep 0.05",
                               "setsid sh -c 'trap \"\" TERM HUP INT; sleep W; sleep W' & exit 3",
                               "setsid sleep W & kill -KILL $$"})
    {
        const std::string word = Word();
        std::string text = script;
        while (text.find('W') != std::string::npos)
        {
            text.replace(text.find('W'), 1, word);
        }
        const ChildEnd end = Shell(text);
        BOOST_TEST(end.started);
        BOOST_TEST(!end.timedOut);
        BOOST_TEST(ProcessesWith(word).empty(), script);
    }
}

BOOST_AUTO_TEST_CASE(AllThatItStartedEndsWhenItsTimeIsOver)
{
    ChildOptions options;
    options.timeout = std::chrono::milliseconds(300);
    for (const std::string script : {"setsid sleep ", "setsid -w sleep ", "exec >&- 2>&-; sleep "})
    {
        const std::string word = Word();
        const ChildEnd end = Shell(script + word + " & sleep " + word, options);
        BOOST_TEST(end.timedOut);
        BOOST_TEST(ProcessesWith(word).empty(), script);
    }
}

BOOST_AUTO_TEST_CASE(OthersChildrenLiveOn)
{
    const pid_t other = fork();
    if (other == 0)
    {
        pause();
        _exit(0);
    }
    BOOST_TEST(Shell("exit 7").status == 7);
    BOOST_TEST(waitpid(other, nullptr, WNOHANG) == 0);
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
}

BOOST_AUTO_TEST_CASE(ItEndsWithItsParent)
{
    const std::string word = Word();
    const pid_t parent = fork();
    if (parent == 0)
    {
        Shell("exec sleep " + word);
        _exit(0);
    }
    BOOST_TEST(cli::Eventually([&] { return !ProcessesWith(word).empty(); }));
    kill(parent, SIGKILL);
    waitpid(parent, nullptr, 0);
    BOOST_TEST(cli::Eventually([&] { return ProcessesWith(word).empty(); }));
}

BOOST_AUTO_TEST_CASE(ItInheritsNoDescriptor)
{
    std::vector<int> open;
    for (int i = 0; i < 20; ++i)
    {
        open.push_back(dup(STDOUT_FILENO));
    }
    // The fourth is that of the folder which is read.
    BOOST_TEST(Shell("ls /proc/self/fd").output == "0\n1\n2\n3\n");
    for (const int each : open)
    {
        close(each);
    }
}

BOOST_AUTO_TEST_CASE(ClosedDescriptorsChangeNothing)
{
    for (int closed = 0; closed < 8; ++closed)
    {
        const int status = InProcess(
            [closed]
            {
                for (int standard = 0; standard < 3; ++standard)
                {
                    if ((closed & (1 << standard)) != 0)
                    {
                        close(standard);
                    }
                }
                const ChildEnd end = Shell("cat; echo out; echo err >&2; exit 5");
                return end.output == "out\n" && end.error == "err\n" && end.status == 5;
            });
        BOOST_TEST(status == 0, closed);
    }
}

BOOST_AUTO_TEST_CASE(OutputAfterAPauseIsHeard)
{
    BOOST_TEST(Shell("echo a; sleep 0.1; echo b").output == "a\nb\n");
}

BOOST_AUTO_TEST_CASE(LimitsHold)
{
    ChildOptions options;
    options.output = 1000;
    BOOST_TEST(Shell("yes | head -c 3000000; yes | head -c 3000000 >&2", options).output.size() ==
               1000u);
    options.largestFile = 1 << 20;
    options.addressSpace = 300 << 20;
    const cli::Scratch scratch;
    options.folder = scratch.Path();
    BOOST_TEST(Shell("exec head -c 1000000 /dev/zero > file", options).status == 0);
    BOOST_TEST(Shell("exec head -c 2000000 /dev/zero > file", options).status == 128 + SIGXFSZ);
    BOOST_TEST(Shell("dd if=/dev/zero of=/dev/null bs=100M count=1", options).status == 0);
    BOOST_TEST(Shell("dd if=/dev/zero of=/dev/null bs=400M count=1", options).status != 0);
}

BOOST_AUTO_TEST_CASE(TheEnvironmentIsWhatWasAskedFor)
{
    ChildOptions options;
    options.environment.emplace();
    BOOST_TEST(RunChild({"env"}, options).output ==
               "LC_ALL=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\nTZ=UTC\n");
    options.environment = {"A=b=c", "PATH=/bin"};
    BOOST_TEST(RunChild({"env"}, options).output == "A=b=c\nLC_ALL=C.UTF-8\nPATH=/bin\nTZ=UTC\n");
    setenv("BOUNCELAB_TEST", "here", 1);
    BOOST_TEST(Shell("echo $BOUNCELAB_TEST").output == "here\n");
}

BOOST_AUTO_TEST_CASE(WhatDoesNotStartSaysWhy)
{
    const ChildEnd end = RunChild({"/nowhere/program"}, ChildOptions());
    BOOST_TEST(!end.started);
    BOOST_TEST(end.error == "No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
