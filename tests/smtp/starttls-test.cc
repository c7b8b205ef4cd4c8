#include "models/smtp/tls-layer.h"
#include "tests/smtp/dialog.h"
#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

ServerPersona
OfferingTls(const std::string& keyword = "STARTTLS")
{
    ServerPersona persona;
    persona.keywords = {"SIZE", keyword, "AUTH NTLM"};
    persona.keywordsInTls = {"SIZE", "AUTH NTLM LOGIN"};
    return persona;
}

ClientPersona
WantingTls()
{
    ClientPersona persona;
    persona.tls.wanted = true;
    return persona;
}

struct TlsServer : Server
{
    explicit TlsServer(ServerPersona p = OfferingTls())
        : Server(std::move(p))
    {
        Start();
        Hear("EHLO c\r\n");
    }
};

/// A TLS client without SMTP of its own.
struct TlsClient
{
    explicit TlsClient(TlsServer& s)
        : server(s)
        , layer(TlsLayer::Role::Client, persona, "", DrawKey(1, "c"))
    {
    }

    std::string Say(std::string_view plain)
    {
        layer.Send(plain);
        return Carry();
    }

    std::string Carry()
    {
        std::string heard;
        for (std::string octets; !(octets = layer.TakeOutput()).empty();)
        {
            layer.Receive(server.Hear(octets), heard);
        }
        return heard;
    }

    TlsServer& server;
    TlsPersona persona;
    TlsLayer layer;
};

} // namespace

BOOST_AUTO_TEST_SUITE(starttls)

