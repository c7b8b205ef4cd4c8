#include "run-detector.h"
#include "sample-mail.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string UNKNOWN = "550 5.1.1 User unknown";
const std::string FAILED = "451 4.3.0 Temporary directory failure";

/// Ten calm sessions, a minute apart, then thirty within fifteen seconds.
struct Day
{
    std::int64_t calmMs = 20;  //!< Replies to RCPT.
    std::int64_t busyMs = 800; //!< Ditto, the first; each next one 60 ms more.
    std::int64_t otherMs = 3;
    std::int64_t roundTripMs = 20;
    std::string busyReply; //!< "" = accepted and unknown by turns.
    int clients = 7;
    int slowAccepted = 40; //!< So many accepted recipients are slow, the others quick.
    bool rises = true;     //!< Busy replies are slower than calm ones.
    int replied = 30;      //!< Busy sessions that get `busyReply`.
};

std::vector<Alert>
Judge(const Day& day, const std::string& detector = "directory-overload")
{
    std::vector<SampleDelivery> all;
    int accepted = 0;
    for (int i = 0; i < 40; ++i)
    {
        const bool busy = i >= 10;
        const bool refused = i % 2 == 0;
        const std::int64_t slowMs = day.busyMs + (day.rises ? 60 * (i - 10) : 0);
        SampleDelivery one;
        one.client = "198.51." + std::to_string(100 + i % day.clients) + ".9";
        one.server = "203.0.113.10";
        one.sender = "a@partner.example";
        one.startMs = busy ? 600000 + (i - 10) * 500 : i * 60000;
        one.otherDelayMs = day.otherMs;
        one.roundTripMs = day.roundTripMs;
        one.content = SampleContent("<" + std::to_string(i) + "@x>", "Hello");
        SampleRecipient recipient{"r@local.example"};
        if (refused)
        {
            recipient.reply = UNKNOWN;
        }
        recipient.delayMs = busy || !day.rises ? slowMs : day.calmMs;
        if (!refused && accepted++ >= day.slowAccepted)
        {
            recipient.delayMs = day.calmMs;
        }
        if (busy && i < 10 + day.replied && !day.busyReply.empty())
        {
            recipient.reply = day.busyReply;
        }
        one.recipients = {recipient};
        all.push_back(one);
    }
    return JudgeBoth(detector, ToSessions(all));
}

void
Expect(const Day& day, Verdict verdict, const std::string& words)
{
    const auto alerts = Judge(day);
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& said = alerts[0].evidence.explanation;
    BOOST_TEST((alerts[0].verdict == verdict), said);
    BOOST_TEST(alerts[0].dottedClass == "overload.directory", said);
    BOOST_TEST(said.find(words) != std::string::npos, said);
    BOOST_TEST(alerts[0].source.ToString() == "203.0.113.10");
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_overload)

BOOST_AUTO_TEST_CASE(LookupsThatGetSlowerUnderLoad)
{
    Expect({}, Verdict::Fault, "30 came late");
    Expect({}, Verdict::Fault, "for 7 clients");
}

BOOST_AUTO_TEST_CASE(LookupsThatFailUnderLoad)
{
    Day day;
    day.busyReply = FAILED;
    Expect(day, Verdict::Fault, "30 failed temporarily");
    day.busyMs = 5;
    Expect(day, Verdict::Fault, "30 failed temporarily");
}

BOOST_AUTO_TEST_CASE(RepliesFromWhichTheDirectoryIsSlow)
{
    Day failing;
    failing.busyMs = 5;
    failing.rises = false;
    failing.busyReply = FAILED;
    failing.replied = 4;
    BOOST_TEST(Judge(failing).empty());
    failing.replied = 5;
    BOOST_TEST(Judge(failing).size() == 1);
    Day slow;
    slow.rises = false;
    slow.busyMs = 499;
    BOOST_TEST(Judge(slow).empty());
    slow.busyMs = 500;
    BOOST_TEST(Judge(slow).size() == 1);
    slow.slowAccepted = 1;
    BOOST_TEST(Judge(slow).empty());
    slow.slowAccepted = 2;
    BOOST_TEST(Judge(slow).size() == 1);
    slow.slowAccepted = 40;
    slow.otherMs = 100; // a fifth
    BOOST_TEST(Judge(slow).size() == 1);
    slow.otherMs = 101;
    BOOST_TEST(Judge(slow).empty());
}

BOOST_AUTO_TEST_CASE(OneClientAloneOrNoLoadIsInconclusive)
{
    Day day;
    day.clients = 1;
    Expect(day, Verdict::Inconclusive, "only one client");
    day = {};
    day.rises = false;
    Expect(day, Verdict::Inconclusive, "nothing shows that load is the cause");
}

BOOST_AUTO_TEST_CASE(ASlowNetworkOrServerIsNone)
{
    Day day;
    day.roundTripMs = 900;
    day.busyMs = 20;
    day.rises = false;
    BOOST_TEST(Judge(day).empty());
    day = {};
    day.otherMs = 900;
    BOOST_TEST(Judge(day).empty());
}

BOOST_AUTO_TEST_CASE(AnAddressThatFaresWorseThanOthersIsNone)
{
    std::vector<SampleDelivery> all;
    for (int i = 0; i < 40; ++i)
    {
        SampleDelivery one;
        one.client = i % 2 == 0 ? "198.51.100.9" : "198.51.102.9";
        one.server = "203.0.113.10";
        one.sender = "a@partner.example";
        one.startMs = i * 30000;
        one.recipients = {{"r@local.example", "250 ok", i % 2 == 0 ? 5000 : 3}};
        all.push_back(one);
    }
    BOOST_TEST(JudgeBoth("directory-overload", ToSessions(all)).empty());
}

BOOST_AUTO_TEST_CASE(ATarpitIsNone)
{
    Day day;
    day.slowAccepted = 0;
    day.busyMs = 5000;
    day.rises = false;
    BOOST_TEST(Judge(day).empty());
    const auto alerts = Judge(day, "tarpit");
    BOOST_REQUIRE(!alerts.empty());
    BOOST_TEST(alerts[0].dottedClass == "tarpit.connector");
}

BOOST_AUTO_TEST_CASE(GreylistingIsNone)
{
    Day day;
    day.busyMs = 5;
    day.busyReply = "451 4.7.1 Greylisting in action, please come back later";
    BOOST_TEST(Judge(day).empty());
}

BOOST_AUTO_TEST_CASE(TheTarpitDetectorDoesNotContradict)
{
    BOOST_TEST(Judge(Day(), "tarpit").empty());
    // Timeouts of lookups are a constant, of replies that refuse for now: no tarpit.
    Day timeouts;
    timeouts.busyReply = FAILED;
    timeouts.rises = false;
    timeouts.busyMs = 10000;
    BOOST_TEST(CountFaults(Judge(timeouts, "tarpit")) == 0);
    BOOST_TEST(CountFaults(Judge(timeouts)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
