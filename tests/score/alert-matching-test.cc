#include "lab/score/alert-matching.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

const std::vector<std::string> GATEWAY{"gateway"};

FaultEvent
EventAt(std::uint64_t forged, std::uint64_t affected)
{
    FaultEvent event;
    event.dottedClass = "forged.reply";
    event.client = "10.0.0.1:4000";
    event.server = "192.0.2.1:25";
    event.forged["gateway"] = {forged};
    event.affected["gateway"] = {affected};
    return event;
}

Alert
AlarmAt(std::uint64_t frame, std::vector<std::uint64_t> others = {})
{
    Alert alert;
    alert.dottedClass = "forged.reply";
    alert.frame = frame;
    alert.evidence.frames = std::move(others);
    return alert;
}

BOOST_AUTO_TEST_SUITE(alert_matching)

BOOST_AUTO_TEST_CASE(ForgedAndAffectedFramesCount)
{
    const FaultEvent event = EventAt(7, 9);
    BOOST_TEST(PointsAt(AlarmAt(7), event, GATEWAY));
    BOOST_TEST(PointsAt(AlarmAt(9), event, GATEWAY));
    BOOST_TEST(PointsAt(AlarmAt(8, {6, 7}), event, GATEWAY));
    BOOST_TEST(!PointsAt(AlarmAt(8), event, GATEWAY));
    BOOST_TEST(!PointsAt(AlarmAt(7), event, {"elsewhere"}));
}

BOOST_AUTO_TEST_CASE(FamiliesHaveToFit)
{
    const FaultEvent event = EventAt(7, 9);
    Alert alert = AlarmAt(7);
    alert.dottedClass = "tarpit";
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    alert.dottedClass = "forged.reset";
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    alert.dottedClass = "inconsistent";
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    alert.dottedClass = "";
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
}

BOOST_AUTO_TEST_CASE(TextFilesAreMatchedByFlow)
{
    const FaultEvent event = EventAt(7, 9);
    Alert alert = AlarmAt(3);
    alert.evidence.file = "snort/192.0.2.1/TCP:4000-25";
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    alert.source = *Ipv4::Parse("192.0.2.1");
    alert.sourcePort = 25;
    alert.destination = *Ipv4::Parse("10.0.0.1");
    alert.destinationPort = 4000;
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    std::swap(alert.source, alert.destination);
    std::swap(alert.sourcePort, alert.destinationPort);
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    alert.sourcePort = 4001;
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
}

/// Results of probes name no ports, and not even their own host.
BOOST_AUTO_TEST_CASE(AForgeryIsFoundByItsHostsWhereNoPortsAreTold)
{
    const FaultEvent event = EventAt(7, 9);
    Alert alert = AlarmAt(0);
    alert.evidence.file = "centrace-far.csv";
    alert.source = *Ipv4::Parse("192.0.2.1");
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    const std::pair<const char*, bool> ends[] = {{"127.0.0.1", true},
                                                 {"10.0.0.1", true},
                                                 {"10.0.0.2", false}};
    for (const auto& [client, points] : ends)
    {
        alert.destination = *Ipv4::Parse(client);
        BOOST_TEST(PointsAt(alert, event, GATEWAY) == points, client);
        BOOST_TEST((MatchAlarms({alert}, {event}, GATEWAY).eventOf[0] == 0u) == points, client);
    }
}

BOOST_AUTO_TEST_CASE(OneAlarmAnEvent)
{
    const Matching m = MatchAlarms({AlarmAt(7), AlarmAt(9), AlarmAt(30)}, {EventAt(7, 9)}, GATEWAY);
    BOOST_TEST(m.eventOf[0] == 0u);
    BOOST_TEST(m.eventOf[1] == Matching::NONE);
    BOOST_TEST(m.repeats[1]);
    BOOST_TEST(!m.repeats[2]);
    BOOST_TEST(m.alertOf[0] == 0u);
}

/// The first alarm could take either event; it gives way to the one that has no choice.
BOOST_AUTO_TEST_CASE(AsManyPairsAsThereCanBe)
{
    const std::vector<FaultEvent> events{EventAt(7, 9), EventAt(17, 19)};
    const Matching m = MatchAlarms({AlarmAt(7, {17}), AlarmAt(9)}, events, GATEWAY);
    BOOST_TEST(m.eventOf[0] == 1u);
    BOOST_TEST(m.eventOf[1] == 0u);
}

BOOST_AUTO_TEST_CASE(OnlyFaultsAreAlarms)
{
    Alert benign = AlarmAt(7);
    benign.verdict = Verdict::Benign;
    Alert unsure = AlarmAt(7);
    unsure.verdict = Verdict::Inconclusive;
    const Matching m = MatchAlarms({benign, unsure}, {EventAt(7, 9)}, GATEWAY);
    BOOST_TEST(m.alertOf[0] == Matching::NONE);
    BOOST_TEST(!m.repeats[0]);
}

