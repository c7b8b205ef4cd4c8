#include "tests/smtp/dialog.h"
#include "tests/smtp/server-fixture.h"

#include "models/smtp/base64.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

ServerPersona
Offering(const std::string& mechanisms = "NTLM LOGIN PLAIN GSSAPI")
{
    ServerPersona persona;
    persona.keywords = {"SIZE", "AUTH " + mechanisms};
    return persona;
}

/// A server that knows jia, after its EHLO.
struct AuthServer
{
    explicit AuthServer(ServerPersona p = Offering())
        : persona(std::move(p))
        , connection{"mx.example.org", "example.org", {}, {}, 40000, 25, 7, {}, 0}
        , session(persona, policy, recorder, connection, DrawKey(1, "server"))
    {
        session.Connected(Ms(0));
        Hear("EHLO c\r\n");
    }

    std::string Hear(std::string_view bytes)
    {
        session.Receive(bytes, Ms(1));
        return session.TakeOutput();
    }

    ServerPersona persona;
    Accounts policy;
    Recorder recorder;
    ConnectionInfo connection;
    ServerSession session;
};

ClientPersona
WithAuth(std::vector<AuthMechanism> mechanisms, const std::string& password = "secret")
{
    ClientPersona persona;
    persona.auth.wanted = true;
    persona.auth.mechanisms = std::move(mechanisms);
    persona.auth.user = "jia";
    persona.auth.password = password;
    return persona;
}

} // namespace

BOOST_AUTO_TEST_SUITE(authentication)

BOOST_AUTO_TEST_CASE(LoginAndPlainAsRealClientsSpeakThem)
{
    AuthServer login;
    BOOST_TEST(login.Hear("AUTH LOGIN\r\n") == "334 VXNlcm5hbWU6\r\n");
    BOOST_TEST(login.Hear("amlh\r\n") == "334 UGFzc3dvcmQ6\r\n");
    BOOST_TEST(login.Hear("c2VjcmV0\r\n") == "235 2.7.0 Authentication successful\r\n");
    BOOST_TEST(login.session.Facts().user == "EXAMPLE\\jia");
    BOOST_TEST(login.session.Facts().mechanism == "LOGIN");
    BOOST_TEST(login.recorder.authentications.at(0) == "LOGIN EXAMPLE\\jia yes");
    BOOST_TEST(login.recorder.commands.back() == "c2VjcmV0");
    BOOST_TEST(login.Hear("AUTH LOGIN\r\n").substr(0, 3) == "503");

    AuthServer initial;
    BOOST_TEST(initial.Hear("AUTH LOGIN amlh\r\n") == "334 UGFzc3dvcmQ6\r\n");
    AuthServer plain;
    BOOST_TEST(plain.Hear("auth plain AGppYQBzZWNyZXQ=\r\n").substr(0, 3) == "235");
    AuthServer slow;
    BOOST_TEST(slow.Hear("AUTH PLAIN\r\n") == "334 \r\n");
    BOOST_TEST(slow.Hear("AGppYQB3cm9uZw==\r\n") == "535 5.7.3 Authentication unsuccessful\r\n");
    BOOST_TEST(slow.recorder.authentications.at(0) == "PLAIN jia no");
    BOOST_TEST(slow.session.Facts().user == "");
    BOOST_TEST(slow.session.Facts().logonFailures == 1u);
    BOOST_TEST(slow.Hear("AUTH PLAIN AGppYQBzZWNyZXQ=\r\n").substr(0, 3) == "235");
}

