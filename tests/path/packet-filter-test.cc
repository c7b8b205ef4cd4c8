#include "models/path/packet-filter.h"

#include "formats/packet.h"
#include "models/path/icmp-responder.h"
#include "models/path/tcp-packet.h"
#include "tests/path/path-rig.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

constexpr std::int64_t SECOND = 1000000000;

FilterRule
Rule(const char* name, FilterAction action)
{
    FilterRule rule;
    rule.name = name;
    rule.action = action;
    return rule;
}

WirePacket
Segment(IpAddress from, std::uint16_t port, IpAddress to, std::uint16_t toPort, std::uint8_t flags)
{
    TcpSegment segment;
    segment.sourcePort = port;
    segment.destinationPort = toPort;
    segment.sequence = 1000;
    segment.flags = flags;
    WirePacket packet = PacketOf(segment, {}, from, to);
    packet.header.SetTtl(64);
    return packet;
}

/// Nothing goes out to port 25 but from the mail host; nothing comes in.
std::vector<FilterRule>
EgressRules()
{
    FilterRule mail = Rule("mail", FilterAction::Accept);
    mail.direction = FilterDirection::Outbound;
    mail.source = MailHost.ToString();
    mail.protocol = FilterProtocol::Tcp;
    mail.port = 25;
    FilterRule others = mail;
    others.name = "others";
    others.source = "10.1.0.0/16";
    others.action = FilterAction::Drop;
    FilterRule in = Rule("in", FilterAction::Drop);
    in.direction = FilterDirection::Inbound;
    return {mail, others, in};
}

const Ipv4 Desk{MailHost.value + 7};

std::vector<FilterRule>
RejectingStrays()
{
    FilterRule rule = Rule("forgotten", FilterAction::Reject);
    rule.protocol = FilterProtocol::Tcp;
    rule.strays = true;
    return {rule};
}

WirePacket
Desktop(int flags)
{
    return Segment(Desk, 1025, Server, 25, static_cast<std::uint8_t>(flags));
}

bool
Passes(PacketFilter& filter, FilterDirection direction, const WirePacket& packet, std::int64_t now)
{
    const FilterRule* const rule = filter.Decide(direction, packet, now);
    return !rule || rule->action == FilterAction::Accept;
}

} // namespace

BOOST_AUTO_TEST_SUITE(packet_filter)

BOOST_AUTO_TEST_CASE(the_first_rule_that_fits_decides)
{
    PacketFilter filter(EgressRules());
    const auto out = [&](IpAddress from, std::uint16_t port)
    {
        const FilterRule* const rule = filter.Decide(FilterDirection::Outbound,
                                                     Segment(from, 1025, Server, port, tcp::SYN),
                                                     0);
        return rule == &PacketFilter::UNRULED ? "none" : rule ? rule->name : "known";
    };
    BOOST_TEST(out(MailHost, 25) == "mail");
    BOOST_TEST(out(MailHost, 25) == "known");
    BOOST_TEST(out(Desk, 25) == "others");
    BOOST_TEST(out(Desk, 25) == "others");
    BOOST_TEST(out(Desk, 80) == "none");
    BOOST_TEST(out(Ipv4{0x0A020101}, 25) == "none");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_an_accepted_conversation_passes)
{
    PacketFilter filter(EgressRules());
    const WirePacket answer = Segment(Server, 25, MailHost, 1025, tcp::SYN | tcp::ACK);
    const FilterRule* const stopped = filter.Decide(FilterDirection::Inbound, answer, 0);
    BOOST_REQUIRE(stopped);
    BOOST_TEST(stopped->name == "in");
    BOOST_TEST(Passes(filter,
                      FilterDirection::Outbound,
                      Segment(MailHost, 1025, Server, 25, tcp::SYN),
                      0));
    BOOST_TEST(!filter.Decide(FilterDirection::Inbound, answer, SECOND));
    // An error about it, but not one about another.
    IcmpResponder router(1, "router", MakeHop(1), nullptr);
    BOOST_TEST(!filter.Decide(FilterDirection::Inbound,
                              router.TimeExceeded(Segment(MailHost, 1025, Server, 25, tcp::ACK)),
                              SECOND));
    BOOST_TEST(!Passes(filter,
                       FilterDirection::Inbound,
                       router.TimeExceeded(Segment(MailHost, 1026, Server, 25, tcp::ACK)),
                       SECOND));
    // Two hours after the last packet it is forgotten.
    BOOST_TEST(Passes(filter, FilterDirection::Inbound, answer, 7200 * SECOND));
    BOOST_TEST(!Passes(filter, FilterDirection::Inbound, answer, 14401 * SECOND));
}

