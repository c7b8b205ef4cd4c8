#include "tests/live/live-program.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <re2/re2.h>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::live;

/// What nmap says of a host with a stack, as XML.
std::string
Scanned(const fs::path& scratch, const std::string& stack)
{
    const fs::path folder = scratch / stack;
    fs::create_directory(folder);
    std::ofstream(folder / "scan.sh")
        << "exec nmap -n -Pn -O --osscan-guess --max-os-tries 1 -p 25,26 -oX - 10.10.10.10";
    const cli::ChildEnd end = Live(folder,
                                   {"relay-tests/open-relay",
                                    "--replace",
                                    "tester=bash scan.sh",
                                    "--until-exit",
                                    "--duration",
                                    "60 s",
                                    "--set",
                                    "hosts.exchange.stack=" + stack});
    const fs::path output =
        folder / "results/live/relay-tests/open-relay/tester-bash/live/tester/output.log";
    return end.status == 0 && fs::exists(output) ? TextOf(output) : end.error;
}

BOOST_AUTO_TEST_SUITE(scanned_host,
                      *boost::unit_test::precondition(tests::IfRuns{"nmap --version", "nmap"}))

/// The first that nmap names, of each family one. What answers T1 to T7 in a way of its own draws
/// less than 95 %.
BOOST_AUTO_TEST_CASE(NmapNamesTheFamilyOfAStack,
                     *boost::unit_test::precondition(LiveRunsArePossible))
{
    const std::map<std::string, std::string> families{{"linux-modern", "Linux"},
                                                      {"windows-2003", "Windows"},
                                                      {"windows-2019", "Windows"},
                                                      {"freebsd-13", "FreeBSD"}};
    const RE2 match("(?s)<osmatch name=\"([^\"]*)\" accuracy=\"([0-9]+)\".*?osfamily=\"([^\"]*)\"");
    const cli::Scratch scratch;
    for (const auto& [stack, family] : families)
    {
        const std::string xml = Scanned(scratch.Path(), stack);
        std::string name;
        int accuracy = 0;
        std::string found;
        BOOST_REQUIRE_MESSAGE(RE2::PartialMatch(xml, match, &name, &accuracy, &found),
                              stack << ": " << xml);
        BOOST_TEST(found == family, stack << ": " << name);
        BOOST_TEST(accuracy >= 95, stack << ": " << name << ", " << accuracy << " %");
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
