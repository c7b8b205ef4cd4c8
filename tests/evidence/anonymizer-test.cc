#include "lab/evidence/anonymizer.h"

#include "formats/packet.h"
#include "lab/evidence/capture-writer.h"
#include "tests/evidence/packets.h"
#include "tests/evidence/scratch-folder.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::evidence;

namespace
{

const DrawKey KEY(1, "vantage/gateway");

std::vector<std::uint8_t>
FrameOf(const test::TimedPacket& packet)
{
    std::vector<std::uint8_t> octets;
    const std::size_t size = SerializeFrame(packet.AsFrame(), octets);
    octets.resize(size);
    return octets;
}

/// What becomes of an IPv4 address that is a frame's source.
std::uint32_t
Replaced(std::uint32_t address, DrawKey key = KEY)
{
    std::vector<std::uint8_t> frame(ETHERNET_BYTES + IPV4_BYTES + UDP_BYTES);
    Write16(&frame[12], ethertype::IPV4);
    frame[ETHERNET_BYTES] = 0x45;
    frame[ETHERNET_BYTES + 9] = protocol::UDP;
    Write32(&frame[ETHERNET_BYTES + 12], address);
    Anonymizer(key, true, PayloadRest::Kept).Apply(frame.data(), frame.size());
    return Read32(&frame[ETHERNET_BYTES + 12]);
}

int
CommonBits(std::uint32_t a, std::uint32_t b)
{
    int bits = 0;
    while (bits < 32 && (a ^ b) >> (31 - bits) == 0)
    {
        ++bits;
    }
    return bits;
}

} // namespace

BOOST_AUTO_TEST_SUITE(anonymizer)

BOOST_AUTO_TEST_CASE(addresses_keep_what_they_have_in_common)
{
    constexpr std::uint32_t FIRST = 0x0A040104;
    std::size_t same = 0;
    for (int bit = 0; bit < 32; ++bit)
    {
        const std::uint32_t other = FIRST ^ (0x80000000U >> bit) ^ (bit < 20 ? 0x355 : 0);
        BOOST_TEST(CommonBits(Replaced(FIRST), Replaced(other)) == CommonBits(FIRST, other));
        same += Replaced(other) == other;
    }
    BOOST_TEST(same < 2U);
    BOOST_TEST(Replaced(FIRST) == Replaced(FIRST));
    BOOST_TEST(Replaced(FIRST) != Replaced(FIRST, DrawKey(2, "vantage/gateway")));
}

BOOST_AUTO_TEST_CASE(what_programs_say_is_cut_or_zeroed_and_headers_stay)
{
    for (const test::TimedPacket& packet : test::NinePackets())
    {
        const std::vector<std::uint8_t> whole = FrameOf(packet);
        const auto ip = ParseIpv4(ParseEthernet({whole.data(), whole.size()})->payload);
        const auto tcp = ParseTcp(ip->payload);
        std::vector<std::uint8_t> frame = whole;
        const std::size_t headers =
            Anonymizer(KEY, false, PayloadRest::Cut).Apply(frame.data(), frame.size());
        BOOST_TEST(headers == ETHERNET_BYTES + ip->headerLength + tcp->headerLength);
        BOOST_TEST((frame == whole));

        BOOST_TEST(Anonymizer(KEY, false, PayloadRest::Zeroed).Apply(frame.data(), frame.size()) ==
                   whole.size());
        std::vector<std::uint8_t> expected = whole;
        std::fill(expected.begin() + static_cast<std::ptrdiff_t>(headers), expected.end(), 0);
        BOOST_TEST((frame == expected));
    }
}

BOOST_AUTO_TEST_CASE(checksums_stay_and_so_are_wrong)
{
    const std::vector<std::uint8_t> whole = FrameOf(test::NinePackets().front());
    std::vector<std::uint8_t> frame = whole;
    Anonymizer(KEY, true, PayloadRest::Kept).Apply(frame.data(), frame.size());
    for (std::size_t i = 0; i < whole.size(); ++i)
    {
        const bool isAddress = i >= ETHERNET_BYTES + 12 && i < ETHERNET_BYTES + IPV4_BYTES;
        BOOST_TEST((isAddress || frame[i] == whole[i]));
    }
    BOOST_TEST((frame != whole));
}

BOOST_AUTO_TEST_CASE(errors_quote_the_same_other_addresses_and_arp_has_them)
{
    constexpr std::uint32_t CLIENT = 0x0A040104;
    constexpr std::size_t QUOTE = ETHERNET_BYTES + IPV4_BYTES + ICMP_BYTES;
    std::vector<std::uint8_t> frame(QUOTE + IPV4_BYTES + 8 + 5, 7);
    Write16(&frame[12], ethertype::IPV4);
    for (const std::size_t at : {ETHERNET_BYTES, QUOTE})
    {
        frame[at] = 0x45;
        frame[at + 9] = at == QUOTE ? protocol::UDP : protocol::ICMP;
        Write32(&frame[at + (at == QUOTE ? 12 : 16)], CLIENT);
    }
    frame[ETHERNET_BYTES + IPV4_BYTES] = 11;
    BOOST_TEST(Anonymizer(KEY, true, PayloadRest::Cut).Apply(frame.data(), frame.size()) ==
               QUOTE + IPV4_BYTES + 8);
    BOOST_TEST(Read32(&frame[ETHERNET_BYTES + 16]) == Replaced(CLIENT));
    BOOST_TEST(Read32(&frame[QUOTE + 12]) == Replaced(CLIENT));

    std::vector<std::uint8_t> arp(60);
    Write16(&arp[12], ethertype::ARP);
    Write32(&arp[ETHERNET_BYTES + 14], CLIENT);
    Write32(&arp[ETHERNET_BYTES + 24], CLIENT + 1);
    BOOST_TEST(Anonymizer(KEY, true, PayloadRest::Cut).Apply(arp.data(), arp.size()) == 60U);
    BOOST_TEST(Read32(&arp[ETHERNET_BYTES + 14]) == Replaced(CLIENT));
    BOOST_TEST(Read32(&arp[ETHERNET_BYTES + 24]) == Replaced(CLIENT + 1));
}

BOOST_AUTO_TEST_CASE(a_cut_frame_is_as_long_as_it_was_on_the_wire)
{
    const test::ScratchFolder scratch;
    const auto path = scratch / "capture.pcap";
    CaptureWriter writer(path, HostClock{}, 0, Anonymizer(KEY, true, PayloadRest::Cut));
    const auto packets = test::NinePackets();
    writer.Write(packets[6].AsFrame());
    writer.Close();
    BOOST_TEST(test::Shell("tshark -r " + path.string() +
                           " -T fields -e frame.len -e frame.cap_len 2>/dev/null") == "65\t54\n");
}

BOOST_AUTO_TEST_SUITE_END()
