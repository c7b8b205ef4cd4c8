#include "detectors/readers/evidence-folder.h"
#include "run-detector.h"
#include "sessions.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace bouncelab;
using namespace bouncelab::test;
namespace fs = std::filesystem;

namespace
{

/// Numbers of the packets or frames that are accused of being forged resets.
std::vector<std::uint64_t>
Accused(const fs::path& path)
{
    std::vector<std::uint64_t> frames;
    for (const Alert& alert : JudgePath(path, "forged-reset"))
    {
        BOOST_TEST(alert.dottedClass == "forged.reset");
        frames.push_back(alert.frame);
    }
    return frames;
}

std::vector<std::uint64_t>
AccusedInText(const std::string& text)
{
    const EvidenceScratch scratch;
    scratch.Write("paste.txt", text);
    return Accused(scratch.Path() / "paste.txt");
}

const std::vector<std::uint64_t> SIXTH(1, 6);
const std::vector<std::uint64_t> ELEVENTH(1, 11);

// A reset in the server's name between its packets, made up in the forms of several programs.
constexpr const char* TCPDUMP_V =
    "Somebody wrote:\n"
    "10:14:01.100000 IP (tos 0x0, ttl 64, id 100, offset 0, flags [DF], proto TCP (6), length 60)\n"
    "    198.51.100.7.40000 > 192.0.2.25.25: Flags [S], cksum 0x1111 (correct), seq 1000, win "
    "29200, "
    "options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7], length 0\n"
    "10:14:01.150000 IP (tos 0x0, ttl 50, id 0, offset 0, flags [DF], proto TCP (6), length 60)\n"
    "    192.0.2.25.25 > 198.51.100.7.40000: Flags [S.], cksum 0x1111 (correct), seq 5000, ack "
    "1001, "
    "win 28960, options [mss 1460,sackOK,TS val 200 ecr 100,nop,wscale 7], length 0\n"
    "10:14:01.151000 IP (tos 0x0, ttl 64, id 101, offset 0, flags [DF], proto TCP (6), length 52)\n"
    "    198.51.100.7.40000 > 192.0.2.25.25: Flags [.], ack 1, win 229, options [nop,nop,TS val "
    "151 "
    "ecr 200], length 0\n"
    "10:14:01.200000 IP (tos 0x0, ttl 50, id 300, offset 0, flags [DF], proto TCP (6), length 66)\n"
    "    192.0.2.25.25 > 198.51.100.7.40000: Flags [P.], seq 1:15, ack 1, win 227, options "
    "[nop,nop,TS val 250 ecr 151], length 14: SMTP: 220 mx ESMTP\n"
    "10:14:01.201000 IP (tos 0x0, ttl 64, id 102, offset 0, flags [DF], proto TCP (6), length 60)\n"
    "    198.51.100.7.40000 > 192.0.2.25.25: Flags [P.], seq 1:9, ack 15, win 229, options "
    "[nop,nop,TS val 201 ecr 250], length 8: SMTP: EHLO a\n"
    "10:14:01.203000 IP (tos 0x0, ttl 57, id 102, offset 0, flags [none], proto TCP (6), length "
    "40)\n"
    "    192.0.2.25.25 > 198.51.100.7.40000: Flags [R.], seq 15, ack 9, win 8192, length 0\n"
    "10:14:01.250000 IP (tos 0x0, ttl 50, id 301, offset 0, flags [DF], proto TCP (6), length 60)\n"
    "    192.0.2.25.25 > 198.51.100.7.40000: Flags [P.], seq 15:23, ack 9, win 227, options "
    "[nop,nop,TS val 300 ecr 201], length 8: SMTP: 250 mx\n";

constexpr const char* TCPDUMP_OLD =
    "10:33:13.000000 198.51.100.7.1284 > 192.0.2.22.smtp: S 1000:1000(0) win 8192 <mss 1460> (DF) "
    "(ttl 128, id 62500)\n"
    "10:33:13.050000 192.0.2.22.smtp > 198.51.100.7.1284: S 5000:5000(0) ack 1001 win 16080 <mss "
    "1460> (DF) (ttl 46, id 18385)\n"
    "10:33:13.050100 198.51.100.7.1284 > 192.0.2.22.smtp: . ack 1 win 8332 (DF) (ttl 128, id "
    "62502)\n"
    "10:33:13.059502 192.0.2.22.smtp > 198.51.100.7.1284: P 1:77(76) ack 1 win 16080 (DF) (ttl 46, "
    "id "
    "18387)\n"
    "10:33:13.061540 198.51.100.7.1284 > 192.0.2.22.smtp: P 1:45(44) ack 77 win 8332 (DF) (ttl "
    "128, id "
    "62508)\n"
    "10:33:13.063000 192.0.2.22.smtp > 198.51.100.7.1284: R 77:77(0) ack 45 win 8332 (ttl 120, id "
    "62508)\n"
    "10:33:13.113000 192.0.2.22.smtp > 198.51.100.7.1284: P 77:99(22) ack 45 win 16080 (DF) (ttl "
    "46, "
    "id 18388)\n";

std::string
Replaced(std::string text, const std::string& what, const std::string& with)
{
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    {
        text.replace(at, what.size(), with);
    }
    return text;
}

void
Add32(std::string& bytes, std::uint32_t value)
{
    for (int i = 0; i < 4; ++i)
    {
        bytes += static_cast<char>(value >> (8 * i));
    }
}

void
AddBlock(std::string& file, std::uint32_t type, std::string body)
{
    body.resize((body.size() + 3) / 4 * 4);
    Add32(file, type);
    Add32(file, static_cast<std::uint32_t>(body.size() + 12));
    file += body;
    Add32(file, static_cast<std::uint32_t>(body.size() + 12));
}

/// A classic capture of raw IP or Ethernet, its packets spread over two interfaces of pcapng.
std::string
OnTwoInterfaces(const std::string& pcap)
{
    const auto read = [&](std::size_t at)
    {
        std::uint32_t value = 0;
        for (std::size_t i = 4; i-- > 0;)
        {
            value = value << 8 | static_cast<unsigned char>(pcap[at + i]);
        }
        return value;
    };
    std::string file;
    std::string section;
    Add32(section, 0x1A2B3C4D);
    Add32(section, 1);
    Add32(section, 0xFFFFFFFF);
    Add32(section, 0xFFFFFFFF);
    AddBlock(file, 0x0A0D0D0A, section);
    const bool nano = read(0) == 0xA1B23C4D;
    for (const std::uint32_t snap : {65535u, 262144u})
    {
        std::string interface;
        Add32(interface, read(20));
        Add32(interface, snap);
        interface += std::string("\x09\x00\x01\x00", 4) + static_cast<char>(nano ? 9 : 6) +
                     std::string(3, '\0') + std::string(4, '\0');
        AddBlock(file, 1, interface);
    }
    std::uint32_t which = 0;
    for (std::size_t at = 24; at < pcap.size();)
    {
        const std::uint64_t ticks = read(at) * (nano ? 1000000000ull : 1000000ull) + read(at + 4);
        const std::uint32_t length = read(at + 8);
        std::string packet;
        Add32(packet, which ^= 1);
        Add32(packet, static_cast<std::uint32_t>(ticks >> 32));
        Add32(packet, static_cast<std::uint32_t>(ticks));
        Add32(packet, length);
        Add32(packet, read(at + 12));
        packet += pcap.substr(at + 16, length);
        AddBlock(file, 6, packet);
        at += 16 + length;
    }
    return file;
}

std::string
DumpOf(const std::string& octets)
{
    std::string text;
    for (std::size_t i = 0; i < octets.size(); ++i)
    {
        text += i % 16 == 0 ? fmt::format("{}{:04x} ", i == 0 ? "" : "\n", i) : "";
        text += fmt::format(" {:02x}", static_cast<unsigned char>(octets[i]));
    }
    return text + "   ...\n";
}

/// Packets as `tshark -V` prints them, with the octets of `-x` or without: what it takes for a
/// repetition has no content there.
std::string
TreeOf(const PacketScript& packets, bool withOctets)
{
    std::string text;
    int number = 0;
    std::map<detectors::Side, std::uint32_t> next;
    for (const ScriptPacket& packet : packets)
    {
        const int header = packet.HasTimestamp() ? 32 : 20;
        text += fmt::format("Frame {}: 99 bytes on wire (792 bits), 99 bytes captured (792 bits)\n"
                            "    Epoch Time: {}.{:09} seconds\n"
                            "Internet Protocol Version 4, Src: {}, Dst: {}\n"
                            "    Identification: 0x{:04x} (1)\n{}"
                            "    Time to Live: {}\n",
                            ++number,
                            packet.timeNs / 1000000000,
                            packet.timeNs % 1000000000,
                            packet.source.ToString(),
                            packet.destination.ToString(),
                            packet.ipId,
                            packet.dontFragment ? "    010. .... = Flags: 0x2, Don't fragment\n"
                                                  "        .1.. .... = Don't fragment: Set\n"
                                                : "    000. .... = Flags: 0x0\n"
                                                  "        .0.. .... = Don't fragment: Not set\n",
                            packet.ttl);
        text += fmt::format("Transmission Control Protocol, Src Port: {}, Dst Port: {}, Len: {}\n"
                            "    Sequence Number: 1    (relative sequence number)\n"
                            "    Sequence Number (raw): {}\n"
                            "    Acknowledgment number (raw): {}\n"
                            "    1000 .... = Header Length: {} bytes\n"
                            "    Flags: 0x{:03x} (ACK)\n    Window: {}\n",
                            packet.sourcePort,
                            packet.destinationPort,
                            packet.payload.size(),
                            packet.sequence,
                            packet.ack,
                            header,
                            packet.flags,
                            packet.window);
        if (packet.HasTimestamp())
        {
            text += fmt::format("            Timestamp value: {}\n"
                                "            Timestamp echo reply: {}\n",
                                packet.timestampValue,
                                packet.timestampEcho);
        }
        const bool isNew = next.count(packet.side) == 0 || packet.sequence >= next[packet.side];
        if (!packet.payload.empty() && isNew)
        {
            text +=
                fmt::format("    TCP payload ({} bytes)\nSimple Mail Transfer Protocol\n    {}: "
                            "{}\\r\\n\n",
                            packet.payload.size(),
                            packet.side == detectors::SERVER ? "Response" : "Command Line",
                            packet.payload.substr(0, packet.payload.find('\r')));
        }
        next[packet.side] =
            std::max(next[packet.side],
                     packet.sequence + static_cast<std::uint32_t>(packet.payload.size()));
        text += "\n";
        text += withOctets ? DumpOf(std::string(static_cast<std::size_t>(34 + header), '\0') +
                                    packet.payload) +
                                 "\n"
                           : "";
    }
    return text;
}

/// The documented session, and what the server says after it.
PacketScript
SessionThatGoesOn(const std::string& name)
{
    PacketScript packets = ReadSession(name);
    const auto last =
        std::find_if(packets.rbegin(),
                     packets.rend(),
                     [](const ScriptPacket& packet) { return packet.payload == "250 Ok\r\n"; });
    ScriptPacket bye = *last;
    for (const char* payload : {"221 Bye\r\n", ""})
    {
        bye.sequence += static_cast<std::uint32_t>(bye.payload.size());
        bye.payload = payload;
        bye.timeNs = packets.back().timeNs + 100 * MS;
        ++bye.ipId;
        bye.flags = tcp::ACK | (bye.payload.empty() ? tcp::FIN : tcp::PSH);
        packets.push_back(bye);
    }
    return packets;
}

/// The rows of tshark's list, each as its cells.
std::vector<std::vector<std::string>>
CellsOf(const std::string& list)
{
    // With dates the time has two words.
    static const std::regex ROW(
        "\\s*(\\d+)\\s+((?:\\d+-\\d+-\\d+ )?\\S+)\\s+(\\S+)\\s+\xE2\x86\x92\\s+(\\S+)"
        "\\s+(\\S+)\\s+(\\d+)\\s+(.*)");
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(list);
    std::smatch cells;
    for (std::string line; std::getline(lines, line);)
    {
        BOOST_REQUIRE_MESSAGE(std::regex_match(line, cells, ROW), line);
        rows.emplace_back(std::next(cells.begin()), cells.end());
    }
    BOOST_REQUIRE(!rows.empty());
    return rows;
}

/// As Wireshark exports the list in plain text.
std::string
AsExport(const std::string& list)
{
    std::string text =
        "No.     Time           Source                Destination           Protocol "
        "Length Info\n";
    for (const auto& cells : CellsOf(list))
    {
        text += fmt::format("{:>7} {:<14} {:<21} {:<21} {:<8} {:<6} {}\n\n",
                            cells[0],
                            cells[1],
                            cells[2],
                            cells[3],
                            cells[4],
                            cells[5],
                            cells[6]);
    }
    return text;
}

std::string
AsCsv(const std::string& list)
{
    std::string text =
        "\"No.\",\"Time\",\"Source\",\"Destination\",\"Protocol\",\"Length\",\"Info\"\n";
    for (const auto& cells : CellsOf(list))
    {
        text += fmt::format("\"{}\"\n", fmt::join(cells, "\",\""));
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(printed_packets)

BOOST_AUTO_TEST_CASE(FieldByFieldAreJudgedByWhatTheyShow)
{
    const auto told = [](const std::string& session, bool withOctets)
    {
        const EvidenceScratch scratch;
        scratch.Write("tree.txt", TreeOf(SessionThatGoesOn(session), withOctets));
        std::set<std::string> detectors;
        for (const Alert& alert : JudgePath(scratch.Path() / "tree.txt"))
        {
            if (FamilyOf(alert.dottedClass) == "forged")
            {
                BOOST_TEST(alert.frame == 11u, alert.evidence.explanation);
                detectors.insert(alert.detector);
            }
        }
        return detectors;
    };
    // The bytes behind the forged reply are not shown: they are too few to be the same.
    const auto shown = told("documented", false);
    BOOST_TEST(shown.count("header-outlier") == 1u);
    BOOST_TEST(shown.count("early-reply") == 1u);
    BOOST_TEST(shown.count("overlap-conflict") == 1u);
    const auto dumped = told("documented", true);
    BOOST_TEST(dumped.count("header-outlier") == 1u);
    BOOST_TEST(dumped.count("overlap-conflict") == 1u);
    BOOST_TEST(told("control", false).empty());
    BOOST_TEST(told("control", true).empty());
}

BOOST_AUTO_TEST_CASE(OfTodaysTcpdumpAreJudged)
{
    BOOST_TEST(AccusedInText(TCPDUMP_V) == SIXTH);
    // On one line each, with a date, in a reply by mail, each line twice as on a translated page.
    BOOST_TEST(AccusedInText(Replaced(TCPDUMP_V, ")\n    ", ") ")) == SIXTH);
    BOOST_TEST(AccusedInText(Replaced(TCPDUMP_V, "10:14:01", "2020-02-03 10:14:01")) == SIXTH);
    BOOST_TEST(AccusedInText("> " + Replaced(TCPDUMP_V, "\n", "\n> ")) == SIXTH);
}

BOOST_AUTO_TEST_CASE(OfIpv6AreJudgedAlike)
{
    std::string text = Replaced(TCPDUMP_V, "198.51.100.7.", "2001:db8:1::7.");
    text = Replaced(Replaced(text, "192.0.2.25.", "2001:db8:2::25."), "IP (", "IP6 (");
    BOOST_TEST(AccusedInText(text) == SIXTH);
}

BOOST_AUTO_TEST_CASE(OfAnOldTcpdumpAreJudged)
{
    BOOST_TEST(AccusedInText(TCPDUMP_OLD) == SIXTH);
}

BOOST_AUTO_TEST_CASE(OfSeveralInterfacesAreReadEachByItsOwn)
{
    const std::string pcap = PcapOf(ReadSession("documented"));
    const EvidenceScratch scratch;
    scratch.Write("one.pcap", pcap);
    scratch.Write("two.pcapng", OnTwoInterfaces(pcap));
    const auto one = JudgePath(scratch.Path() / "one.pcap");
    const auto two = JudgePath(scratch.Path() / "two.pcapng");
    BOOST_REQUIRE(one.size() == two.size());
    BOOST_TEST(!one.empty());
    for (std::size_t i = 0; i < one.size(); ++i)
    {
        BOOST_TEST(one[i].evidence.explanation == two[i].evidence.explanation);
        BOOST_TEST((one[i].time == two[i].time));
    }
}

BOOST_AUTO_TEST_CASE(OfTsharkAreJudgedLikeTheCapture,
                     *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))
{
    const EvidenceScratch scratch;
    scratch.Write("e/a.pcap", PcapOf(ReadSession("documented")));
    const std::string file = (scratch.Path() / "e/a.pcap").string();
    const std::vector<Alert> captured = JudgePath(file, "header-outlier");
    BOOST_REQUIRE(captured.size() == 1u);
    for (
        const char* form :
        {" -V",
         " -T json",
         " -T pdml",
         " -T ek",
         " -T fields -E header=y -e frame.number -e frame.time_relative -e ip.src -e ip.dst -e "
         "ip.ttl "
         "-e ip.id -e ip.flags.df -e tcp.srcport -e tcp.dstport -e tcp.flags.str -e tcp.seq -e "
         "tcp.ack "
         "-e tcp.len -e tcp.window_size_value -e tcp.options.timestamp.tsval",
         " -T fields -E header=y -e frame.number -e frame.time_epoch -e ip.src -e ip.dst -e ip.ttl "
         "-e ip.id -e ip.flags.df -e tcp.srcport -e tcp.dstport -e tcp.flags -e tcp.seq_raw -e "
         "tcp.ack_raw -e tcp.len -e tcp.hdr_len -e tcp.window_size_value -e "
         "tcp.options.timestamp.tsval -e tcp.payload",
         " -T fields -E header=y -E separator=, -E quote=d -e frame.time_epoch -e ip.src -e ip.dst "
         "-e ip.ttl -e ip.id -e tcp.srcport -e tcp.dstport -e tcp.flags -e tcp.seq -e tcp.ack -e "
         "tcp.len -e tcp.window_size_value -e tcp.options.timestamp.tsval"})
    {
        scratch.Write("text.txt", OutputOf("tshark -r " + file + form + " 2>/dev/null"));
        const std::vector<Alert> printed = JudgePath(scratch.Path() / "text.txt", "header-outlier");
        BOOST_REQUIRE(printed.size() == 1u);
        BOOST_TEST(printed[0].frame == captured[0].frame, form);
    }
}

BOOST_AUTO_TEST_CASE(OfWiresharksListAreJudgedByTimeAndOptions,
                     *boost::unit_test::precondition(tests::IfRuns{"tshark --version", "tshark"}))
{
    const auto accused = [](const std::string& text)
    {
        const EvidenceScratch scratch;
        scratch.Write("list.txt", text);
        std::set<std::uint64_t> frames;
        for (const Alert& alert : JudgePath(scratch.Path() / "list.txt"))
        {
            if (alert.verdict == Verdict::Fault)
            {
                BOOST_TEST(alert.dottedClass == "forged.reply", alert.evidence.explanation);
                frames.insert(alert.frame);
            }
        }
        return std::vector<std::uint64_t>(frames.begin(), frames.end());
    };
    for (const char* session : {"documented", "control"})
    {
        const EvidenceScratch scratch;
        scratch.Write("e/a.pcap", PcapOf(SessionThatGoesOn(session)));
        const auto expected =
            std::string_view(session) == "control" ? std::vector<std::uint64_t>() : ELEVENTH;
        const std::string command = "tshark -r " + (scratch.Path() / "e/a.pcap").string() + " -t ";
        for (const char* stamps : {"r", "a", "ad", "e", "ud"})
        {
            const std::string list = OutputOf(command + stamps + " 2>/dev/null");
            BOOST_TEST(accused(list) == expected, session << " " << stamps);
            BOOST_TEST(accused(AsExport(list)) == expected, session << " export " << stamps);
            BOOST_TEST(accused(AsCsv(list)) == expected, session << " csv " << stamps);
        }
    }
}

// A list has no TTLs: who reset is an open question, and no answer to it is "nothing".
BOOST_AUTO_TEST_CASE(ResetsInAListAreAQuestion)
{
    const auto judged = [](const std::string& end)
    {
        const EvidenceScratch scratch;
        scratch.Write(
            "list.txt",
            "1 0.000000 10.0.0.4 -> 192.0.2.30 TCP 74 50122 -> 25 [SYN] Seq=0 Win=64240 Len=0\n"
            "2 0.080000 192.0.2.30 -> 10.0.0.4 TCP 74 25 -> 50122 [SYN, ACK] Seq=0 Ack=1 Win=65160 "
            "Len=0\n"
            "3 0.080030 10.0.0.4 -> 192.0.2.30 TCP 54 50122 -> 25 [ACK] Seq=1 Ack=1 Win=64240 "
            "Len=0\n"
            "4 0.190000 192.0.2.30 -> 10.0.0.4 SMTP 81 S: 220 mx.example ESMTP\n" +
                end);
        return JudgePath(scratch.Path() / "list.txt", "forged-reset");
    };
    const auto cut = judged("5 0.190400 10.0.0.4 -> 192.0.2.30 SMTP 72 C: EHLO out.example\n"
                            "6 0.200100 192.0.2.30 -> 10.0.0.4 TCP 54 25 -> 50122 [RST] Seq=28 "
                            "Win=0 Len=0\n");
    BOOST_REQUIRE(cut.size() == 1u);
    BOOST_TEST((cut[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(cut[0].dottedClass == "forged.reset");
    BOOST_TEST(cut[0].evidence.explanation.find("9.700 ms after") != std::string::npos,
               cut[0].evidence.explanation);
    // Clients that reset after they said goodbye.
    BOOST_TEST(judged("5 0.190400 10.0.0.4 -> 192.0.2.30 SMTP 60 C: QUIT\n"
                      "6 0.200100 10.0.0.4 -> 192.0.2.30 TCP 54 50122 -> 25 [RST] Seq=7 Win=0 "
                      "Len=0\n")
                   .empty());
}

// Of two connections that are open between the same hosts, nothing tells which one a row is of.
BOOST_AUTO_TEST_CASE(OfAListThatMayBelongToTwoConnectionsAreLeftOutAndSaid)
{
    const EvidenceScratch scratch;
    scratch.Write(
        "list.txt",
        "1 0.000000 10.0.0.4 -> 192.0.2.30 TCP 74 50122 -> 25 [SYN] Seq=0 Win=64240 Len=0\n"
        "2 0.010000 10.0.0.4 -> 192.0.2.30 TCP 74 50123 > smtp [SYN] Seq=0 Win=64240 Len=0\n"
        "3 0.080000 192.0.2.30 -> 10.0.0.4 SMTP 105 S: 220 mx.example ESMTP\n"
        "4 0.090000 192.0.2.30 -> 10.0.0.4 DNS 105 Standard query 0x1 A mx.example\n");
    std::uint64_t notUnderstood = 0;
    std::uint64_t packets = 0;
    std::map<std::string, std::uint64_t> others;
    detectors::EvidenceHandler handler;
    handler.file = [&](const detectors::FileReading& reading)
    {
        notUnderstood += reading.rowsNotUnderstood;
        packets += reading.packets;
        others = reading.otherPackets;
    };
    handler.flow = [](const detectors::Evidence&) {};
    handler.note = [](const std::string&) {};
    detectors::EvidenceContext context;
    detectors::ReadEvidence(scratch.Path() / "list.txt", context, handler);
    BOOST_TEST(notUnderstood == 1u);
    BOOST_TEST(packets == 2u);
    BOOST_TEST(others["DNS"] == 1u);
}

BOOST_AUTO_TEST_CASE(OfOthersAreJudgedAsTheirListSays,
                     *boost::unit_test::precondition(tests::IfShared{"cases/captures"}))
{
    const fs::path folder = tests::SharedPath("cases/captures");
    BOOST_TEST(Accused(folder / "13-unread-tcpdump-text.txt") == std::vector<std::uint64_t>{5});
    BOOST_TEST(Accused(folder / "13-unread-tcpdump-v-text.txt") == SIXTH);
    BOOST_TEST(Accused(folder / "15-unread-two-interfaces.pcapng") ==
               Accused(folder / "15-same-packets.pcap"));
    BOOST_TEST(Accused(folder / "16-unread-ipv6-reset.pcap") == SIXTH);
}

BOOST_AUTO_TEST_SUITE_END()
