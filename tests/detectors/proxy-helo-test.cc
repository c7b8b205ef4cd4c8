#include "run-detector.h"
#include "sample-protocol-log.h"
#include "sample-wire.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

const std::string UNKNOWN = "550 5.1.1 User unknown";
const std::string NO_RELAY = "550 5.7.1 Unable to relay";

/// At home, from the same user's usual address.
SampleLogSession
AtHome(const std::string& sender = "jia@abc.example")
{
    SampleLogSession session;
    session.client = "203.0.113.9";
    session.hello = "laptop";
    session.authenticated = "ABC\\" + sender.substr(0, sender.find('@'));
    session.messages = {{sender, {"bob@other.example"}, {}}};
    return session;
}

SampleLogSession
ThroughProxy(const std::string& sender = "jia@abc.example",
             std::vector<std::string> recipients = {"wang@abc.example"})
{
    SampleLogSession session;
    session.messages = {{sender, std::move(recipients), {}}};
    return session;
}

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, std::string_view word)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].evidence.explanation.find(word) != std::string::npos,
               alerts[0].evidence.explanation);
}

std::vector<Alert>
Judge(const SampleProtocolLog& log, const std::string& more = "")
{
    return log.Judge("proxy-helo", more);
}

std::string
FilterLine(const std::string& ptr)
{
    return "2011-11-16T04:11:57.000Z\tbefore-arrival\tsender-whitelist\twhitelist\t198.51.100.7\t" +
           ptr + "\tmail.isp.example.net\tjia@abc.example\twang@abc.example\t-\t-\t-\n";
}

/// Several users send one message each by the proxy; the first `known` authenticate at home before.
/// \param refused a recipient outside that each of them is refused; "" = all write to wang
SampleProtocolLog
Senders(int senders, int known, const std::string& refused = "")
{
    SampleProtocolLog log;
    for (int i = 0; i < senders; ++i)
    {
        const std::string sender = "user" + std::to_string(i) + "@abc.example";
        if (i < known)
        {
            log.Add(AtHome(sender));
        }
        SampleLogSession session = ThroughProxy(sender);
        if (!refused.empty())
        {
            session.messages[0].recipients = {refused};
            session.messages[0].replies = {NO_RELAY};
        }
        log.Add(session);
    }
    return log;
}

/// One user who authenticates at home writes to so many by the proxy, the first ones unknown.
SampleProtocolLog
Recipients(int recipients, int unknown)
{
    SampleProtocolLog log;
    log.Add(AtHome());
    for (int i = 0; i < recipients; ++i)
    {
        SampleLogSession session =
            ThroughProxy("jia@abc.example", {"r" + std::to_string(i) + "@abc.example"});
        if (i < unknown)
        {
            session.messages[0].replies = {UNKNOWN};
        }
        log.Add(session);
    }
    return log;
}

