#include "models/path/icmp-responder.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

const TwoAddresses OVER_IPV6{*IpAddress::Parse("2001:db8:4::4"),
                             *IpAddress::Parse("2001:db8:50::80")};

/// Two hosts with a router between them that takes packets of so many octets, either way.
struct NarrowPath
{
    NarrowPath(std::uint16_t mtu,
               bool tells,
               StackProfile client = FreeBsdProfile(),
               TwoAddresses at = {})
        : hosts(std::move(client), LinuxProfile(), 0x1527A9A1, {}, at)
        , router(1, "router", Hop(at), &hosts.ledger)
    {
        hosts.drops = [mtu](const Seen& s) { return SizeOf(s) > mtu; };
        hosts.onSeen = [this, mtu, tells](const Seen& s)
        {
            if (SizeOf(s) > mtu && tells)
            {
                const auto octets =
                    ns3::Create<ns3::Packet>(s.bytes.data(),
                                             static_cast<std::uint32_t>(s.bytes.size()));
                hosts.Inject(router.TooBig({s.header, octets}, mtu), !s.fromClient);
            }
        };
    }

    static path::HopConfig Hop(const TwoAddresses& at)
    {
        path::HopConfig hop;
        hop.address = at.client;
        return hop;
    }

    static std::size_t SizeOf(const Seen& s)
    {
        return s.header.GetSerializedSize() + s.bytes.size();
    }

    /// Sends one text to the server and asks for as long as ten minutes whether it is there.
    std::string Sent(const std::string& text)
    {
        dialog = std::make_unique<HostDialog>(hosts,
                                              std::vector<std::string>{"220\r\n"},
                                              std::vector<std::string>{text});
        ns3::Simulator::Stop(ns3::Seconds(600));
        ns3::Simulator::Run();
        return dialog->serverRead;
    }

    std::size_t TooBigSeen(std::uint16_t mtu) const
    {
        return static_cast<std::size_t>(std::count_if(hosts.seen.begin(),
                                                      hosts.seen.end(),
                                                      [mtu](const Seen& s)
                                                      { return SizeOf(s) > mtu; }));
    }

    TwoHosts hosts;
    path::IcmpResponder router;
    std::unique_ptr<HostDialog> dialog;
};

std::string
Text(std::size_t octets)
{
    std::string text;
    for (std::size_t i = 0; i < octets; ++i)
    {
        text += static_cast<char>('a' + i % 23);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(path_mtu)

BOOST_AUTO_TEST_CASE(segments_get_as_short_as_a_router_says)
{
    for (const TwoAddresses& at : {TwoAddresses{}, OVER_IPV6})
    {
        NarrowPath path(1300, true, FreeBsdProfile(), at);
        const std::string text = Text(30000);
        BOOST_TEST((path.Sent(text) == text));
        // As many as were under way, and no more.
        BOOST_TEST(path.TooBigSeen(1300) > 0U);
        BOOST_TEST(path.TooBigSeen(1300) <= 4U);
        std::size_t longest = 0;
        for (const Seen& s : path.hosts.seen)
        {
            const std::size_t size = NarrowPath::SizeOf(s);
            longest = size <= 1300 ? std::max(longest, size) : longest;
        }
        BOOST_TEST(longest == 1300U);
    }
}

BOOST_AUTO_TEST_CASE(what_was_too_long_goes_again_at_once)
{
    NarrowPath path(1300, true);
    path.Sent(Text(3000));
    const auto& seen = path.hosts.seen;
    const auto tooBig = std::find_if(seen.begin(),
                                     seen.end(),
                                     [](const Seen& s) { return NarrowPath::SizeOf(s) > 1300; });
    const auto again = std::find_if(seen.begin(),
                                    seen.end(),
                                    [&tooBig](const Seen& s) {
                                        return NarrowPath::SizeOf(s) == 1300 &&
                                               s.segment.sequence == tooBig->segment.sequence;
                                    });
    BOOST_REQUIRE((again != seen.end()));
    BOOST_TEST(again->ns - tooBig->ns >= 2 * TwoHosts::HALF_NS);
    BOOST_TEST(again->ns - tooBig->ns < 2 * TwoHosts::HALF_NS + 5000000);
}

BOOST_AUTO_TEST_CASE(the_next_connection_knows_it)
{
    NarrowPath path(1300, true);
    path.Sent(Text(3000));
    const std::size_t before = path.TooBigSeen(1300);
    const auto socket = path.hosts.client.OpenSocket(path.hosts.server.Address(), 25);
    socket->SetConnectCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>>(
                                   [](ns3::Ptr<ns3::Socket> s) { WriteText(s, Text(3000)); }),
                               ns3::MakeNullCallback<void, ns3::Ptr<ns3::Socket>>());
    path.hosts.client.Connect(socket);
    ns3::Simulator::Stop(ns3::Seconds(60));
    ns3::Simulator::Run();
    BOOST_TEST(path.TooBigSeen(1300) == before);
}

BOOST_AUTO_TEST_CASE(a_black_hole_takes_long_texts_and_no_short_ones)
{
    NarrowPath shorter(1300, false);
    BOOST_TEST((shorter.Sent(Text(1000)) == Text(1000)));
    NarrowPath longer(1300, false);
    BOOST_TEST(longer.Sent(Text(30000)).empty());
    BOOST_TEST(longer.TooBigSeen(1300) > 3U);
}

BOOST_AUTO_TEST_CASE(a_stack_that_sets_no_df_does_not_listen)
{
    StackProfile profile = FreeBsdProfile();
    profile.dontFragment = false;
    NarrowPath path(1300, true, profile);
    BOOST_TEST(path.Sent(Text(30000)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
