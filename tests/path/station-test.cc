#include "models/path/router.h"

#include "models/path/rewrite.h"
#include "models/provenance/origin-tag.h"
#include "tests/path/site-rig.h"
#include "tests/path/star.h"

#include <ns3/simulator.h>

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::path;

namespace
{

const Ipv4 StationAddress{0x452E67C8}; // 69.46.103.200
const Ipv4 Second{0xCB007114};

struct Site
{
    explicit Site(PathForm form)
        : rig((EnableChecksums(), form))
        , station(rig.gateway.AddStation("isp", SiteRig::HopsTo(StationAddress, 6)))
        , first(rig.AddHost("first", Server))
        , second(rig.AddHost("second", Second))
        , toFirst(station.AddServer("first", SiteRig::HopsTo(Server, 3)))
        , toSecond(station.AddServer("second", SiteRig::HopsTo(Second, 2)))
    {
        rig.Attach(first, toFirst);
        rig.Attach(second, toSecond);
        station.ObserveNear(rig.recorder.Observer("near"));
        station.ObserveFar(rig.recorder.Observer("far"));
    }

    void Run()
    {
        ns3::Simulator::Stop(ns3::Seconds(30));
        ns3::Simulator::Run();
        const RouterCounts& c = station.Counts();
        BOOST_TEST(c.arrived + c.resumed == c.forwarded + c.consumed + c.expired + c.local);
        BOOST_TEST(station.Near().Counts().InFlight() == 0U);
    }

    SiteRig rig;
    StarNode& station;
    host::Host& first;
    host::Host& second;
    NetworkPath& toFirst;
    NetworkPath& toSecond;
};

std::vector<std::string>
TwoSessions(PathForm form)
{
    Site site(form);
    const std::string big(6000, 'y');
    const Conversation& a = site.rig.Converse(site.first, MailHost, big, 0);
    const Conversation& b = site.rig.Converse(site.second, MailHost, big, 300000);
    site.Run();
    BOOST_TEST(a.heard == big);
    BOOST_TEST(b.heard == big);
    BOOST_TEST(site.rig.accepted.size() == 2U);
    BOOST_TEST(site.station.Counts().forwarded == site.station.Counts().arrived);
    return site.rig.recorder.Records();
}

} // namespace

BOOST_AUTO_TEST_SUITE(station)

