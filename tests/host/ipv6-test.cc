// A connection over IPv6, between hosts of different stacks.

#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

struct Conversation
{
    explicit Conversation(const StackProfile& client, const StackProfile& server)
        : hosts(client,
                server,
                0x1527A9A1,
                {},
                {*IpAddress::Parse("2001:db8:1::4"), *IpAddress::Parse("2001:db8:2::25")})
    {
        hosts.server.Listen(25,
                            [this](ns3::Ptr<ProfileSocket> socket)
                            {
                                accepted = socket;
                                Host* host = &hosts.server;
                                socket->SetRecvCallback(ns3::Callback<void, ns3::Ptr<ns3::Socket>>(
                                    [this, host](ns3::Ptr<ns3::Socket> readable)
                                    {
                                        heard += ReadAll(readable);
                                        if (!heard.empty() && heard.back() == '.')
                                        {
                                            host->Release(accepted);
                                        }
                                    }));
                            });
        socket = hosts.client.OpenSocket(hosts.server.Address(), 25);
        hosts.client.Connect(socket);
    }

    /// Sends a text from the client, and runs to the end.
    void Say(const std::string& text)
    {
        ns3::Simulator::Schedule(ns3::MilliSeconds(200),
                                 [this, text]
                                 {
                                     WriteText(socket, text);
                                     hosts.client.Release(socket);
                                 });
        ns3::Simulator::Stop(ns3::Seconds(60));
        ns3::Simulator::Run();
    }

    TwoHosts hosts;
    ns3::Ptr<ProfileSocket> socket;
    ns3::Ptr<ProfileSocket> accepted;
    std::string heard;
};

StackProfile
Labelled(StackProfile profile)
{
    profile.flowLabels = true;
    return profile;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ipv6)

BOOST_AUTO_TEST_CASE(a_text_arrives_in_segments_that_fit_and_with_good_checksums)
{
    Conversation talk(FreeBsdProfile(), LinuxProfile());
    talk.Say(std::string(5000, 'x') + ".");
    BOOST_TEST(talk.heard.size() == 5001U);
    BOOST_REQUIRE(talk.hosts.seen.size() > 8U);
    std::size_t longest = 0;
    for (const Seen& s : talk.hosts.seen)
    {
        BOOST_TEST(s.header.IsIpv6());
        BOOST_TEST(s.header.GetIdentification() == 0U);
        BOOST_TEST(TransportChecksum(s.header.GetSource(),
                                     s.header.GetDestination(),
                                     protocol::TCP,
                                     {s.bytes.data(), s.bytes.size()}) == 0U);
        longest = std::max(longest, s.bytes.size() + IPV6_BYTES);
    }
    BOOST_TEST(longest == 1500U);
    BOOST_TEST(*talk.hosts.seen[0].segment.options.mss == 1440U); // 1500 less 60
    BOOST_TEST(*talk.hosts.seen[1].segment.options.mss == 1440U);
}

BOOST_AUTO_TEST_CASE(a_flow_has_one_label_where_its_stack_sets_any)
{
    Conversation talk(Labelled(FreeBsdProfile()), LinuxProfile());
    talk.Say("hello.");
    const std::uint32_t label = talk.hosts.seen[0].header.GetFlowLabel();
    BOOST_TEST(label != 0U);
    for (const Seen& s : talk.hosts.seen)
    {
        BOOST_TEST(s.header.GetFlowLabel() == (s.fromClient ? label : 0U));
    }
}

BOOST_AUTO_TEST_SUITE_END()
