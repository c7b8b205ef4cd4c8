// Sessions between servers of one organization: TLS first, then a token that others judge.

#include "tests/smtp/dialog.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

namespace
{

/// Judges tokens itself; only one is good.
class TokenPolicy : public ServerPolicy
{
  public:
    bool JudgesTokens(const ServerFacts&, AuthMechanism mechanism) override
    {
        return mechanism == AuthMechanism::Gssapi;
    }

    Decision OnAuthenticate(const ServerFacts& facts, const Credentials& credentials) override
    {
        underTls = facts.tls;
        token = credentials.secret;
        Decision decision;
        decision.user = "EXAMPLE\\HUB1$";
        if (token != "good")
        {
            decision.reply = "454 4.7.0 Temporary authentication failure";
            decision.token = answer;
        }
        return decision;
    }

    bool underTls = false;
    std::string token;
    std::string answer; //!< To a token that is not good.
};

ServerPersona
Hub()
{
    ServerPersona persona;
    persona.keywords = {"X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM"};
    return persona;
}

struct Hubs
{
    explicit Hubs(const ServerPersona& persona = Hub())
        : dialog(ClientPersona(), persona, policy, Mail())
    {
    }

    static Transaction Mail()
    {
        Transaction mail = SmallMail();
        mail.withinOrganization = true;
        return mail;
    }

    void Provide(const std::string& token)
    {
        dialog.client.ProvideToken(token, dialog.now);
        for (bool moved = true; moved;)
        {
            moved = dialog.Carry(dialog.client, dialog.server, true);
            moved |= dialog.Carry(dialog.server, dialog.client, false);
        }
    }

    TokenPolicy policy;
    Dialog dialog;
};

} // namespace

BOOST_AUTO_TEST_SUITE(organization)

BOOST_AUTO_TEST_CASE(ATokenIsWaitedForUnderTlsAndProves)
{
    Hubs hubs;
    hubs.dialog.Run();
    BOOST_REQUIRE(!hubs.dialog.told.commands.empty());
    BOOST_TEST(hubs.dialog.told.commands.back() == "X-EXPS GSSAPI");
    BOOST_TEST(!hubs.dialog.client.NextTimer().has_value());
    BOOST_TEST(hubs.dialog.told.tokensWanted == 1);

    hubs.Provide("good");
    BOOST_TEST(hubs.policy.underTls);
    BOOST_TEST(hubs.policy.token == "good");
    BOOST_REQUIRE_EQUAL(hubs.dialog.told.results.size(), 1u);
    BOOST_TEST((hubs.dialog.told.results[0].message.outcome == TransactionOutcome::Accepted));
    BOOST_TEST(hubs.dialog.heard.messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(ARefusedTokenDefers)
{
    Hubs hubs;
    hubs.dialog.Run();
    hubs.Provide("bad");
    BOOST_REQUIRE_EQUAL(hubs.dialog.told.results.size(), 1u);
    const ClientVerdict& verdict = hubs.dialog.told.results[0].message;
    BOOST_TEST((verdict.outcome == TransactionOutcome::Deferred));
    BOOST_TEST((verdict.opening == HelloStep::Authentication));
    BOOST_TEST(verdict.reply == "454 4.7.0 Temporary authentication failure");
    BOOST_TEST(hubs.dialog.heard.messages.empty());
}

BOOST_AUTO_TEST_CASE(AClientHearsWhatAServiceSaysOfItsToken)
{
    Hubs hubs;
    hubs.policy.answer = std::string("why\0not", 7);
    hubs.dialog.Run();
    hubs.Provide("bad");
    BOOST_TEST(hubs.dialog.told.tokenAnswers == std::vector{hubs.policy.answer},
               boost::test_tools::per_element());
    // It has no answer to that, and hears the refusal then.
    BOOST_TEST(hubs.dialog.heard.commands.back() == "QUIT");
    BOOST_REQUIRE_EQUAL(hubs.dialog.told.results.size(), 1u);
    BOOST_TEST(hubs.dialog.told.results[0].message.reply ==
               "454 4.7.0 Temporary authentication failure");
    BOOST_TEST(hubs.dialog.heard.authentications.size() == 1u);
}

BOOST_AUTO_TEST_CASE(WhatIsNotOfferedDefers)
{
    for (const std::string missing : {"X-ANONYMOUSTLS", "X-EXPS GSSAPI NTLM"})
    {
        ServerPersona persona = Hub();
        persona.keywords.erase(
            std::find(persona.keywords.begin(), persona.keywords.end(), missing));
        Hubs hubs(persona);
        hubs.dialog.Run();
        BOOST_REQUIRE_EQUAL(hubs.dialog.told.results.size(), 1u);
        const ClientVerdict& verdict = hubs.dialog.told.results[0].message;
        BOOST_TEST((verdict.outcome == TransactionOutcome::Deferred));
        BOOST_TEST(
            (verdict.cause == (missing == "X-ANONYMOUSTLS" ? OutcomeReason::TlsNotOffered
                                                           : OutcomeReason::AuthNotOffered)));
    }
}

BOOST_AUTO_TEST_CASE(AServerThatLeavesMeanwhileEndsTheSession)
{
    Hubs hubs;
    hubs.dialog.Run();
    hubs.dialog.client.PeerClosed(hubs.dialog.now, false);
    hubs.dialog.client.ProvideToken("good", hubs.dialog.now);
    BOOST_REQUIRE_EQUAL(hubs.dialog.told.results.size(), 1u);
    BOOST_TEST((hubs.dialog.told.results[0].message.cause == OutcomeReason::PeerClosed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
