// What exchange-auth-failure leaves behind: the document's own lines, and Kerberos that tshark
// reads.

#include "lab/score/text-file.h"
#include "tests/cli/program.h"
#include "tests/run/run-fixture.h"
#include "tests/tree.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::run;
using score::ReadTextFile;

/// S001-01
constexpr const char* LAST_ERROR =
    "451 4.4.0 Primary target IP address responded with: \"454 4.7.0 Temporary authentication "
    "failure.\" Attempted failover to alternate host, but that did not succeed. Either there are "
    "no alternate hosts, or delivery failed to all alternate hosts.";

/// One run of a variant, shared by the cases.
class AuthRun
{
  public:
    explicit AuthRun(const std::string& variant, std::vector<std::string> overrides = {})
    {
        RunSpec spec;
        spec.scenarioFile =
            (tests::SourceDir() / "scenarios/exchange-auth-failure/scenario.yaml").string();
        spec.personas = {tests::SourceDir()};
        spec.variant = variant;
        spec.overrides = std::move(overrides);
        spec.seed = 1;
        spec.out = m_scratch.Path() / "out";
        const auto results = RunMany({spec}, {});
        BOOST_REQUIRE_MESSAGE(results[0].status == 0, results[0].error);
        m_evidence = spec.out / "evidence";
    }

    fs::path File(const std::string& name) const { return m_evidence / name; }

    /// Empty if there is no such file.
    std::string Text(const std::string& name) const
    {
        return fs::exists(File(name)) ? ReadTextFile(File(name)) : std::string();
    }

    /// What tshark prints of a host's capture.
    std::string Packets(const std::string& host, const std::string& arguments) const
    {
        return Output("tshark -r " + File(host + "/capture.pcap").string() + " " + arguments +
                      " 2>/dev/null");
    }

    /// The errors of a controller's answers, as tshark names them by their numbers.
    std::string Errors(const std::string& host) const
    {
        return Packets(host, "-Y kerberos.error_code -T fields -e kerberos.error_code");
    }

  private:
    cli::Scratch m_scratch;
    fs::path m_evidence;
};

const AuthRun&
RunOf(const std::string& variant)
{
    static std::map<std::string, std::unique_ptr<AuthRun>> runs;
    auto& run = runs[variant];
    if (!run)
    {
        run = std::make_unique<AuthRun>(variant);
    }
    return *run;
}

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != text.npos;
}

int
Count(const std::string& text, const std::string& part)
{
    int count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; ++at)
    {
        ++count;
    }
    return count;
}

/// A log or a capture as a clock writes it that is three days ahead.
std::string
ThreeDaysAhead(std::string bytes)
{
    if (bytes.compare(0, 4, "\x4D\x3C\xB2\xA1") != 0)
    {
        for (std::size_t at = 0; (at = bytes.find("2010-01-0", at)) != bytes.npos; at += 10)
        {
            bytes[at + 9] += 3;
        }
        return bytes;
    }
    const auto number = [&bytes](std::size_t at) -> std::uint32_t
    {
        std::uint32_t value = 0;
        std::memcpy(&value, &bytes[at], sizeof(value));
        return value;
    };
    for (std::size_t at = 24; at < bytes.size(); at += 16 + number(at + 8))
    {
        const std::uint32_t seconds = number(at) + 3 * 86400;
        std::memcpy(&bytes[at], &seconds, sizeof(seconds));
    }
    return bytes;
}

/// Verdict and class of what `auth-cause` says of all evidence together.
std::string
Verdict(const fs::path& evidence)
{
    const std::string alerts =
        Output(Runs::Detector().string() + " --detector auth-cause " + evidence.string() + " -");
    const auto alert = nlohmann::json::parse(alerts.substr(0, alerts.find('\n')));
    return alert.at("verdict").get<std::string>() + " " + alert.at("class").get<std::string>();
}

} // namespace

BOOST_AUTO_TEST_SUITE(auth_failure)

