#include "models/host/message-stream.h"
#include "models/host/session-link.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <memory>

using namespace bouncelab;
using namespace bouncelab::host;

namespace
{

/// A connection to a port where nobody listens.
struct Refused
{
    Refused(SessionLink::EndHandler onEnd, std::function<void()> onFailure)
    {
        constexpr std::uint16_t CLOSED_PORT = 4242;
        link = std::make_unique<SessionLink>(
            hosts.client,
            hosts.client.OpenSocket(Ipv4{0xCB83C650}, CLOSED_PORT),
            std::make_unique<MessageStream>(DnsFraming(), [](const std::string&) {}),
            std::move(onEnd));
        link->StartConnecting(std::move(onFailure));
    }

    static void Run()
    {
        ns3::Simulator::Stop(ns3::Minutes(1));
        ns3::Simulator::Run();
    }

    TwoHosts hosts;
    std::unique_ptr<SessionLink> link;
};

} // namespace

BOOST_AUTO_TEST_SUITE(session_link)

/// What the handler holds lives as long as it runs.
BOOST_AUTO_TEST_CASE(may_be_destroyed_by_its_end_handler)
{
    std::unique_ptr<Refused> refused;
    auto held = std::make_shared<int>();
    const std::weak_ptr<int> seen = held;
    bool wasAlive = false;
    refused = std::make_unique<Refused>(
        [&refused, &seen, &wasAlive, held](SessionLink&)
        {
            refused->link.reset();
            wasAlive = !seen.expired();
        },
        [] {});
    held.reset();
    Refused::Run();
    BOOST_TEST(!refused->link);
    BOOST_TEST(wasAlive);
    BOOST_TEST(seen.expired());
}

BOOST_AUTO_TEST_CASE(whoever_destroys_an_ended_link_hears_no_more_of_it)
{
    std::unique_ptr<Refused> refused;
    int ends = 0;
    refused = std::make_unique<Refused>(
        [&ends](SessionLink&) { ++ends; },
        [&refused] { ns3::Simulator::ScheduleNow([&refused] { refused->link.reset(); }); });
    Refused::Run();
    BOOST_TEST(!refused->link);
    BOOST_TEST(ends == 0);
}

BOOST_AUTO_TEST_SUITE_END()
