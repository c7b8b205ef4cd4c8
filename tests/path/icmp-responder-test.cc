#include "models/path/icmp-responder.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

HopConfig
Busy()
{
    HopConfig hop = MakeHop(7);
    hop.icmpDelay = Nanoseconds(126000);
    hop.icmpJitter = Nanoseconds(50000);
    hop.icmpSlowPerMillion = 250000;
    hop.icmpSlow = Nanoseconds(900000);
    hop.icmpTtl = 200;
    return hop;
}

/// Folds the Internet checksum over bytes that hold their own: 0xFFFF if it is right (RFC 1071).
unsigned
Folded(const std::string& bytes, std::size_t first, std::size_t count)
{
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < count; ++i)
    {
        sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[first + i]))
               << (i % 2 == 0 ? 8 : 0);
    }
    sum = (sum & 0xFFFF) + (sum >> 16);
    return (sum & 0xFFFF) + (sum >> 16);
}

} // namespace

BOOST_AUTO_TEST_SUITE(icmp_responder)

BOOST_AUTO_TEST_CASE(time_exceeded_quotes_the_packet_as_it_arrived)
{
    provenance::Ledger ledger;
    const auto host = ledger.RegisterActor("host");
    IcmpResponder router(1, IcmpResponder::NameOfHop("server-a", 7), Busy(), &ledger);
    const WirePacket probe = MakePacket(ledger, host, MailHost, Server, 17, 30, 1);
    const WirePacket answer = router.TimeExceeded(probe);
    const std::string bytes = Bytes(answer);
    const std::string offending = Bytes(probe);

    BOOST_REQUIRE(bytes.size() == 20 + 8 + 20 + 8);
    BOOST_TEST(bytes.substr(28) == offending.substr(0, 28));
    BOOST_TEST(int(bytes[20]) == 11);
    BOOST_TEST(int(bytes[21]) == 0);
    BOOST_TEST(Folded(bytes, 0, 20) == 0xFFFF);
    BOOST_TEST(Folded(bytes, 20, 36) == 0xFFFF);
    BOOST_TEST(Folded(bytes, 28, 20) == 0xFFFF);
    BOOST_TEST(int(answer.header.GetTtl()) == 200);
    BOOST_TEST((answer.header.GetSource() == MakeHop(7).address));
    BOOST_TEST((answer.header.GetDestination() == MailHost));

    const provenance::Origin origin = provenance::OriginOf(answer.payload);
    BOOST_TEST(ledger.ActorName(origin.actor) == "server-a/hop-7");
    BOOST_TEST(origin.serial == 2);
    BOOST_TEST(!origin.forged);
    BOOST_TEST(provenance::OriginOf(probe.payload).serial == 1);
}

BOOST_AUTO_TEST_CASE(port_unreachable_is_type_3_code_3)
{
    provenance::Ledger ledger;
    IcmpResponder host(1, "server", Busy(), &ledger);
    const std::string bytes =
        Bytes(host.PortUnreachable(MakePacket(ledger, 1, MailHost, Server, 17, 30, 5)));
    BOOST_TEST(int(bytes[20]) == 3);
    BOOST_TEST(int(bytes[21]) == 3);
    BOOST_TEST(bytes.substr(24, 4) == std::string(4, '\0')); // unused (RFC 792)
    BOOST_TEST(Folded(bytes, 20, 36) == 0xFFFF);
}

BOOST_AUTO_TEST_CASE(a_short_packet_is_quoted_with_zeros)
{
    provenance::Ledger ledger;
    IcmpResponder router(1, "router", Busy(), &ledger);
    const WirePacket runt = MakePacket(ledger, 1, MailHost, Server, 6, 3, 1);
    const std::string quoted = Bytes(runt) + std::string(5, '\0');
    BOOST_TEST(Bytes(router.TimeExceeded(runt)).substr(28) == quoted);
    BOOST_TEST(Bytes(router.PortUnreachable(runt)).substr(28) == quoted);
}

BOOST_AUTO_TEST_CASE(identifications_count_up)
{
    provenance::Ledger ledger;
    IcmpResponder router(1, "router", Busy(), &ledger);
    const WirePacket probe = MakePacket(ledger, 1, MailHost, Server, 17, 30, 1);
    const std::uint16_t first = router.TimeExceeded(probe).header.GetIdentification();
    const std::uint16_t second = router.TimeExceeded(probe).header.GetIdentification();
    BOOST_TEST(second == static_cast<std::uint16_t>(first + 1));
}

BOOST_AUTO_TEST_CASE(silent_about_icmp_fragments_and_nobody)
{
    provenance::Ledger ledger;
    BOOST_TEST(IcmpResponder::Answers(MakePacket(ledger, 1, MailHost, Server, 17, 9, 1).header));
    BOOST_TEST(IcmpResponder::Answers(MakePacket(ledger, 1, MailHost, Server, 6, 9, 1).header));
    BOOST_TEST(!IcmpResponder::Answers(MakePacket(ledger, 1, MailHost, Server, 1, 9, 1).header));
    BOOST_TEST(!IcmpResponder::Answers(MakePacket(ledger, 1, Ipv4{0}, Server, 17, 9, 1).header));
    BOOST_TEST(
        !IcmpResponder::Answers(MakePacket(ledger, 1, Ipv4{0xE0000001}, Server, 17, 9, 1).header));
    WirePacket fragment = MakePacket(ledger, 1, MailHost, Server, 17, 9, 1);
    fragment.header.SetFragmentOffset(1480);
    BOOST_TEST(!IcmpResponder::Answers(fragment.header));
}

BOOST_AUTO_TEST_CASE(delays_are_a_function_of_the_serial_and_spread)
{
    const HopConfig config = Busy();
    IcmpResponder router(1, "router", config, nullptr);
    IcmpResponder other(2, "router", config, nullptr);
    int slow = 0;
    int differ = 0;
    for (std::uint64_t serial = 1; serial <= 4000; ++serial)
    {
        const Nanoseconds delay = router.ReplyDelay(serial);
        BOOST_TEST_REQUIRE((delay >= config.icmpDelay));
        BOOST_TEST_REQUIRE((delay <= config.icmpDelay + config.icmpJitter + config.icmpSlow));
        BOOST_TEST_REQUIRE((delay == router.ReplyDelay(serial)));
        slow += delay > config.icmpDelay + config.icmpJitter;
        differ += delay != other.ReplyDelay(serial);
    }
    BOOST_TEST(slow > 850);
    BOOST_TEST(slow < 1050);
    BOOST_TEST(differ > 3900);
}

BOOST_AUTO_TEST_SUITE_END()