FaultEvent
SessionEvent(const std::string& client, const std::string& dottedClass = "ban.address")
{
    FaultEvent event;
    event.dottedClass = dottedClass;
    event.client = client;
    event.server = "203.0.113.10:25";
    event.flows = {{client, "203.0.113.10:25"}, {client, "192.168.0.222:25"}};
    return event;
}

Alert
AlarmFrom(const char* client, std::uint16_t port, const char* dottedClass = "ban.address")
{
    Alert alert;
    alert.dottedClass = dottedClass;
    alert.source = *Ipv4::Parse(client);
    alert.sourcePort = port;
    alert.destination = *Ipv4::Parse("192.168.0.222");
    alert.destinationPort = 25;
    return alert;
}

BOOST_AUTO_TEST_CASE(SessionsAreFoundByConnection)
{
    const FaultEvent event = SessionEvent("69.46.103.200:49760");
    Alert alert = AlarmFrom("69.46.103.200", 49760);
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    // Frames say nothing more, right or wrong.
    alert.frame = 7;
    alert.evidence.frames = {7, 8};
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    std::swap(alert.source, alert.destination);
    std::swap(alert.sourcePort, alert.destinationPort);
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    alert.destinationPort = 49761;
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    alert.destinationPort = 49760;
    alert.dottedClass = "tarpit.connector";
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    alert.dottedClass = "";
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
}

BOOST_AUTO_TEST_CASE(SessionsAreFoundByFramesOfAnAlertWithoutConnection)
{
    FaultEvent event = SessionEvent("69.46.103.200:49760");
    event.affected["gateway"] = {12};
    Alert alert;
    alert.dottedClass = "ban";
    alert.frame = 12;
    BOOST_TEST(PointsAt(alert, event, GATEWAY));
    alert.frame = 13;
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
    alert.frame = 0;
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
}

/// Its ports do not make up for a forgery's frame.
BOOST_AUTO_TEST_CASE(ForgeriesAreNotFoundByConnectionWhereFramesAreNamed)
{
    FaultEvent event = EventAt(7, 9);
    event.flows = {{"10.0.0.1:4000", "192.0.2.1:25"}};
    Alert alert = AlarmAt(8);
    alert.source = *Ipv4::Parse("10.0.0.1");
    alert.sourcePort = 4000;
    alert.destination = *Ipv4::Parse("192.0.2.1");
    alert.destinationPort = 25;
    BOOST_TEST(!PointsAt(alert, event, GATEWAY));
}

BOOST_AUTO_TEST_CASE(OneConnectionMayHaveFaultsOfTwoFamilies)
{
    const std::vector<FaultEvent> events{SessionEvent("69.46.103.200:49760", "intercepted.session"),
                                         SessionEvent("69.46.103.200:49760")};
    const Matching m = MatchAlarms({AlarmFrom("69.46.103.200", 49760),
                                    AlarmFrom("69.46.103.200", 49760, "intercepted.proxy"),
                                    AlarmFrom("69.46.103.200", 49760),
                                    AlarmFrom("69.46.103.201", 49760)},
                                   events,
                                   GATEWAY);
    BOOST_TEST(m.eventOf[0] == 1u);
    BOOST_TEST(m.eventOf[1] == 0u);
    BOOST_TEST(m.repeats[2]);
    BOOST_TEST(m.eventOf[3] == Matching::NONE);
    BOOST_TEST(!m.repeats[3]);
}

/// One alarm after the other takes its neighbor's event: the longest chain that there can be, and
/// then as many alarms that can have none.
BOOST_AUTO_TEST_CASE(ManyAlarmsTakeLittleTime)
{
    constexpr std::size_t MANY = 2000;
    std::vector<FaultEvent> events;
    std::vector<Alert> alerts;
    for (std::size_t i = 0; i < MANY; ++i)
    {
        events.push_back(EventAt(2 * i + 1, 2 * i + 2));
        alerts.push_back(AlarmAt(2 * i + 1, {2 * i + 3}));
    }
    alerts.push_back(AlarmAt(1));
    for (std::size_t i = 0; i < 20 * MANY; ++i)
    {
        alerts.push_back(AlarmAt(1, {5, 9}));
    }
    const Matching m = MatchAlarms(alerts, events, GATEWAY);
    for (std::size_t i = 0; i < MANY; ++i)
    {
        BOOST_REQUIRE(m.alertOf[i] != Matching::NONE);
    }
    BOOST_TEST(m.repeats.back());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