BOOST_AUTO_TEST_CASE(MailUnderTlsInAnyPieces)
{
    for (const char* verb : {"STARTTLS", "X-ANONYMOUSTLS"})
    {
        for (const std::size_t step : {std::size_t(1), std::size_t(9), Session::UNLIMITED})
        {
            ClientPersona client = WantingTls();
            client.tls.verbs = {"X-ANONYMOUSTLS", "STARTTLS"};
            client.auth.wanted = true;
            client.auth.user = "jia";
            client.auth.password = "secret";
            std::string content = "Subject: x\r\n\r\n";
            for (int i = 0; i < 40; ++i)
            {
                content += std::string(900, 'y') + "\r\n";
            }
            Accounts policy;
            Dialog dialog(client, OfferingTls(verb), policy, SmallMail(content), step);
            dialog.Run();
            BOOST_TEST_REQUIRE(dialog.heard.messages.size() == 1u);
            BOOST_TEST(dialog.heard.messages[0].content == content);
            // LOGIN is offered under TLS only; the first EHLO's keywords count no more.
            BOOST_TEST(dialog.heard.authentications.at(0) == "LOGIN EXAMPLE\\jia yes");
            BOOST_TEST(dialog.heard.tls.at(0) ==
                       "TLS_RSA_WITH_AES_128_CBC_SHA mx.example.org mx.example.org");
            BOOST_TEST(dialog.heard.tls == dialog.told.tls, boost::test_tools::per_element());
            BOOST_TEST(dialog.heard.violations == std::vector<std::string>(),
                       boost::test_tools::per_element());
            BOOST_TEST(dialog.told.violations == std::vector<std::string>(),
                       boost::test_tools::per_element());
            BOOST_TEST((dialog.heard.ends.at(0) == EndReason::Quit));
            BOOST_TEST((dialog.told.ends.at(0) == EndReason::Quit));
            BOOST_TEST(dialog.Sent(true).find("MAIL") == std::string::npos);
            BOOST_TEST(dialog.Sent(true).find(std::string(verb) + "\r\n") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(TlsForgetsWhatWasSaidBefore)
{
    TlsServer s;
    BOOST_TEST(s.Hear("STARTTLS now\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("STARTTLS\r\n") == "220 2.0.0 Ready to start TLS\r\n");
    BOOST_TEST(s.session.Facts().helo == "");
    TlsClient client(s);
    client.Carry();
    BOOST_TEST(client.layer.Established());
    BOOST_TEST(client.Say("MAIL FROM:<a@b.c>\r\n").substr(0, 3) == "503");
    BOOST_TEST(client.Say("EHLO c\r\n") ==
               "250-mx.example.org\r\n250-SIZE\r\n250 AUTH NTLM LOGIN\r\n");
    BOOST_TEST(client.Say("STARTTLS\r\n").substr(0, 3) == "500");
    BOOST_TEST(client.Say("MAIL FROM:<a@b.c>\r\n").substr(0, 3) == "250");
    TlsServer busy;
    busy.Hear("MAIL FROM:<a@b.c>\r\n");
    BOOST_TEST(busy.Hear("STARTTLS\r\n").substr(0, 3) == "503");
}

/// CVE-2011-0411: commands in the open behind STARTTLS are not commands under TLS.
BOOST_AUTO_TEST_CASE(CommandsBehindStartTlsAreDropped)
{
    const std::string injected = "STARTTLS\r\nEHLO evil\r\nMAIL FROM:<evil@example.net>\r\n";
    for (const bool vulnerable : {false, true})
    {
        ServerPersona persona = OfferingTls();
        persona.keepInputAtTls = vulnerable;
        TlsServer s(persona);
        BOOST_TEST(s.Hear(injected) == "220 2.0.0 Ready to start TLS\r\n");
        BOOST_TEST(s.recorder.violations.back() == "plaintext-at-tls");
        BOOST_TEST((s.session.Unread() > 0) == vulnerable);
        TlsClient client(s);
        const std::string heard = client.Carry();
        BOOST_TEST((heard.find("250 2.1.0") != std::string::npos) == vulnerable);
        BOOST_TEST((s.session.Facts().helo == "evil") == vulnerable);
    }
    // The same while the reply waits for its time.
    ServerPersona slow = OfferingTls();
    slow.think.other.base = Ms(10);
    TlsServer s(slow);
    s.Hear("STARTTLS\r\n", 1);
    s.Hear("EHLO evil\r\n", 5);
    s.session.Tick(Ms(11));
    BOOST_TEST(s.session.TakeOutput() == "220 2.0.0 Ready to start TLS\r\n");
    BOOST_TEST(s.session.Unread() == 0u);
    BOOST_TEST(s.recorder.violations.back() == "plaintext-at-tls");
}

BOOST_AUTO_TEST_CASE(RepliesBehindTheOneToStartTlsAreDropped)
{
    ClientPersona persona = WantingTls();
    Recorder recorder;
    ClientSession client(persona, SmallMail(), "c", recorder, DrawKey(1, "c"));
    client.Connected(Ms(0));
    client.Receive("220 mx\r\n", Ms(1));
    client.Receive("250-mx\r\n250 STARTTLS\r\n", Ms(2));
    client.TakeOutput();
    client.Receive("220 go\r\n250-forged\r\n250 AUTH LOGIN\r\n", Ms(3));
    BOOST_TEST(client.TakeOutput().substr(0, 2) == "\x16\x03");
    BOOST_TEST(recorder.violations.back() == "plaintext-at-tls");
    BOOST_TEST(client.Unread() == 0u);
    // A forged reply in the open ends a TLS session, and is not believed.
    client.Receive("551 User not local\r\n", Ms(4));
    BOOST_TEST((recorder.results.at(0).message.outcome == TransactionOutcome::Deferred));
    BOOST_TEST((recorder.results.at(0).message.cause == OutcomeReason::TlsFailed));
    BOOST_TEST((recorder.results.at(0).message.opening == HelloStep::Handshake));
    BOOST_TEST((recorder.ends.at(0) == EndReason::TlsFailed));
    BOOST_TEST(client.TakeOutput().at(0) == 0x15);
    BOOST_TEST(client.WantsClose());
}

BOOST_AUTO_TEST_CASE(StrippedOrRefusedIsMetByHabit)
{
    for (const bool required : {false, true})
    {
        ClientPersona client = WantingTls();
        client.tls.whenNotOffered = required ? FallbackPolicy::Defer : FallbackPolicy::GoOn;
        client.tls.whenRefused = required ? FallbackPolicy::Fail : FallbackPolicy::GoOn;
        ServerPolicy policy;
        Dialog stripped(client, ServerPersona(), policy, SmallMail());
        stripped.Run();
        BOOST_TEST(stripped.heard.messages.size() == (required ? 0u : 1u));
        BOOST_TEST((stripped.told.results.at(0).message.cause ==
                    (required ? OutcomeReason::TlsNotOffered : OutcomeReason::Reply)));

        struct Full : ServerPolicy
        {
            Decision OnStartTls(const ServerFacts&) override
            {
                return {"454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server"};
            }
        };

        Full full;
        Dialog refused(client, OfferingTls(), full, SmallMail());
        refused.Run();
        const ClientVerdict& verdict = refused.told.results.at(0).message;
        BOOST_TEST(refused.heard.messages.size() == (required ? 0u : 1u));
        BOOST_TEST((verdict.outcome ==
                    (required ? TransactionOutcome::Deferred : TransactionOutcome::Accepted)));
    }
    ServerPersona strict = OfferingTls();
    strict.requireTls = true;
    TlsServer s(strict);
    BOOST_TEST(s.Hear("MAIL FROM:<a@b.c>\r\n").substr(0, 3) == "530");
    BOOST_TEST(s.Hear("AUTH NTLM\r\n").substr(0, 3) == "530");
}

BOOST_AUTO_TEST_CASE(BrokenHandshakes)
{
    TlsServer server;
    server.Hear("STARTTLS\r\n");
    server.Hear("EHLO still in the open\r\n");
    BOOST_TEST((server.recorder.ends.at(0) == EndReason::TlsFailed));
    BOOST_TEST(server.recorder.violations.back() == "tls-broken");
    BOOST_TEST(server.session.WantsClose());

    TlsServer silent;
    silent.Hear("STARTTLS\r\n", 1);
    silent.session.Tick(Ms(5 * 60000 + 1));
    BOOST_TEST((silent.recorder.ends.at(0) == EndReason::TimedOut));
    BOOST_TEST(silent.session.TakeOutput() == "");

    TlsServer gone;
    gone.Hear("STARTTLS\r\n", 1);
    gone.session.PeerClosed(Ms(2), false);
    BOOST_TEST((gone.recorder.ends.at(0) == EndReason::PeerClosed));

    ClientPersona persona = WantingTls();
    Recorder recorder;
    ClientSession client(persona, SmallMail(), "c", recorder, DrawKey(1, "c"));
    client.Connected(Ms(0));
    client.Receive("220 mx\r\n", Ms(1));
    client.Receive("250-mx\r\n250 STARTTLS\r\n", Ms(2));
    client.Receive("220 go\r\n", Ms(3));
    client.PeerClosed(Ms(4), false);
    BOOST_TEST((recorder.results.at(0).message.cause == OutcomeReason::PeerClosed));
    BOOST_TEST(!client.NextTimer().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
