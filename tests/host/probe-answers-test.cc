// What a stack answers to segments and packets that only a scanner sends, by each key that decides
// it; the personas' values are held against nmap's list in fingerprint-test.cc.

#include "tests/host/probed-host.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

constexpr std::uint8_t FIN_SYN = tcp::SYN | tcp::FIN | tcp::URG | tcp::PSH;
constexpr std::uint8_t FIN_ONLY = tcp::FIN | tcp::PSH | tcp::URG;
constexpr std::uint32_t NEXT = ProbedHost::SEQUENCE + 1;

BOOST_AUTO_TEST_SUITE(probe_answers)

BOOST_AUTO_TEST_CASE(a_listening_port_drops_a_segment_without_flags_unless_the_stack_resets_it)
{
    StackProfile profile = LinuxProfile();
    BOOST_TEST(!ProbedHost(profile).Tcp(0, ProbedHost::OPEN));
    profile.resetsStraySegments = true;
    const auto answer = ProbedHost(profile).Tcp(0, ProbedHost::OPEN);
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->segment.flags == (tcp::RST | tcp::ACK));
    BOOST_TEST(answer->segment.sequence == 0u);
    BOOST_TEST(answer->segment.acknowledgment == ProbedHost::SEQUENCE);
}

BOOST_AUTO_TEST_CASE(a_syn_with_fin_opens_a_connection_and_its_fin_is_left_for_later)
{
    ProbedHost host(LinuxProfile());
    const auto answer = host.Tcp(FIN_SYN, ProbedHost::OPEN);
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->segment.flags == (tcp::SYN | tcp::ACK));
    BOOST_TEST(answer->segment.acknowledgment == NEXT);
}

BOOST_AUTO_TEST_CASE(a_stack_may_reset_or_drop_a_syn_with_fin)
{
    StackProfile profile = LinuxProfile();
    profile.synFin = SynFin::Discard;
    BOOST_TEST(!ProbedHost(profile).Tcp(FIN_SYN, ProbedHost::OPEN));
    profile.synFin = SynFin::Reset;
    const auto answer = ProbedHost(profile).Tcp(FIN_SYN, ProbedHost::OPEN);
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->segment.flags == (tcp::RST | tcp::ACK));
    BOOST_TEST(answer->segment.acknowledgment == NEXT + 1);
}

BOOST_AUTO_TEST_CASE(a_syn_with_rst_opens_nothing)
{
    BOOST_TEST(!ProbedHost(LinuxProfile()).Tcp(tcp::SYN | tcp::RST, ProbedHost::OPEN));
}

