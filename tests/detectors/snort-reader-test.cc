#include "detectors/readers/snort-reader.h"

#include "formats/alert.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;

namespace
{

struct Printed
{
    Packet packet;
    std::string payload;
};

std::vector<Printed>
Read(const std::string& text, int year = 2006)
{
    std::vector<Printed> all;
    SnortReader reader(
        [&](const Packet& packet)
        {
            all.push_back({packet,
                           {reinterpret_cast<const char*>(packet.tcp.payload.data),
                            packet.tcp.payload.size}});
        });
    reader.SetYear(year);
    std::uint32_t number = 0;
    std::size_t at = 0;
    while (at < text.size())
    {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        reader.Line(++number, text.substr(at, end - at));
        at = end + 1;
    }
    reader.End();
    return all;
}

// What the tool writes.
const std::string ORIGINAL =
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n"
    "\n"
    "09/26-14:44:52.643691 0:E0:FC:34:C0:86 -> 0:14:22:1F:4A:49 type:0x800 len:0x4E\n"
    "10.4.1.4:60661 -> 198.51.100.25:25 TCP TTL:127 TOS:0x0 ID:32988 IpLen:20 DgmLen:64 DF\n"
    "******S* Seq: 0x2E68FF24  Ack: 0x0  Win: 0xFFFF  TcpLen: 44\n"
    "TCP Options (8) => MSS: 1460 NOP WS: 1 NOP NOP TS: 121485349 0 \n"
    "TCP Options => SackOK EOL \n"
    "\n"
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n"
    "\n"
    "09/26-14:44:53.049710 0:E0:FC:34:C0:86 -> 0:14:22:1F:4A:49 type:0x800 len:0x6B\n"
    "10.4.1.4:60661 -> 198.51.100.25:25 TCP TTL:127 TOS:0x0 ID:33110 IpLen:20 DgmLen:93 DF\n"
    "***AP*** Seq: 0x2E68FF56  Ack: 0x1527AA19  Win: 0x8218  TcpLen: 32\n"
    "TCP Options (3) => NOP NOP TS: 121485755 9713787 \n"
    "52 43 50 54 20 54 4F 3A 3C 72 65 63 69 70 69 65  RCPT TO:<recipie\n"
    "6E 74 40 65 78 61 6D 70 6C 65 2D 68 6F 73 74 2E  nt@example-host.\n"
    "6F 72 67 2E 6A 70 3E 0D 0A                       org.jp>..\n"
    "\n"
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n";

// The same after a web page: single spaces, no blank lines, an address eaten with a line end.
const std::string DAMAGED =
    "The host sends:\n"
    "09/26-14:44:52.643691 0:E0:FC:34:C0:86 -&gt; 0:14:22:1F:4A:49 type:0x800 len:0x4E\n"
    "10.4.1.4:60661 -&gt; 198.51.100.25:25 TCP TTL:127 TOS:0x0 ID:32988 IpLen:20 DgmLen:64 DF\n"
    "******S* Seq: 0x2E68FF24 Ack: 0x0 Win: 0xFFFF TcpLen: 44 TCP Options (8) => MSS: 1460 NOP "
    "WS: 1 NOP NOP TS: 121485349 0\n"
    "TCP Options => SackOK EOL\n"
    "and then, says 10.4.1.4 -> nobody, this:\n"
    "09/26-14:44:53.049710 0:E0:FC:34:C0:86 -> 0:14:22:1F:4A:49 type:0x800 len:0x6B\n"
    "10.4.1.4:60661 -> 198.51.100.25:25 TCP TTL:127 TOS:0x0 ID:33110 IpLen:20 DgmLen:93 DF\n"
    "***AP*** Seq: 0x2E68FF56 Ack: 0x1527AA19 Win: 0x8218 TcpLen: 32\n"
    "TCP Options (3) => NOP NOP TS: 121485755 9713787\n"
    "52 43 50 54 20 54 4F 3A 3C 72 65 63 69 70 69 65 RCPT TO:6E 74 40 65 78 61 6D 70 6C 65 2D 68 "
    "6F 73 74 2E nt_at_example-host.\n"
    "6F 72 67 2E 6A 70 3E 0D 0A org.jp>..\n"
    "=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+\n"
    "After that the mail was gone.\n";

const std::string RCPT = "RCPT TO:<recipient@example-host.org.jp>\r\n";

} // namespace

