#include "models/smtp/rule-policy.h"

#include "tests/smtp/server-fixture.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

BOOST_AUTO_TEST_SUITE(rule_policy)

BOOST_AUTO_TEST_CASE(Patterns)
{
    BOOST_TEST(FitsPattern("", "*"));
    BOOST_TEST(FitsPattern("", ""));
    BOOST_TEST(!FitsPattern("", "?"));
    BOOST_TEST(FitsPattern("User@Example.ORG", "*@example.org"));
    BOOST_TEST(FitsPattern("aXbXc", "a*x?"));
    BOOST_TEST(FitsPattern("mississippi", "m*iss*p*"));
    BOOST_TEST(!FitsPattern("mississippi", "m*iss*q*"));
    BOOST_TEST(!FitsPattern("ab", "a"));
    BOOST_TEST(!FitsPattern(std::string(100000, 'a'), "*a*a*a*b"));
}

BOOST_AUTO_TEST_CASE(TheFirstRuleThatMatchesDecides)
{
    RulePolicy policy({{RulePoint::Rcpt, "postmaster*", "", Ms(0), false},
                       {RulePoint::Rcpt,
                        "*@moved.example",
                        "551 User not local; please try <{address}>",
                        Ms(30),
                        true},
                       {RulePoint::Mail, "*@bad.example", "550 5.7.1 No", Ms(0), false}});
    const ServerPersona persona;
    Recorder recorder;
    const ConnectionInfo connection{"mx", "d", {}, {}, 1, 25, 1, {}, 0};
    ServerSession session(persona, policy, recorder, connection, DrawKey(1, "s"));
    session.Connected(Ms(0));
    session.Receive("EHLO c\r\n", Ms(1));
    session.TakeOutput();
    session.Receive("MAIL FROM:<x@bad.example>\r\n", Ms(2));
    BOOST_TEST(session.TakeOutput() == "550 5.7.1 No\r\n");
    session.Receive("MAIL FROM:<x@good.example>\r\nRCPT TO:<postmaster@moved.example>\r\n", Ms(3));
    BOOST_TEST(session.TakeOutput() == "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n");
    session.Receive("RCPT TO:<u@MOVED.example>\r\n", Ms(4));
    session.Tick(Ms(34));
    BOOST_TEST(session.TakeOutput() == "551 User not local; please try <u@MOVED.example>\r\n");
    BOOST_TEST(session.WantsClose());
}

BOOST_AUTO_TEST_CASE(FaultsAreNamed)
{
    const auto faults = CheckServerRules({{RulePoint::Rcpt, "*", "no code", Ms(0), false},
                                          {RulePoint::Rcpt, "*", "550 {who}", Ms(0), false},
                                          {RulePoint::Rcpt, "*", "", Ms(0), false}});
    BOOST_TEST(faults.size() == 2u);
    BOOST_TEST(faults.at(1) == "rules[1].reply: unknown word {who}");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