BOOST_AUTO_TEST_CASE(a_silent_connection_is_forgotten_and_its_segments_are_strays)
{
    FilterState state;
    state.tcpTimeout = Nanoseconds(60 * SECOND);
    for (const std::int64_t silence : {60 * SECOND - 1, 60 * SECOND, 60 * SECOND + 1})
    {
        PacketFilter filter(RejectingStrays(), state);
        BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(tcp::SYN), 0));
        BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(tcp::ACK), SECOND));
        const FilterRule* const rule =
            filter.Decide(FilterDirection::Outbound, Desktop(tcp::ACK), SECOND + silence);
        BOOST_TEST((rule != nullptr) == (silence >= 60 * SECOND));
        BOOST_TEST((!rule || rule->name == "forgotten"));
        BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(tcp::SYN), 200 * SECOND));
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_may_be_forgotten_sooner)
{
    for (const std::uint8_t end : {tcp::FIN, tcp::RST})
    {
        FilterState state;
        state.tcpClosingTimeout = Nanoseconds(SECOND);
        for (const std::int64_t silence : {SECOND - 1, SECOND})
        {
            PacketFilter filter(RejectingStrays(), state);
            BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(tcp::SYN), 0));
            BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(end | tcp::ACK), 0));
            BOOST_TEST(Passes(filter, FilterDirection::Outbound, Desktop(tcp::ACK), silence) ==
                       (silence < SECOND));
        }
        state.tcpClosingTimeout = Nanoseconds(0);
        PacketFilter atOnce(RejectingStrays(), state);
        BOOST_TEST(Passes(atOnce, FilterDirection::Outbound, Desktop(tcp::SYN), 0));
        BOOST_TEST(Passes(atOnce, FilterDirection::Outbound, Desktop(end | tcp::ACK), 0));
        BOOST_TEST(!Passes(atOnce, FilterDirection::Outbound, Desktop(tcp::ACK), 0));
    }
}

BOOST_AUTO_TEST_CASE(answers_to_the_machine_itself_pass)
{
    PacketFilter filter(EgressRules());
    filter.Accept(Segment(Desk, 1025, Server, 25, tcp::SYN), 0);
    const WirePacket answer = Segment(Server, 25, Desk, 1025, tcp::SYN | tcp::ACK);
    BOOST_TEST(!filter.Decide(FilterDirection::Inbound, answer, SECOND));
}

BOOST_AUTO_TEST_CASE(a_rejected_segment_is_reset_as_its_destination_would)
{
    std::vector<std::uint8_t> octets;
    const auto toSyn = ResetTo(Segment(Desk, 1025, Server, 25, tcp::SYN));
    BOOST_REQUIRE(toSyn.has_value());
    const auto reset = ReadSegment(*toSyn, octets);
    BOOST_REQUIRE(reset.has_value());
    BOOST_TEST((toSyn->header.GetSource() == Server));
    BOOST_TEST((toSyn->header.GetDestination() == Desk));
    BOOST_TEST(reset->sourcePort == 25);
    BOOST_TEST(int(reset->flags) == int(tcp::RST | tcp::ACK));
    BOOST_TEST(reset->acknowledgment == 1001U);
    BOOST_TEST(!ResetTo(*toSyn).has_value());
    provenance::Ledger ledger;
    BOOST_TEST(!ResetTo(MakePacket(ledger, 1, Desk, Server, 17, 40, 64)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
