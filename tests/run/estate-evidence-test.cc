// What is kept at a firewall: a capture, tcpdump's text of the same frames, and the filter's log.

#include "detectors/readers/evidence-folder.h"
#include "detectors/readers/server-logs.h"
#include "formats/text.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/run/run-fixture.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using detectors::EvidenceContext;
using detectors::FileReading;
using detectors::FirewallEvent;
using detectors::Flow;
using score::ReadTextFile;

/// A further variant of tests/world/estate.yaml.
constexpr const char* VARIANT = R"(
  kept:
    site: {utc-offset: -4 h}
    hosts:
      firewall: {reverse-name: mail.site.example}
      east: {reverse-name: mx.east.example}
    mail:
      messages:
        out: {from: a@site.example, to: b@east.example, at: 1 s}
        in: {from: c@west.example, to: a@site.example, via: west, at: 2 s}
        report: {from: fw@site.example, to: b@east.example, via: firewall, at: 3 s}
    telnets: {try: {from: desk, address: 203.0.113.25, at: 4 s, lines: [QUIT]}}
    vantages:
      outside:
        place: firewall-outside
        capture: true
        tcpdump-text: true
        firewall-log: true
        outward-source: 00:06:b1:00:00:01
        outward-destination: 00:0b:be:00:00:02
        inward-source: 00:0b:be:00:00:02
        inward-destination: 00:06:b1:00:00:01
      lan: {place: lan, capture: true, tcpdump-text: true}
      firewall: {place: firewall, firewall-log: true}
)";

/// One run of it, shared by the cases.
class KeptRun
{
  public:
    KeptRun()
    {
        const fs::path file = m_scratch.Path() / "scenario.yaml";
        score::WriteTextFile(file,
                             ReadTextFile(tests::SourceDir() / "tests/world/estate.yaml") +
                                 (VARIANT + 1));
        RunSpec spec;
        spec.scenarioFile = file.string();
        spec.personas = {tests::SourceDir() / "tests/scenario/data"};
        spec.variant = "kept";
        spec.seed = 1;
        spec.out = m_scratch.Path() / "out";
        const auto results = RunMany({spec}, {});
        BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
        evidence = spec.out / "evidence";
    }

    fs::path evidence;

  private:
    cli::Scratch m_scratch;
};

const fs::path&
Evidence()
{
    static const KeptRun run;
    return run.evidence;
}

/// What detectors are handed of some files.
struct Reading
{
    explicit Reading(const std::vector<fs::path>& files)
    {
        const auto problem = detectors::ReadEvidence(
            files,
            context,
            {[this](const detectors::Evidence& found) { flows.push_back(found.flow); },
             [](const std::string& note) { BOOST_ERROR(note); },
             [this](const FileReading& reading) { readings[reading.name] = reading; }});
        BOOST_TEST(!problem, problem.value_or(""));
        std::sort(flows.begin(),
                  flows.end(),
                  [](const Flow& a, const Flow& b) { return a.port[0] < b.port[0]; });
    }

    EvidenceContext context;
    std::vector<Flow> flows;
    std::map<std::string, FileReading> readings;
};

/// All that both forms tell of a segment.
std::string
Told(const Flow& flow, const detectors::Segment& segment, Nanoseconds ahead)
{
    const std::int64_t us = (segment.time.time_since_epoch() + ahead).count() / 1000 % 86400000000;
    return fmt::format("{}:{} {} at {} us: start {} length {} acknowledged {} window {}",
                       flow.port[0],
                       flow.port[1],
                       segment.side == detectors::CLIENT ? "client" : "server",
                       us,
                       segment.start,
                       segment.payloadLength,
                       segment.Has(tcp::ACK) ? segment.acknowledged : 0,
                       segment.window);
}

std::vector<std::string>
Lines(const std::string& text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
    {
        lines.push_back(line);
    }
    return lines;
}

detectors::ServerLogs
FirewallLog(const std::string& vantage)
{
    return Reading({Evidence() / vantage / "firewall.log"}).context.logs;
}

} // namespace

BOOST_AUTO_TEST_SUITE(estate_evidence)

