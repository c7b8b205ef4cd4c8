#include "models/host/dialog-session.h"
#include "models/host/session-link.h"
#include "tests/host/two-hosts.h"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace bouncelab;
using namespace bouncelab::host;
using namespace std::chrono_literals;

namespace
{

constexpr std::uint16_t PORT = 1025;

/// A service on the rig's server with one client.
struct Rig : TwoHosts
{
    explicit Rig(DialogClient theConfig)
        : config(std::move(theConfig))
    {
        server.Listen(PORT,
                      [this](ns3::Ptr<ProfileSocket> accepted)
                      {
                          serverLink = std::make_unique<SessionLink>(
                              server,
                              accepted,
                              std::make_unique<DialogSession>(config,
                                                              DialogSide::Server,
                                                              server.Draws("octets")),
                              [this](SessionLink&) { serverEnded = true; });
                          serverLink->StartAccepted();
                      });
        socket = client.OpenSocket(server.Address(), PORT);
        clientLink = std::make_unique<SessionLink>(
            client,
            socket,
            std::make_unique<DialogSession>(config, DialogSide::Client, client.Draws("octets")),
            [this](SessionLink&) { clientEnded = true; });
        clientLink->StartConnecting([] {});
    }

    static void Run()
    {
        ns3::Simulator::Stop(ns3::Minutes(2));
        ns3::Simulator::Run();
    }

    /// Lengths of what one side sends, in order.
    std::vector<std::size_t> Lengths(bool fromClient) const
    {
        std::vector<std::size_t> lengths;
        for (const Seen& packet : seen)
        {
            if (packet.fromClient == fromClient && packet.segment.payload.size > 0)
            {
                lengths.push_back(packet.segment.payload.size);
            }
        }
        return lengths;
    }

    DialogClient config;
    ns3::Ptr<ProfileSocket> socket;
    std::unique_ptr<SessionLink> clientLink;
    std::unique_ptr<SessionLink> serverLink;
    bool clientEnded = false;
    bool serverEnded = false;
};

DialogStep
Step(DialogSide by, std::uint32_t bytes, Nanoseconds after = {})
{
    DialogStep step;
    step.by = by;
    step.bytes = bytes;
    step.after = after;
    return step;
}

DialogClient
Of(std::vector<DialogStep> steps, Nanoseconds until = {})
{
    DialogClient config;
    config.steps = std::move(steps);
    config.until = until;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialog_session)

BOOST_AUTO_TEST_CASE(steps_in_their_order_and_time)
{
    Rig rig(Of({Step(DialogSide::Client, 116),
                Step(DialogSide::Server, 49, 3s),
                Step(DialogSide::Server, 197, 1s),
                Step(DialogSide::Client, 149)},
               60s));
    Rig::Run();
    BOOST_TEST(rig.Lengths(true) == (std::vector<std::size_t>{116, 149}),
               boost::test_tools::per_element());
    BOOST_TEST(rig.Lengths(false) == (std::vector<std::size_t>{49, 197}),
               boost::test_tools::per_element());
    std::vector<std::int64_t> seconds;
    for (const Seen& packet : rig.seen)
    {
        if (packet.segment.payload.size > 0)
        {
            seconds.push_back(packet.ns / 1000000000);
        }
    }
    BOOST_TEST(seconds == (std::vector<std::int64_t>{0, 3, 4, 4}),
               boost::test_tools::per_element());
    BOOST_TEST(rig.clientEnded);
    BOOST_TEST(rig.serverEnded);
}

BOOST_AUTO_TEST_CASE(stays_open_without_an_end)
{
    Rig rig(Of({Step(DialogSide::Client, 10)}));
    Rig::Run();
    BOOST_TEST(rig.Lengths(true).size() == 1u);
    BOOST_TEST(!rig.clientEnded);
    BOOST_TEST(!rig.serverEnded);
}

/// RFC 9293 3.8.4: an octet that the peer has had, and an answer without any.
BOOST_AUTO_TEST_CASE(a_keep_alive_has_one_octet_and_an_empty_answer)
{
    Rig rig(Of({Step(DialogSide::Client, 10), Step(DialogSide::Server, 20, 30s)}));
    std::size_t before = 0;
    ns3::Simulator::Schedule(ns3::Seconds(10),
                             [&]
                             {
                                 before = rig.seen.size();
                                 rig.client.KeepAlive(rig.socket);
                             });
    Rig::Run();
    BOOST_REQUIRE(rig.seen.size() >= before + 2);
    const Seen& probe = rig.seen[before];
    const Seen& answer = rig.seen[before + 1];
    BOOST_TEST(probe.fromClient);
    BOOST_TEST(probe.segment.payload.size == 1u);
    BOOST_TEST(!answer.fromClient);
    BOOST_TEST(answer.segment.payload.size == 0u);
    BOOST_TEST(answer.segment.acknowledgment == probe.segment.sequence + 1);
    BOOST_TEST(rig.Lengths(false) == (std::vector<std::size_t>{20}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_keep_alive_where_nothing_stands)
{
    Rig rig(Of({}));
    rig.client.KeepAlive(rig.socket);
    BOOST_TEST(rig.seen.empty());
}

BOOST_AUTO_TEST_SUITE_END()
