#include "tests/path/site-rig.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

/// Several remote hosts at once, with and without a NAT; the records at the gateway.
std::vector<std::string>
Crowd(PathForm form, bool nat)
{
    EnableChecksums();
    SiteRig rig(form, nat ? std::optional(SiteRig::MailNat()) : std::nullopt);
    std::vector<std::uint32_t> clients;
    std::vector<const Conversation*> conversations;
    for (std::uint32_t i = 0; i < 6; ++i)
    {
        const Ipv4 address{Server.value + i};
        host::Host& host = rig.AddRemote("remote-" + std::to_string(i), address, 2 + i);
        clients.push_back(address.value);
        conversations.push_back(
            &rig.Converse(host,
                          nat ? GatewayOutside : MailHost,
                          std::string(500 + 1500 * i, static_cast<char>('a' + i)),
                          i * 700000));
    }
    ns3::Simulator::Stop(ns3::Seconds(30));
    ns3::Simulator::Run();
    for (const Conversation* conversation : conversations)
    {
        BOOST_TEST(conversation->heard == conversation->said);
    }
    std::vector<std::uint32_t> accepted;
    for (const Ipv4 peer : rig.accepted)
    {
        accepted.push_back(peer.value);
    }
    std::sort(accepted.begin(), accepted.end());
    BOOST_TEST(accepted == clients, boost::test_tools::per_element());
    return rig.recorder.Records();
}

} // namespace

BOOST_AUTO_TEST_SUITE(inbound_connections)

BOOST_AUTO_TEST_CASE(several_remote_hosts_reach_the_mail_host_at_once_in_both_forms)
{
    BOOST_TEST(Crowd(PathForm::Channel, false) == Crowd(PathForm::Routers, false),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(and_through_a_forwarded_port)
{
    BOOST_TEST(Crowd(PathForm::Channel, true) == Crowd(PathForm::Routers, true),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
