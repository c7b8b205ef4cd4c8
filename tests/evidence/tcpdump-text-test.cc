#include "lab/evidence/tcpdump-text.h"
#include "tests/evidence/packets.h"
#include "tests/evidence/scratch-folder.h"
#include "tests/skip.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr std::uint32_t EXCHANGE = 0xC0A80102; // 192.168.1.2
constexpr std::uint32_t DISK = 0xC0A80109;
constexpr std::uint32_t OTHER = 0xC6336407; // 198.51.100.7

Bytes
Of(const std::string& text)
{
    return {text.begin(), text.end()};
}

Bytes
Ethernet(std::uint32_t type, const Bytes& payload)
{
    Bytes frame = Of(std::string("\x00\x15\x17\x22\xb2\x44\x00\x0c\x29\x01\x02\x03", 12));
    Put(frame, type, 2);
    frame.insert(frame.end(), payload.begin(), payload.end());
    return frame;
}

Bytes
TcpFrame(bool outward,
         std::uint16_t port,
         std::uint32_t sequence,
         std::uint32_t acknowledgment,
         std::uint32_t flags,
         std::uint32_t window,
         const std::string& options,
         const std::string& data)
{
    Bytes segment;
    Put(segment, outward ? 23257U : port, 2);
    Put(segment, outward ? port : 23257U, 2);
    Put(segment, sequence, 4);
    Put(segment, acknowledgment, 4);
    Put(segment, static_cast<std::uint32_t>((20 + options.size()) / 4 << 12) | flags, 2);
    Put(segment, window, 2);
    Put(segment, 0, 4);
    const Bytes rest = Of(options + data);
    segment.insert(segment.end(), rest.begin(), rest.end());
    return Ethernet(
        0x0800,
        Ip(outward ? EXCHANGE : OTHER, outward ? OTHER : EXCHANGE, 6, 64, 1, true, segment));
}

Bytes
UdpFrame(bool outward, std::uint32_t from, std::uint32_t to, const std::string& payload)
{
    Bytes datagram;
    Put(datagram, from, 2);
    Put(datagram, to, 2);
    Put(datagram, static_cast<std::uint32_t>(8 + payload.size()), 2);
    Put(datagram, 0, 2);
    const Bytes rest = Of(payload);
    datagram.insert(datagram.end(), rest.begin(), rest.end());
    return Ethernet(
        0x0800,
        Ip(outward ? EXCHANGE : OTHER, outward ? OTHER : EXCHANGE, 17, 64, 1, true, datagram));
}

/// The header of a DNS message.
std::string
Dns(std::uint32_t id, std::uint32_t flags, std::uint32_t answers, std::uint32_t authority = 0)
{
    Bytes header;
    Put(header, id, 2);
    Put(header, flags, 2);
    Put(header, 1, 2);
    Put(header, answers, 2);
    Put(header, authority, 2);
    Put(header, 0, 2);
    return {header.begin(), header.end()};
}

std::string
Name(const std::string& name)
{
    std::string wire;
    for (std::size_t at = 0; at < name.size();)
    {
        const std::size_t end = std::min(name.find('.', at), name.size());
        wire += static_cast<char>(end - at);
        wire += name.substr(at, end - at);
        at = end + 1;
    }
    return wire + '\0';
}

Bytes
Arp(std::uint32_t operation, std::uint32_t sender, std::uint32_t target)
{
    Bytes arp;
    Put(arp, 1, 2);
    Put(arp, 0x0800, 2);
    Put(arp, 0x0604, 2);
    Put(arp, operation, 2);
    const Bytes mac = Of(std::string("\x00\x15\x17\x22\xb2\x44", 6));
    arp.insert(arp.end(), mac.begin(), mac.end());
    Put(arp, sender, 4);
    arp.insert(arp.end(), 6, 0);
    Put(arp, target, 4);
    return Ethernet(0x0806, arp);
}

using namespace std::string_literals;

const std::string A_IN = "\0\1\0\1"s;
const std::string POINTER = "\xc0\x0c"s;