BOOST_DATA_TEST_CASE(tshark_reads_every_packet_of_kerberos_and_time,
                     boost::unit_test::data::make({"control",
                                                   "clock-skew",
                                                   "clock-behind",
                                                   "behind-gateway",
                                                   "sender-clock",
                                                   "unrepaired",
                                                   "dc-replication",
                                                   "spn-missing",
                                                   "spn-duplicate",
                                                   "spn-misplaced",
                                                   "kerberos-blocked",
                                                   "kerberos-rejected",
                                                   "udp-blocked",
                                                   "tls-rate",
                                                   "verb-stripped",
                                                   "bad-password",
                                                   "internet-outage"}),
                     variant)
{
    const AuthRun& run = RunOf(variant);
    for (const char* host : {"hub1", "hub2", "dc1", "dc2"})
    {
        BOOST_TEST(run.Packets(host,
                               "-Y '((kerberos || ntp) && (_ws.expert.severity >= \"Note\" || "
                               "_ws.malformed)) || (udp.port==88 && !kerberos) || "
                               "(udp.port==123 && !ntp)'") == "");
    }
    BOOST_TEST(run.Packets("dc1", "-Y ntp -c 20") != "");
}

BOOST_AUTO_TEST_CASE(hubs_that_authenticate_deliver)
{
    const AuthRun& run = RunOf("control");
    BOOST_TEST(run.Packets("hub1", "-Y kerberos.msg_type==13") != "");
    BOOST_TEST(!fs::exists(run.File("hub2/events/application.csv")));
    const std::string mailbox = run.Text("hub2/mailboxes/administrator@branch.example.com.mbox");
    BOOST_TEST(Has(mailbox, "zengchuixin@main.example.com"));
    // The hub is known by its ticket, and nothing of that is readable on the wire.
    bool known = false;
    for (const auto& entry : fs::directory_iterator(run.File("hub2")))
    {
        known |= Has(entry.path().filename().string(), "RECV") &&
                 Has(ReadTextFile(entry.path()), "EXAMPLE\\HUB1$,authenticated");
    }
    BOOST_TEST(known);
    BOOST_TEST(run.Packets("hub1", "-Y 'smtp.req.command==\"X-EXPS\"'") == "");
}

BOOST_AUTO_TEST_CASE(a_receivers_clock_leaves_the_documents_lines)
{
    const AuthRun& run = RunOf("clock-skew");
    const std::string events = run.Text("hub2/events/application.txt");
    BOOST_TEST(Has(events,
                   "Inbound authentication failed with error IllegalMessage for Receive connector "
                   "Default hub2. The authentication mechanism is ExchangeAuth. The source IP "
                   "address of the client who tried to authenticate to Microsoft Exchange is "
                   "[10.1.1.25]."));
    BOOST_TEST(Has(events, "Event ID:      1035"));
    BOOST_TEST(Has(run.Text("hub1/inspections/1-get-queue.txt"), LAST_ERROR));
    BOOST_TEST(Has(run.Text("hub2/inspections/1-w32tm.txt"), "-599.9"));
    // Nobody refuses the tickets but hub2 itself.
    BOOST_TEST(!Has(run.Errors("dc1"), "37"));
}

BOOST_AUTO_TEST_CASE(both_protocol_logs_have_what_is_said_inside_tls)
{
    const AuthRun& run = RunOf("clock-skew");
    const std::string sent = run.Text("hub1/SEND20100104-1.log");
    const std::string taken = run.Text("hub2/RECV20100104-1.log");
    const std::string refused = "454 4.7.0 Temporary authentication failure";
    BOOST_TEST(Has(sent, "#Log-type: SMTP Send Protocol Log"));
    BOOST_TEST(Count(sent, ",0,,10.2.1.25:25,*,,attempting to connect") ==
               Count(sent, ",10.2.1.25:25,+,,"));
    BOOST_TEST(Count(sent, ",10.2.1.25:25,<," + refused) > 0);
    BOOST_TEST(Count(sent, ",<," + refused) == Count(taken, ",>," + refused));
    BOOST_TEST(Has(sent, ",Intra-Organization SMTP Send Connector,"));
    BOOST_TEST(Has(sent, ",198.51.100.25:25,<,220 mx1.partner.example"));
}

