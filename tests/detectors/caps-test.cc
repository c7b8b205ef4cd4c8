#include "detectors/readers/caps.h"
#include "formats/vocabulary.h"
#include "run-detector.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

// One thing too many of each kind that is bounded: it is said, and whoever would have judged it
// says that the evidence does not tell.

namespace
{

/// Evidence, a cap that it goes beyond when that is lowered, and what is said then.
struct CapCase
{
    const char* name;
    std::size_t Caps::*cap;
    const char* note;
    std::string bytes;
    const char* file = "evidence.txt";
    std::size_t lowered = 0;
    bool isJudged = true; //!< Some detector's evidence is cut, and not what they all said.
};

/// A session with a forged reply.
PacketScript
Documented(std::uint16_t addedToPorts = 0)
{
    PacketScript packets = ReadSession("documented");
    for (ScriptPacket& packet : packets)
    {
        packet.sourcePort = static_cast<std::uint16_t>(packet.sourcePort + addedToPorts);
        packet.destinationPort = static_cast<std::uint16_t>(packet.destinationPort + addedToPorts);
    }
    return packets;
}

PacketScript
Both(PacketScript first, const PacketScript& second)
{
    first.insert(first.end(), second.begin(), second.end());
    std::stable_sort(first.begin(),
                     first.end(),
                     [](const ScriptPacket& a, const ScriptPacket& b)
                     { return a.timeNs < b.timeNs; });
    return first;
}

/// A session whose data go no farther than a probe's.
PacketScript
Probe()
{
    PacketScript packets = Documented();
    for (ScriptPacket& packet : packets)
    {
        packet.ttl = packet.side == CLIENT && !packet.payload.empty() ? 5 : packet.ttl;
    }
    return packets;
}

const std::string MAILLOG =
    "Mar 22 17:45:39 mail sendmail[1000]: g2MHjd8K001000: from=<anna@own.example>, size=3642, "
    "class=0, nrcpts=1, msgid=<52b03eb032cdff50@desk40>, relay=anna@localhost\n"
    "Mar 22 17:45:40 mail sendmail[1001]: g2MHjd8K001000: to=<joe@goal.example>, delay=00:00:00, "
    "xdelay=00:00:00, mailer=esmtp, pri=33642, relay=mx1.goal.example [198.51.100.25], dsn=2.0.0, "
    "stat=Sent (2.0.0 1 Message accepted for delivery)\n";
const std::string POSTFIX =
    "Dec  4 14:44:07 mail postfix/smtp[20]: E89BD1644B: to=<joe@goal.example>, relay=none, "
    "delay=22, dsn=4.4.1, status=deferred (connect to mx.goal.example[192.0.2.27]:25: Connection "
    "timed out)\n";
const std::string EXIM =
    "2019-07-16 08:05:48 H=(x) [203.0.113.235] F=<q@far.example> rejected RCPT "
    "<eva@own.example>: Unknown user\n";
const std::string BARRACUDA =
    "Apr 11 11:24:37 gw inbound/pass1[25713]: host1.far.example[192.0.2.1] "
    "1334157877-03f828647122cb90001-hUkLV9 1334157877 1334157877 RECV ann@far.example "
    "nobody@own.example 2 8 No such user (nobody@own.example)\n";
const std::string IRONPORT =
    "Tue Nov 12 09:12:01 2024 Info: Bounced: DCID 4118 MID 88 to RID 0 - 5.1.0 - Unknown address "
    "error ('554', ['5.7.1 Service unavailable']) []\n";
const std::string SERVICE =
    "2010-07-02 17:37:09 192.0.2.7 mx7.filter.example SMTPSVC1 EX 10.0.0.2 0 EHLO - "
    "+mx7.filter.example 250 0 320 23 0 SMTP - - - -\n";
const std::string REPLY = "550 5.1.1 User unknown\n";
const std::string ROWS = "Nov 12 12:10:01 mx smtp[12]: --> EHLO own.example\n"
                         "Nov 12 12:10:02 mx smtp[12]: <-- 550 5.7.1 Refused\n";
const std::string HANDSHAKE = "Nov 12 12:10:01 mx1 postfix/smtpd[911]: SSL_accept error from "
                              "unknown[203.0.113.140]: -1\n";
const std::string LIST =
    "No.     Time           Source                Destination           Protocol Length Info\n"
    "      1 0.000000       192.0.2.1             198.51.100.2          TCP      54     1234 > 25 "
    "[SYN] Seq=0 Win=65535 Len=0\n\n"
    "      2 3.000000       192.0.2.1             198.51.100.2          TCP      54     1234 > 25 "
    "[SYN] Seq=0 Win=65535 Len=0\n\n";
const std::string SNIFFED = "fw # diagnose sniffer packet any 'port 25' 4\ninterfaces=[any]\n"
                            "filters=[port 25]\n"
                            "0.000000 192.0.2.1.1234 -> 198.51.100.2.25: syn 100 \n"
                            "3.000000 192.0.2.1.1234 -> 198.51.100.2.25: syn 100 \n";
const std::string DUMP =
    "12:00:00.000000 IP 192.0.2.1.1234 > 198.51.100.2.25: Flags [S], seq 100, win 65535, length 0\n"
    "12:00:03.000000 IP 192.0.2.1.1234 > 198.51.100.2.25: Flags [S], seq 100, win 65535, length "
    "0\n";
const std::string AGGREGATE =
    "<feedback>\n<report_metadata><org_name>one.example</org_name></report_metadata>\n<record>\n"
    "<row><source_ip>198.51.100.20</source_ip><count>412</count></row>\n</record>\n</feedback>\n";
const std::string TLS_REPORT = "{\n  \"organization-name\": \"Big Inc.\",\n  \"policies\": [{\n"
                               "    \"policy\": {}\n  }]\n}\n";
const std::string ROUTE =
    "traceroute to 198.51.100.25 (198.51.100.25), 64 hops max, 40 byte packets\n"
    " 1  203.0.113.1  0.722 ms  0.699 ms  0.612 ms\n"
    " 2  198.51.100.25  100.805 ms  99.926 ms  99.929 ms\n";
const std::string QMAIL =
    "Sep 26 14:46:23 mail qmail: 1159253183.972578 delivery 118310: failure: "
    "198.51.100.25_does_not_like_recipient./Remote_host_said:_500_error/Giving_up_on_"
    "198.51.100.25./\n";
const std::string PROTOCOL_LOG =
    "#Software: Microsoft Exchange Server\n#Version: 14.0.0.0\n"
    "#Log-type: SMTP Receive Protocol Log\n#Date: 2011-11-16T04:11:55.890Z\n"
    "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,"
    "event,data,context\n"
    "2011-11-16T04:11:55.890Z,EX\\Default EX,08CE6E5DA8B26408,0,192.0.2.22:25,"
    "198.51.100.7:49760,+,,\n";

std::vector<CapCase>
Cases()
{
    const auto pcap = [](const PacketScript& packets) { return PcapOf(packets); };
    PacketScript elsewhere = Documented(1000);
    return {
        {"files", &Caps::files, "1 files behind evidence.txt", DUMP, "evidence.txt", 1},
        {"refusals", &Caps::refusals, "1 refusals", QMAIL},
        {"routes", &Caps::routes, "1 traceroutes", ROUTE},
        {"records", &Caps::records, "records of logs", MAILLOG},
        {"sendmail's events", &Caps::sendmailEvents, "2 lines of Sendmail", MAILLOG},
        {"sendmail's recipients", &Caps::sendmailRecipients, "1 lines of Sendmail", MAILLOG},
        {"barracuda's events", &Caps::barracudaEvents, "1 lines of ", BARRACUDA},
        {"postfix's messages", &Caps::postfixMessages, "2 lines of Postfix", POSTFIX},
        {"exim's messages", &Caps::eximMessages, "1 lines of Exim", EXIM},
        {"exim's clients", &Caps::eximClients, "1 lines of Exim", EXIM},
        {"products' sessions", &Caps::productSessions, "1 lines of ", IRONPORT},
        {"the service's sessions", &Caps::serviceSessions, "1 log rows", SERVICE},
        {"queued messages", &Caps::queuedMessages, "2 lines of ", MAILLOG},
        {"replies", &Caps::replies, "1 lines of ", REPLY},
        {"dialogs", &Caps::dialogs, "2 lines of ", ROWS},
        {"handshakes", &Caps::handshakes, "1 lines of ", HANDSHAKE},
        {"rows that wait for their order", &Caps::heldRows, "2 lines of ", LIST},
        {"a sniffer's packets", &Caps::snifferPackets, "2 lines of ", SNIFFED},
        {"a report's octets", &Caps::aggregateOctets, "lines of ", AGGREGATE},
        {"a TLS report's octets", &Caps::tlsReportOctets, "lines of ", TLS_REPORT},
        {"a protocol log's octets", &Caps::logOctets, "1 log rows", PROTOCOL_LOG},
        {"open connections",
         &Caps::flowOctets,
         "connections were open beside too many others and judged before they were over",
         pcap(Both(Documented(), elsewhere)),
         "evidence.pcap"},
        {"captured sessions",
         &Caps::sessionOctets,
         "1 captured sessions",
         pcap(Documented()),
         "evidence.pcap"},
        {"controls",
         &Caps::controls,
         "1 connections by which others are compared",
         pcap(elsewhere),
         "evidence.pcap"},
        {"resets",
         &Caps::resets,
         "1 resets",
         pcap(ReadSession("convicts-a-reset-after-which-its-side-goes-on", "forged-reset.txt")),
         "evidence.pcap"},
        {"hosts",
         &Caps::resetHosts,
         "connections by which resets are compared",
         pcap(Documented()),
         "evidence.pcap"},
        {"accused packets",
         &Caps::sightings,
         "1 accused packets and probes",
         pcap(Documented()),
         "evidence.pcap"},
        {"probes", &Caps::probes, "1 probes of a path", pcap(Probe()), "evidence.pcap"},
        {"printed lines", &Caps::printedLines, "2 lines of printed packets", DUMP},
        {"alerts",
         &Caps::alerts,
         "alerts of early-reply",
         pcap(Documented()),
         "evidence.pcap",
         0,
         false},
    };
}

/// Lowers a cap as long as it lives.
class LoweredCap
{
  public:
    LoweredCap(std::size_t Caps::*cap, std::size_t value)
        : m_cap(cap)
        , m_usual(GetCaps().*cap)
    {
        GetCaps().*cap = value;
    }

