#include "models/probe/relay-catalog.h"

#include "models/smtp/parameters.h"
#include "tests/probe/nmap.h"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace
{

using namespace bouncelab;
using namespace bouncelab::probe;

RelayNames
Names()
{
    return {"relaytest",
            "antispam",
            "example.net",
            "mail.example.org",
            "example.org",
            Ipv4{0x0A0A0A0A}};
}

BOOST_AUTO_TEST_SUITE(relay_catalog)

BOOST_AUTO_TEST_CASE(BothListsWithoutDuplicates)
{
    std::set<std::string_view> ids;
    std::set<std::pair<std::string_view, std::string_view>> patterns;
    std::set<unsigned> documented;
    std::set<unsigned> nmap;
    for (const RelayTest& test : RelayTests())
    {
        BOOST_TEST((test.documented > 0 || test.nmap > 0), test.id);
        ids.insert(test.id);
        patterns.insert({test.mail, test.rcpt});
        documented.insert(test.documented);
        nmap.insert(test.nmap);
    }
    BOOST_TEST(ids.size() == RELAY_TESTS);
    BOOST_TEST(patterns.size() == RELAY_TESTS);
    BOOST_TEST(documented.size() == 8u); // 1..7, and 0.
    BOOST_TEST(nmap.size() == 17u);
    BOOST_TEST(*documented.rbegin() == 7u);
    BOOST_TEST(*nmap.rbegin() == 16u);
}

BOOST_AUTO_TEST_CASE(SuitesComeInTheirOrder)
{
    for (const auto& [suite, count] : {std::pair(RelaySuite::All, RELAY_TESTS),
                                       std::pair(RelaySuite::Documented, std::size_t(7)),
                                       std::pair(RelaySuite::Nmap, std::size_t(16))})
    {
        const auto tests = TestsOf(suite);
        BOOST_REQUIRE(tests.size() == count);
        for (std::size_t i = 0; i < count; ++i)
        {
            BOOST_TEST(NumberOf(*tests[i], suite) == i + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(TestSevenIsWrittenAsItIsDocumented)
{
    const RelayTest& quoted = *TestsOf(RelaySuite::Documented)[6];
    BOOST_TEST(Expand(quoted, RelaySuite::Documented, Names()).rcpt ==
               "rcpt to: <\"relaytest@example.net\">");
    BOOST_TEST(Expand(quoted, RelaySuite::Nmap, Names()).rcpt ==
               "RCPT TO:<\"relaytest@example.net\">");
    BOOST_TEST(IsWrittenLowerCase(quoted, RelaySuite::All));
    BOOST_TEST(!IsWrittenLowerCase(quoted, RelaySuite::Nmap));
}

BOOST_AUTO_TEST_CASE(ExpandsEveryWord)
{
    const auto all = TestsOf(RelaySuite::All);
    BOOST_TEST(Expand(*all[1], RelaySuite::All, Names()).mail == "MAIL FROM:<antispam>");
    BOOST_TEST(Expand(*all[4], RelaySuite::All, Names()).sender == "antispam@[10.10.10.10]");
    BOOST_TEST(Expand(*all[5], RelaySuite::All, Names()).recipient ==
               "relaytest%example.net@example.org");
    for (const RelayTest* test : all)
    {
        const RelayCommands commands = Expand(*test, RelaySuite::All, Names());
        BOOST_TEST(commands.mail.find_first_of("{}") == std::string::npos, commands.mail);
        BOOST_TEST(commands.rcpt.find_first_of("{}") == std::string::npos, commands.rcpt);
    }
}

/// nmap's own list, read from its script where nmap is installed, must be what we ask.
BOOST_AUTO_TEST_CASE(OursAreTheCommandsOfNmapsScript, *boost::unit_test::precondition(NMAP_IS_HERE))
{
    std::ifstream file("/usr/share/nmap/scripts/smtp-open-relay.nse");
    std::stringstream text;
    text << file.rdbuf();
    const std::string script = text.str();
    const RelayNames names = Names();
    const std::regex field(
        "(from|to) = (\"\"|string\\.format\\(\"((?:[^\"\\\\]|\\\\.)*)\",([^)]*)\\))");
    std::vector<std::string> texts;
    for (std::sregex_iterator it(script.begin(), script.end(), field), end; it != end; ++it)
    {
        std::string result;
        std::stringstream arguments((*it)[4].str());
        const std::string format = (*it)[3].str();
        for (std::size_t i = 0; i < format.size(); ++i)
        {
            if (format[i] == '\\')
            {
                result += format[++i];
            }
            else if (format[i] == '%' && format[i + 1] == '%')
            {
                result += format[++i];
            }
            else if (format[i] == '%')
            {
                ++i;
                std::string argument;
                std::getline(arguments, argument, ',');
                argument = std::regex_replace(argument, std::regex("\\s"), "");
                result += argument == "to"       ? names.user
                          : argument == "from"   ? names.sender
                          : argument == "domain" ? names.foreign
                          : argument == "ip"     ? names.address.ToString()
                                                 : names.server;
            }
            else
            {
                result += format[i];
            }
        }
        texts.push_back(result);
    }
    BOOST_REQUIRE(texts.size() == 32u);
    const auto tests = TestsOf(RelaySuite::Nmap);
    for (std::size_t i = 0; i < tests.size(); ++i)
    {
        const RelayCommands commands = Expand(*tests[i], RelaySuite::Nmap, names);
        BOOST_TEST(commands.sender == texts[2 * i]);
        BOOST_TEST(commands.recipient == texts[2 * i + 1]);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
