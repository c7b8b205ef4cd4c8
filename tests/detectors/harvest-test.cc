#include "sample-mail.h"
#include "sample-protocol-log.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string UNKNOWN = "550 5.1.1 User unknown";

/// Sessions that ask for `unknown` mailboxes that do not exist, then for `known` ones, then `again`
/// for the first, up to ten in each.
struct Asking
{
    int unknown = 0;
    int known = 0;
    std::string sender = "news@spam.example";
    std::int64_t delayMs = 2; //!< Of refusals.
    bool sends = false;       //!< Content follows where a recipient was accepted.
    int perSession = 10;
    int again = 0;
    int served = 1000; //!< How many sessions content may follow in.
};

std::vector<Alert>
Judge(const Asking& asking)
{
    std::vector<SampleDelivery> all;
    const int names = asking.unknown + asking.known;
    for (int i = 0; i < names + asking.again; ++i)
    {
        if (i % asking.perSession == 0)
        {
            SampleDelivery session;
            session.client = "198.51.100.66";
            session.server = "203.0.113.10";
            session.sender = asking.sender;
            session.startMs = 700000 * static_cast<std::int64_t>(all.size());
            const bool sends = asking.sends && static_cast<int>(all.size()) < asking.served;
            session.content = sends ? SampleContent("<n@x>", "News") : "";
            all.push_back(session);
        }
        const bool unknown = i < asking.unknown || i >= names;
        const std::string name = "name" + std::to_string(i < names ? i : 0) + "@local.example";
        all.back().recipients.push_back(unknown ? SampleRecipient{name, UNKNOWN, asking.delayMs}
                                                : SampleRecipient{name});
    }
    return JudgeBoth("harvest", ToSessions(all));
}

void
Expect(const Asking& asking, Verdict verdict, const std::string& words)
{
    const auto alerts = Judge(asking);
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    const std::string& said = alerts[0].evidence.explanation;
    BOOST_TEST((alerts[0].verdict == verdict), said);
    BOOST_TEST(alerts[0].dottedClass == "harvest.dictionary", said);
    BOOST_TEST(said.find(words) != std::string::npos, said);
    BOOST_TEST(alerts[0].source.ToString() == "198.51.100.66");
}

} // namespace

BOOST_AUTO_TEST_SUITE(harvest)

BOOST_AUTO_TEST_CASE(ADictionaryInSeveralSessionsAndWhatItWasTold)
{
    Expect({36, 4}, Verdict::Fault, "36 unknown recipients in 4 sessions");
    Expect({36, 4}, Verdict::Fault, "4 existing mailboxes were given away, and got no message");
    Expect({36, 4}, Verdict::Fault, "No tarpit: a guess is answered after 2.000 ms");
    Expect({36, 0}, Verdict::Fault, "no existing mailbox was given away");
}

BOOST_AUTO_TEST_CASE(ATarpitsPriceOfAGuess)
{
    Asking slow{20, 1};
    slow.delayMs = 5000;
    Expect(slow, Verdict::Fault, "holds each guess back for 5.000 s");
    Expect(slow, Verdict::Fault, "20 guesses cost 100.000 s");
}

BOOST_AUTO_TEST_CASE(AListWithStaleAddressesIsNone)
{
    Asking list{12, 60};
    list.sends = true;
    BOOST_TEST(Judge(list).empty());
    list.known = 5;
    Expect(list, Verdict::Inconclusive, "an outdated mailing list");
}

BOOST_AUTO_TEST_CASE(TypingErrorsAreNone)
{
    BOOST_TEST(Judge({3, 0}).empty());
    BOOST_TEST(Judge({3, 20}).empty());
    Expect({6, 0}, Verdict::Inconclusive, "too few");
}

BOOST_AUTO_TEST_CASE(VerificationOfSendersIsNotToldApart)
{
    Asking callout{15, 2};
    callout.sender = "";
    callout.perSession = 1;
    Expect(callout, Verdict::Inconclusive, "verifying the senders");
    callout.perSession = 10;
    Expect(callout, Verdict::Fault, "15 unknown");
}

BOOST_AUTO_TEST_CASE(AServerThatAcceptsAllGivesNothingAway)
{
    Expect({0, 40}, Verdict::Fault, "no mailbox was given away");
    BOOST_TEST(Judge({0, 19}).empty());
    Asking mail{0, 40};
    mail.sends = true;
    BOOST_TEST(Judge(mail).empty());
}