BOOST_AUTO_TEST_CASE(printed_frames_are_those_of_the_capture)
{
    for (const char* vantage : {"outside", "lan"})
    {
        const fs::path folder = Evidence() / vantage;
        const std::vector<RecordedFrame> frames = ReadCapture(folder / "capture.pcap");
        BOOST_TEST(!frames.empty());
        BOOST_TEST(Lines(ReadTextFile(folder / "tcpdump.txt")).size() == frames.size());
    }
    const std::string text = ReadTextFile(Evidence() / "outside/tcpdump.txt");
    BOOST_TEST(text.substr(0, 12) == "02:44:53.000"); // Local time.
    BOOST_TEST(text.find(" IP mail.site.example.") != text.npos);
    BOOST_TEST(text.find(" > mx.east.example.25: Flags [S], seq ") != text.npos);
    BOOST_TEST(text.find(" IP 203.0.113.80.") != text.npos); // It has no name.
    BOOST_TEST(ReadTextFile(Evidence() / "lan/tcpdump.txt").find(" ARP, Request who-has ") !=
               text.npos);
}

BOOST_AUTO_TEST_CASE(the_text_has_the_flows_of_the_capture)
{
    const fs::path folder = Evidence() / "outside";
    const Reading capture({folder / "capture.pcap"});
    const Reading text({folder / "tcpdump.txt"});
    BOOST_REQUIRE_EQUAL(capture.flows.size(), 3);
    BOOST_REQUIRE_EQUAL(text.flows.size(), 3);
    for (std::size_t i = 0; i < 3; ++i)
    {
        const Flow& seen = capture.flows[i];
        const Flow& printed = text.flows[i];
        BOOST_REQUIRE_EQUAL(seen.segments.size(), printed.segments.size());
        for (std::size_t at = 0; at < seen.segments.size(); ++at)
        {
            BOOST_TEST(Told(printed, printed.segments[at], std::chrono::hours(4)) ==
                       Told(seen, seen.segments[at], Nanoseconds(0)));
        }
    }
}

BOOST_AUTO_TEST_CASE(beside_the_capture_the_text_tells_nothing_twice)
{
    const fs::path folder = Evidence() / "outside";
    const Reading both({folder / "capture.pcap", folder / "tcpdump.txt"});
    BOOST_TEST(both.flows.size() == 3U);
    BOOST_TEST(both.context.reprints.count("tcpdump.txt") == 1U);
    BOOST_TEST((both.readings.at("tcpdump.txt").leftOut ==
                std::vector<std::string>{"3 flows that a capture shows too"}));
}

BOOST_AUTO_TEST_CASE(the_filter_logs_what_it_lets_pass_and_what_not)
{
    const detectors::ServerLogs logs = FirewallLog("outside");
    BOOST_REQUIRE(logs.firewall.size() > 3U);
    const auto told = [&](std::size_t row)
    {
        const FirewallEvent& event = logs.firewall[row].record;
        return fmt::format("{} {} {} > {} {}:{} rule {}",
                           event.action == FirewallEvent::Action::Permitted ? "passed" : "stopped",
                           event.sourceInterface,
                           event.source.ToString(),
                           event.destinationInterface,
                           event.destination.ToString(),
                           event.destinationPort,
                           event.rule);
    };
    // The report of the firewall itself passes no rule.
    BOOST_TEST(told(0) == "passed X0 192.168.1.10 > X1 203.0.113.25:25 rule 1");
    BOOST_TEST(told(1) == "passed X1 203.0.113.80 > X0 192.168.1.10:25 rule ");
    for (std::size_t row = 2; row < logs.firewall.size(); ++row)
    {
        BOOST_TEST(told(row) == "stopped X0 192.168.1.12 > X1 203.0.113.25:25 rule 2");
    }
    BOOST_REQUIRE(logs.firewall[0].record.time.has_value());
    BOOST_TEST(UnixSeconds(*logs.firewall[0].record.time) % 86400 == 2 * 3600 + 44 * 60 + 53);
    const std::string text = ReadTextFile(Evidence() / "outside/firewall.log");
    BOOST_TEST(Lines(text).size() == logs.firewall.size());
    BOOST_TEST(text.rfind("id=firewall sn=0006B1", 0) == 0U);
}

BOOST_AUTO_TEST_CASE(the_host_on_the_gateway_keeps_the_same_log)
{
    BOOST_TEST(ReadTextFile(Evidence() / "firewall/firewall.log") ==
               ReadTextFile(Evidence() / "outside/firewall.log"));
}

BOOST_AUTO_TEST_SUITE_END()
