// Mail, names and a list over simulated packets: a sender behind a HELO that cannot be true is
// listed after its second message past a filter, refused, taken off, and listed again.

#include "detectors/readers/server-logs.h"
#include "detectors/readers/text-file.h"
#include "lab/score/run-folder.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/run/run-fixture.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using score::ReadTextFile;

constexpr const char* SCENARIO = R"(name: listed
base:
  description: A list hears of a sender through a filter.
  start: 2010-07-02T06:00:00Z
  duration: 8 min
  site:
    gateway-address: 192.0.2.1
    from: receiver
    inside: [{address: 192.0.2.1, delay: 50 us}]
  hosts:
    receiver:
      address: 192.0.2.25
      hostname: mail.example.org
      stack: windows-2003
      serves: exchange-2003
      sends: exchange-2003
      connectors:
        smtp:
          policy: {persona: exchange-2003}
          checks:
            blacklists:
              - zone: cbl.abuseat.org
                reply: "550 5.7.1 {client} has been blocked by {zone}; {reason}"
            reverse-name: {action: tag}
      organization:
        accepted-domains: [example.org]
        mailboxes: [bob@example.org]
      resolver: {servers: [198.51.100.53]}
    isp:
      address: 198.51.100.53
      hostname: ns.isp.example
      stack: linux-2.6
      name-server: {recursion: {roots: [198.51.100.1]}, delay: 100 us}
    root:
      address: 198.51.100.1
      hostname: a.root.example
      stack: freebsd-6
      name-server:
        delay: 200 us
        delay-jitter: 1 ms
        zones:
          .:
            records:
              - example.org. MX 10 mail.example.org.
              - mail.example.org. A 192.0.2.25
              - filtered.example. MX 10 mx.filtered.example.
              - mx.filtered.example. A 203.0.113.7
              - cbl.abuseat.org. NS ns.cbl.abuseat.org.
              - ns.cbl.abuseat.org. A 198.51.100.77
    list:
      address: 198.51.100.77
      hostname: ns.cbl.abuseat.org
      stack: linux-2.6
      name-server: {}
      blacklist:
        zone: cbl.abuseat.org
        policy: {persona: cbl-2010, hello-hits: 2, update-interval: 1 min, ttl: 20 s, negative-ttl: 20 s}
        filters: [filter]
        report-delay: 1 s
        removals: {administrator: {address: 203.0.113.99, at: 100 s}}
    filter:
      address: 203.0.113.7
      hostname: mx.filtered.example
      stack: linux-2.6
      serves: postfix
    firewall:
      address: 203.0.113.99
      hostname: 127.0.0.1
      stack: linux-2.6
      sends: sendmail
      serves: sendmail
      resolver: {roots: [198.51.100.1]}
  paths:
    isp: {to: isp, hops: [{address: 198.51.100.53, delay: 2 ms}]}
    root: {to: root, hops: [{address: 198.51.100.1, delay: 9 ms}]}
    list: {to: list, hops: [{address: 198.51.100.77, delay: 30 ms}]}
    filter: {to: filter, hops: [{address: 203.0.113.7, delay: 12 ms}]}
    firewall: {to: firewall, hops: [{address: 203.0.113.99, delay: 5 ms}]}
  mail:
    exchangers: {example.org: receiver, filtered.example: filter, fw.example: firewall}
    messages:
      hit-1: {via: firewall, from: report@fw.example, to: home@filtered.example, at: 1 s}
      before: {via: firewall, from: report@fw.example, to: bob@example.org, at: 5 s}
      hit-2: {via: firewall, from: report@fw.example, to: home@filtered.example, at: 10 s}
      while-listed: {via: firewall, from: report@fw.example, to: bob@example.org, at: 90 s}
      after-removal: {via: firewall, from: report@fw.example, to: bob@example.org, at: 180 s}
      hit-3: {via: firewall, from: report@fw.example, to: home@filtered.example, at: 190 s}
      hit-4: {via: firewall, from: report@fw.example, to: home@filtered.example, at: 200 s}
      relisted: {via: firewall, from: report@fw.example, to: bob@example.org, at: 300 s}
  vantages:
    receiver:
      place: receiver
      capture: true
      bounces: true
      outward-source: 00:11:22:33:44:55
      outward-destination: 00:11:22:33:44:66
      inward-source: 00:11:22:33:44:66
      inward-destination: 00:11:22:33:44:55
    list: {place: list, query-log: true, list-pages: true}
    resolver: {place: isp, query-log: true}
    firewall: {place: firewall, mail-log: true, bounces: true}