/// That every alert has this verdict, the one text, and not the other.
void
ExpectAll(const SampleProtocolLog& log,
          Verdict verdict,
          std::string_view words,
          std::string_view absent = "")
{
    const auto alerts = Judge(log);
    BOOST_TEST(!alerts.empty());
    for (const Alert& alert : alerts)
    {
        const std::string& said = alert.evidence.explanation;
        BOOST_TEST((alert.verdict == verdict), said);
        BOOST_TEST(said.find(words) != said.npos, said);
        BOOST_TEST((absent.empty() || said.find(absent) == said.npos), said);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_helo)

BOOST_AUTO_TEST_CASE(AUserWhoAuthenticatesAtHomeIsSpokenFor)
{
    SampleProtocolLog log;
    log.Add(AtHome()).Add(ThroughProxy()).Add(ThroughProxy());
    const auto alerts = Judge(log);
    BOOST_REQUIRE_EQUAL(alerts.size(), 2);
    for (const Alert& alert : alerts)
    {
        BOOST_TEST((alert.verdict == Verdict::Fault));
        BOOST_TEST(alert.dottedClass == "intercepted.proxy");
        BOOST_TEST(alert.source.ToString() == "198.51.100.7");
        BOOST_TEST(alert.destinationPort == 25);
        BOOST_TEST(alert.evidence.log.size() == 3);
        BOOST_TEST(alert.evidence.explanation.find("203.0.113.9") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(OtherDomainsMailAndRecipientsOutsideTellToo)
{
    SampleProtocolLog log;
    SampleLogSession user = ThroughProxy("jia@abc.example", {"bob@other.example"});
    user.messages[0].replies = {NO_RELAY};
    log.Add(ThroughProxy("x@third.example", {"wang@abc.example"})).Add(user);
    ExpectOne(Judge(log), Verdict::Fault, "outside the domain");
}

BOOST_AUTO_TEST_CASE(OneSessionAloneIsInconclusive)
{
    SampleProtocolLog log;
    log.Add(ThroughProxy());
    const auto alerts = Judge(log);
    ExpectOne(alerts, Verdict::Inconclusive, "client's own capture");
    BOOST_TEST(alerts[0].dottedClass == "intercepted.proxy");
}

BOOST_AUTO_TEST_CASE(TheFixesAreSilent)
{
    SampleProtocolLog log;
    SampleLogSession vpn = AtHome();
    vpn.client = "192.168.0.17";
    SampleLogSession submission = AtHome();
    submission.client = "198.51.100.7";
    log.Add(AtHome()).Add(vpn).Add(submission);
    BOOST_TEST(Judge(log).empty());
}

BOOST_AUTO_TEST_CASE(WithoutAnOfferOfAuthThereIsNothingToLeave)
{
    SampleProtocolLog log;
    SampleLogSession session = ThroughProxy();
    session.offersAuth = false;
    log.Add(AtHome()).Add(session);
    BOOST_TEST(Judge(log).empty());
}

BOOST_AUTO_TEST_CASE(ASmarthostOfTheDomainIsSilentOrBenign)
{
    SampleProtocolLog own;
    SampleLogSession session = ThroughProxy();
    session.hello = "smarthost.branch.abc.example";
    own.Add(session);
    BOOST_TEST(Judge(own).empty());

    SampleProtocolLog byAddress;
    byAddress.Add(ThroughProxy());
    BOOST_TEST(Judge(byAddress, FilterLine("relay.abc.example")).empty());

    SampleProtocolLog providers;
    for (const char* sender : {"a@abc.example", "b@abc.example", "c@abc.example"})
    {
        providers.Add(ThroughProxy(sender));
    }
    ExpectOne(Judge(providers, FilterLine("mail.isp.example.net")), Verdict::Benign, "smarthost");
    ExpectOne(Judge(providers), Verdict::Inconclusive, "looks the same");
}

BOOST_AUTO_TEST_CASE(AMailingServiceIsBenign)
{
    SampleProtocolLog log;
    for (int i = 0; i < 10; ++i)
    {
        log.Add(ThroughProxy("news@abc.example", {"r" + std::to_string(i) + "@abc.example"}));
    }
    ExpectOne(Judge(log), Verdict::Benign, "mailing service");

    SampleProtocolLog bounces;
    bounces.Add(ThroughProxy("bounce-7@isp.example.net"));
    BOOST_TEST(Judge(bounces).empty());
}

BOOST_AUTO_TEST_CASE(ASpoofingSpammerIsNotCalledAProxy)
{
    SampleProtocolLog log;
    log.Add(AtHome("w@abc.example"));
    for (int i = 0; i < 8; ++i)
    {
        SampleLogSession session =
            ThroughProxy(std::string(1, static_cast<char>('p' + i)) + "@abc.example",
                         {"x" + std::to_string(i) + "@abc.example", "wang@abc.example"});
        session.messages[0].replies = {UNKNOWN};
        log.Add(session);
    }
    ExpectOne(Judge(log), Verdict::Inconclusive, "signs of spoofing");
}

BOOST_AUTO_TEST_CASE(WhoeverIsAtHomeMeanwhileIsSpoofed)
{
    SampleProtocolLog log;
    log.Add(AtHome()).Add(ThroughProxy()).Add(AtHome());
    ExpectOne(Judge(log), Verdict::Inconclusive, "shortly before and after");
    SampleProtocolLog travel;
    travel.Add(AtHome());
    travel.Wait(7200000);
    travel.Add(ThroughProxy()).Add(AtHome());
    ExpectOne(Judge(travel), Verdict::Fault, "authenticates when coming from");
}

BOOST_AUTO_TEST_CASE(HowLongMeanwhileIs)
{
    // A minute passes between sessions anyway.
    for (const bool late : {false, true})
    {
        SampleProtocolLog log;
        log.Add(AtHome()).Add(ThroughProxy());
        log.Wait(late ? 29 * 60000 : 29 * 60000 - 2000);
        log.Add(AtHome());
        ExpectOne(Judge(log),
                  late ? Verdict::Fault : Verdict::Inconclusive,
                  late ? "authenticates when coming from" : "shortly before and after");
    }
}

BOOST_AUTO_TEST_CASE(SendersFromWhichItIsNoPersonsVolume)
{
    ExpectAll(Senders(3, 3), Verdict::Fault, "a person's volume");
    ExpectAll(Senders(4, 4), Verdict::Fault, "speaks for the user", "a person's volume");
    ExpectAll(Recipients(7, 0), Verdict::Fault, "a person's volume");
    ExpectAll(Recipients(8, 0), Verdict::Fault, "speaks for the user", "a person's volume");
}

BOOST_AUTO_TEST_CASE(SendersFromWhichItIsSpoofing)
{
    ExpectAll(Senders(3, 1), Verdict::Fault, "speaks for the user");
    ExpectAll(Senders(4, 1), Verdict::Inconclusive, "4 senders, of whom 1 ever authenticated");
    ExpectAll(Senders(4, 2), Verdict::Fault, "speaks for the user");
}

BOOST_AUTO_TEST_CASE(UnknownRecipientsFromWhichItIsSpoofing)
{
    ExpectAll(Recipients(4, 1), Verdict::Fault, "speaks for the user");
    ExpectAll(Recipients(8, 2), Verdict::Inconclusive, "2 of 8 recipients are unknown");
    ExpectAll(Recipients(9, 2), Verdict::Fault, "speaks for the user");
}

BOOST_AUTO_TEST_CASE(SendersFromWhichItIsARelayTester)
{
    ExpectAll(Senders(2, 1, "bob@other.example"), Verdict::Fault, "speaks for the user");
    ExpectAll(Senders(3, 1, "bob@other.example"), Verdict::Inconclusive, "as a relay tester");
}

BOOST_AUTO_TEST_CASE(RecipientsFromWhichItIsAMailingService)
{
    for (const int recipients : {7, 8})
    {
        SampleProtocolLog log;
        for (int i = 0; i < recipients; ++i)
        {
            log.Add(ThroughProxy("news@abc.example", {"r" + std::to_string(i) + "@abc.example"}));
        }
        ExpectOne(Judge(log),
                  recipients == 8 ? Verdict::Benign : Verdict::Inconclusive,
                  recipients == 8 ? "mailing service" : "would decide");
    }
}

BOOST_AUTO_TEST_CASE(ReportsOfFailureAreNoOtherDomainsMail)
{
    SampleProtocolLog log;
    SampleLogSession report = ThroughProxy("", {"wang@abc.example"});
    SampleLogSession user = ThroughProxy("jia@abc.example", {"bob@other.example"});
    user.messages[0].replies = {NO_RELAY};
    log.Add(report).Add(user);
    ExpectOne(Judge(log), Verdict::Inconclusive, "signs of a proxy on the user's path");
}

/// Two servers' sessions have the same ids; the longer one's end is none of the other client's.
BOOST_AUTO_TEST_CASE(LogsOfTwoServersAreNotMixed)
{
    SampleProtocolLog first;
    SampleLogSession other;
    other.messages = {{"li@third.example", {"wang@abc.example"}, {}}};
    first.Add(other);
    SampleProtocolLog second;
    SampleLogSession home = AtHome();
    home.messages.push_back(home.messages.front());
    home.messages.push_back(home.messages.front());
    second.Add(home).Add(AtHome());
    EvidenceContext context;
    AddLog(context, first.Text(), "a/RECV20111116-1.log");
    AddLog(context, second.Text(), "b/RECV20111116-1.log");
    context.logs.Finish();
    BOOST_TEST(context.logs.protocol.All().size() == 3);
    BOOST_TEST(CountFaults(JudgeLogs("proxy-helo", context)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