/// What the document's captures hold, and some more.
std::vector<Bytes>
Frames()
{
    const std::string windows = "\x02\x04\x05\xb4\x01\x01\x04\x02";
    const std::string clamped = "\x02\x04\x05\x64\x01\x01\x04\x02";
    Bytes padded = Arp(2, DISK, EXCHANGE);
    padded.resize(padded.size() + 18);
    return {
        TcpFrame(true, 25, 3560091943, 0, SYN, 65535, windows, ""),
        TcpFrame(false, 25, 3962637029, 3560091944, SYN | ACK, 5840, clamped, ""),
        TcpFrame(true, 25, 3560091944, 3962637030, ACK, 65535, "", ""),
        TcpFrame(false, 25, 3962637030, 3560091944, PSH | ACK, 5840, "", "220 pineapp ready.\r\n"),
        TcpFrame(true, 25, 3560091944, 3962637050, PSH | ACK, 65515, "", "EHLO a\r\n"),
        TcpFrame(true, 25, 3560091952, 3962637050, FIN | ACK, 65515, "", ""),
        TcpFrame(true, 1025, 1000, 2000, ACK, 65016, "", "\0"s),
        TcpFrame(false, 1025, 2000, 1001, ACK, 65269, "", ""),
        TcpFrame(true, 1025, 1001, 2000, ACK, 65016, "\1\1\5\12\0\0\7\xda\0\0\7\xee"s, ""),
        UdpFrame(true, 17177, 53, Dns(12044, 0x0100, 0) + Name("mail.clinic.example") + A_IN),
        UdpFrame(false,
                 53,
                 17177,
                 Dns(12044, 0x8180, 1) + Name("mail.clinic.example") + A_IN + POINTER + A_IN +
                     "\0\0\0\x3c\0\4\1\2\3\4"s),
        UdpFrame(false, 53, 17177, Dns(12045, 0x8183, 0) + Name("x.example") + A_IN),
        UdpFrame(false,
                 53,
                 21059,
                 Dns(34757, 0x8580, 1) + Name("9.1.168.192.in-addr.arpa") + "\0\x0c\0\1"s +
                     POINTER + "\0\x0c\0\1\0\0\0\x3c\0\x0e"s + Name("disk.example")),
        UdpFrame(false,
                 53,
                 21059,
                 Dns(7, 0x8180, 1) + Name("home.example") + "\0\x0f\0\1"s + POINTER +
                     "\0\x0f\0\1\0\0\0\x3c\0\x09\0\x0a\4mail\xc0\x0c"s),
        UdpFrame(true, 123, 123, "\x19"s + std::string(67, '\0')),
        UdpFrame(false, 123, 123, "\x1c"s + std::string(67, '\0')),
        Arp(1, EXCHANGE, DISK),
        padded};
}

/// What tcpdump 4.99.3 prints of them with -n, without the stamps.
const std::vector<std::string> LINES{
    "IP 192.168.1.2.23257 > 198.51.100.7.25: Flags [S], seq 3560091943, win 65535, options [mss "
    "1460,nop,nop,sackOK], length 0",
    "IP 198.51.100.7.25 > 192.168.1.2.23257: Flags [S.], seq 3962637029, ack 3560091944, win 5840, "
    "options [mss 1380,nop,nop,sackOK], length 0",
    "IP 192.168.1.2.23257 > 198.51.100.7.25: Flags [.], ack 1, win 65535, length 0",
    "IP 198.51.100.7.25 > 192.168.1.2.23257: Flags [P.], seq 1:21, ack 1, win 5840, length 20: "
    "SMTP: 220 pineapp ready.",
    "IP 192.168.1.2.23257 > 198.51.100.7.25: Flags [P.], seq 1:9, ack 21, win 65515, length 8: "
    "SMTP: EHLO a",
    "IP 192.168.1.2.23257 > 198.51.100.7.25: Flags [F.], seq 9, ack 21, win 65515, length 0",
    "IP 192.168.1.2.23257 > 198.51.100.7.1025: Flags [.], seq 1000:1001, ack 2000, win 65016, "
    "length 1",
    "IP 198.51.100.7.1025 > 192.168.1.2.23257: Flags [.], ack 1, win 65269, length 0",
    "IP 192.168.1.2.23257 > 198.51.100.7.1025: Flags [.], ack 1, win 65016, options [nop,nop,sack "
    "1 {11:31}], length 0",
    "IP 192.168.1.2.17177 > 198.51.100.7.53: 12044+ A? mail.clinic.example. (37)",
    "IP 198.51.100.7.53 > 192.168.1.2.17177: 12044 1/0/0 A 1.2.3.4 (53)",
    "IP 198.51.100.7.53 > 192.168.1.2.17177: 12045 NXDomain 0/0/0 (27)",
    "IP 198.51.100.7.53 > 192.168.1.2.21059: 34757* 1/0/0 PTR disk.example. (68)",
    "IP 198.51.100.7.53 > 192.168.1.2.21059: 7 1/0/0 MX mail.home.example. 10 (51)",
    "IP 192.168.1.2.123 > 198.51.100.7.123: NTPv3, symmetric active, length 68",
    "IP 198.51.100.7.123 > 192.168.1.2.123: NTPv3, Server, length 68",
    "ARP, Request who-has 192.168.1.9 tell 192.168.1.2, length 28",
    "ARP, Reply 192.168.1.9 is-at 00:15:17:22:b2:44, length 46"};

/// 2010-07-02T01:56:57.812345Z
constexpr WallTime START{std::chrono::microseconds(1278035817812345)};

