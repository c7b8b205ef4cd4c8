// Each error of a KDC and of a service, from the state that it follows from.

#include "tests/kerberos/domain-rig.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::kerberos
{

namespace
{

using std::chrono::hours;
using std::chrono::seconds;

/// Another account asks in the place of HUB1$.
void
BecomeClient(DomainRig& rig, const std::string& account, std::vector<Secret> secrets)
{
    rig.client = Client(rig.persona.client, account, "EXAMPLE.COM", DrawKey(1, account));
    rig.client.SetControllers({"dc1", "dc2"});
    rig.client.SetSecrets(std::move(secrets));
}

/// The code of a KDC's answer to a message.
ErrorCode
AnswerOf(DomainRig& rig, const std::string& octets)
{
    const std::string answer =
        rig.kdcs.at("dc1").Answer(octets, Transport::Tcp, rig.At("dc1").clock);
    const auto message = ParseMessage(answer);
    const auto* error = message ? std::get_if<KrbError>(&*message) : nullptr;
    return error ? error->code : ErrorCode::None;
}

/// The last request of the client that a KDC has read.
KdcRequest
LastKdcRequest(const DomainRig& rig)
{
    return std::get<KdcRequest>(*ParseMessage(rig.wire[rig.wire.size() - 2].octets));
}

/// An AP-REQ with a ticket that somebody shows in another one's name.
std::string
InTheNameOf(const std::string& client, const Credential& credential, WallTime clock)
{
    Authenticator authenticator;
    authenticator.clientRealm = "EXAMPLE.COM";
    authenticator.client = PrincipalName::Parse(client);
    authenticator.time = Stamp::Of(clock);
    ApRequest request;
    request.ticket = credential.ticket;
    request.authenticator.type = credential.key.type;
    request.authenticator.cipher = Seal(credential.key,
                                        KeyUsage::ApAuthenticator,
                                        ToOctets(authenticator),
                                        DrawKey(1, "test")("confounder"));
    return ToOctets(request);
}

} // namespace

BOOST_AUTO_TEST_SUITE(kdc)

BOOST_AUTO_TEST_CASE(WhoIsNotThereIsUnknownAndWhoIsLockedIsRevoked)
{
    DomainRig rig;
    BecomeClient(rig, "nobody", {{"nobody", "secret"}});
    BOOST_TEST(rig.Obtain().error == ErrorCode::ClientUnknown);
    BecomeClient(rig, "jia", {{"jia", "secret"}});
    rig.domain.At("dc1").SetDisabled("jia", true, rig.now);
    BOOST_TEST(rig.Obtain().error == ErrorCode::ClientRevoked);
    // The other controller has not heard of it.
    rig.client.SetControllers({"dc2"});
    BOOST_TEST(rig.Obtain().error == ErrorCode::None);
    BOOST_TEST(rig.Codes() == "6 18 25 0 0");
}

BOOST_AUTO_TEST_CASE(WrongPasswordFailsInPreAuthentication)
{
    DomainRig rig;
    BecomeClient(rig, "jia", {{"jia", "wrong"}});
    BOOST_TEST(rig.Obtain().error == ErrorCode::PreAuthFailed);
    BecomeClient(rig, "JIA", {{"jia", "wrong"}, {"jia", "secret"}});
    BOOST_TEST(rig.Obtain().error == ErrorCode::None);
    BOOST_TEST(rig.Codes() == "25 24 25 24 0 0");
}

BOOST_AUTO_TEST_CASE(WithoutPreAuthenticationTheKeyDecides)
{
    KerberosPersona persona;
    persona.kdc.preAuthentication = false;
    DomainRig rig(TwoControllers(), persona);
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "0 0");
    BecomeClient(rig, "jia", {{"jia", "wrong"}});
    BOOST_TEST(rig.Obtain().error == ErrorCode::BadIntegrity);
}

BOOST_AUTO_TEST_CASE(ProofThatComesAtOnceSavesARequest)
{
    KerberosPersona persona;
    persona.client.eagerPreAuth = true;
    DomainRig rig(TwoControllers(), persona);
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "0 0");
}

