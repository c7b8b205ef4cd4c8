// What tcpdump prints with names at a host that asks for them, and the time that the host tells
// another (S002-42, S002-47, S002-48).

#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/run/run-fixture.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <re2/re2.h>

#include <string>
#include <utility>
#include <vector>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using score::ReadTextFile;

/// A further variant of tests/world/estate.yaml.
constexpr const char* VARIANT = R"(
  named:
    networks: {lan: {arp-timeout: 10 s}}
    hosts:
      exchange: {resolver: {servers: [192.168.1.11]}, time-service: {answers: true}}
      dc:
        name-server:
          zones: {1.168.192.in-addr.arpa: {records: [9 PTR disk.site.example., 10 PTR mail.site.example.]}}
      disk:
        address: 192.168.1.9
        network: lan
        mac: 00:15:17:22:b2:44
        arp-timeout: 20 min
        shortest-frame: 106
        hostname: disk.site.example
        stack: linux-2.4
        clock-offset: 400 s
        time-service: {sources: [192.168.1.10], account: 1107, symmetric-active: true, first: 2 s, poll: 15 s}
    vantages:
      exchange: {place: exchange, capture: true, tcpdump-text: true}
      dc: {place: dc, query-log: true}
)";

class NamedRun
{
  public:
    explicit NamedRun(std::vector<std::string> overrides = {},
                      std::vector<std::string> vantages = {})
    {
        const fs::path file = m_scratch.Path() / "scenario.yaml";
        score::WriteTextFile(file,
                             ReadTextFile(tests::SourceDir() / "tests/world/estate.yaml") +
                                 (VARIANT + 1));
        RunSpec spec;
        spec.scenarioFile = file.string();
        spec.personas = {tests::SourceDir() / "tests/scenario/data"};
        spec.variant = "named";
        spec.overrides = std::move(overrides);
        spec.vantages = std::move(vantages);
        spec.out = m_scratch.Path() / "out";
        const auto results = RunMany({spec}, {});
        BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
        queries = ReadTextFile(spec.out / "evidence/dc/query.log");
        const fs::path text = spec.out / "evidence/exchange/tcpdump.txt";
        printed = fs::exists(text) ? ReadTextFile(text) : std::string();
    }

    std::string queries;
    std::string printed;

  private:
    cli::Scratch m_scratch;
};

/// Whether lines that match stand in the text in this order.
bool
HasInOrder(const std::string& text, const std::vector<std::string>& patterns)
{
    re2::StringPiece rest(text);
    for (const std::string& pattern : patterns)
    {
        if (!re2::RE2::FindAndConsume(&rest, "(?m) " + pattern + "$"))
        {
            BOOST_TEST_MESSAGE("not behind the others: " << pattern);
            return false;
        }
    }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(printed_names)

BOOST_AUTO_TEST_CASE(each_name_is_asked_for_once_and_printed)
{
    const NamedRun run;
    BOOST_TEST(HasInOrder(
        run.printed,
        {R"(ARP, Request who-has mail\.site\.example tell disk\.site\.example, length 92)",
         R"(ARP, Reply mail\.site\.example is-at [0-9a-f:]+ \(oui Unknown\), length 28)",
         R"(IP disk\.site\.example\.123 > mail\.site\.example\.123: NTPv3, symmetric active, length 68)",
         R"(IP mail\.site\.example\.123 > disk\.site\.example\.123: NTPv3, Server, length 68)"}));
    BOOST_TEST(
        HasInOrder(run.printed,
                   {R"(IP mail\.site\.example\.\d+ > 192\.168\.1\.11\.53: \d+\+ PTR\? )"
                    R"(9\.1\.168\.192\.in-addr\.arpa\. \(42\))",
                    R"(IP 192\.168\.1\.11\.53 > mail\.site\.example\.\d+: \d+\*-? 1/0/0 PTR )"
                    R"(disk\.site\.example\. \(\d+\))"}));
    for (const char* address : {"9", "10", "11"})
    {
        const std::string name =
            std::string("query: ") + address + ".1.168.192.in-addr.arpa IN PTR";
        const std::size_t at = run.queries.find(name);
        BOOST_TEST(at != std::string::npos);
        BOOST_TEST(run.queries.find(name, at + 1) == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(who_has_forgotten_an_address_asks_and_gets_a_long_answer)
{
    BOOST_TEST(HasInOrder(
        NamedRun().printed,
        {"NTPv3, Server, length 68",
         "NTPv3, symmetric active, length 68",
         R"(ARP, Request who-has disk\.site\.example tell mail\.site\.example, length 28)",
         R"(ARP, Reply disk\.site\.example is-at 00:15:17:22:b2:44 \(oui Unknown\), length 92)",
         "NTPv3, Server, length 68"}));
    BOOST_TEST(!HasInOrder(NamedRun({"hosts.disk.shortest-frame=60"}).printed, {".*length 92"}));
    BOOST_TEST(!HasInOrder(NamedRun({"hosts.disk.time-service.account=0"}).printed,
                           {"NTPv3, Server, length 68"}));
}

/// What is kept of a run changes nothing in it.
BOOST_AUTO_TEST_CASE(names_are_asked_for_whether_or_not_the_text_is_kept)
{
    const NamedRun kept;
    const NamedRun other({}, {"dc"});
    BOOST_TEST(other.printed == "");
    BOOST_TEST(!kept.queries.empty());
    BOOST_TEST(kept.queries == other.queries);
}

BOOST_AUTO_TEST_SUITE_END()