BOOST_AUTO_TEST_CASE(clocks_may_differ_by_five_minutes)
{
    const std::string key = "domain.members.hub2.clock.offset=";
    for (const char* within : {"-299 s", "299 s"})
    {
        const AuthRun run("clock-skew", {key + within});
        BOOST_TEST(run.Text("hub2/events/application.csv") == "", within);
    }
    for (const char* beyond : {"-301 s", "301 s"})
    {
        const AuthRun run("clock-skew", {key + beyond});
        BOOST_TEST(Has(run.Text("hub2/events/application.csv"), ",1035,"), beyond);
    }
}

BOOST_AUTO_TEST_CASE(a_senders_clock_is_corrected_from_five_minutes_on)
{
    const std::string key = "domain.members.hub1.clock.offset=";
    const std::string corrected = "25\n37\n";
    BOOST_TEST(AuthRun("sender-clock", {key + "299 s"}).Errors("dc1") == "25\n");
    BOOST_TEST(AuthRun("sender-clock", {key + "301 s"}).Errors("dc1") == corrected);
    BOOST_TEST(AuthRun("sender-clock", {key + "-301 s"}).Errors("dc1") == corrected);
}

BOOST_AUTO_TEST_CASE(a_clock_that_somebody_sets_is_wrong_until_the_time_service_asks_again)
{
    const AuthRun run("control", {"domain.clock-steps={a: {host: hub2, at: 9 min, by: 10 min}}"});
    BOOST_TEST(Has(run.Text("hub2/events/system.csv"),
                   ",The system time has changed to 2010-01-04T08:18:59."));
    BOOST_TEST(Has(run.Text("hub2/events/application.csv"), ",1035,"));
    BOOST_TEST(Has(run.Text("hub2/mailboxes/administrator@branch.example.com.mbox"),
                   "zengchuixin@main.example.com"));
}

BOOST_AUTO_TEST_CASE(a_ticket_that_a_hub_cannot_open_is_logged_by_the_other)
{
    const std::string modified =
        ",4,None,\"The Kerberos client received a KRB_AP_ERR_MODIFIED error from the server hub2$. "
        "The target name used was SMTPSVC/hub2.example.com.";
    for (const char* variant : {"dc-replication", "spn-misplaced"})
    {
        BOOST_TEST(Has(RunOf(variant).Text("hub1/events/system.csv"), modified), variant);
    }
    const std::string skew = RunOf("clock-skew").Text("hub1/events/system.csv");
    BOOST_TEST(!Has(skew, "KRB_AP_ERR_MODIFIED"));
    BOOST_TEST(Has(skew, "Error Code: 0x25 KRB_AP_ERR_SKEW"));
    // Where there is no ticket nobody says anything of it.
    for (const char* variant : {"control", "spn-missing", "kerberos-blocked"})
    {
        BOOST_TEST(!Has(RunOf(variant).Text("hub1/events/system.csv"), "KRB_AP_ERR"), variant);
    }
}

BOOST_AUTO_TEST_CASE(event_xml_is_whole_and_has_what_the_list_has)
{
    const AuthRun& run = RunOf("dc-replication");
    for (const char* log : {"hub1/events/system", "hub2/events/application"})
    {
        const std::string file = run.File(std::string(log) + ".xml").string();
        const std::string csv = run.Text(std::string(log) + ".csv");
        const std::string count =
            Output("xmllint --xpath 'count(/Events/*/*[local-name()=\"EventData\"])' " + file);
        BOOST_TEST(std::stoi(count) > 1);
        BOOST_TEST(std::stoi(count) == Count(csv, "\r\n") - 1, log);
    }
}

BOOST_AUTO_TEST_CASE(without_controllers_the_token_is_none_of_kerberos)
{
    const AuthRun& run = RunOf("kerberos-blocked");
    BOOST_TEST(Has(run.Text("hub2/events/application.csv"), ",1035,SmtpReceive,"));
    BOOST_TEST(Has(run.Text("hub1/inspections/1-get-queue.txt"), LAST_ERROR));
    BOOST_TEST(run.Packets("dc1",
                           "-Y 'ip.addr==10.1.1.25 && tcp.port==88 && frame.time_relative < "
                           "7200'") == "");
}

