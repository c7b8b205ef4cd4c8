#include "run-detector.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

bool
Says(const std::string& file, const std::string& text, const std::string& dottedClass)
{
    const EvidenceScratch evidence;
    evidence.Write(file, text);
    const auto alerts = JudgePath(evidence.Path(), "listing-cause");
    return std::any_of(alerts.begin(),
                       alerts.end(),
                       [&](const Alert& alert) {
                           return alert.verdict == Verdict::Fault &&
                                  alert.dottedClass == dottedClass;
                       });
}

/// A client that greets as 127.0.0.1, of one sender, by the log of a server that takes its mail.
struct LoopbackClient
{
    int recipients = 12; //!< A message for each.
    int refused = 0;     //!< The first ones.
    int hours = 1;
    int status = 550; //!< Of refusals.
};

bool
IsBot(const LoopbackClient& client)
{
    std::string log;
    for (int i = 0; i < client.recipients; ++i)
    {
        const auto row = [&](const std::string& what, int status)
        {
            return fmt::format("2010-07-02 {:02}:{:02}:07 203.0.113.5 127.0.0.1 SMTPSVC1 EX "
                               "198.51.100.25 0 {} {} 0 50 9 0 SMTP - - - -\n",
                               2 + i * client.hours / client.recipients,
                               i % 60,
                               what,
                               status);
        };
        log += row("EHLO - +127.0.0.1", 250) + row("MAIL - +FROM:<x@d.example>", 250) +
               row(fmt::format("RCPT - +TO:<u{}@a.test>", i),
                   i < client.refused ? client.status : 250) +
               row("QUIT - 127.0.0.1", 240);
    }
    return Says("SmtpSvc1/ex100702.log", log, "blacklist.bot");
}

/// Connections to port 25 that follow strangers' to a host's port, and others.
struct CarriedMail
{
    int pairs = 8;
    int secondsLater = 1;
    int sentAlone = 0;
    int comeAlone = 0;
};

bool
IsProxy(const CarriedMail& carried)
{
    std::string log;
    int number = 0;
    const auto row = [&](int hour, int minute, int second, bool comes)
    {
        ++number;
        const std::string ends =
            comes ? fmt::format("src=203.0.113.150:{}:X1: dst=192.168.1.159:8080:X0: "
                                "proto=tcp/8080",
                                1100 + number)
                  : fmt::format("src=192.168.1.159:{}:X0: dst=203.0.113.{}:25:X1: proto=tcp/smtp",
                                1200 + number,
                                1 + number);
        log += fmt::format("id=firewall sn=0006B1AABBCC time=\"2010-07-01 {:02}:{:02}:{:02}\" "
                           "fw=198.51.100.2 pri=6 c=262144 m=98 msg=\"Connection Opened\" n={} {} "
                           "rule=1\n",
                           hour,
                           minute,
                           second,
                           number,
                           ends);
    };
    for (int i = 0; i < carried.pairs; ++i)
    {
        row(2 + i, 10, 20, true);
        row(2 + i, 10, 20 + carried.secondsLater, false);
    }
    for (int i = 0; i < carried.sentAlone; ++i)
    {
        row(2 + i, 40, 0, false);
    }
    for (int i = 0; i < carried.comeAlone; ++i)
    {
        row(2 + i, 50, 0, true);
    }
    return Says("firewall.log", log, "blacklist.proxy");
}

/// Mail of a site's own sender that comes in from outside, each night at four.
struct ReturningMail
{
    int nights = 4;
    int messages = 4; //!< In all.
    int recipients = 1;
};

bool
IsReport(const ReturningMail& mail)
{
    std::string log;
    for (int i = 0; i < mail.messages; ++i)
    {
        const auto row = [&](const std::string& what, int status)
        {
            return fmt::format("2010-07-{:02} 04:00:{:02} 203.0.113.5 mx.outside.example SMTPSVC1 "
                               "EX 192.168.1.2 0 {} {} 0 50 9 0 SMTP - - - -\n",
                               1 + i * mail.nights / mail.messages,
                               i,
                               what,
                               status);
        };
        log += row("EHLO - +mx.outside.example", 250) + row("MAIL - +FROM:<fw@a.test>", 250) +
               row(fmt::format("RCPT - +TO:<u{}@a.test>", i % mail.recipients), 250) +
               row("QUIT - mx.outside.example", 240);
    }
    const EvidenceScratch evidence;
    evidence.Write("SmtpSvc1/ex100701.log", log);
    const auto alerts = JudgePath(evidence.Path(), "listing-cause");
    return alerts.size() == 1 && alerts.front().dottedClass == "blacklist.report";
}

} // namespace

BOOST_AUTO_TEST_SUITE(listing_cause)

BOOST_AUTO_TEST_CASE(TenRecipientsAtSixHours)
{
    BOOST_TEST(IsBot({10, 0, 6}));
    BOOST_TEST(!IsBot({9, 0, 6}));
    BOOST_TEST(!IsBot({10, 0, 5}));
}

BOOST_AUTO_TEST_CASE(FiveRefusedAFifthOfAll)
{
    BOOST_TEST(IsBot({25, 5, 1}));
    BOOST_TEST(!IsBot({26, 5, 1}));
    BOOST_TEST(!IsBot({20, 4, 1}));
    BOOST_TEST(!IsBot({25, 5, 1, 450}));
}

BOOST_AUTO_TEST_CASE(MailThatFollowsWithinFiveSeconds)
{
    BOOST_TEST(IsProxy({8, 0}));
    BOOST_TEST(IsProxy({8, 5}));
    BOOST_TEST(!IsProxy({8, 6}));
}

BOOST_AUTO_TEST_CASE(FourMessagesANightToThreeRecipients)
{
    BOOST_TEST(IsReport({4, 4, 1}));
    BOOST_TEST(IsReport({4, 15, 1}));
    BOOST_TEST(IsReport({4, 16, 1}));
    BOOST_TEST(!IsReport({4, 17, 1}));
    BOOST_TEST(IsReport({4, 16, 3}));
    BOOST_TEST(!IsReport({4, 16, 4}));
}

BOOST_AUTO_TEST_CASE(FourInFiveThatFollow)
{
    BOOST_TEST(IsProxy({8, 1, 2, 0}));
    BOOST_TEST(!IsProxy({8, 1, 3, 0}));
    BOOST_TEST(IsProxy({8, 1, 0, 2}));
    BOOST_TEST(!IsProxy({8, 1, 0, 3}));
}

BOOST_AUTO_TEST_SUITE_END()
