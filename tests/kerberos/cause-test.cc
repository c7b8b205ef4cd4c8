// What each cause shows: the cells of the matrix by which the causes are told apart.

#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::kerberos
{

namespace
{

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Windows since 2008, whose services look at the ticket's times first.
KerberosPersona
TicketTimesFirst()
{
    KerberosPersona persona;
    persona.accept.ticketTimesFirst = true;
    return persona;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cause)

BOOST_AUTO_TEST_CASE(ControlSucceedsAndProvesBothSides)
{
    DomainRig rig;
    const Attempt first = rig.Authenticate();
    BOOST_TEST(first.client == ErrorCode::None);
    BOOST_TEST(first.service == ErrorCode::None);
    BOOST_TEST(first.mutual);
    BOOST_TEST(first.controller == "dc1");
    BOOST_TEST(rig.Codes() == "25 0 0");
    BOOST_TEST(rig.accepted.client == "HUB1$@EXAMPLE.COM");
    BOOST_TEST(rig.accepted.service == HUB2);
    // The second one has its ticket already.
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "25 0 0");
}

BOOST_AUTO_TEST_CASE(SenderThatIsOffHealsItselfWithOneMoreRequest)
{
    for (const int sign : {1, -1})
    {
        for (const int offset : {299, 300, 301, 86400})
        {
            DomainRig rig;
            // On its way to the KDC the request takes a millisecond.
            rig.SetClock("hub1", sign * seconds(offset) + milliseconds(1));
            const Attempt attempt = rig.Authenticate();
            BOOST_TEST(attempt.client == ErrorCode::None);
            BOOST_TEST(rig.Codes() == (offset <= 300 ? "25 0 0" : "25 37 0 0"), sign * offset);
        }
    }
}

BOOST_AUTO_TEST_CASE(CorrectedSenderIsAcceptedByTheReceiver)
{
    DomainRig rig;
    rig.SetClock("hub1", seconds(-1000));
    const Attempt attempt = rig.Authenticate();
    BOOST_TEST(attempt.mutual);
    BOOST_TEST((rig.client.Correction() / seconds(1)) == 999);
    BOOST_TEST(rig.events[0].controller == "dc1");
    BOOST_TEST((rig.events[0].kind == ClientEvent::Kind::ClockCorrected));
    // Set right again, it is off by what it still adds, and heals once more.
    rig.SetClock("hub1", seconds(0));
    BOOST_TEST(rig.Authenticate().service == ErrorCode::Skew);
    rig.client.ForgetAll();
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "25 37 0 0 25 37 0 0");
}

BOOST_AUTO_TEST_CASE(SenderThatKeepsToItsClockFails)
{
    KerberosPersona persona;
    persona.client.heedsServerTime = false;
    DomainRig rig(TwoControllers(), persona);
    rig.SetClock("hub1", seconds(301));
    BOOST_TEST(rig.Authenticate().client == ErrorCode::Skew);
    BOOST_TEST(rig.Codes() == "25 37");
}

BOOST_AUTO_TEST_CASE(ReceiverThatIsOffRefuses)
{
    for (const int sign : {1, -1})
    {
        for (const int offset : {299, 300, 301, 3600})
        {
            DomainRig rig;
            rig.SetClock("hub2", sign * seconds(offset));
            const Attempt attempt = rig.Authenticate();
            const bool off = offset > 300;
            BOOST_TEST(attempt.client == ErrorCode::None);
            BOOST_TEST(attempt.service == (off ? ErrorCode::Skew : ErrorCode::None), sign * offset);
            BOOST_TEST(rig.Codes() == "25 0 0");
            rig.SetClock("hub2", seconds(0));
            BOOST_TEST(rig.Authenticate().mutual);
        }
    }
}

BOOST_AUTO_TEST_CASE(TicketIsNotYetValidWhereTheReceiverIsBehindIt)
{
    for (const auto& [offset, error] : {std::pair{-299, ErrorCode::None},
                                        std::pair{-300, ErrorCode::None},
                                        std::pair{-301, ErrorCode::TicketNotYetValid},
                                        std::pair{301, ErrorCode::Skew}})
    {
        DomainRig rig(TwoControllers(), TicketTimesFirst());
        // Tickets begin with a whole second: here with that in which the KDC hears of it, 5 ms from
        // the start, and the receiver 1 ms later.
        rig.Wait(seconds(1) - milliseconds(5));
        rig.SetClock("hub2", seconds(offset));
        BOOST_TEST(rig.Authenticate().service == error, offset);
    }
}

BOOST_AUTO_TEST_CASE(OldTicketShowsTheSameReceiverAsSkewed)
{
    DomainRig rig(TwoControllers(), TicketTimesFirst());
    BOOST_TEST(rig.Authenticate().mutual);
    rig.Wait(std::chrono::hours(1));
    rig.SetClock("hub2", seconds(-301));
    BOOST_TEST(rig.Authenticate().service == ErrorCode::Skew);
}

BOOST_AUTO_TEST_CASE(ControllerThatIsOffGivesTicketsThatNobodyTakes)
{
    DomainRig rig(TwoControllers(), TicketTimesFirst());
    rig.SetClock("dc1", seconds(600));
    BOOST_TEST(rig.Authenticate().service == ErrorCode::TicketNotYetValid);
    BOOST_TEST(rig.Codes() == "25 37 0 0");
    // By the RFC's order the authenticator is looked at first.
    DomainRig plain;
    plain.SetClock("dc1", seconds(600));
    BOOST_TEST(plain.Authenticate().service == ErrorCode::Skew);
}