BOOST_AUTO_TEST_CASE(a_senders_clock_heals_itself_with_two_requests)
{
    const AuthRun& run = RunOf("sender-clock");
    BOOST_TEST(run.Errors("dc1") == "25\n37\n");
    BOOST_TEST(Has(run.Text("hub2/mailboxes/administrator@branch.example.com.mbox"),
                   "zengchuixin@main.example.com"));
    BOOST_TEST(!fs::exists(run.File("hub2/events/application.csv")));
}

BOOST_AUTO_TEST_CASE(names_that_two_have_and_none_has_differ_in_an_event_alone)
{
    const AuthRun& missing = RunOf("spn-missing");
    const AuthRun& twice = RunOf("spn-duplicate");
    BOOST_TEST(missing.Errors("dc1") == twice.Errors("dc1"));
    BOOST_TEST(Has(missing.Errors("dc1"), "7\n"));
    BOOST_TEST(!Has(missing.Text("dc1/events/system.csv"), "duplicate names"));
    BOOST_TEST(Has(twice.Text("dc1/events/system.csv"),
                   ",11,None,The KDC encountered duplicate names while processing a Kerberos "
                   "authentication request. The duplicate name is SMTPSVC/hub2.example.com"));
    const AuthRun& misplaced = RunOf("spn-misplaced");
    BOOST_TEST(!Has(misplaced.Errors("dc1"), "7\n"));
    BOOST_TEST(Has(misplaced.Text("hub2/events/application.csv"), ",1035,"));
}

BOOST_AUTO_TEST_CASE(a_stale_controller_is_named_by_repadmin)
{
    const AuthRun& run = RunOf("dc-replication");
    BOOST_TEST(Has(run.Text("dc1/inspections/1-repadmin.txt"), "consecutive failure(s)"));
    BOOST_TEST(!Has(run.Text("dc2/inspections/1-repadmin.txt"), "consecutive failure(s)"));
}

BOOST_DATA_TEST_CASE(
    a_file_by_another_clock_changes_no_verdict,
    boost::unit_test::data::make({"clock-skew", "dc-replication", "kerberos-blocked"}),
    variant)
{
    const fs::path evidence = RunOf(variant).File("administrator");
    const std::string verdict = Verdict(evidence);
    BOOST_TEST(Has(verdict, "fault"));
    for (const char* name : {"hub1/MSGTRK20100104-1.log",
                             "hub1/SEND20100104-1.log",
                             "hub2/RECV20100104-1.log",
                             "hub1/capture.pcap",
                             "hub2/capture.pcap"})
    {
        const cli::Scratch scratch;
        fs::copy(evidence, scratch.Path(), fs::copy_options::recursive);
        score::WriteTextFile(scratch.Path() / name, ThreeDaysAhead(ReadTextFile(evidence / name)));
        BOOST_TEST(Verdict(scratch.Path()) == verdict, variant << " " << name);
    }
}

BOOST_AUTO_TEST_CASE(events_in_local_time_are_tied_to_the_capture_of_the_sessions_that_they_are_of)
{
    const AuthRun run("kerberos-blocked", {"site.utc-offset=8 h"});
    const cli::Scratch scratch;
    fs::copy(run.File("hub1/capture.pcap"), scratch.Path() / "capture.pcap");
    std::string events = run.Text("hub2/events/application.txt");
    BOOST_TEST(Has(events, "1/4/2010 4:1"));
    score::WriteTextFile(scratch.Path() / "events.txt", events);
    BOOST_TEST(Has(Verdict(scratch.Path()), "fault"));
    // Those of another day are of other sessions.
    for (std::size_t at = 0; (at = events.find("1/4/2010", at)) != events.npos; ++at)
    {
        events[at + 2] = '7';
    }
    score::WriteTextFile(scratch.Path() / "events.txt", events);
    BOOST_TEST(!Has(Verdict(scratch.Path()), "fault"));
}

BOOST_AUTO_TEST_CASE(after_the_repair_everything_arrives_once)
{
    for (const char* variant :
         {"clock-skew", "dc-replication", "spn-missing", "kerberos-blocked", "verb-stripped"})
    {
        const std::string mailbox =
            RunOf(variant).Text("hub2/mailboxes/administrator@branch.example.com.mbox");
        BOOST_TEST(Count(mailbox, "\nFrom: ") == 2, variant);
    }
}

BOOST_AUTO_TEST_SUITE_END()
