#include "tests/live/live-program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::live;

/// What a command says that looks around, by the word in front.
std::map<std::string, std::string>
LookAround(const fs::path& folder, const std::string& script)
{
    std::ofstream(folder / "look.sh") << script;
    const cli::ChildEnd end = Live(folder,
                                   {"relay-tests/open-relay",
                                    "--replace",
                                    "partner=bash look.sh",
                                    "--until-exit",
                                    "--duration",
                                    "20 s",
                                    "--quiet"});
    const fs::path run = folder / "results/live/relay-tests/open-relay/partner-bash";
    const std::string output = TextOf(run / "live/partner/output.log");
    BOOST_TEST(end.status == 0, end.error << output);
    std::map<std::string, std::string> answers;
    std::istringstream lines(output);
    std::string line;
    while (std::getline(lines, line))
    {
        const std::size_t colon = std::min(line.find(": "), line.size());
        answers[line.substr(0, colon)] = line.substr(std::min(colon + 2, line.size()));
    }
    return answers;
}

BOOST_AUTO_TEST_SUITE(sandbox)

BOOST_AUTO_TEST_CASE(NothingOutsideIsReachable,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const auto answers = LookAround(scratch.Path(), R"sh(
echo "devices: $(cd /proc/sys/net/ipv4/neigh && echo *)"
echo "ipv6: $(cat /proc/net/if_inet6 | wc -l)"
echo "routes: $(tail -n +2 /proc/net/route | wc -l)"
echo "host: $(cat /proc/sys/kernel/hostname)"
echo "unix: $(tail -n +2 /proc/net/unix | wc -l)"
echo "first: $(tr '\0' ' ' </proc/1/cmdline | cut -d ' ' -f 2)"
echo "processes: $(ls -d /proc/[0-9]* | wc -l)"
echo "names: $(getent hosts exchange | cut -d ' ' -f 1)"
timeout 2 bash -c 'exec 3<>/dev/tcp/192.0.2.200/80' 2>/dev/null; echo "nobody: $?"
echo "node: $BOUNCELAB_NODE $BOUNCELAB_ADDRESS $BOUNCELAB_HOSTNAME $BOUNCELAB_GATEWAY"
echo "variables: $(env | grep -c BOUNCELAB_DATA)"
)sh");
    BOOST_TEST(answers.at("devices") == "eth0 lo");
    BOOST_TEST(answers.at("ipv6") == "0");
    BOOST_TEST(answers.at("routes") == "2");
    BOOST_TEST(answers.at("host") == "mx1.partner.example");
    BOOST_TEST(answers.at("unix") == "0");
    BOOST_TEST(answers.at("first") == "live");
    BOOST_TEST(std::stoi(answers.at("processes")) < 10);
    BOOST_TEST(answers.at("names") == "10.10.10.10");
    BOOST_TEST(answers.at("nobody") == "124");
    BOOST_TEST(answers.at("variables") == "0");
    BOOST_TEST(answers.at("node") == "partner 198.51.100.25 mx1.partner.example 198.51.100.1");
}

/// A program that speaks at once finds the simulation begun, and its first packet is not lost.
BOOST_AUTO_TEST_CASE(WhoSendsStartsTheSimulation,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const auto answers = LookAround(scratch.Path(), R"sh(
before=$(date +%s%N)
exec 3<>/dev/tcp/10.10.10.10/25 && read -r greeting <&3
echo "greeting: ${greeting:0:4}"
echo "milliseconds: $(( ($(date +%s%N) - before) / 1000000 ))"
)sh");
    BOOST_TEST(answers.at("greeting") == "220 ");
    // A SYN that is sent again would take a second.
    BOOST_TEST(std::stoi(answers.at("milliseconds")) < 900);
}

BOOST_AUTO_TEST_CASE(WhatIsWrittenAnywhereVanishes,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const cli::Scratch scratch;
    const std::string name = "bouncelab-left-" + std::to_string(getpid());
    const auto answers =
        LookAround(scratch.Path(),
                   "for place in / /etc /usr /var /tmp /dev /dev/shm /run /root . " +
                       tests::SourceDir().string() + "; do echo x >$place/" + name +
                       " && written=\"$written $place\"; done\n"
                       "echo \"written: $written\"\n"
                       "rm /etc/passwd; echo \"removed: $?\"\n"
                       "echo x >/sys/" +
                       name +
                       "\n"
                       "echo out >$BOUNCELAB_WORK/out/kept\n"
                       "ln -s /etc/shadow $BOUNCELAB_WORK/out/link\n"
                       "mkfifo $BOUNCELAB_WORK/out/pipe\n");
    for (const std::string& place : std::initializer_list<std::string>{"/",
                                                                       "/etc",
                                                                       "/usr",
                                                                       "/var",
                                                                       "/tmp",
                                                                       "/dev",
                                                                       "/dev/shm",
                                                                       "/run",
                                                                       "/root",
                                                                       tests::SourceDir().string()})
    {
        BOOST_TEST(answers.at("written").find(" " + place) != std::string::npos, place);
        BOOST_TEST(!fs::exists(fs::path(place) / name), place);
    }
    BOOST_TEST(!fs::exists(scratch.Path() / name));
    BOOST_TEST(answers.at("removed") == "0");
    BOOST_TEST(fs::exists("/etc/passwd"));
    const fs::path kept =
        scratch.Path() / "results/live/relay-tests/open-relay/partner-bash/live/partner";
    BOOST_TEST(TextOf(kept / "kept") == "out\n");
    BOOST_TEST(!fs::exists(fs::symlink_status(kept / "link")));
    BOOST_TEST(!fs::exists(fs::symlink_status(kept / "pipe")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