BOOST_AUTO_TEST_CASE(NumbersFromWhichItIsGuessing)
{
    BOOST_TEST(Judge({4, 0}).empty());
    Expect({5, 0}, Verdict::Inconclusive, "too few");
    Expect({9, 0}, Verdict::Inconclusive, "too few");
    Expect({10, 0}, Verdict::Fault, "10 unknown recipients");
    // Six of ten unknown.
    BOOST_TEST(Judge({12, 9}).empty());
    Expect({12, 8}, Verdict::Fault, "60 %");
    Expect({13, 8}, Verdict::Fault, "62 %");
    BOOST_TEST(Judge({0, 29}).empty());
    Expect({0, 30}, Verdict::Fault, "no mailbox was given away");
}

BOOST_AUTO_TEST_CASE(NumbersFromWhichItIsAList)
{
    Asking list{17, 2};
    list.sends = true;
    Expect(list, Verdict::Inconclusive, "an outdated mailing list");
    list.unknown = 18; // nine of ten
    Expect(list, Verdict::Fault, "90 %");
    // Half of those that exist get a message, or one less.
    Asking half{12, 4};
    half.sends = true;
    half.perSession = 1;
    half.served = 14;
    Expect(half, Verdict::Inconclusive, "an outdated mailing list");
    half.served = 13;
    Expect(half, Verdict::Fault, "12 unknown");
    // Each name twice is a guesser's second try, more is a list's.
    Asking again{10, 0};
    again.again = 10;
    Expect(again, Verdict::Fault, "10 unknown");
    again.again = 11;
    BOOST_TEST(Judge(again).empty());
    Asking callout{15, 2};
    callout.sender = "";
    callout.perSession = 2;
    Expect(callout, Verdict::Fault, "15 unknown");
}

/// Nine unknown names, so many of which are roles', the last of them so much later than the first.
std::vector<Alert>
JudgeRoles(int roles, std::int64_t apartMs)
{
    const char*
        names[]{"info", "sales", "support", "office", "admin", "hr", "jobs", "help2", "news"};
    std::vector<SampleDelivery> all(2);
    for (int i = 0; i < 9; ++i)
    {
        SampleDelivery& session = all[i == 8 ? 1 : 0];
        session.client = "198.51.100.66";
        session.server = "203.0.113.10";
        session.sender = "news@spam.example";
        session.startMs = i == 8 ? apartMs : 0;
        const std::string name = i < roles ? names[i] : "name" + std::to_string(i);
        session.recipients.push_back({name + "@local.example", UNKNOWN});
    }
    return JudgeBoth("harvest", ToSessions(all));
}

BOOST_AUTO_TEST_CASE(RolesFromWhichFewAreGuessing)
{
    const auto verdict = [](int roles, std::int64_t apartMs)
    {
        const auto alerts = JudgeRoles(roles, apartMs);
        BOOST_REQUIRE_EQUAL(alerts.size(), 1);
        return alerts[0].verdict;
    };
    // Seven of ten, at once.
    BOOST_TEST((verdict(9, 1000) == Verdict::Fault));
    BOOST_TEST((verdict(7, 1000) == Verdict::Fault));
    BOOST_TEST((verdict(6, 1000) == Verdict::Inconclusive));
    BOOST_TEST((verdict(9, 10000) == Verdict::Fault));
    BOOST_TEST((verdict(9, 10001) == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(TheServersLogSaysTheSame)
{
    SampleProtocolLog log;
    SampleLogSession session;
    SampleLogMessage message{"a@spam.example", {}, {}};
    for (int i = 0; i < 15; ++i)
    {
        message.recipients.push_back("n" + std::to_string(i) + "@abc.example");
        message.replies.push_back(i == 7 ? "250 2.1.5 Recipient OK" : UNKNOWN);
    }
    session.messages = {message};
    session.rcptDelaysMs = {1};
    log.Add(session);
    const auto alerts = log.Judge("harvest");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].evidence.explanation.find("1 existing mailbox was given away") !=
                   std::string::npos,
               alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].evidence.log.size() == 8);
}

BOOST_AUTO_TEST_SUITE_END()
