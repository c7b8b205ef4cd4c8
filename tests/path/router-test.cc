#include "models/path/router.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/path-rig.h"
#include "tests/path/star.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

struct Site
{
    Site()
        : gateway({"gateway", 1, PathForm::Channel, MailHost, Inside(), GatewayOutside, &ledger})
        , chain(gateway.AddServer("server", MakeHops(15)))
    {
        gateway.ObserveInside([this](Direction direction, const WirePacket& packet)
                              { seen.emplace_back(direction, packet.header.GetTtl()); });
        gateway.Inside().SetHandler(PathEnd::Near,
                                    [this](const WirePacket& p) { mail.push_back(p); });
        chain.SetHandler(PathEnd::Far, [this](const WirePacket& p) { server.push_back(p); });
        gateway.AddLocalHandler([this](const WirePacket& p) { local.push_back(p); });
    }

    ~Site() { ns3::Simulator::Destroy(); }

    static std::vector<HopConfig> Inside()
    {
        HopConfig router = MakeHop(1);
        router.address = Ipv4{GatewayInside.value + 1};
        HopConfig last = router;
        last.address = GatewayInside;
        return {router, last};
    }

    void FromMail(IpAddress to, std::uint8_t protocol, std::uint8_t ttl)
    {
        gateway.Inside().Enter(PathEnd::Near,
                               MakePacket(ledger, 1, MailHost, to, protocol, 50, ttl));
        ns3::Simulator::Run();
    }

    void FromServer(IpAddress to, std::uint8_t ttl)
    {
        chain.Enter(PathEnd::Far, MakePacket(ledger, 1, Server, to, 6, 50, ttl));
        ns3::Simulator::Run();
    }

    provenance::Ledger ledger;
    SiteGateway gateway;
    NetworkPath& chain;
    std::vector<std::pair<Direction, int>> seen;
    std::vector<WirePacket> mail;
    std::vector<WirePacket> server;
    std::vector<WirePacket> local;
};

} // namespace

BOOST_AUTO_TEST_SUITE(router)

BOOST_AUTO_TEST_CASE(ttls_at_the_vantage_are_those_of_the_document)
{
    Site site;
    site.FromMail(Server, 6, 128);
    site.FromServer(MailHost, 64);
    site.chain.InsertAt(7,
                        Direction::Inbound,
                        MakePacket(site.ledger, 1, Server, MailHost, 6, 31, 64));
    ns3::Simulator::Run();
    // S003-10, S003-11 and S003-17: 127 out, 49 genuine, 57 forged between hops 6 and 7.
    BOOST_REQUIRE(site.seen.size() == 3);
    BOOST_TEST((site.seen[0] == std::pair(Direction::Outbound, 127)));
    BOOST_TEST((site.seen[1] == std::pair(Direction::Inbound, 49)));
    BOOST_TEST((site.seen[2] == std::pair(Direction::Inbound, 57)));
    BOOST_REQUIRE(site.server.size() == 1);
    BOOST_TEST(int(site.server[0].header.GetTtl()) == 127 - 15);
    BOOST_REQUIRE(site.mail.size() == 2);
    BOOST_TEST(int(site.mail[0].header.GetTtl()) == 48);
    BOOST_TEST(site.gateway.Counts().arrived == 3);
    BOOST_TEST(site.gateway.Counts().forwarded == 3);
}

BOOST_AUTO_TEST_CASE(unroutable_packets_are_dropped_and_counted)
{
    Site site;
    site.FromMail(Ipv4{Server.value + 9}, 6, 64);
    site.FromServer(Ipv4{MailHost.value + 9}, 64);
    BOOST_TEST(site.gateway.Counts().unroutable == 2);
    BOOST_TEST(site.mail.empty());
    BOOST_TEST(site.server.empty());
}

BOOST_AUTO_TEST_CASE(own_addresses_go_to_the_local_handlers)
{
    Site site;
    site.FromMail(GatewayInside, 17, 64);
    site.FromServer(GatewayOutside, 15);
    BOOST_REQUIRE(site.local.size() == 2);
    BOOST_TEST(int(site.local[1].header.GetTtl()) == 1);
    BOOST_TEST(site.gateway.Counts().local == 2);
}

BOOST_AUTO_TEST_CASE(the_gateway_answers_what_expires_at_it)
{
    Site site;
    site.FromMail(Server, 17, 2);
    BOOST_TEST(site.gateway.Counts().expired == 1);
    BOOST_REQUIRE(site.mail.size() == 1);
    BOOST_TEST((site.mail[0].header.GetSource() == GatewayInside));
    BOOST_TEST(site.ledger.ActorName(provenance::OriginOf(site.mail[0].payload).actor) ==
               "gateway");
    site.FromServer(MailHost, 15);
    BOOST_TEST(site.gateway.Counts().expired == 2);
    BOOST_REQUIRE(site.server.size() == 1);
    BOOST_TEST((site.server[0].header.GetSource() == GatewayOutside));
}

BOOST_AUTO_TEST_CASE(a_hop_answers_what_expires_at_it)
{
    Site site;
    site.FromMail(Server, 17, 1);
    site.FromMail(Server, 6, 7);
    site.FromMail(Server, 1, 7);
    BOOST_REQUIRE(site.mail.size() == 2);
    BOOST_TEST((site.mail[0].header.GetSource() == Ipv4{GatewayInside.value + 1}));
    BOOST_TEST((site.mail[1].header.GetSource() == MakeHop(5).address));
    // 255 less hops 4 to 1, the gateway and the inside router.
    BOOST_TEST(int(site.mail[1].header.GetTtl()) == 255 - 6);
    BOOST_TEST(site.chain.Counts().expired == 2);
    BOOST_TEST(site.chain.Counts().icmp == 1);
}

BOOST_AUTO_TEST_SUITE_END()