BOOST_AUTO_TEST_CASE(EncryptionTypesHaveToMeet)
{
    KerberosPersona persona;
    persona.client.offeredTypes = {3, 1};
    DomainRig rig(TwoControllers(), persona);
    BOOST_TEST(rig.Obtain().error == ErrorCode::EncryptionTypeUnsupported);
    persona.client.offeredTypes = {18, 23};
    persona.kdc.encryptionTypes = {EncryptionType::Rc4Hmac, EncryptionType::Aes256};
    DomainRig aes(TwoControllers(), persona);
    BOOST_TEST(aes.Authenticate().mutual);
    BOOST_TEST(aes.client.Find(PrincipalName::Parse(HUB2), aes.At("hub1").clock)->key.type == 18);
}

BOOST_AUTO_TEST_CASE(OtherRealmsAndOtherMessagesAreRefused)
{
    DomainRig rig;
    rig.Authenticate();
    KdcRequest request = LastKdcRequest(rig);
    request.body.realm = "EXAMPLE.ORG";
    BOOST_TEST(AnswerOf(rig, ToOctets(request)) == ErrorCode::WrongRealm);
    BOOST_TEST(AnswerOf(rig, rig.wire.back().octets) == ErrorCode::MessageType);
    BOOST_TEST(AnswerOf(rig, rig.tokens[0].octets) == ErrorCode::MessageType);
    BOOST_TEST(rig.kdcs.at("dc1").Answer("nothing", Transport::Udp, START) == "");
    const AcceptResult result =
        rig.acceptor.Accept(rig.wire.back().octets, rig.hub2.NewestFirst(), START);
    BOOST_TEST(result.error == ErrorCode::MessageType);
    BOOST_TEST(ParseMessage(result.reply).has_value());
}

BOOST_AUTO_TEST_CASE(RequestsForServicesNeedATicketForTickets)
{
    DomainRig rig;
    rig.Authenticate();
    KdcRequest request = LastKdcRequest(rig);
    request.padata.clear();
    BOOST_TEST(AnswerOf(rig, ToOctets(request)) == ErrorCode::PaDataUnsupported);
    request.padata = {{{pa_type::TGS_REQUEST, rig.tokens[0].octets}}};
    BOOST_TEST(AnswerOf(rig, ToOctets(request)) == ErrorCode::NotUs);
}

BOOST_AUTO_TEST_CASE(BodyIsBoundToItsAuthenticator)
{
    DomainRig rig;
    rig.Obtain();
    KdcRequest request = LastKdcRequest(rig);
    BOOST_TEST(AnswerOf(rig, ToOctets(request)) == ErrorCode::Repeat);
    DomainRig fresh;
    request.body.service = PrincipalName::Parse("HUB3$");
    BOOST_TEST(AnswerOf(fresh, ToOctets(request)) == ErrorCode::Modified);
}

BOOST_AUTO_TEST_CASE(TokensAreTakenOnceAndFromTheirOwnerOnly)
{
    DomainRig rig;
    rig.Authenticate();
    const PrincipalName service = PrincipalName::Parse(HUB2);
    const auto accept = [&](const std::string& octets)
    { return rig.acceptor.Accept(octets, rig.hub2.NewestFirst(), rig.At("hub2").clock).error; };
    BOOST_TEST(accept(rig.tokens[0].octets) == ErrorCode::Repeat);
    for (int i = 0; i < 5; ++i)
    {
        BOOST_TEST(accept(rig.client.MakeToken(service, rig.At("hub1").clock).octets) ==
                   ErrorCode::None);
    }
    const Credential& credential = *rig.client.Find(service, rig.At("hub1").clock);
    rig.Wait(seconds(1));
    BOOST_TEST(accept(InTheNameOf("jia", credential, rig.At("hub1").clock)) == ErrorCode::BadMatch);
    Credential other = credential;
    other.key.octets[0] = static_cast<char>(other.key.octets[0] ^ 1);
    BOOST_TEST(accept(InTheNameOf("HUB1$", other, rig.At("hub1").clock)) == ErrorCode::Modified);
}

BOOST_AUTO_TEST_CASE(ReplaysAreForgottenWhenTheirTimeRefusesThem)
{
    ReplayCache cache(2);
    const PrincipalName service = PrincipalName::Parse(HUB2);
    Authenticator first;
    first.time = {1000, 0};
    BOOST_TEST(cache.Add(first, service, START));
    BOOST_TEST(!cache.Add(first, service, WallTime(seconds(1000))));
    BOOST_TEST(cache.Add(first, PrincipalName::Parse("HUB3$"), WallTime(seconds(1000))));
    Authenticator second;
    second.time = {2000, 0};
    BOOST_TEST(cache.Add(second, service, WallTime(seconds(1001))));
    BOOST_TEST(cache.Add(first, service, WallTime(seconds(1000))));
    BOOST_TEST(ReplayCache(0).Add(first, service, START));
}