BOOST_AUTO_TEST_CASE(an_ack_to_either_port_is_reset_with_its_number)
{
    for (const bool repeats : {false, true})
    {
        StackProfile profile = LinuxProfile();
        profile.resetsRepeatSequence = repeats;
        ProbedHost host(profile);
        for (const std::uint16_t port : {ProbedHost::OPEN, ProbedHost::CLOSED})
        {
            const auto answer = host.Tcp(tcp::ACK, port);
            BOOST_REQUIRE(answer);
            BOOST_TEST(answer->segment.flags == tcp::RST);
            BOOST_TEST(answer->segment.sequence == ProbedHost::ACKNOWLEDGMENT);
            BOOST_TEST(answer->segment.acknowledgment ==
                       (repeats ? ProbedHost::ACKNOWLEDGMENT : 0u));
            BOOST_TEST(answer->segment.window == 0u);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_reset_at_a_closed_port_counts_a_fin_or_not)
{
    for (const bool counts : {false, true})
    {
        StackProfile profile = LinuxProfile();
        profile.resetsCountFin = counts;
        ProbedHost host(profile);
        const auto fin = host.Tcp(FIN_ONLY, ProbedHost::CLOSED);
        BOOST_REQUIRE(fin);
        BOOST_TEST(fin->segment.flags == (tcp::RST | tcp::ACK));
        BOOST_TEST(fin->segment.acknowledgment == ProbedHost::SEQUENCE + (counts ? 1 : 0));
        BOOST_TEST(host.Tcp(tcp::SYN, ProbedHost::CLOSED)->segment.acknowledgment == NEXT);
    }
}

BOOST_AUTO_TEST_CASE(ecn_is_accepted_by_ece_alone_and_only_where_it_was_offered)
{
    StackProfile profile = LinuxProfile();
    BOOST_TEST(ProbedHost(profile).Syn(7)->segment.flags == (tcp::SYN | tcp::ACK));
    profile.ecn = true;
    ProbedHost host(profile);
    BOOST_TEST(host.Syn(7)->segment.flags == (tcp::SYN | tcp::ACK | tcp::ECE));
    BOOST_TEST(host.Syn(1)->segment.flags == (tcp::SYN | tcp::ACK));
    BOOST_TEST(host.Tcp(tcp::SYN | tcp::ECE, ProbedHost::OPEN)->segment.flags ==
               (tcp::SYN | tcp::ACK));
}

BOOST_AUTO_TEST_CASE(a_syn_ack_without_timestamps_may_show_another_window)
{
    StackProfile profile = LinuxProfile();
    profile.plainSynAckWindow = 5840;
    ProbedHost host(profile);
    BOOST_TEST(host.Syn(1)->segment.window == 5792u);
    BOOST_TEST(host.Syn(7)->segment.window == 5840u);
}

BOOST_AUTO_TEST_CASE(timestamps_count_from_an_offset_of_the_connection_or_of_the_peer)
{
    const auto step = [](TimestampOrigin origin)
    {
        StackProfile profile = LinuxProfile();
        profile.timestampOrigin = origin;
        ProbedHost host(profile);
        const std::uint32_t first = host.Syn(1)->segment.options.timestampValue;
        return host.Syn(2)->segment.options.timestampValue - first;
    };
    BOOST_TEST(step(TimestampOrigin::Boot) == 10u); // 100 ms of 100 ticks/s
    BOOST_TEST(step(TimestampOrigin::Peer) == 10u);
    const std::uint32_t drawn = step(TimestampOrigin::Connection);
    BOOST_TEST(drawn > 1000u);
}

BOOST_AUTO_TEST_CASE(a_closed_udp_port_is_told_with_as_much_as_the_stack_quotes)
{
    StackProfile profile = LinuxProfile();
    for (const std::uint16_t quoted : {8, 128, 528})
    {
        profile.quotedOctets = quoted;
        const auto answer = ProbedHost(profile).Udp();
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->icmp.type == 3);
        BOOST_TEST(answer->icmp.code == 3);
        BOOST_TEST(answer->icmp.rest == 0u);
        BOOST_TEST(!answer->header.IsDontFragment());
        BOOST_TEST(answer->icmp.payload.size == IPV4_BYTES + std::min<std::size_t>(quoted, 308));
        const auto about = ParseIpv4(answer->icmp.payload);
        BOOST_REQUIRE(about);
        BOOST_TEST(about->id == 0x1042);
        BOOST_TEST(about->totalLength == 328);
        BOOST_TEST(InternetChecksum(answer->icmp.payload.First(IPV4_BYTES)) == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_with_its_data_and_with_code_and_df_as_the_stack_does)
{
    for (const bool copies : {false, true})
    {
        StackProfile profile = LinuxProfile();
        profile.echoesCode = copies;
        profile.echoesDontFragment = copies;
        ProbedHost host(profile);
        for (const bool isFirst : {true, false})
        {
            const auto answer = host.Ping(isFirst);
            BOOST_REQUIRE(answer);
            BOOST_TEST(answer->icmp.type == 0);
            BOOST_TEST(answer->icmp.code == (copies && isFirst ? 9 : 0));
            BOOST_TEST(answer->icmp.rest == (77u << 16 | (isFirst ? 295u : 296u)));
            BOOST_TEST(answer->icmp.payload.size == (isFirst ? 120u : 150u));
            BOOST_TEST(answer->header.IsDontFragment() == (copies && isFirst));
            BOOST_TEST(answer->header.GetTtl() == profile.ttl);
            BOOST_TEST(InternetChecksum({answer->octets.data(), answer->octets.size()}) == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(pings_count_with_the_host_or_by_themselves)
{
    const auto ids = [](IpIdPolicy policy, bool dontFragment)
    {
        StackProfile profile = LinuxProfile();
        profile.ipId = policy;
        profile.zeroIdOnSynAck = false;
        profile.echoesDontFragment = dontFragment;
        ProbedHost host(profile);
        const std::uint16_t syn = host.Syn(1)->header.GetIdentification();
        const std::uint16_t first = host.Ping(true)->header.GetIdentification();
        const std::uint16_t second = host.Ping(false)->header.GetIdentification();
        return std::array<std::uint16_t, 3>{syn, first, second};
    };
    const auto shared = ids(IpIdPolicy::HostCounter, true);
    BOOST_TEST(static_cast<std::uint16_t>(shared[1] - shared[0]) == 1u);
    BOOST_TEST(static_cast<std::uint16_t>(shared[2] - shared[1]) == 1u);
    const auto own = ids(IpIdPolicy::FlowCounter, false);
    BOOST_TEST(static_cast<std::uint16_t>(own[2] - own[1]) == 1u);
    const auto zero = ids(IpIdPolicy::Zero, true);
    BOOST_TEST(zero[1] == 0u);
    BOOST_TEST(zero[2] != 0u);
}

BOOST_AUTO_TEST_CASE(a_broken_or_foreign_icmp_message_draws_nothing)
{
    path::WirePacket packet;
    std::vector<std::uint8_t> octets(ICMP_BYTES, 0);
    octets[0] = 8; // and a checksum of 0, which is wrong
    packet.payload = ns3::Create<ns3::Packet>(octets.data(), octets.size());
    packet.header.SetSource(Ipv4{0x0A040104});
    packet.header.SetDestination(Ipv4{0xCB83C650});
    packet.header.SetProtocol(protocol::ICMP);
    BOOST_TEST(!EchoResponder::Takes(packet));
    octets[0] = 0; // a reply, with a good one
    Write16(&octets[2], 0xFFFF);
    packet.payload = ns3::Create<ns3::Packet>(octets.data(), octets.size());
    BOOST_TEST(!EchoResponder::Takes(packet));
    octets[0] = 8;
    Write16(&octets[2], 0xF7FF);
    packet.payload = ns3::Create<ns3::Packet>(octets.data(), octets.size());
    BOOST_TEST(EchoResponder::Takes(packet));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
