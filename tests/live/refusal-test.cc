#include "tests/cli/program.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace
{

using namespace bouncelab;

/// One line, exit 2, and nothing written.
void
CheckRefusal(std::vector<std::string> arguments, const std::string& sentence)
{
    const cli::Scratch scratch;
    arguments.insert(arguments.begin(), "live");
    const cli::ChildEnd end = cli::Bouncelab(scratch.Path(), arguments);
    BOOST_TEST(end.status == 2);
    BOOST_TEST(end.output == "");
    BOOST_TEST(end.error.find(sentence) != std::string::npos,
               end.error << " should have: " << sentence);
    BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 1, end.error);
    BOOST_TEST(std::filesystem::is_empty(scratch.Path()));
}

BOOST_AUTO_TEST_SUITE(refusal)

BOOST_AUTO_TEST_CASE(BadInputIsOneLineAndExit2)
{
    const std::string name = "relay-tests/open-relay";
    CheckRefusal({name}, "--replace is required");
    CheckRefusal({"--replace", "partner=true"}, "NAME is required");
    CheckRefusal({name, "--replace", "partner"}, "expected NODE=COMMAND");
    CheckRefusal({name, "--replace", "partnr=true"}, "did you mean \"partner\"?");
    CheckRefusal({name, "--replace", "partner=true", "--replace", "partner=false"},
                 "partner is replaced twice");
    CheckRefusal({"intercepted-submission/vpn", "--replace", "laptop=true"},
                 "laptop cannot be replaced: it is at the end of the tunnel vpn");
    CheckRefusal({"intercepted-submission/ip-ban", "--replace", "isp-proxy=true"},
                 "isp-proxy cannot be replaced: it is the proxy isp");
    CheckRefusal({"relay-tests", "--replace", "partner=true"}, "expected SCENARIO/VARIANT");
    CheckRefusal({"relay-tests/open-rely", "--replace", "partner=true"}, "\"open-relay\"");
    CheckRefusal({name, "--replace", "partner=true", "--duration", "90"}, "expected a time");
    CheckRefusal({name, "--replace", "partner=true", "--set", "hosts.partner.adress=1.2.3.4"},
                 "adress");
}

BOOST_AUTO_TEST_CASE(WithoutRightsItIsOneLineAndExit2)
{
    const cli::Scratch scratch;
    std::vector<std::string> words{"env",
                                   "-C",
                                   scratch.Path().string(),
                                   std::string("BOUNCELAB_DATA=") + tests::SourceDir().string()};
    if (geteuid() == 0)
    {
        words.insert(words.end(), {"setpriv", "--bounding-set", "-all", "--inh-caps", "-all"});
    }
    words.insert(words.end(),
                 {tests::BinaryDir().string() + "/bin/bouncelab",
                  "live",
                  "relay-tests/open-relay",
                  "--replace",
                  "partner=true"});
    const cli::ChildEnd end = cli::RunChild(words, std::chrono::minutes(1));
    BOOST_TEST(end.status == 2);
    BOOST_TEST(end.output == "");
    BOOST_TEST(end.error.find("bouncelab: live runs need ") == 0u, end.error);
    BOOST_TEST(std::count(end.error.begin(), end.error.end(), '\n') == 1, end.error);
    BOOST_TEST(std::filesystem::is_empty(scratch.Path()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
