#include "models/kerberos/time-service.h"
#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::kerberos
{

namespace
{

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A host that asks controllers with the clocks given here.
struct TimeRig
{
    explicit TimeRig(const TimeServiceConfig& config = {}, Nanoseconds offset = seconds(0))
        : clock(START, offset, 0)
        , service(config, clock, 1105)
    {
        service.SetSources({"dc1", "dc2"});
        service.SetSecrets({secret});
        for (const char* name : {"dc1", "dc2"})
        {
            servers.emplace(name, DriftingClock(START, seconds(0), 0));
        }
    }

    void RunUntil(Nanoseconds end)
    {
        while (service.NextTimer() && *service.NextTimer() <= end)
        {
            now = *service.NextTimer();
            service.Advance(now);
            while (const auto send = service.TakeSend())
            {
                asked += send->source + ' ';
                if (silent.count(send->source) > 0)
                {
                    continue;
                }
                const auto answer =
                    AnswerTime(send->octets, state, servers.at(send->source).Read(now), &known);
                service.Receive(send->source, answer.value_or(""), now);
            }
            while (const auto event = service.TakeEvent())
            {
                events.push_back(*event);
            }
        }
        now = end;
    }

    std::size_t Count(TimeEvent::Kind kind) const
    {
        return static_cast<std::size_t>(std::count_if(events.begin(),
                                                      events.end(),
                                                      [&](const TimeEvent& event)
                                                      { return event.kind == kind; }));
    }

    /// How far the host's clock is ahead.
    double Offset() const { return static_cast<double>(clock.Offset(now).count()) / 1e9; }

    Secret secret{"HUB1$", "machine", 1};
    Secret known = secret; //!< What the servers hold for it.
    DriftingClock clock;
    TimeService service;
    std::map<std::string, DriftingClock> servers;
    TimeServerState state{2, 0, START};
    std::set<std::string> silent;
    std::string asked;
    std::vector<TimeEvent> events;
    Nanoseconds now{0};
};

} // namespace

BOOST_AUTO_TEST_SUITE(time)

BOOST_AUTO_TEST_CASE(ClockDriftsIsSetAndIsSlewed)
{
    DriftingClock clock(START, seconds(2), 1000);
    BOOST_TEST((clock.Offset(seconds(0)) == seconds(2)));
    BOOST_TEST((clock.Offset(hours(24 * 365)) == seconds(2) + Nanoseconds(31536000000)));
    clock.Step(seconds(100), seconds(-2));
    BOOST_TEST((clock.Offset(seconds(100)) == Nanoseconds(100000)));
    clock.Slew(seconds(100), seconds(-100), seconds(1000));
    BOOST_TEST((clock.Offset(seconds(600)) == Nanoseconds(600000) - seconds(50)));
    // A slew that is cut off leaves what it has done.
    clock.Step(seconds(600), seconds(50));
    BOOST_TEST((clock.Offset(seconds(5000)) == Nanoseconds(5000000)));
    BOOST_TEST((clock.Read(seconds(600)) == START + seconds(600) + Nanoseconds(600000)));
}

BOOST_AUTO_TEST_CASE(AClockKnowsWhatItShowedBefore)
{
    DriftingClock clock(START, seconds(2), 1000);
    clock.Step(seconds(1000), seconds(-600));
    BOOST_TEST(
        (clock.OffsetAt(SimTime(seconds(500))) == seconds(2) + std::chrono::microseconds(500)));
    BOOST_TEST(
        (clock.OffsetAt(SimTime(seconds(2000))) == seconds(-598) + std::chrono::milliseconds(2)));
}

BOOST_AUTO_TEST_CASE(LongSlewsOfFarClocksDoNotOverflow)
{
    DriftingClock clock(START, seconds(0), 0);
    clock.Slew(seconds(0), hours(24 * 365 * 50), hours(24 * 365));
    BOOST_TEST((clock.Offset(hours(24 * 365)) == hours(24 * 365 * 50)));
}

BOOST_AUTO_TEST_CASE(PacketsAreReadAsTheyWereWritten)
{
    NtpPacket packet;
    packet.leap = 3;
    packet.version = 4;
    packet.stratum = 2;
    packet.poll = -3;
    packet.rootDelay = 0x00010002;
    packet.referenceId = 0x4C4F434C;
    packet.reference = 1;
    packet.origin = 2;
    packet.receive = 3;
    packet.transmit = ~NtpTime{0};
    for (const bool isSigned : {false, true})
    {
        if (isSigned)
        {
            packet.signature = {0x80000451, "0123456789abcdef"};
        }
        const std::string octets = packet.ToOctets();
        BOOST_TEST(octets.size() == (isSigned ? 68u : 48u));
        const auto read = NtpPacket::Parse(octets);
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST((read->ToOctets() == octets));
        for (std::size_t size = 0; size < octets.size(); ++size)
        {
            BOOST_TEST(NtpPacket::Parse(octets.substr(0, size)).has_value() == (size == 48));
        }
        BOOST_TEST(!NtpPacket::Parse(octets + "x"));
    }
    for (const WallTime time :
         {START, START + Nanoseconds(999999999), WallTime(seconds(4000000000))})
    {
        BOOST_TEST((FromNtpTime(ToNtpTime(time)) == time));
    }
}

BOOST_AUTO_TEST_CASE(SmallOffsetIsSlewedUntilTheNextPoll)
{
    TimeRig rig({}, seconds(300));
    rig.RunUntil(seconds(512));
    BOOST_TEST(rig.Offset() == 150.0, boost::test_tools::tolerance(1e-6));
    rig.RunUntil(seconds(1023));
    BOOST_TEST(rig.Count(TimeEvent::Kind::Set) == 0u);
    BOOST_TEST(rig.Count(TimeEvent::Kind::Synchronized) == 1u);
    rig.RunUntil(seconds(1024));
    BOOST_TEST((std::chrono::abs(rig.clock.Offset(rig.now)) < milliseconds(1)));
    BOOST_TEST(rig.asked == "dc1 dc1 ");
    BOOST_TEST(rig.service.Source() == "dc1");
    BOOST_TEST(rig.service.State().stratum == 3);
}

BOOST_AUTO_TEST_CASE(LargeOffsetIsSetAtOnce)
{
    for (const int sign : {1, -1})
    {
        TimeRig rig({}, sign * seconds(301));
        rig.RunUntil(seconds(0));
        BOOST_TEST(rig.Count(TimeEvent::Kind::Set) == 1u);
        BOOST_TEST((std::chrono::abs(rig.clock.Offset(rig.now)) < milliseconds(1)));
    }
}

BOOST_AUTO_TEST_CASE(CorrectionBeyondTheAllowedOneIsRefused)
{
    TimeServiceConfig config;
    config.largestForward = hours(48);
    config.largestBackward = hours(1);
    for (const auto& [offset, refused] : {std::pair{hours(-48), false},
                                          std::pair{hours(-49), true},
                                          std::pair{hours(1), false},
                                          std::pair{hours(2), true}})
    {
        TimeRig rig(config, offset);
        rig.RunUntil(seconds(2048));
        BOOST_TEST(rig.Count(TimeEvent::Kind::CorrectionRefused) == (refused ? 3u : 0u));
        BOOST_TEST((rig.clock.Offset(rig.now) == offset) == refused);
        BOOST_TEST(rig.service.Source() == (refused ? "" : "dc1"));
    }
}

/// As S002's storage device asks (S002-47).
BOOST_AUTO_TEST_CASE(AskingAsAPeerIsAnsweredByAServer)
{
    TimeServiceConfig config;
    config.symmetricActive = true;
    config.first = seconds(100);
    TimeRig rig(config, seconds(10));
    rig.RunUntil(seconds(99));
    BOOST_TEST(rig.asked == "");
    rig.service.Advance(seconds(100));
    const TimeSend send = *rig.service.TakeSend();
    BOOST_TEST(NtpPacket::Parse(send.octets)->mode == NtpPacket::SYMMETRIC_ACTIVE);
    const std::string answer = *AnswerTime(send.octets, rig.state, START, &rig.known);
    BOOST_TEST(NtpPacket::Parse(answer)->mode == NtpPacket::SERVER);
    BOOST_TEST(send.octets.size() == 68U);
    BOOST_TEST(answer.size() == 68U);
    rig.service.Receive("dc1", answer, seconds(100));
    BOOST_TEST(rig.service.Source() == "dc1");
}

BOOST_AUTO_TEST_CASE(SilentSourceIsLeftAfterEightAttempts)
{
    TimeRig rig({}, seconds(1));
    rig.silent = {"dc1"};
    rig.RunUntil(minutes(3));
    BOOST_TEST(rig.asked == "dc1 dc1 dc1 dc1 dc1 dc1 dc1 dc1 dc2 ");
    BOOST_TEST(rig.Count(TimeEvent::Kind::SourceLost) == 1u);
    BOOST_TEST(rig.events[0].source == "dc1");
    BOOST_TEST(rig.service.Source() == "dc2");
}

BOOST_AUTO_TEST_CASE(EachSourceHasItsEightAttempts)
{
    TimeRig rig({}, seconds(1));
    rig.silent = {"dc1", "dc2"};
    rig.RunUntil(minutes(10));
    BOOST_TEST(rig.asked == "dc1 dc1 dc1 dc1 dc1 dc1 dc1 dc1 dc2 dc2 dc2 dc2 dc2 dc2 dc2 dc2 ");
}

BOOST_AUTO_TEST_CASE(SixteenIsNoStratum)
{
    for (const int stratum : {15, 16})
    {
        TimeRig rig({}, seconds(10));
        rig.state.stratum = static_cast<std::uint8_t>(stratum);
        rig.RunUntil(seconds(1));
        BOOST_TEST(rig.service.Source() == (stratum == 15 ? "dc1" : ""));
    }
}

BOOST_AUTO_TEST_CASE(WithoutASourceTheClockIsLeftAlone)
{
    TimeRig rig({}, seconds(400));
    rig.silent = {"dc1", "dc2"};
    rig.RunUntil(minutes(10));
    BOOST_TEST(rig.Offset() == 400.0);
    BOOST_TEST(rig.Count(TimeEvent::Kind::NoSource) == 1u);
    BOOST_TEST(rig.service.Source() == "");
    rig.silent.clear();
    rig.RunUntil(minutes(30));
    BOOST_TEST(rig.service.Source() == "dc1");
    BOOST_TEST((std::chrono::abs(rig.clock.Offset(rig.now)) < milliseconds(1)));

    TimeRig none;
    none.service.SetSources({});
    none.RunUntil(minutes(30));
    BOOST_TEST(none.Count(TimeEvent::Kind::NoSource) == 3u);
}

BOOST_AUTO_TEST_CASE(StoppedServiceLeavesTheClockToItself)
{
    TimeServiceConfig config;
    config.running = false;
    TimeRig rig(config, seconds(400));
    rig.RunUntil(hours(1));
    BOOST_TEST(rig.asked == "");
    rig.service.Start(hours(1));
    rig.RunUntil(hours(1));
    BOOST_TEST(rig.service.IsRunning());
    BOOST_TEST((std::chrono::abs(rig.clock.Offset(rig.now)) < milliseconds(1)));
    rig.service.Stop();
    rig.clock.Step(rig.now, seconds(-900)); // A virtual machine that its host has set back.
    rig.RunUntil(hours(2));
    BOOST_TEST(rig.Offset() == -900.0, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(rig.service.State().stratum == 0);
}

BOOST_AUTO_TEST_CASE(AnswersThatAreNotGenuineAreNotTaken)
{
    TimeRig wrongSecret({}, seconds(10));
    wrongSecret.known.text = "another";
    wrongSecret.RunUntil(seconds(30));
    BOOST_TEST(wrongSecret.Offset() == 10.0);

    TimeRig unsynchronized({}, seconds(10));
    unsynchronized.state.stratum = 0;
    unsynchronized.RunUntil(seconds(30));
    BOOST_TEST(unsynchronized.Offset() == 10.0);

    TimeRig rig({}, seconds(10));
    rig.service.Advance(seconds(0));
    const TimeSend send = *rig.service.TakeSend();
    const std::string answer = *AnswerTime(send.octets, rig.state, START, &rig.known);
    rig.service.Receive("dc2", answer, seconds(0));
    std::string changed = answer;
    changed[40] ^= 1;
    rig.service.Receive("dc1", changed, seconds(0));
    rig.service.Receive("dc1", send.octets, seconds(0));
    BOOST_TEST(rig.service.Source() == "");
    rig.service.Receive("dc1", answer, seconds(0));
    BOOST_TEST(rig.service.Source() == "dc1");
    // The same answer a second time is not one to an open request.
    rig.clock.Step(seconds(0), seconds(100));
    rig.service.Receive("dc1", answer, seconds(0));
    BOOST_TEST((rig.clock.Offset(seconds(0)) == seconds(110)));
    BOOST_TEST(!AnswerTime(answer, rig.state, START, &rig.known));
    BOOST_TEST(!AnswerTime(send.octets, rig.state, START, nullptr));
}

/// The chain of S001's first cause: the service is stopped, the clock runs away, Kerberos refuses;
/// the service is started, and all is well.
BOOST_AUTO_TEST_CASE(ReceiverWhoseTimeServiceStoodStillHealsWithIt)
{
    DomainRig rig;
    TimeServiceConfig config;
    config.running = false;
    DriftingClock& clock = rig.clocks.at("hub2");
    clock = DriftingClock(START, seconds(0), 50000);
    TimeService service(config, clock, 0);
    service.SetSources({"dc1"});
    rig.Wait(hours(24 * 69));
    BOOST_TEST(rig.Authenticate().mutual);
    rig.Wait(hours(24));
    BOOST_TEST(rig.Authenticate().service == ErrorCode::Skew);
    service.Start(rig.now);
    service.Advance(rig.now);
    service.Receive(
        "dc1",
        *AnswerTime(service.TakeSend()->octets, {1, 0, START}, rig.At("dc1").clock, nullptr),
        rig.now);
    BOOST_TEST(rig.Authenticate().mutual);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