variants:
  fault: {}
)";

/// One run of it, shared by the cases.
class ListedRun
{
  public:
    explicit ListedRun(const std::string& text = SCENARIO)
        : m_file(m_scratch.Path() / "scenario.yaml")
    {
        score::WriteTextFile(m_file, text);
        RunSpec spec;
        spec.scenarioFile = m_file.string();
        spec.personas = {tests::SourceDir()};
        spec.variant = "fault";
        spec.seed = 1;
        spec.out = m_scratch.Path() / "out";
        const auto results = RunMany({spec}, {});
        BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
        folder = spec.out;
    }

    std::string Evidence(const std::string& file) const
    {
        return ReadTextFile(folder / "evidence" / file);
    }

    fs::path folder;

  private:
    cli::Scratch m_scratch;
    fs::path m_file;
};

const ListedRun&
Run()
{
    static const ListedRun run;
    return run;
}

std::size_t
Count(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size())
    {
        ++count;
    }
    return count;
}

detectors::ServerLogs
ReadLogs(const fs::path& file)
{
    detectors::ServerLogs logs;
    const std::string name = file.filename().string();
    const detectors::ServerLogReaders readers(logs, name);
    std::vector<detectors::TextLineReader*> list;
    readers.Join(list);
    std::FILE* opened = std::fopen(file.c_str(), "rb");
    BOOST_REQUIRE(opened);
    detectors::ReadText(opened, list);
    return logs;
}

} // namespace

BOOST_AUTO_TEST_SUITE(name_service)

BOOST_AUTO_TEST_CASE(tshark_decodes_every_packet_of_names)
{
    const std::string capture = (Run().folder / "evidence/receiver/capture.pcap").string();
    const std::string tshark =
        "tshark -r " + capture + " -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -Y ";
    const std::string quiet = " 2>/dev/null";
    BOOST_TEST(Output(tshark + "'udp.port==53 && !dns'" + quiet) == "");
    BOOST_TEST(Output(tshark +
                      "'dns && (_ws.expert.severity >= 6291456 || _ws.malformed || "
                      "udp.checksum.status==0 || ip.checksum.status==0)'" +
                      quiet) == "");
    const std::string listed = Output(
        tshark + "'dns.flags.response==1 && dns.a==127.0.0.2' -T fields -e dns.qry.name" + quiet);
    BOOST_TEST(Count(listed, "99.113.0.203.cbl.abuseat.org\n") == 2);
    BOOST_TEST(Output(tshark +
                      "'dns.flags.rcode==3 && dns.qry.name==99.113.0.203.cbl.abuseat.org' "
                      "-T fields -e dns.soa.minimum_ttl" +
                      quiet) == "20\n20\n");
}

BOOST_AUTO_TEST_CASE(mail_is_refused_while_the_sender_is_listed)
{
    const std::string returned = Run().Evidence("firewall/mailboxes/report@fw.example.mbox");
    BOOST_TEST(Count(returned, "Subject: Returned mail") == 2);
    BOOST_TEST(Count(returned, "203.0.113.99 has been blocked by cbl.abuseat.org") >= 2);
    const std::string mailbox = Run().Evidence("receiver/mailboxes/bob@example.org.mbox");
    BOOST_TEST(Count(mailbox,
                     "X-Warning: 5.7.25 Client host rejected: cannot find your reverse "
                     "hostname, [203.0.113.99]") == 2);
}

