#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::kerberos
{

namespace
{

using std::chrono::seconds;

const PrincipalName SERVICE = PrincipalName::Parse(HUB2);

std::size_t
Count(const DomainRig& rig, ClientEvent::Kind kind)
{
    return static_cast<std::size_t>(std::count_if(rig.events.begin(),
                                                  rig.events.end(),
                                                  [&](const ClientEvent& event)
                                                  { return event.kind == kind; }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(client)

BOOST_AUTO_TEST_CASE(TransportFollowsFromTheImplementation)
{
    for (const std::uint32_t limit : {0u, 1465u})
    {
        KerberosPersona persona;
        persona.client.udpBelow = limit;
        DomainRig rig(TwoControllers(), persona);
        BOOST_TEST(rig.Authenticate().mutual);
        for (const WireMessage& message : rig.wire)
        {
            BOOST_TEST((message.transport == (limit == 0 ? Transport::Tcp : Transport::Udp)));
        }
    }
}

BOOST_AUTO_TEST_CASE(NextControllerIsAskedAfterATimeoutAndKept)
{
    DomainRig rig;
    rig.dropped = {{"dc1", Transport::Udp}, {"dc1", Transport::Tcp}};
    const Attempt first = rig.Authenticate();
    BOOST_TEST(first.mutual);
    BOOST_TEST(first.controller == "dc2");
    BOOST_TEST((first.took / seconds(1)) == 10 + 10);
    BOOST_TEST(Count(rig, ClientEvent::Kind::NoAnswer) == 1u);
    rig.client.ForgetAll();
    const Attempt second = rig.Authenticate();
    BOOST_TEST(second.controller == "dc2");
    BOOST_TEST((second.took / seconds(1)) == 0);
}

BOOST_AUTO_TEST_CASE(FirstControllerIsTriedAgainAfterTheFarTimeout)
{
    KerberosPersona persona;
    persona.client.farTimeout = std::chrono::minutes(10);
    DomainRig rig(TwoControllers(), persona);
    rig.dropped = {{"dc1", Transport::Udp}, {"dc1", Transport::Tcp}};
    BOOST_TEST(rig.Authenticate().controller == "dc2");
    rig.dropped.clear();
    rig.client.ForgetAll();
    BOOST_TEST(rig.Authenticate().controller == "dc2");
    rig.Wait(std::chrono::minutes(10));
    rig.client.ForgetAll();
    BOOST_TEST(rig.Authenticate().controller == "dc1");
}

BOOST_AUTO_TEST_CASE(NobodyThereMeansNoTicket)
{
    DomainRig rig;
    rig.client.SetControllers({});
    BOOST_TEST(rig.Obtain().error == ErrorCode::ServiceUnavailable);
    BOOST_TEST(!rig.client.NextTimer().has_value());
    BOOST_TEST(!rig.client.Find(SERVICE, rig.At("hub1").clock));
}

BOOST_AUTO_TEST_CASE(WishesAreServedInTurn)
{
    DomainRig rig;
    rig.client.Obtain(PrincipalName::Parse("HUB3$"), rig.At("hub1"));
    rig.client.Obtain(PrincipalName::Parse("SMTPSVC/nobody"), rig.At("hub1"));
    BOOST_TEST(rig.Obtain().service == "HUB3$");
    BOOST_TEST(rig.Obtain("HUB3$").error == ErrorCode::ServiceUnknown);
    rig.Obtain("HUB3$");
    BOOST_TEST(rig.events.back().service == HUB2);
    BOOST_TEST(rig.Codes() == "25 0 0 7 0");
}

BOOST_AUTO_TEST_CASE(WhatIsNoAnswerIsNotTakenForOne)
{
    DomainRig rig;
    rig.client.Obtain(SERVICE, rig.At("hub1"));
    const KdcSend send = *rig.client.TakeSend();
    const std::string answer =
        rig.kdcs.at("dc1").Answer(send.octets, send.transport, rig.At("dc1").clock);
    rig.client.Receive(send.request, "garbage", rig.At("hub1"));
    rig.client.Receive(send.request, send.octets, rig.At("hub1"));
    rig.client.Receive(send.request + 1, answer, rig.At("hub1"));
    BOOST_TEST(!rig.client.TakeSend());
    BOOST_TEST(!rig.client.TakeEvent());
    rig.Wait(seconds(10));
    rig.client.Advance(rig.At("hub1"));
    rig.client.Receive(send.request, answer, rig.At("hub1"));
    BOOST_TEST(!rig.client.TakeSend());
    rig.Wait(seconds(10));
    rig.client.Advance(rig.At("hub1"));
    BOOST_TEST(rig.client.TakeSend()->controller == "dc2");
}

BOOST_AUTO_TEST_CASE(AnswerToAnotherRequestDoesNotFit)
{
    DomainRig rig;
    rig.Obtain();
    const std::string old = rig.wire[3].octets;
    rig.client.ForgetAll();
    rig.client.Obtain(SERVICE, rig.At("hub1"));
    rig.client.Receive(rig.client.TakeSend()->request, old, rig.At("hub1"));
    BOOST_TEST(rig.client.TakeEvent()->error == ErrorCode::BadIntegrity);
}

BOOST_AUTO_TEST_CASE(OnlyTheServiceProvesItself)
{
    DomainRig rig;
    rig.Authenticate();
    const ApToken token = rig.client.MakeToken(SERVICE, rig.At("hub1").clock);
    BOOST_TEST(!Answers(token, rig.tokens[1].octets));
    BOOST_TEST(!Answers(token, ""));
    const AcceptResult result =
        rig.acceptor.Accept(token.octets, rig.hub2.NewestFirst(), rig.At("hub2").clock);
    BOOST_TEST(Answers(token, result.reply));
}

BOOST_AUTO_TEST_CASE(SameSeedSameOctets)
{
    DomainRig a;
    DomainRig b;
    a.Authenticate();
    b.Authenticate();
    BOOST_TEST_REQUIRE(a.wire.size() == b.wire.size());
    for (std::size_t i = 0; i < a.wire.size(); ++i)
    {
        BOOST_TEST((a.wire[i].octets == b.wire[i].octets));
    }
    BOOST_TEST((a.tokens[1].octets == b.tokens[1].octets));
}

BOOST_AUTO_TEST_CASE(FarClocksDoNotOverflow)
{
    DomainRig rig;
    rig.SetClock("dc1", std::chrono::hours(24 * 365 * 200));
    BOOST_TEST(rig.Authenticate().client == ErrorCode::NeverValid);
    BOOST_TEST(rig.Codes() == "25 37 11");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