std::vector<std::string>
Printed(evidence::TcpdumpText text)
{
    std::vector<std::string> lines;
    for (const Bytes& frame : Frames())
    {
        std::string line;
        text.Append(line, {frame.data(), frame.size()}, START, 0);
        BOOST_TEST_REQUIRE(line.back() == '\n');
        lines.push_back(line.substr(0, line.size() - 1));
    }
    return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tcpdump_text)

BOOST_AUTO_TEST_CASE(lines_are_those_of_tcpdump)
{
    const std::vector<std::string> printed = Printed(evidence::TcpdumpText());
    BOOST_REQUIRE_EQUAL(printed.size(), LINES.size());
    for (std::size_t i = 0; i < LINES.size(); ++i)
    {
        BOOST_TEST(printed[i] == "01:56:57.812345 " + LINES[i]);
    }
}

BOOST_AUTO_TEST_CASE(names_stand_for_addresses_that_have_one)
{
    const std::vector<std::string> printed = Printed(evidence::TcpdumpText(
        [](const IpAddress& address)
        {
            return address.AsIpv4().value == EXCHANGE ? "exchange.site.example"
                   : address.AsIpv4().value == DISK   ? "disk.site.example"
                                                      : "";
        }));
    BOOST_TEST(printed[2] == "01:56:57.812345 IP exchange.site.example.23257 > 198.51.100.7.25: "
                             "Flags [.], ack 1, win 65535, length 0");
    BOOST_TEST(printed[16] == "01:56:57.812345 ARP, Request who-has disk.site.example tell "
                              "exchange.site.example, length 28");
    BOOST_TEST(printed[17] == "01:56:57.812345 ARP, Reply disk.site.example is-at "
                              "00:15:17:22:b2:44 (oui Unknown), length 46");
}

BOOST_AUTO_TEST_CASE(what_has_to_wait_for_a_name_leaves_no_trace)
{
    std::optional<std::string> disk;
    evidence::TcpdumpText text([&disk](const IpAddress& address)
                               { return address.AsIpv4().value == OTHER ? disk : std::string(); });
    std::vector<std::string> printed;
    for (const Bytes& frame : Frames())
    {
        std::string line = "before";
        disk.reset();
        const ByteView octets{frame.data(), frame.size()};
        if (!text.Append(line, octets, START, 0))
        {
            BOOST_TEST(line == "before");
            disk = "";
            BOOST_TEST(text.Append(line, octets, START, 0));
        }
        printed.push_back(line.substr(6, line.size() - 7));
    }
    for (std::size_t i = 0; i < 16; ++i)
    {
        BOOST_TEST(printed[i] == "01:56:57.812345 " + LINES[i]); // Numbers are counted once.
    }
}

BOOST_AUTO_TEST_CASE(cut_frames_are_printed_without_harm)
{
    for (const Bytes& frame : Frames())
    {
        for (std::size_t size = 0; size <= frame.size(); ++size)
        {
            std::string line;
            evidence::TcpdumpText().Append(line, {frame.data(), size}, START, 0);
            BOOST_TEST((line.empty() || line.back() == '\n'));
        }
    }
}

/// The tool itself on a capture of the same frames.
BOOST_AUTO_TEST_CASE(tcpdump_prints_the_same,
                     *boost::unit_test::precondition(tests::IfRuns{"tcpdump --version", "tcpdump"}))
{
    const ScratchFolder scratch;
    const std::string capture = (scratch.GetPath() / "a.pcap").string();
    Bytes file;
    Put(file, 0xA1B2C3D4, 4);
    Put(file, 0x00020004, 4);
    Put(file, 0, 4);
    Put(file, 0, 4);
    Put(file, 65535, 4);
    Put(file, 1, 4);
    for (const Bytes& frame : Frames())
    {
        Put(file, 1278035817, 4);
        Put(file, 812345, 4);
        Put(file, static_cast<std::uint32_t>(frame.size()), 4);
        Put(file, static_cast<std::uint32_t>(frame.size()), 4);
        file.insert(file.end(), frame.begin(), frame.end());
    }
    std::FILE* const out = std::fopen(capture.c_str(), "wb");
    BOOST_REQUIRE(out);
    std::fwrite(file.data(), 1, file.size(), out);
    std::fclose(out);
    // Without -Z it would look for a user of its own.
    const std::string text = (scratch.GetPath() / "a.txt").string();
    const std::string command =
        "TZ=UTC tcpdump -Z \"$(id -un)\" -n -r " + capture + " > " + text + " 2>/dev/null";
    BOOST_REQUIRE_EQUAL(std::system(command.c_str()), 0);
    std::string expected;
    for (const std::string& line : Printed(evidence::TcpdumpText()))
    {
        expected += line + "\n";
    }
    BOOST_TEST(ReadFile(text) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
