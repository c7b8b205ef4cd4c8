#include "formats/packet.h"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace bouncelab;

namespace
{

// S003-17: the forged reply as its printed headers give it, checksums computed.
const std::vector<std::uint8_t> REPLY{
    0x00, 0x11, 0x43, 0x58, 0x71, 0xFF, 0x00, 0x14, 0x22, 0x1F, 0x4A, 0x49, 0x08,
    0x00, 0x45, 0x00, 0x00, 0x33, 0x00, 0x40, 0x00, 0x00, 0x39, 0x06, 0x00, 0x00,
    0xCB, 0x83, 0xC6, 0x50, 0x0A, 0x04, 0x01, 0x04, 0x00, 0x19, 0xEC, 0xF5, 0x15,
    0x27, 0xAA, 0x19, 0x2E, 0x68, 0xFF, 0x7F, 0x50, 0x18, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x35, 0x30, 0x30, 0x20, 0x65, 0x72, 0x72, 0x6F, 0x72, 0x0D, 0x0A};

ByteView
View(const std::vector<std::uint8_t>& bytes)
{
    return {bytes.data(), bytes.size()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet)

BOOST_AUTO_TEST_CASE(ReadsEveryField)
{
    const auto ethernet = ParseEthernet(View(REPLY));
    BOOST_REQUIRE(ethernet);
    BOOST_TEST(ethernet->source.ToString() == "00:14:22:1f:4a:49");
    BOOST_TEST(ethernet->type == ethertype::IPV4);
    const auto ip = ParseIpv4(ethernet->payload);
    BOOST_REQUIRE(ip);
    BOOST_TEST(ip->ttl == 57);
    BOOST_TEST(ip->id == 64);
    BOOST_TEST(!ip->dontFragment);
    BOOST_TEST(ip->totalLength == 51);
    BOOST_TEST(ip->source.ToString() == "203.131.198.80");
    const auto tcp = ParseTcp(ip->payload);
    BOOST_REQUIRE(tcp);
    BOOST_TEST(tcp->destinationPort == 60661);
    BOOST_TEST(tcp->sequence == 0x1527AA19u);
    BOOST_TEST(tcp->acknowledgment == 0x2E68FF7Fu);
    BOOST_TEST(tcp->flags == (tcp::ACK | tcp::PSH));
    BOOST_TEST(tcp->window == 0);
    BOOST_TEST(tcp->payload.size == 11);
}

BOOST_AUTO_TEST_CASE(LeavesLinkPaddingOut)
{
    std::vector<std::uint8_t> padded = REPLY;
    padded.resize(80, 0xEE);
    const auto tcp = ParseTcp(ParseIpv4(ParseEthernet(View(padded))->payload)->payload);
    BOOST_REQUIRE(tcp);
    BOOST_TEST(tcp->payload.size == 11);
}

BOOST_AUTO_TEST_CASE(ACutPacketIsReadAsFarAsItGoes)
{
    for (std::size_t size = 0; size <= REPLY.size(); ++size)
    {
        const std::vector<std::uint8_t> cut(REPLY.begin(),
                                            REPLY.begin() + static_cast<std::ptrdiff_t>(size));
        const auto ethernet = ParseEthernet(View(cut));
        BOOST_TEST(ethernet.has_value() == (size >= 14));
        const auto ip = ethernet ? ParseIpv4(ethernet->payload) : std::nullopt;
        BOOST_TEST(ip.has_value() == (size >= 34));
        const auto tcp = ip ? ParseTcp(ip->payload) : std::nullopt;
        BOOST_TEST(tcp.has_value() == (size >= 54));
        if (ip)
        {
            BOOST_TEST(ip->payloadLength == 31);
        }
        if (tcp)
        {
            BOOST_TEST((tcp->payload.size == size - 54));
        }
    }
}

BOOST_AUTO_TEST_CASE(ContradictoryLengthsAreRefused)
{
    std::vector<std::uint8_t> bytes(REPLY.begin() + 14, REPLY.end());
    bytes[0] = 0x44;
    BOOST_TEST(!ParseIpv4(View(bytes)));
    bytes[0] = 0x65;
    BOOST_TEST(!ParseIpv4(View(bytes)));
    bytes[0] = 0x45;
    bytes[3] = 19;
    BOOST_TEST(!ParseIpv4(View(bytes)));
    std::vector<std::uint8_t> tcp(REPLY.begin() + 34, REPLY.end());
    tcp[12] = 0x40;
    BOOST_TEST(!ParseTcp(View(tcp)));
}

BOOST_AUTO_TEST_CASE(ChecksumsAreZeroOverGoodHeaders)
{
    std::vector<std::uint8_t> ip(REPLY.begin() + 14, REPLY.begin() + 34);
    const std::uint16_t ipSum = InternetChecksum(View(ip));
    ip[10] = static_cast<std::uint8_t>(ipSum >> 8);
    ip[11] = static_cast<std::uint8_t>(ipSum);
    BOOST_TEST(InternetChecksum(View(ip)) == 0);

    std::vector<std::uint8_t> tcp(REPLY.begin() + 34, REPLY.end());
    const Ipv4 source = *Ipv4::Parse("203.131.198.80");
    const Ipv4 destination = *Ipv4::Parse("10.4.1.4");
    const std::uint16_t sum = TransportChecksum(source, destination, protocol::TCP, View(tcp));
    tcp[16] = static_cast<std::uint8_t>(sum >> 8);
    tcp[17] = static_cast<std::uint8_t>(sum);
    BOOST_TEST(TransportChecksum(source, destination, protocol::TCP, View(tcp)) == 0);
    tcp.back() ^= 1;
    BOOST_TEST(TransportChecksum(source, destination, protocol::TCP, View(tcp)) != 0);
    // RFC 1071's own example.
    const std::vector<std::uint8_t> example{0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};
    BOOST_TEST(InternetChecksum(View(example)) == 0x220D);
}

BOOST_AUTO_TEST_CASE(OptionsEndAtTheFirstMalformedOne)
{
    // S003-10: MSS, NOP, WS, NOP NOP, TS, SackOK, EOL.
    const std::vector<std::uint8_t> options{2, 4,  0x05, 0xB4, 1, 3, 3, 1, 1, 1, 8, 10,
                                            7, 61, 0xB9, 0x25, 0, 0, 0, 0, 4, 2, 0};
    const TcpOptions read = ParseTcpOptions(View(options));
    BOOST_TEST(*read.mss == 1460);
    BOOST_TEST(*read.windowScale == 1);
    BOOST_TEST(read.timestamp);
    BOOST_TEST(read.timestampValue == 121485605u);
    BOOST_TEST(read.sackPermitted);
    const std::vector<std::uint8_t> endless{2, 4, 0x05, 0xB4, 8, 0, 8, 10};
    BOOST_TEST(*ParseTcpOptions(View(endless)).mss == 1460);
    BOOST_TEST(!ParseTcpOptions(View(endless)).timestamp);
}

BOOST_AUTO_TEST_CASE(WhatIsWrittenIsReadAgain)
{
    TcpSegment segment;
    segment.sourcePort = 25;
    segment.destinationPort = 60661;
    segment.sequence = 0xFFFFFFFE;
    segment.acknowledgment = 0x01020304;
    segment.flags = tcp::ACK | tcp::PSH;
    segment.window = 33304;
    segment.reserved = 4;
    segment.options.mss = 1460;
    segment.options.windowScale = 1;
    segment.options.timestamp = true;
    segment.options.timestampValue = 121485605;
    segment.options.timestampEcho = 7;
    segment.options.sack[0] = {10, 20};
    segment.options.sackBlocks = 1;
    segment.payload = ViewOf("500 error\r\n");
    const Ipv4 source = *Ipv4::Parse("203.131.198.80");
    const Ipv4 destination = *Ipv4::Parse("10.4.1.4");
    const auto bytes = WriteTcp(segment,
                                {TcpOptionKind::Mss,
                                 TcpOptionKind::WindowScale,
                                 TcpOptionKind::Timestamp,
                                 TcpOptionKind::Sack},
                                source,
                                destination);
    BOOST_TEST(TransportChecksum(source, destination, protocol::TCP, View(bytes)) == 0);
    const auto read = ParseTcp(View(bytes));
    BOOST_REQUIRE(read);
    BOOST_TEST(read->headerLength == 48); // 27 bytes of options, padded
    BOOST_TEST(read->sequence == segment.sequence);
    BOOST_TEST(read->acknowledgment == segment.acknowledgment);
    BOOST_TEST(read->flags == segment.flags);
    BOOST_TEST(read->reserved == 4);
    BOOST_TEST(read->window == segment.window);
    BOOST_TEST(*read->options.mss == 1460);
    BOOST_TEST(*read->options.windowScale == 1);
    BOOST_TEST(read->options.timestampValue == 121485605u);
    BOOST_TEST(read->options.timestampEcho == 7u);
    BOOST_TEST(read->options.sackBlocks == 1u);
    BOOST_TEST(read->options.sack[0].right == 20u);
    BOOST_TEST(!read->options.sackPermitted);
    BOOST_TEST(read->payload.Text() == "500 error\r\n");
    BOOST_TEST(read->SequenceLength() == 11u);
}

BOOST_AUTO_TEST_CASE(AWrittenIpHeaderIsTheOneThatWasRead)
{
    std::vector<std::uint8_t> bytes(REPLY.begin() + 14, REPLY.end());
    Write16(&bytes[10], InternetChecksum(View(bytes).First(20)));
    std::vector<std::uint8_t> written(20);
    WriteIpv4(*ParseIpv4(View(bytes)), written.data());
    BOOST_TEST(View(written).Text() == View(bytes).First(20).Text());
}

BOOST_AUTO_TEST_CASE(AnAdjustedChecksumIsThatOfTheChangedHeader)
{
    std::vector<std::uint8_t> bytes(REPLY.begin() + 14, REPLY.begin() + 34);
    const std::uint16_t before = InternetChecksum(View(bytes));
    const std::uint16_t word = Read16(&bytes[12]);
    Write16(&bytes[12], 0xFFFF);
    BOOST_TEST(AdjustedChecksum(before, word, 0xFFFF) == InternetChecksum(View(bytes)));
}

BOOST_AUTO_TEST_CASE(UdpAndIcmp)
{
    const std::vector<std::uint8_t> udp{0, 53, 4, 0, 0, 10, 0, 0, 'h', 'i', 'x'};
    BOOST_TEST(ParseUdp(View(udp))->payload.size == 2);
    BOOST_TEST(ParseUdp(View(udp))->sourcePort == 53);
    BOOST_TEST(!ParseUdp(View({0, 53, 4, 0, 0, 10, 0})));
    const std::vector<std::uint8_t> icmp{11, 0, 0xF4, 0xFF, 0, 0, 0, 0, 0x45};
    BOOST_TEST(ParseIcmp(View(icmp))->type == 11);
    BOOST_TEST(ParseIcmp(View(icmp))->payload.size == 1);
}

BOOST_AUTO_TEST_SUITE_END()
