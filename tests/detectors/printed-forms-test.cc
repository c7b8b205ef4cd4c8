// The same packets in the forms in which programs and devices print them; invented hosts.
#include "detectors/readers/evidence-folder.h"
#include "run-detector.h"
#include "sessions.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <sstream>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// Number, time since the first, source, destination, source port, destination port, protocol,
/// length, text.
using ListRow = std::array<std::string, 9>;

const std::string CLIENT_HOST = "198.51.100.7";
const std::string SERVER_HOST = "192.0.2.25";

/// A reset in the server's name while it answers, as tshark lists it.
const std::vector<ListRow> LIST{
    {"1",
     "0.000000",
     CLIENT_HOST,
     SERVER_HOST,
     "40000",
     "25",
     "TCP",
     "74",
     "40000 -> 25 [SYN] Seq=0 Win=29200 Len=0 MSS=1460 SACK_PERM TSval=100 TSecr=0 WS=128"},
    {"2",
     "0.050000",
     SERVER_HOST,
     CLIENT_HOST,
     "25",
     "40000",
     "TCP",
     "74",
     "25 -> 40000 [SYN, ACK] Seq=0 Ack=1 Win=28960 Len=0 MSS=1460 SACK_PERM TSval=200 TSecr=100"},
    {"3",
     "0.051000",
     CLIENT_HOST,
     SERVER_HOST,
     "40000",
     "25",
     "TCP",
     "66",
     "40000 -> 25 [ACK] Seq=1 Ack=1 Win=29312 Len=0 TSval=151 TSecr=200"},
    {"4", "0.100000", SERVER_HOST, CLIENT_HOST, "25", "40000", "SMTP", "80", "S: 220 mx ESMTP"},
    {"5", "0.101000", CLIENT_HOST, SERVER_HOST, "40000", "25", "SMTP", "74", "C: EHLO a"},
    {"6",
     "0.103000",
     SERVER_HOST,
     CLIENT_HOST,
     "25",
     "40000",
     "TCP",
     "54",
     "25 -> 40000 [RST, ACK] Seq=15 Ack=9 Win=1048576 Len=0"}};

using ListForm = std::function<std::string(const ListRow&)>;

/// Rows as a format of fmt's has them, with the columns by their numbers.
ListForm
InForm(const std::string& form)
{
    return [form](const ListRow& row)
    {
        return std::apply([&](const auto&... columns)
                          { return fmt::format(fmt::runtime(form), columns...); },
                          row);
    };
}

/// Rows as a form writes each.
std::string
Listed(const ListForm& form, const std::string& head = "", const std::vector<ListRow>& rows = LIST)
{
    std::string text = head;
    for (const ListRow& row : rows)
    {
        text += form(row);
    }
    return text;
}

std::string
AsPrinted(const ListRow& row)
{
    return fmt::format("{:>5} {:>10} {} \xE2\x86\x92 {} {} {} {}\n",
                       row[0],
                       row[1],
                       row[2],
                       row[3],
                       row[6],
                       row[7],
                       row[8]);
}

std::vector<ListRow>
Backwards()
{
    return {LIST.rbegin(), LIST.rend()};
}

/// What all detectors say of a text, without its lines.
std::vector<std::string>
Told(const std::string& text, FileReading* reading = nullptr)
{
    const EvidenceScratch scratch;
    scratch.Write("paste.txt", text);
    std::vector<std::string> told;
    for (const Alert& alert : JudgePath(scratch.Path() / "paste.txt"))
    {
        told.push_back(fmt::format("{} {} {} {} {}",
                                   alert.detector,
                                   alert.dottedClass,
                                   static_cast<int>(alert.verdict),
                                   alert.frame,
                                   FormatEveTime(alert.time).substr(11)));
    }
    EvidenceContext context;
    ReadEvidence(scratch.Path() / "paste.txt",
                 context,
                 {[](const Evidence&) {},
                  [](const std::string&) {},
                  [reading](const FileReading& read)
                  {
                      if (reading)
                      {
                          *reading = read;
                      }
                  }});
    return told;
}

bool
IsRecognized(const std::string& text)
{
    const EvidenceScratch scratch;
    scratch.Write("paste.txt", text);
    EvidenceContext context;
    return !ReadEvidence(scratch.Path() / "paste.txt",
                         context,
                         {[](const Evidence&) {}, [](const std::string&) {}});
}