BOOST_AUTO_TEST_CASE(the_lists_page_says_why_and_since_when)
{
    const fs::path page = Run().folder / "evidence/list/list-pages/203.0.113.99.txt";
    const std::string text = ReadTextFile(page);
    BOOST_TEST(Count(text, "IP Address 203.0.113.99 is listed in the CBL.\n") == 2);
    BOOST_TEST(Count(text, "was removed at 2010-07-02 06:01 GMT") == 1);
    BOOST_TEST(Count(text, "relisted following a previous removal at 2010-07-02 06:01 GMT") == 1);
    const detectors::ServerLogs logs = ReadLogs(page);
    BOOST_REQUIRE_EQUAL(logs.listed.size(), 2);
    const detectors::ListedAddress& first = logs.listed[0].record;
    BOOST_TEST(first.address.ToString() == "203.0.113.99");
    BOOST_TEST(first.list == "CBL");
    BOOST_TEST(first.hello == "127.0.0.1");
    BOOST_TEST(first.detected == "2010-07-02 06:00 GMT (+/- 1 minutes)");
}

BOOST_AUTO_TEST_CASE(name_servers_log_what_they_are_asked)
{
    const fs::path file = Run().folder / "evidence/resolver/query.log";
    const detectors::ServerLogs logs = ReadLogs(file);
    BOOST_TEST(Count(ReadTextFile(file), "\n") == logs.questions.size());
    const auto asked =
        std::count_if(logs.questions.begin(),
                      logs.questions.end(),
                      [](const auto& question)
                      {
                          return question.record.name == "99.113.0.203.cbl.abuseat.org" &&
                                 question.record.type == "A" && question.record.recursion &&
                                 question.record.client.ToString() == "192.0.2.25";
                      });
    BOOST_TEST(asked == 4);
    // The list hears of them from the resolver, which asks for itself.
    const detectors::ServerLogs list = ReadLogs(Run().folder / "evidence/list/query.log");
    BOOST_TEST(!list.questions.empty());
    for (const auto& question : list.questions)
    {
        BOOST_TEST(question.record.client.ToString() == "198.51.100.53");
        BOOST_TEST(!question.record.recursion);
        BOOST_TEST(question.record.time.has_value());
    }
}

BOOST_AUTO_TEST_CASE(truth_has_each_listing_and_each_refusal)
{
    std::string events;
    std::ifstream labels(Run().folder / "truth/labels.jsonl");
    for (std::string line; std::getline(labels, line);)
    {
        for (const char* did : {"listed", "delisted", "refused"})
        {
            const bool isOne = line.find("\"blacklist.listed\"") != line.npos &&
                               line.find("\"did\":\"" + std::string(did) + "\"") != line.npos;
            events += isOne ? std::string(did) + " " : "";
        }
    }
    BOOST_TEST(events == "listed refused delisted listed refused ");
}

/// Each time on the list is one cause: the three sessions under the listed name before it, at
/// sensors and elsewhere, the one while it is listed, and what followed from that.
BOOST_AUTO_TEST_CASE(a_listing_has_its_hits_and_its_refusals)
{
    std::map<std::uint32_t, std::string> causes;
    const score::RunFolder folder(Run().folder);
    for (const Label& label : folder.Labels())
    {
        if (label.classLabel == "blacklist.listed")
        {
            causes[label.causeId] += std::string(NameOf(label.did.value())) + " ";
        }
    }
    BOOST_TEST(causes.size() == 2U);
    std::string all;
    for (const auto& [cause, what] : causes)
    {
        all += what + "| ";
    }
    BOOST_TEST(all == "listed judged judged judged judged refused delisted | "
                      "listed judged judged judged judged refused | ");
}

BOOST_AUTO_TEST_SUITE_END()