BOOST_AUTO_TEST_SUITE(snort_reader)

BOOST_AUTO_TEST_CASE(ReadsWhatTheToolWritesAndWhatAPageMakesOfIt)
{
    for (const std::string& text : {ORIGINAL, DAMAGED})
    {
        const auto all = Read(text);
        BOOST_REQUIRE_EQUAL(all.size(), 2);
        const Packet& first = all[0].packet;
        BOOST_TEST(first.frame == 1);
        BOOST_TEST(FormatEveTime(first.time) == "2006-09-26T14:44:52.643691+0000");
        BOOST_TEST(first.source.ToString() == "10.4.1.4");
        BOOST_TEST(first.tcp.destinationPort == 25);
        BOOST_TEST(first.ip.ttl == 127);
        BOOST_TEST(first.ip.id == 32988);
        BOOST_TEST(first.ip.dontFragment);
        BOOST_TEST(first.tcp.flags == tcp::SYN);
        BOOST_TEST(first.tcp.sequence == 0x2E68FF24u);
        BOOST_TEST(first.tcp.window == 0xFFFF);
        BOOST_TEST(first.tcp.headerLength == 44);
        BOOST_TEST(*first.tcp.options.mss == 1460);
        BOOST_TEST(*first.tcp.options.windowScale == 1);
        BOOST_TEST(first.tcp.options.timestamp);
        BOOST_TEST(first.tcp.options.timestampValue == 121485349u);
        BOOST_TEST(first.tcp.options.sackPermitted);
        BOOST_TEST(all[0].payload.empty());
        BOOST_TEST(all[1].packet.frame == 2);
        BOOST_TEST(all[1].payload == RCPT);
        BOOST_TEST(all[1].packet.tcp.flags == (tcp::ACK | tcp::PSH));
    }
    BOOST_TEST(Read(DAMAGED)[1].packet.line == 7);
}

BOOST_AUTO_TEST_CASE(TheLastRowMayLookLikeMoreBytes)
{
    // The text of the row is "AB CD": only as many bytes as the header promises are taken.
    const std::string text =
        "09/26-14:44:52.643691 10.0.0.1:25 -> 10.0.0.2:60661 TCP TTL:49 TOS:0x0 "
        "ID:7 IpLen:20 DgmLen:45\n"
        "***AP*** Seq: 0x1 Ack: 0x2 Win: 0x10 TcpLen: 20\n"
        "41 42 20 43 44 AB CD\n";
    const auto all = Read(text);
    BOOST_REQUIRE_EQUAL(all.size(), 1);
    BOOST_TEST(all[0].payload == "AB CD");
}

BOOST_AUTO_TEST_CASE(OtherProtocolsCountButGiveNoSegments)
{
    const std::string udp = "09/26-14:44:52.000001 10.0.0.1:53 -> 10.0.0.2:1024 UDP TTL:64 TOS:0x0 "
                            "ID:1 IpLen:20 DgmLen:40\nLen: 12\n";
    const auto all = Read(udp + ORIGINAL);
    BOOST_REQUIRE_EQUAL(all.size(), 2);
    BOOST_TEST(all[0].packet.frame == 2);
}

BOOST_AUTO_TEST_CASE(CutAnywhereItDoesNoHarm)
{
    for (const std::string& text : {ORIGINAL, DAMAGED})
    {
        for (std::size_t size = 0; size <= text.size(); ++size)
        {
            BOOST_TEST(Read(text.substr(0, size)).size() <= 2);
            BOOST_TEST(Read(text.substr(size)).size() <= 2);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