/// "psh 5001 ack 1001"
std::string
SniffedFlags(const ScriptPacket& packet)
{
    const std::string acknowledges =
        (packet.flags & tcp::ACK) != 0 ? fmt::format(" ack {}", packet.ack) : "";
    for (const auto& [flag, name] : {std::pair{tcp::SYN, "syn"},
                                     std::pair{tcp::FIN, "fin"},
                                     std::pair{tcp::RST, "rst"},
                                     std::pair{tcp::PSH, "psh"}})
    {
        if ((packet.flags & flag) != 0)
        {
            return fmt::format("{} {}{}", name, packet.sequence, acknowledges);
        }
    }
    return acknowledges.substr(1);
}

std::string
OctetsOf(const std::string& bytes)
{
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i)
    {
        text += i % 16 == 0 ? fmt::format("{}0x{:04x}\t ", i == 0 ? "" : "\t.......\n", i) : "";
        text +=
            fmt::format("{:02x}{}", static_cast<unsigned char>(bytes[i]), i % 2 == 1 ? " " : "");
    }
    return text + "\t...\n\n";
}

/// As FortiGate's sniffer prints packets. \param interfaces each saw every packet
std::string
Sniffed(const PacketScript& packets, bool withOctets, const std::vector<std::string>& interfaces)
{
    constexpr std::int64_t SECOND = 1000000000;
    std::string text = "fw # diagnose sniffer packet any 'port 25' 4\n"
                       "interfaces=[any]\nfilters=[port 25]\n";
    for (const ScriptPacket& packet : packets)
    {
        for (const std::string& interface : interfaces)
        {
            const std::int64_t since = packet.timeNs - packets.front().timeNs;
            text += fmt::format("{}.{:06} {}{}.{} -> {}.{}: {}\n",
                                since / SECOND,
                                since % SECOND / 1000,
                                interface,
                                packet.source.ToString(),
                                packet.sourcePort,
                                packet.destination.ToString(),
                                packet.destinationPort,
                                SniffedFlags(packet));
            // Behind the headers of the file and of the frame.
            text += withOctets ? OctetsOf(PcapOf({packet}).substr(40)) : "";
        }
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(printed_forms)

BOOST_AUTO_TEST_CASE(AListInAnyOrderIsOneList)
{
    const std::vector<std::string> plain = Told(Listed(AsPrinted));
    BOOST_REQUIRE_EQUAL(plain.size(), 1);
    BOOST_TEST(plain[0].find("forged-reset forged.reset") == 0u);
    BOOST_TEST(Told(Listed(AsPrinted, "", Backwards())) == plain);
    BOOST_TEST(Told("Newest first:\n" + Listed(AsPrinted, "", Backwards()) + "and in order:\n") ==
               plain);
    // As translated pages show them.
    const auto twice = [](const ListRow& row) { return AsPrinted(row) + AsPrinted(row); };
    FileReading repeated;
    Told(Listed(twice), &repeated);
    BOOST_TEST(repeated.rowsNotUnderstood == 0u);
    BOOST_TEST(repeated.flows == 1u);
    BOOST_TEST(repeated.leftOut.empty());
    const ListForm asDates = InForm("{0} 1970-01-01 00:00:0{1} {2} -> {3} {6} {7} {8}\n");
    BOOST_TEST(Told(Listed(asDates, "", Backwards())) == plain);
    FileReading reading;
    Told(Listed(AsPrinted, "", Backwards()), &reading);
    BOOST_TEST(reading.rows == LIST.size());
    BOOST_TEST(reading.packets == LIST.size());
    BOOST_TEST(reading.leftOut.empty());
}

BOOST_AUTO_TEST_CASE(RowsThatFitNoConnectionAreSaid)
{
    std::vector<ListRow> rows = Backwards();
    for (ListRow& row : rows)
    {
        row[2] = row[6] == "SMTP" ? "203.0.113.9" : row[2];
    }
    FileReading reading;
    Told(Listed(AsPrinted, "", rows), &reading);
    BOOST_TEST(reading.packets == LIST.size() - 2);
    BOOST_TEST((reading.leftOut ==
                std::vector<std::string>{
                    "2 rows of a list sorted backwards, whose connection is not told"}));
}

BOOST_AUTO_TEST_CASE(TimesSinceTheRowBeforeAreSummedUp)
{
    std::vector<ListRow> rows = LIST;
    constexpr std::array<const char*, 6> STEPS{"0.000000",
                                               "0.050000",
                                               "0.001000",
                                               "0.049000",
                                               "0.001000",
                                               "0.002000"};
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        rows[i][1] = STEPS[i];
    }
    BOOST_TEST(Told(Listed(AsPrinted, "", rows)) == Told(Listed(AsPrinted)));
    // Two lists that begin again at 0 count each from there.
    const std::string twice = Listed(AsPrinted) + Listed(AsPrinted);
    BOOST_TEST(Told(twice) == Told(Listed(AsPrinted)));
}

BOOST_AUTO_TEST_CASE(AListInOtherColumnsIsOneList)
{
    const std::vector<std::string> plain = Told(Listed(AsPrinted));
    const ListForm tabs = InForm("    {0}\t  {1}\t{2}\t\xE2\x86\x92\t{3}\t{6}\t{7}\t{8}\n");
    BOOST_TEST(Told(Listed(tabs)) == plain);
    const ListForm ports = InForm("{0} {1} {2} -> {3} {4} {5} {6} {7} {8}\n");
    BOOST_TEST(Told(Listed(ports)) == plain);
    const ListForm bare = InForm("{1} {0} {2} -> {3} {6} {8}\n");
    BOOST_TEST(Told(Listed(bare)) == plain);
    const ListForm exported =
        InForm("{1:<12} {0:>7} {2:<21} {4:<8} {3:<21} {5:<8} {6:<8} {7:<6} 7 {8}\n\n");
    BOOST_TEST(
        Told(Listed(exported,
                    "Time         No.     Source                Src Port Destination         "
                    "  Dst Port Protocol Length Stream Info\n")) == plain);
    const ListForm cells = InForm("\"{1}\",\"{3}\",\"{2}\",\"{6}\",\"{8}\",\"{0}\"\n");
    const std::string head = "\"Time\",\"Destination\",\"Source\",\"Protocol\",\"Info\",\"No.\"\n";
    BOOST_TEST(Told(Listed(cells, head)) == plain);
    BOOST_TEST(Told(Listed(cells, head, Backwards())) == plain);
}

BOOST_AUTO_TEST_CASE(TsharkPrintsThemSo,
                     *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))
{
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", PcapOf(ReadSession("documented")));
    const std::string tshark = "tshark -r " + (scratch.Path() / "a.pcap").string();
    const std::vector<std::string> plain = Told(OutputOf(tshark + " 2>/dev/null"));
    BOOST_TEST(!plain.empty());
    for (const char* const form :
         {"-T psml",
          "-T tabs",
          "-t d",
          "-o 'gui.column.format:\"Time\",\"%t\",\"No.\",\"%m\",\"Source\",\"%s\",\"Destination\","
          "\"%d\",\"SrcPort\",\"%S\",\"DstPort\",\"%D\",\"Protocol\",\"%p\",\"Length\",\"%L\","
          "\"Info\",\"%i\"'"})
    {
        BOOST_TEST(Told(OutputOf(tshark + " " + form + " 2>/dev/null")) == plain, form);
    }
    BOOST_TEST(Told(OutputOf(tshark + " 2>/dev/null | tac")) == plain);
}