BOOST_AUTO_TEST_CASE(TicketsEnd)
{
    KerberosPersona persona;
    persona.accept.ticketTimesFirst = true;
    DomainRig rig(TwoControllers(), persona);
    BOOST_TEST(rig.Authenticate().mutual);
    rig.Wait(hours(10) - seconds(1) - (rig.now - Nanoseconds(0)));
    rig.SetClock("hub2", seconds(300));
    BOOST_TEST(rig.Authenticate().mutual);
    rig.SetClock("hub2", seconds(302));
    BOOST_TEST(rig.Authenticate().service == ErrorCode::TicketExpired);
    // The client's tickets have ended by its own clock.
    rig.SetClock("hub2", seconds(0));
    rig.Wait(seconds(2));
    rig.wire.clear();
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "25 0 0");
}

BOOST_AUTO_TEST_CASE(TicketForTicketsThatTheKdcTakesForEndedIsRenewed)
{
    for (const bool timesFirst : {false, true})
    {
        KerberosPersona persona;
        persona.accept.ticketTimesFirst = timesFirst;
        DomainRig rig(TwoControllers(), persona);
        rig.Authenticate();
        rig.Wait(hours(10) - seconds(1));
        rig.SetClock("dc1", seconds(302));
        rig.wire.clear();
        BOOST_TEST(rig.Obtain("HUB3$").error == ErrorCode::None);
        // With the KDC's time the client sees by itself that its ticket has ended.
        BOOST_TEST(rig.Codes() == (timesFirst ? "32 25 37 0 0" : "37 25 0 0"));
    }
}

BOOST_AUTO_TEST_CASE(TicketForTicketsOfAKeyThatTheKdcDoesNotHaveIsRenewed)
{
    for (const std::int64_t error : {31, 41})
    {
        KerberosPersona persona;
        persona.accept.integrityError = error;
        DomainRig rig(TwoControllers(), persona);
        rig.domain.ChangeSecret("dc1", TICKET_ACCOUNT, rig.now);
        rig.Authenticate();
        rig.client.SetControllers({"dc2"});
        rig.wire.clear();
        BOOST_TEST(rig.Obtain("HUB3$").error == ErrorCode::None);
        BOOST_TEST(rig.Codes() == std::to_string(error) + " 25 0 0");
        rig.ChangeHub2("dc1");
        BOOST_TEST(static_cast<std::int64_t>(rig.Authenticate().service) == error);
    }
}

BOOST_AUTO_TEST_CASE(LongAnswersComeByTcpOnly)
{
    DomainConfig config = TwoControllers();
    config.accounts["HUB1$"].pacSize = 1200;
    DomainRig rig(config);
    BOOST_TEST(rig.Authenticate().mutual);
    BOOST_TEST(rig.Codes() == "25 52 0 0");
    std::string ways;
    for (const WireMessage& message : rig.wire)
    {
        ways += message.fromClient ? message.transport == Transport::Udp ? "u" : "t" : "";
        BOOST_TEST((message.transport == Transport::Tcp || message.octets.size() <= 1465));
    }
    // The ticket makes the last request long, too.
    BOOST_TEST(ways == "uutt");
}

BOOST_AUTO_TEST_CASE(EventsSayWhoAskedForWhatAndHowFarHisClockWas)
{
    DomainRig rig;
    rig.SetClock("hub1", seconds(301));
    rig.Authenticate();
    const auto told = rig.Told(KdcEvent::Kind::Answer);
    BOOST_TEST_REQUIRE(told.size() == 4u);
    BOOST_TEST(told[1].error == ErrorCode::Skew);
    BOOST_TEST((told[1].clientAhead / seconds(1)) == 300);
    BOOST_TEST(told[1].client == "HUB1$");
    BOOST_TEST(told[1].service == "krbtgt/EXAMPLE.COM");
    BOOST_TEST(told[3].client == "HUB1$");
    BOOST_TEST(told[3].service == HUB2);
    BOOST_TEST((told[3].exchange == Exchange::Tgs));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::kerberos