BOOST_AUTO_TEST_CASE(EveryMechanismBetweenOurTwoEndsInAnyPieces)
{
    for (const AuthMechanism mechanism :
         {AuthMechanism::Login, AuthMechanism::Plain, AuthMechanism::Ntlm, AuthMechanism::Gssapi})
    {
        for (const bool initial : {false, true})
        {
            for (const std::size_t step : {std::size_t(1), std::size_t(7), Session::UNLIMITED})
            {
                ClientPersona client = WithAuth({mechanism});
                client.auth.initialResponse = initial;
                Accounts policy;
                Dialog dialog(client, Offering(), policy, SmallMail(), step);
                dialog.Run();
                BOOST_TEST(dialog.heard.authentications.size() == 1u, NameOf(mechanism));
                BOOST_TEST(dialog.told.authentications.at(0).find(" yes") != std::string::npos);
                BOOST_TEST(dialog.heard.messages.size() == 1u);
                BOOST_TEST(dialog.heard.violations.empty());
                BOOST_TEST(dialog.told.violations.empty());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(RefusalsOfRfc4954)
{
    AuthServer s;
    BOOST_TEST(s.Hear("AUTH\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("AUTH CRAM-MD5\r\n").substr(0, 3) == "504");
    BOOST_TEST(s.Hear("AUTH LOGIN\r\n").substr(0, 3) == "334");
    BOOST_TEST(s.Hear("*\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("AUTH LOGIN not-base64!\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("AUTH LOGIN a b\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("AUTH NTLM\r\n") == "334 ntlm supported\r\n");
    BOOST_TEST(s.Hear("amlh\r\n").substr(0, 3) == "501");
    s.Hear("MAIL FROM:<a@b.c>\r\n");
    BOOST_TEST(s.Hear("AUTH LOGIN\r\n") == "503 5.5.1 Error: MAIL transaction in progress\r\n");

    ServerPersona strict = Offering();
    strict.tlsOnlyMechanisms = {AuthMechanism::Login};
    strict.requireAuth = true;
    AuthServer guarded(strict);
    BOOST_TEST(guarded.Hear("MAIL FROM:<a@b.c>\r\n").substr(0, 3) == "530");
    BOOST_TEST(guarded.Hear("AUTH LOGIN\r\n").substr(0, 3) == "538");
    BOOST_TEST(guarded.Hear("AUTH PLAIN AGppYQBzZWNyZXQ=\r\n").substr(0, 3) == "235");
    BOOST_TEST(guarded.Hear("MAIL FROM:<a@b.c> AUTH=<>\r\n").substr(0, 3) == "250");

    Server without;
    without.Start();
    without.Hear("EHLO c\r\n");
    BOOST_TEST(without.Hear("AUTH LOGIN\r\n").substr(0, 3) == "500");
    BOOST_TEST(without.Hear("EXPN list\r\n").substr(0, 3) == "502");
    BOOST_TEST(without.Hear("ETRN example.org\r\n").substr(0, 3) == "502");
}

BOOST_AUTO_TEST_CASE(ThePolicyMayRefuseAMechanismOrBeOutOfOrder)
{
    struct Policy : ServerPolicy
    {
        Decision OnAuthStart(const ServerFacts&, AuthMechanism mechanism) override
        {
            return mechanism == AuthMechanism::Login ? Decision{"504 5.7.4 Unrecognized"}
                                                     : Decision{};
        }

        Decision OnAuthenticate(const ServerFacts&, const Credentials&) override
        {
            return {"454 4.7.0 Temporary authentication failure"};
        }
    };

    Policy policy;
    Dialog dialog(WithAuth({AuthMechanism::Login, AuthMechanism::Plain}),
                  Offering(),
                  policy,
                  SmallMail());
    dialog.Run();
    // 504 leads to the next mechanism; 454 is no reason to return the mail.
    const ClientVerdict& verdict = dialog.told.results.at(0).message;
    BOOST_TEST((verdict.outcome == TransactionOutcome::Deferred));
    BOOST_TEST((verdict.stage == Stage::Hello));
    BOOST_TEST((verdict.opening == HelloStep::Authentication));
    BOOST_TEST(verdict.code == 454u);
    BOOST_TEST(dialog.told.authentications.size() == 2u);
}

BOOST_AUTO_TEST_CASE(WhatAClientDoesWithoutAuthIsItsPersonas)
{
    struct Case
    {
        FallbackPolicy choice;
        TransactionOutcome outcome;
    };

    for (const Case& c : {Case{FallbackPolicy::GoOn, TransactionOutcome::Accepted},
                          Case{FallbackPolicy::Fail, TransactionOutcome::Failed},
                          Case{FallbackPolicy::Defer, TransactionOutcome::Deferred}})
    {
        ClientPersona client = WithAuth({AuthMechanism::Login});
        client.auth.whenNotOffered = c.choice;
        Accounts policy;
        Dialog dialog(client, ServerPersona(), policy, SmallMail());
        dialog.Run();
        BOOST_TEST((dialog.told.results.at(0).message.outcome == c.outcome));
        BOOST_TEST(dialog.heard.messages.size() ==
                   (c.outcome == TransactionOutcome::Accepted ? 1u : 0u));
        BOOST_TEST((dialog.heard.ends.at(0) == EndReason::Quit));
    }
    Accounts policy;
    Dialog wrong(WithAuth({AuthMechanism::Ntlm}, "guess"), Offering(), policy, SmallMail());
    wrong.Run();
    BOOST_TEST((wrong.told.results.at(0).message.outcome == TransactionOutcome::Failed));
    BOOST_TEST(wrong.told.results.at(0).message.reply == "535 5.7.3 Authentication unsuccessful");
}

BOOST_AUTO_TEST_CASE(AServerThatNeverStopsAskingIsLeft)
{
    ClientPersona persona = WithAuth({AuthMechanism::Login});
    Recorder recorder;
    ClientSession client(persona, SmallMail(), "c", recorder, DrawKey(1, "c"));
    client.Connected(Ms(0));
    client.Receive("220 mx\r\n", Ms(1));
    client.Receive("250-mx\r\n250 AUTH LOGIN\r\n", Ms(1));
    for (int i = 0; i < 10 && recorder.results.empty(); ++i)
    {
        client.Receive("334 VXNlcm5hbWU6\r\n", Ms(2));
    }
    BOOST_TEST((recorder.results.at(0).message.outcome == TransactionOutcome::Failed));
    const std::string out = client.TakeOutput();
    BOOST_TEST(out.find("amlh\r\nc2VjcmV0\r\n*\r\nQUIT\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(FloodsEndAtTheLimitAndTakeNoMemory)
{
    ServerPersona persona = Offering();
    persona.limits.logonFailures = 3;
    AuthServer s(persona);
    std::string out;
    for (int i = 0; i < 100 && !s.session.WantsClose(); ++i)
    {
        out += s.Hear("AUTH PLAIN AGppYQB3cm9uZw==\r\n");
    }
    BOOST_TEST(s.session.Facts().logonFailures == 4u);
    BOOST_TEST((s.recorder.ends.at(0) == EndReason::TooManyErrors));
    BOOST_TEST(out.find("421 4.7.0") != std::string::npos);

    AuthServer endless;
    endless.Hear("AUTH PLAIN\r\n");
    for (int i = 0; i < 1000; ++i)
    {
        BOOST_TEST(endless.Hear(std::string(5000, 'A')) == "");
        BOOST_TEST(endless.session.Unread() == 0u);
    }
    BOOST_TEST(endless.Hear("\r\n").substr(0, 3) == "500");
    BOOST_TEST(endless.Hear("AUTH PLAIN AGppYQBzZWNyZXQ=\r\n").substr(0, 3) == "235");
    // The longest line that RFC 4954 allows, in one go.
    AuthServer longest;
    BOOST_TEST(
        longest.Hear("AUTH PLAIN AGppYQBz" + std::string(12264, 'A') + "\r\n").substr(0, 3) ==
        "535");
    BOOST_TEST(longest.Hear("NOOP " + std::string(600, 'A') + "\r\n").substr(0, 3) == "500");
}

BOOST_AUTO_TEST_CASE(ExchangesOwnVerbs)
{
    ServerPersona persona = Offering("NTLM");
    persona.keywords.emplace_back("X-EXPS GSSAPI NTLM");
    persona.verbReplies = {{"XEXCH50", "504 5.7.0 Need to authenticate first"}};
    AuthServer s(persona);
    BOOST_TEST(s.Hear("AUTH GSSAPI\r\n").substr(0, 3) == "504");
    BOOST_TEST(s.Hear("X-EXPS GSSAPI\r\n") == "334 GSSAPI supported\r\n");
    BOOST_TEST(s.Hear("*\r\n").substr(0, 3) == "501");
    BOOST_TEST(s.Hear("xexch50 1 2\r\n") == "504 5.7.0 Need to authenticate first\r\n");
    ClientPersona client = WithAuth({AuthMechanism::Gssapi});
    client.auth.verb = "X-EXPS";
    Accounts policy;
    Dialog dialog(client, persona, policy, SmallMail());
    dialog.Run();
    BOOST_TEST(dialog.heard.authentications.at(0) == "GSSAPI EXAMPLE\\jia yes");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
