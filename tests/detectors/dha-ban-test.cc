#include "sample-protocol-log.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string BANNED = "550 5.2.1 Mailbox unavailable. Too many invalid delivery attempts were "
                           "received from your IP address.";
const std::string UNKNOWN = "550 5.1.1 User unknown";

SampleLogSession
From(const std::string& client,
     const std::string& sender,
     std::vector<std::string> recipients,
     const std::string& reply = "")
{
    SampleLogSession session;
    session.client = client;
    session.messages = {{sender, std::move(recipients), {}}};
    if (!reply.empty())
    {
        session.messages[0].replies.assign(session.messages[0].recipients.size(), reply);
    }
    return session;
}

constexpr const char* PROXY = "198.51.100.7";
constexpr const char* OTHER = "203.0.113.9";

} // namespace

BOOST_AUTO_TEST_SUITE(dha_ban)

BOOST_AUTO_TEST_CASE(TheDocumentedReplyOfABannedAddress)
{
    SampleProtocolLog log;
    log.Add(From(OTHER, "x@y.example", {"wang@abc.example", "li@abc.example"}))
        .Add(From(PROXY, "z@third.example", {"q1@abc.example", "q2@abc.example"}, UNKNOWN))
        .Add(From(PROXY, "jia@abc.example", {"wang@abc.example", "li@abc.example"}, BANNED))
        .Add(From(OTHER, "x@y.example", {"wang@abc.example"}));
    const auto alerts = log.Judge("dha-ban");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault));
    BOOST_TEST(alerts[0].dottedClass == "ban.address");
    BOOST_TEST(alerts[0].source.ToString() == "192.168.0.222");
    BOOST_TEST(alerts[0].destination.ToString() == PROXY);
    for (const char* words : {"others behind the same address",
                              "2 recipients of this address",
                              "no tarpit",
                              "2 of them accepted"})
    {
        BOOST_TEST(alerts[0].evidence.explanation.find(words) != std::string::npos,
                   alerts[0].evidence.explanation);
    }
}

BOOST_AUTO_TEST_CASE(AnotherWordingIsToldByItsIndependence)
{
    SampleProtocolLog log;
    log.Add(From(OTHER, "x@y.example", {"wang@abc.example"}))
        .Add(From(PROXY, "jia@abc.example", {"wang@abc.example"}, "550 5.7.0 Not now"))
        .Add(From(PROXY, "a@third.example", {"li@abc.example"}, "550 5.7.0 Not now"));
    const auto alerts = log.Judge("dha-ban");
    BOOST_REQUIRE_EQUAL(alerts.size(), 2);
    BOOST_TEST((alerts[0].verdict == Verdict::Fault), alerts[0].evidence.explanation);

    SampleProtocolLog oneSender;
    oneSender.Add(From(OTHER, "x@y.example", {"wang@abc.example"}))
        .Add(From(PROXY,
                  "jia@abc.example",
                  {"wang@abc.example", "li@abc.example"},
                  "550 5.7.0 Not now"));
    const auto undecided = oneSender.Judge("dha-ban");
    BOOST_REQUIRE_EQUAL(undecided.size(), 1);
    BOOST_TEST((undecided[0].verdict == Verdict::Inconclusive));
}

BOOST_AUTO_TEST_CASE(RecipientsFromWhichTheRecipientDoesNotMatter)
{
    const std::string reply = "550 5.7.0 Not now";
    const auto judge = [&](std::vector<std::string> recipients)
    {
        SampleProtocolLog log;
        log.Add(From(PROXY, "jia@abc.example", std::move(recipients), reply));
        return log.Judge("dha-ban");
    };
    BOOST_TEST(judge({"a@abc.example", "b@abc.example"}).empty());
    const auto three = judge({"a@abc.example", "b@abc.example", "c@abc.example"});
    BOOST_REQUIRE_EQUAL(three.size(), 1);
    BOOST_TEST((three[0].verdict == Verdict::Inconclusive));

    SampleProtocolLog one; // recipient, whom others reach
    one.Add(From(OTHER, "x@y.example", {"wang@abc.example"}))
        .Add(From(PROXY, "jia@abc.example", {"wang@abc.example"}, reply))
        .Add(From(PROXY, "a@third.example", {"wang@abc.example"}, reply));
    BOOST_TEST(one.Judge("dha-ban").empty());
}

BOOST_AUTO_TEST_CASE(WhoGetsThroughMeanwhileIsNotBanned)
{
    const std::string reply = "550 5.7.0 Not now";
    SampleProtocolLog log;
    log.Add(From(OTHER, "x@y.example", {"wang@abc.example"}))
        .Add(From(PROXY, "jia@abc.example", {"wang@abc.example"}, reply))
        .Add(From(PROXY, "jia@abc.example", {"boss@abc.example"}))
        .Add(From(PROXY, "a@third.example", {"li@abc.example"}, reply));
    BOOST_TEST(log.Judge("dha-ban").empty());
}

BOOST_AUTO_TEST_CASE(RefusalsForOtherReasonsAreNoBan)
{
    for (const char* reply : {"550 5.1.1 User unknown",
                              "550 5.7.1 Unable to relay",
                              "530 5.7.1 Client was not authenticated",
                              "554 5.7.1 198.51.100.7 is on a blocklist",
                              "500 error",
                              "551 User not local; please try <forward-path>"})
    {
        SampleProtocolLog log;
        log.Add(From(OTHER, "x@y.example", {"wang@abc.example", "li@abc.example"}))
            .Add(From(PROXY, "a@b.example", {"wang@abc.example", "li@abc.example"}, reply))
            .Add(From(PROXY, "c@d.example", {"wang@abc.example", "li@abc.example"}, reply));
        BOOST_TEST(log.Judge("dha-ban").empty(), reply);
    }
}

BOOST_AUTO_TEST_CASE(ADisabledMailboxIsNoBan)
{
    SampleProtocolLog log;
    const std::string disabled = "550 5.2.1 Mailbox disabled";
    for (const char* sender : {"a@b.example", "c@d.example"})
    {
        SampleLogSession session = From(PROXY, sender, {"gone@abc.example", "wang@abc.example"});
        session.messages[0].replies = {disabled};
        log.Add(session);
    }
    BOOST_TEST(log.Judge("dha-ban").empty());
}

BOOST_AUTO_TEST_CASE(TheClientsWordsAloneDoNotSayWhoseAddress)
{
    SampleProtocolLog log;
    const auto alerts = log.Judge("dha-ban", "            Server error: '" + BANNED + "'\n");
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive));
    BOOST_TEST(alerts[0].evidence.log.size() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