    ~LoweredCap() { GetCaps().*m_cap = m_usual; }

    LoweredCap(const LoweredCap&) = delete;
    LoweredCap& operator=(const LoweredCap&) = delete;

  private:
    std::size_t Caps::*m_cap;
    std::size_t m_usual;
};

/// What is said on the way, and what detectors say that they cannot tell.
struct Said
{
    std::vector<std::string> notes;
    std::vector<std::string> missing;
};

Said
Judged(const EvidenceScratch& scratch)
{
    Said said;
    for (const Alert& alert : JudgePath(scratch.Path(), "", &said.notes))
    {
        if (alert.dottedClass == classes::INSUFFICIENT)
        {
            said.missing.push_back(alert.evidence.explanation);
        }
    }
    return said;
}

std::string
Joined(const std::vector<std::string>& notes)
{
    std::string all;
    for (const std::string& note : notes)
    {
        all += note + "\n";
    }
    return all;
}

bool
IsSaid(const std::vector<std::string>& notes, const std::string& part)
{
    return std::any_of(notes.begin(),
                       notes.end(),
                       [&](const std::string& note) { return note.find(part) != note.npos; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(caps)

BOOST_AUTO_TEST_CASE(WhatIsBeyondOneIsSaid)
{
    for (const CapCase& one : Cases())
    {
        const EvidenceScratch scratch;
        scratch.Write(one.file, one.bytes);
        scratch.Write("ignored.txt", "a text that tells nothing\n");
        const Said usual = Judged(scratch);
        BOOST_TEST(!IsSaid(usual.notes, one.note), one.name);
        BOOST_TEST(!IsSaid(usual.missing, one.note), one.name);
        const LoweredCap lowered(one.cap, one.lowered);
        const Said cut = Judged(scratch);
        BOOST_TEST(IsSaid(cut.notes, one.note), one.name << ": " << Joined(cut.notes));
        BOOST_TEST(IsSaid(cut.missing, one.note) == one.isJudged, one.name);
    }
}

BOOST_AUTO_TEST_CASE(EachHasItsCase)
{
    BOOST_TEST(Cases().size() == sizeof(Caps) / sizeof(std::size_t));
}

BOOST_AUTO_TEST_SUITE_END()
