#include "run-detector.h"
#include "sample-mail.h"
#include "sample-protocol-log.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string DETECTOR = "relay-reply";

SampleDelivery
Test(std::vector<SampleRecipient> recipients)
{
    SampleDelivery test;
    test.client = "198.51.100.25";
    test.server = "203.0.113.10";
    test.hello = "probe.tester.example";
    test.sender = "antispam@tester.example";
    test.recipients = std::move(recipients);
    return test;
}

std::vector<Alert>
Judge(const SampleDelivery& test)
{
    return JudgeBoth(DETECTOR, {ToSession(test)});
}

std::vector<Alert>
JudgeText(const std::string& text)
{
    detectors::EvidenceContext context;
    AddLog(context, text, "tester/transcript.txt");
    context.logs.Finish();
    return JudgeLogs(DETECTOR, context);
}

} // namespace

BOOST_AUTO_TEST_SUITE(relay_reply)

BOOST_AUTO_TEST_CASE(EachFormOfAForeignRecipientCountsOnceItIsAccepted)
{
    for (const char* recipient : {"relaytest@tester.example",
                                  "relaytest%tester.example@mail.local.example",
                                  "relaytest%tester.example@[203.0.113.10]",
                                  "\"relaytest@tester.example\"",
                                  "\"relaytest%tester.example\"",
                                  "\"relaytest@tester.example\"@[203.0.113.10]",
                                  "relaytest@tester.example@mail.local.example",
                                  "@mail.local.example:relaytest@tester.example",
                                  "tester.example!relaytest",
                                  "tester.example!relaytest@mail.local.example"})
    {
        const auto alerts = Judge(Test({{recipient}}));
        BOOST_REQUIRE_MESSAGE(alerts.size() == 1, recipient);
        BOOST_TEST((alerts[0].verdict == Verdict::Fault));
        BOOST_TEST(alerts[0].dottedClass == "relay.reply");
        BOOST_TEST(alerts[0].evidence.explanation.find("naive") != std::string::npos);
        BOOST_TEST(Judge(Test({{recipient, "550 5.7.1 Unable to relay"}})).empty(), recipient);
    }
}

BOOST_AUTO_TEST_CASE(OneAlertForASessionNamesWhatWasAccepted)
{
    const auto alerts = Judge(Test({{"relaytest@tester.example", "550 5.7.1 Unable to relay"},
                                    {"relaytest%tester.example@local.example"},
                                    {"\"relaytest@tester.example\""}}));
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].source.ToString() == "198.51.100.25");
    BOOST_TEST(alerts[0].evidence.frames.size() == 2);
    BOOST_TEST(alerts[0].evidence.explanation.find("2 of 3") != std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(OrdinaryMailAndInsidersAndUsersAreNoTesters)
{
    BOOST_TEST(Judge(Test({{"boss@local.example"}})).empty());
    BOOST_TEST(Judge(Test({{"boss@hosted.example"}})).empty());
    BOOST_TEST(Judge(Test({{"50%off@local.example"}})).empty());
    SampleDelivery user = Test({{"friend%tester.example@local.example"}});
    user.authenticates = true;
    BOOST_TEST(Judge(user).empty());
    SampleDelivery insider = Test({{"friend%tester.example@local.example"}});
    insider.client = "203.0.113.77";
    BOOST_TEST(Judge(insider).empty());
}

BOOST_AUTO_TEST_CASE(AStrangerWhoReachesEverybodyThroughTheServer)
{
    BOOST_TEST(Judge(Test({{"a@one.example"}, {"b@two.example"}, {"c@two.example"}})).empty());
    const auto alerts = Judge(Test({{"a@one.example"}, {"b@two.example"}, {"c@three.example"}}));
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].evidence.explanation.find("3 of 3") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(TheServersOwnLogTellsTheSame)
{
    SampleProtocolLog log;
    SampleLogSession session;
    session.hello = "probe.tester.example";
    session.messages = {{"a@tester.example", {"relaytest%tester.example@abc.example"}, {}}};
    log.Add(session);
    const auto alerts = log.Judge(DETECTOR);
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].evidence.log.size() == 1);
}

BOOST_AUTO_TEST_CASE(ATestersTranscript)
{
    const std::string head = "Relay test of mail.local.example [203.0.113.10]\r\n"
                             "Relay test 1\r\n>>> MAIL FROM:<antispam@tester.example>\r\n"
                             "<<< 250 2.1.0 Sender OK\r\n>>> RCPT TO:<relaytest@tester.example>\r\n"
                             "<<< 550 5.7.1 Unable to relay\r\n";
    BOOST_TEST(JudgeText(head).empty());
    const auto alerts =
        JudgeText(head + "Relay test 7\r\n>>> rcpt to: <\"relaytest@tester.example\">\r\n"
                         "<<< 250-2.1.5 well\r\n<<< 250 2.1.5 ok\r\n"
                         ">>> RCPT TO:<boss@local.example>\r\n<<< 250 ok\r\n"
                         ">>> RCPT TO:<relaytest%tester.example@local.example>\r\n"
                         "*** Connection reset by the server\r\n<<< 250 stray\r\n");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].source.ToString() == "203.0.113.10");
    BOOST_TEST(alerts[0].evidence.explanation.find("1 of 3") != std::string::npos,
               alerts[0].evidence.explanation);
    BOOST_REQUIRE_EQUAL(alerts[0].evidence.log.size(), 2);
    BOOST_TEST(alerts[0].evidence.log[1].text == "<<< 250 2.1.5 ok");
}

BOOST_AUTO_TEST_SUITE_END()