BOOST_AUTO_TEST_CASE(TcpdumpsStepsAreSummedUp,
                     *boost::unit_test::precondition(tests::IfRuns{"tcpdump --version", "tcpdump"}))
{
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", PcapOf(ReadSession("documented")));
    const std::string tcpdump = "tcpdump -n -r " + (scratch.Path() / "a.pcap").string();
    const std::vector<std::string> plain = Told(OutputOf(tcpdump + " -v -ttttt 2>/dev/null"));
    BOOST_TEST(!plain.empty());
    BOOST_TEST(Told(OutputOf(tcpdump + " -v -ttt 2>/dev/null")) == plain);
}

BOOST_AUTO_TEST_CASE(EventsOfPktmonArePackets)
{
    // Each component of the stack shows the packet again.
    const std::array<std::string, 7> packets{
        "198.51.100.7.40000 > 192.0.2.25.25: Flags [S], seq 1000, win 29200, options [mss "
        "1460,nop,nop,TS val 100 ecr 0], length 0",
        "192.0.2.25.25 > 198.51.100.7.40000: Flags [S.], seq 5000, ack 1001, win 28960, options "
        "[mss 1460,nop,nop,TS val 200 ecr 100], length 0",
        "198.51.100.7.40000 > 192.0.2.25.25: Flags [.], ack 5001, win 229, options [nop,nop,TS val "
        "151 ecr 200], length 0",
        "192.0.2.25.25 > 198.51.100.7.40000: Flags [P.], seq 5001:5015, ack 1001, win 227, options "
        "[nop,nop,TS val 250 ecr 151], length 14: SMTP: 220 mx ESMTP",
        "198.51.100.7.40000 > 192.0.2.25.25: Flags [P.], seq 1001:1009, ack 5015, win 229, options "
        "[nop,nop,TS val 201 ecr 250], length 8: SMTP: EHLO a",
        "192.0.2.25.25 > 198.51.100.7.40000: Flags [R.], seq 5015, ack 1009, win 8192, length 0",
        "192.0.2.25.25 > 198.51.100.7.40000: Flags [P.], seq 5015:5023, ack 1009, win 227, options "
        "[nop,nop,TS val 300 ecr 201], length 8: SMTP: 250 mx"};
    constexpr std::array<int, 7>
        MICROSECONDS{100000, 150000, 151000, 200000, 201000, 203000, 250000};
    std::string events = "MSNT_SystemTrace Header\n";
    std::string printed;
    for (std::size_t i = 0; i < packets.size(); ++i)
    {
        printed += fmt::format("2026-02-03 10:14:01.{:06} IP {}\n", MICROSECONDS[i], packets[i]);
        for (int component = 0; component < 3; ++component)
        {
            events += fmt::format(
                "[00]0000.0000::2026-02-03 10:14:01.{:06}{}00 [Microsoft-Windows-PktMon] "
                "PktGroupId "
                "{}, PktNumber 1, Appearance {}, Direction Rx , Type Ethernet , Component {}, Edge "
                "1, Filter 1, OriginalSize 66, LoggedSize 66 \n"
                "\t02-00-00-00-00-01 > 02-00-00-00-00-02, ethertype IPv4 (0x0800), length 66: {}\n",
                MICROSECONDS[i],
                component,
                i + 1,
                component,
                component + 4,
                packets[i]);
        }
    }
    FileReading reading;
    const std::vector<std::string> told = Told(events, &reading);
    BOOST_TEST(reading.packets == packets.size());
    BOOST_TEST(reading.rowsNotUnderstood == 1u);
    // Copies have numbers, too.
    std::vector<std::string> plain = Told(printed);
    BOOST_REQUIRE(!plain.empty());
    for (std::string& one : plain)
    {
        BOOST_REQUIRE(one.find(" 6 ") != one.npos);
        one.replace(one.find(" 6 "), 3, " 16 ");
    }
    BOOST_TEST(told == plain);
}

