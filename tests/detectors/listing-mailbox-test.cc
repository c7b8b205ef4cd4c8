#include "run-detector.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

constexpr int HOUR = 3600;
constexpr int DAY = 24 * HOUR;

/// What one mailbox of a site sends, and what a colleague does, as the server's own log has it.
struct MailboxTraffic
{
    int messages = 100;
    int recipients = 100; //!< Different ones.
    int unknown = 20;     //!< The first so many messages go to nobody.
    int hours = 24;       //!< Of the day, at which it sends.
    int busiest = 5;      //!< Messages at midnight.
    int spanSeconds = 2 * DAY;
    int colleagues = 30; //!< Messages.
};

/// One session of the server's with one recipient.
std::string
Session(int second, const std::string& sender, const std::string& recipient, bool unknown)
{
    const auto row = [&](const std::string& who, const std::string& what, int takenMs)
    {
        return fmt::format("2010-07-{:02} {:02}:{:02}:{:02} 198.51.100.40 OutboundConnection{} "
                           "SMTPSVC1 EX - 25 {} 0 0 4 0 {} SMTP - - - -\n",
                           1 + second / DAY,
                           second % DAY / HOUR,
                           second % HOUR / 60,
                           second % 60,
                           who,
                           what,
                           takenMs);
    };
    return row("Response", "- - 220+mx.a.test", 10) + row("Command", "EHLO - ex.site.example", 20) +
           row("Response", "- - 250+mx.a.test", 30) +
           row("Command", "MAIL - FROM:<" + sender + "@site.example>", 40) +
           row("Response", "- - 250+ok", 50) +
           row("Command", "RCPT - TO:<" + recipient + "@a.test>", 60) +
           row("Response", unknown ? "- - 550+5.1.1+User+unknown" : "- - 250+ok", 70) +
           row("Command", "QUIT - -", 80) + row("Response", "- - 221+bye", 90);
}

/// What is said of the mailbox, or of the server that sends for it.
std::vector<Alert>
Judge(const MailboxTraffic& traffic)
{
    std::vector<std::pair<int, std::string>> sessions;
    for (int i = 0; i < traffic.messages; ++i)
    {
        const bool isLast = i == traffic.messages - 1;
        const int hour = i < traffic.busiest - 1 ? 0 : 1 + i % (traffic.hours - 1);
        const int second = i == 0   ? 0
                           : isLast ? traffic.spanSeconds
                                    : i % 2 * DAY + hour * HOUR + 25 * i;
        sessions.emplace_back(second,
                              Session(second,
                                      "joe",
                                      fmt::format("r{}", i % traffic.recipients),
                                      i < traffic.unknown));
    }
    for (int i = 0; i < traffic.colleagues; ++i)
    {
        const int second = 9 * HOUR + 25 * i + 12;
        sessions.emplace_back(second, Session(second, "eva", "friend", false));
    }
    std::sort(sessions.begin(), sessions.end());
    std::string log;
    for (const auto& session : sessions)
    {
        log += session.second;
    }
    const EvidenceScratch evidence;
    evidence.Write("SmtpSvc1/ex100701.log", log);
    return JudgePath(evidence.Path(), "listing-cause");
}

bool
IsAccused(const MailboxTraffic& traffic)
{
    const auto alerts = Judge(traffic);
    return std::any_of(alerts.begin(),
                       alerts.end(),
                       [](const Alert& alert)
                       {
                           return alert.dottedClass == "blacklist.bot" &&
                                  alert.evidence.explanation.find("joe@") != std::string::npos;
                       });
}

} // namespace

BOOST_AUTO_TEST_SUITE(listing_mailbox)

BOOST_AUTO_TEST_CASE(NumbersFromWhichAProgramSendsInAMailboxsName)
{
    MailboxTraffic traffic;
    BOOST_TEST(IsAccused(traffic));
    BOOST_TEST(IsAccused({50, 50}));
    BOOST_TEST(!IsAccused({49, 49}));
    BOOST_TEST(IsAccused({100, 10}));
    BOOST_TEST(!IsAccused({100, 9}));
    traffic = {};
    traffic.spanSeconds = 2 * DAY - 1;
    BOOST_TEST(!IsAccused(traffic));
}

BOOST_AUTO_TEST_CASE(SharesFromWhichItsRecipientsAreInvented)
{
    BOOST_TEST(IsAccused({90, 90, 10}));
    BOOST_TEST(!IsAccused({90, 90, 9}));
    BOOST_TEST(IsAccused({100, 100, 10}));
    BOOST_TEST(!IsAccused({101, 101, 10}));
}

BOOST_AUTO_TEST_CASE(HoursAtWhichNobodyWrites)
{
    MailboxTraffic alone;
    alone.colleagues = 0;
    alone.hours = 20;
    BOOST_TEST(IsAccused(alone));
    alone.hours = 19;
    BOOST_TEST(!IsAccused(alone));
    alone.hours = 24;
    alone.busiest = 20;
    BOOST_TEST(IsAccused(alone));
    alone.busiest = 21;
    BOOST_TEST(!IsAccused(alone));
}

BOOST_AUTO_TEST_CASE(FiftyLettersToFiftyAreANewsletter)
{
    const auto isNewsletter = [](int messages, int recipients, int unknown)
    {
        MailboxTraffic letters{messages, recipients, unknown};
        letters.colleagues = 0;
        const auto alerts = Judge(letters);
        return std::any_of(alerts.begin(),
                           alerts.end(),
                           [](const Alert& alert)
                           {
                               return alert.verdict == Verdict::Benign &&
                                      alert.evidence.explanation.find("a newsletter") !=
                                          std::string::npos;
                           });
    };
    BOOST_TEST(isNewsletter(50, 50, 0));
    BOOST_TEST(!isNewsletter(49, 49, 0));
    BOOST_TEST(!isNewsletter(60, 49, 0));
    BOOST_TEST(isNewsletter(50, 50, 9));
    BOOST_TEST(!isNewsletter(50, 50, 10)); // a fifth of them refused
}

BOOST_AUTO_TEST_CASE(ThreeTimesWhatOthersSend)
{
    MailboxTraffic office;
    office.hours = 10;
    office.colleagues = 33;
    BOOST_TEST(IsAccused(office));
    office.colleagues = 34;
    BOOST_TEST(!IsAccused(office));
}

BOOST_AUTO_TEST_SUITE_END()