BOOST_AUTO_TEST_CASE(StaleControllerGivesTicketsThatDoNotOpen)
{
    DomainRig rig;
    rig.domain.SetReplication(0, false);
    rig.ChangeHub2("dc1");
    // It comes and goes with the controller that serves.
    BOOST_TEST(rig.Authenticate().mutual);
    rig.client.SetControllers({"dc2", "dc1"});
    rig.client.ForgetAll();
    for (int i = 0; i < 3; ++i)
    {
        rig.Wait(QUARTER);
        const Attempt stale = rig.Authenticate();
        BOOST_TEST(stale.controller == "dc2");
        BOOST_TEST(stale.client == ErrorCode::None);
        BOOST_TEST(stale.service == ErrorCode::Modified);
    }
    BOOST_TEST(rig.domain.Neighbors()[0].failures == 3u);
    rig.domain.SetReplication(0, true);
    rig.Wait(QUARTER);
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.domain.Neighbors()[0].failures == 0u);
}

BOOST_AUTO_TEST_CASE(EarlierPasswordsThatAreKeptOpenTicketsOfTheLast)
{
    KerberosPersona persona;
    persona.earlierSecrets = 1;
    DomainRig rig(TwoControllers(), persona);
    rig.domain.SetReplication(0, false);
    rig.client.SetControllers({"dc2"});
    rig.ChangeHub2("dc1");
    BOOST_TEST(rig.Authenticate().mutual);
    rig.ChangeHub2("dc1");
    BOOST_TEST(rig.Authenticate().service == ErrorCode::Modified);
}

BOOST_AUTO_TEST_CASE(NamesThatAreMissingOrDoubleLookTheSameOnTheWire)
{
    DomainRig missing;
    missing.domain.At("dc1").SetServiceNames("HUB2$", {}, missing.now);
    BOOST_TEST(missing.Authenticate().client == ErrorCode::ServiceUnknown);
    BOOST_TEST(missing.Codes() == "25 0 7");
    BOOST_TEST(missing.Told(KdcEvent::Kind::DuplicateName).empty());

    DomainRig twice;
    twice.domain.At("dc1").SetServiceNames("HUB3$", {std::string(HUB2)}, twice.now);
    BOOST_TEST(twice.Authenticate().client == ErrorCode::ServiceUnknown);
    BOOST_TEST(twice.Codes() == missing.Codes());
    const auto told = twice.Told(KdcEvent::Kind::DuplicateName);
    BOOST_TEST_REQUIRE(told.size() == 1u);
    BOOST_TEST(told[0].service == HUB2);
    BOOST_TEST(told[0].holders == (std::vector<std::string>{"HUB2$", "HUB3$"}),
               boost::test_tools::per_element());
    for (std::size_t i = 0; i < twice.wire.size(); ++i)
    {
        BOOST_TEST(twice.wire[i].octets.size() == missing.wire[i].octets.size());
    }

    twice.domain.At("dc1").SetServiceNames("HUB3$", {}, twice.now);
    BOOST_TEST(twice.Authenticate().mutual);
}

BOOST_AUTO_TEST_CASE(NameOnAWrongAccountGivesATicketForThatAccount)
{
    DomainRig rig;
    rig.domain.At("dc1").SetServiceNames("HUB2$", {}, rig.now);
    rig.domain.At("dc1").SetServiceNames("HUB3$", {std::string(HUB2)}, rig.now);
    const Attempt attempt = rig.Authenticate();
    BOOST_TEST(attempt.client == ErrorCode::None);
    BOOST_TEST(attempt.service == ErrorCode::Modified);
    BOOST_TEST(rig.Codes() == "25 0 0");
    // Other services of the same domain are not touched.
    BOOST_TEST(rig.Obtain("HUB3$").error == ErrorCode::None);
}

BOOST_AUTO_TEST_CASE(BlockedPortsTakeTimeAndByHowTheyAreBlocked)
{
    const auto block = [](DomainRig& rig, auto& ways)
    {
        for (const char* controller : {"dc1", "dc2"})
        {
            for (const Transport way : ways)
            {
                rig.dropped.insert({controller, way});
            }
        }
    };
    const std::vector<Transport> udp{Transport::Udp};
    const std::vector<Transport> tcp{Transport::Tcp};
    KerberosPersona modern;
    modern.client.udpBelow = 0;

    DomainRig windows2003;
    block(windows2003, udp);
    const Attempt dropped = windows2003.Authenticate();
    BOOST_TEST(dropped.client == ErrorCode::ServiceUnavailable);
    BOOST_TEST((dropped.took / seconds(1)) == 3 * 10 + 2 * 10);

    DomainRig harmless(TwoControllers(), modern);
    block(harmless, udp);
    BOOST_TEST(harmless.Authenticate().mutual);

    DomainRig blocked(TwoControllers(), modern);
    block(blocked, tcp);
    BOOST_TEST(blocked.Authenticate().client == ErrorCode::ServiceUnavailable);
    blocked.dropped.clear();
    BOOST_TEST(blocked.Authenticate().mutual);

    DomainRig rejected(TwoControllers(), modern);
    rejected.rejected = {{"dc1", Transport::Tcp}, {"dc2", Transport::Tcp}};
    const Attempt quick = rejected.Authenticate();
    BOOST_TEST(quick.client == ErrorCode::ServiceUnavailable);
    BOOST_TEST((quick.took / seconds(1)) == 2 * 10);

    KerberosPersona both;
    both.client.otherTransport = true;
    DomainRig fallback(TwoControllers(), both);
    block(fallback, udp);
    BOOST_TEST(fallback.Authenticate().mutual);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