BOOST_AUTO_TEST_CASE(AFirewallsOctetsAreWholePackets)
{
    const PacketScript session = ReadSession("documented");
    const auto classes = [](const std::vector<Alert>& alerts)
    {
        std::vector<std::string> all;
        for (const Alert& alert : alerts)
        {
            all.push_back(fmt::format("{} {} {}",
                                      alert.detector,
                                      alert.dottedClass,
                                      static_cast<int>(alert.verdict)));
        }
        std::sort(all.begin(), all.end());
        return all;
    };
    const EvidenceScratch scratch;
    scratch.Write("a.pcap", PcapOf(session));
    scratch.Write("a.txt", Sniffed(session, true, {"port1 in "}));
    BOOST_TEST(classes(JudgePath(scratch.Path() / "a.txt")) ==
               classes(JudgePath(scratch.Path() / "a.pcap")));
}

BOOST_AUTO_TEST_CASE(AFirewallsLinesTellTheSegments)
{
    PacketScript session = ReadSession("control");
    const auto spoken =
        std::find_if(session.rbegin(),
                     session.rend(),
                     [](const ScriptPacket& packet) { return packet.side == SERVER; });
    // The last length is told by what acknowledges it.
    ScriptPacket last = *spoken;
    last.timeNs = session.back().timeNs + 100 * MS;
    last.flags = tcp::ACK;
    last.sequence += static_cast<std::uint32_t>(last.payload.size());
    last.ack =
        session.back().sequence + static_cast<std::uint32_t>(session.back().payload.size()) + 1;
    last.payload.clear();
    session.push_back(last);
    const auto segmentsIn = [](const std::string& text)
    {
        const EvidenceScratch scratch;
        scratch.Write("a.txt", text);
        std::vector<std::string> segments;
        EvidenceContext context;
        ReadEvidence(scratch.Path() / "a.txt",
                     context,
                     {[&](const Evidence& evidence)
                      {
                          for (const Segment& segment : evidence.flow.segments)
                          {
                              segments.push_back(fmt::format("{} {} {} {}",
                                                             segment.flags,
                                                             segment.start,
                                                             segment.acknowledged,
                                                             segment.payloadLength));
                          }
                      },
                      [](const std::string&) {}});
        return segments;
    };
    std::vector<std::string> expected;
    const Flow flow = FlowOf(session);
    for (const Segment& segment : flow.segments)
    {
        expected.push_back(fmt::format("{} {} {} {}",
                                       segment.flags & ~(segment.Has(tcp::FIN) ? tcp::PSH : 0),
                                       segment.start,
                                       segment.acknowledged,
                                       segment.payloadLength));
    }
    BOOST_TEST(segmentsIn(Sniffed(session, false, {""})) == expected,
               boost::test_tools::per_element());
    BOOST_TEST(segmentsIn(Sniffed(session, false, {"port1 in ", "port2 out "})) == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(RowsOfNetworkMonitorAreSegments)
{
    const std::string text =
        "1\t10:14:01 AM 2/3/2020\t0.0000000\tsmtp.exe\t198.51.100.7\t192.0.2.25\tTCP\tTCP:Flags="
        "......S., SrcPort=40000, DstPort=SMTP(25), PayloadLen=0, Seq=1000, Ack=0, Win=29200 ( "
        "Negotiating scale factor 0x7 ) = 29200\t{TCP:2, IPv4:1}\n"
        "2\t10:14:01 AM 2/3/2020\t0.0500000\tsmtp.exe\t192.0.2.25\t198.51.100.7\tTCP\tTCP:Flags="
        "...A..S., SrcPort=SMTP(25), DstPort=40000, PayloadLen=0, Seq=5000, Ack=1001, Win=28960 ( "
        "Negotiated scale factor 0x7 ) = 3706880\t{TCP:2, IPv4:1}\n"
        "3\t10:14:01 AM 2/3/2020\t0.0510000\t\t198.51.100.7\t192.0.2.25\tTCP\tTCP:Flags=...A...., "
        "SrcPort=40000, DstPort=SMTP(25), PayloadLen=0, Seq=1001, Ack=5001, Win=229 (scale factor "
        "0x7) = 29312\t{TCP:2, IPv4:1}\n"
        "4\t10:14:01 AM 2/3/2020\t0.1000000\t\t192.0.2.25\t198.51.100.7\tTCP\tTCP:[Continuation to "
        "#3]Flags=...AP..., SrcPort=SMTP(25), DstPort=40000, PayloadLen=14, Seq=5001 - 5015, "
        "Ack=1001, Win=227 (scale factor 0x7) = 29056\t{TCP:2, IPv4:1}\n"
        "5\t10:14:01 AM 2/3/2020\t0.1010000\t\t192.0.2.25\t198.51.100.7\tTCP\tTCP:Flags=...A.R.., "
        "SrcPort=SMTP(25), DstPort=40000, PayloadLen=0, Seq=5015, Ack=1001, Win=0 (scale factor "
        "0x7) = 0\t{TCP:2, IPv4:1}\n"
        "6\t10:14:01 AM 2/3/2020\t0.1020000\t\t192.0.2.25\t198.51.100.7\tSMTP\tSMTP:Rsp 250 mx\n";
    FileReading reading;
    Told(text, &reading);
    BOOST_TEST(reading.packets == 5u);
    BOOST_TEST(reading.flows == 1u);
    BOOST_TEST(reading.rowsNotUnderstood == 1u);
}

BOOST_AUTO_TEST_CASE(WhatTellsNoSegmentsIsNotRecognized)
{
    for (const char* const text :
         {// tcpdump -q: ends and lengths alone.
          "10:14:01.100000 IP 198.51.100.7.40000 > 192.0.2.25.25: tcp 0\n"
          "10:14:01.150000 IP 192.0.2.25.25 > 198.51.100.7.40000: tcp 0\n",
          // tcpdump -t: no time.
          "IP 198.51.100.7.40000 > 192.0.2.25.25: Flags [S], seq 1000, win 29200, length 0\n"
          "IP 192.0.2.25.25 > 198.51.100.7.40000: Flags [S.], seq 5000, ack 1001, win 2, length "
          "0\n",
          // ngrep
          "T 2020/02/03 10:14:01.200000 192.0.2.25:25 -> 198.51.100.7:40000 [AP] #4\n",
          // MikroTik
          "0 time=0.1 num=1 direction=rx src-address=198.51.100.7:40000 dst-address=192.0.2.25:25 "
          "(smtp) protocol=ip ip-protocol=tcp size=54 ttl=64\n"})
    {
        BOOST_TEST(!IsRecognized(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