BOOST_AUTO_TEST_CASE(without_a_handler_it_is_a_router_in_both_forms)
{
    BOOST_TEST(TwoSessions(PathForm::Channel) == TwoSessions(PathForm::Routers),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_takes_one_ttl_and_answers_what_expires)
{
    Site site(PathForm::Channel);
    std::vector<WirePacket> arrived;
    site.toFirst.SetHandler(PathEnd::Far, [&](const WirePacket& p) { arrived.push_back(p); });
    const auto send = [&](std::uint8_t ttl)
    {
        site.rig.gateway.Inside().Enter(
            PathEnd::Near,
            MakePacket(site.rig.ledger, 1, MailHost, Server, 17, 40, ttl));
    };
    std::vector<WirePacket> errors;
    site.rig.mail.SetOtherProtocols([&](const WirePacket& p) { errors.push_back(p); });
    send(64);
    send(7); // gateway, five routers, and the station where it ends
    site.Run();
    BOOST_REQUIRE(arrived.size() == 1U);
    BOOST_TEST(int(arrived[0].header.GetTtl()) == 64 - 1 - 5 - 1 - 2);
    BOOST_REQUIRE(errors.size() == 1U);
    BOOST_TEST((errors[0].header.GetSource() == StationAddress));
    BOOST_TEST(site.rig.ledger.ActorName(provenance::OriginOf(errors[0].payload).actor) == "isp");
    BOOST_TEST(site.station.Counts().expired == 1U);
}

BOOST_AUTO_TEST_CASE(it_can_consume_and_resume_and_originate)
{
    Site site(PathForm::Channel);
    std::vector<WirePacket> held;
    site.station.SetHandler(
        [&](Direction direction, WirePacket& packet)
        {
            const auto ends = EndpointsOf(packet);
            if (direction == Direction::Inbound && ends && ends->destination.port == 25)
            {
                held.push_back(packet);
                return Disposition::Consume;
            }
            return Disposition::Forward;
        });
    const Conversation& conversation = site.rig.Converse(site.first, MailHost, "hello", 0);
    ns3::Simulator::Stop(ns3::Seconds(2));
    ns3::Simulator::Run();
    BOOST_TEST(!held.empty());
    BOOST_TEST(site.rig.accepted.empty());
    site.station.SetHandler({});
    site.station.Forward(held.front());
    site.Run();
    BOOST_TEST(conversation.heard == "hello");
    BOOST_TEST(site.station.Counts().resumed == 1U);
    BOOST_TEST(site.station.Counts().consumed == held.size());

    std::size_t forged = 0;
    site.toSecond.SetHandler(PathEnd::Far,
                             [&](const WirePacket& p)
                             { forged += p.header.GetSource() == MailHost; });
    site.station.Send(MakePacket(site.rig.ledger, 1, MailHost, Second, 6, 60, 64));
    site.Run();
    BOOST_TEST(forged == 1U);
}

BOOST_AUTO_TEST_CASE(it_can_redirect_a_connection_to_a_stack_of_its_own)
{
    Site site(PathForm::Channel);
    host::Host& proxy = site.rig.AddHost("proxy", StationAddress);
    std::size_t accepted = 0;
    proxy.Listen(
        25,
        [&](ns3::Ptr<host::ProfileSocket> socket)
        {
            ++accepted;
            socket->ns3::Socket::Send(
                ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>("22000"), 5));
        });
    proxy.SetWire([&](const WirePacket& p) { site.station.Send(WithSource(p, {MailHost, 25})); });
    site.station.SetHandler(
        [&](Direction direction, WirePacket& packet)
        {
            const auto ends = EndpointsOf(packet);
            if (direction == Direction::Outbound || !ends || ends->destination.port != 25)
            {
                return Disposition::Forward;
            }
            proxy.Receive(WithDestination(packet, {StationAddress, 25}));
            return Disposition::Consume;
        });
    const Conversation& conversation = site.rig.Converse(site.first, MailHost, "hello", 0);
    site.Run();
    BOOST_TEST(conversation.heard == "22000");
    BOOST_TEST(accepted == 1U);
    BOOST_TEST(site.rig.accepted.empty());
}

BOOST_AUTO_TEST_CASE(its_own_addresses_and_further_stations_are_reached)
{
    Site site(PathForm::Routers);
    const Ipv4 extra{StationAddress.value + 1};
    const Ipv4 third{0xCB00711E};
    site.station.AddAddress(extra);
    StarNode& next = site.station.AddStation("edge", SiteRig::HopsTo(Ipv4{0xC0000263}, 2));
    host::Host& host = site.rig.AddHost("third", third);
    site.rig.Attach(host, next.AddServer("third", SiteRig::HopsTo(third, 2)));
    std::size_t own = 0;
    site.station.SetHandler(
        [&](Direction, WirePacket& packet)
        {
            own += packet.header.GetDestination() == extra;
            return Disposition::Forward;
        });
    site.rig.gateway.Inside().Enter(PathEnd::Near,
                                    MakePacket(site.rig.ledger, 1, MailHost, extra, 6, 60, 64));
    const Conversation& conversation = site.rig.Converse(host, MailHost, "hello", 0);
    site.Run();
    BOOST_TEST(own == 1U);
    BOOST_TEST(site.station.Counts().local == 1U);
    BOOST_TEST(conversation.heard == "hello");
    BOOST_TEST(next.Counts().forwarded > 5U);
}

BOOST_AUTO_TEST_SUITE_END()
