#include "run-detector.h"
#include "sample-protocol-log.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace bouncelab;
using namespace bouncelab::test;

namespace
{

const std::string UNKNOWN = "550 5.1.1 User unknown";

SampleLogSession
Session(std::vector<std::int64_t> delaysMs, const std::string& reply = UNKNOWN)
{
    SampleLogSession session;
    session.rcptDelaysMs = std::move(delaysMs);
    SampleLogMessage message{"a@third.example", {}, {}};
    for (std::size_t i = 0; i < session.rcptDelaysMs.size(); ++i)
    {
        message.recipients.push_back("r" + std::to_string(i) + "@abc.example");
        message.replies.push_back(reply);
    }
    session.messages = {message};
    return session;
}

std::vector<Alert>
Judge(const SampleLogSession& session, const std::string& more = "")
{
    SampleProtocolLog log;
    log.Add(session);
    return log.Judge("tarpit", more);
}

void
ExpectOne(const std::vector<Alert>& alerts, Verdict verdict, std::string_view dottedClass)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == verdict), alerts[0].evidence.explanation);
    BOOST_TEST(alerts[0].dottedClass == dottedClass, alerts[0].evidence.explanation);
}

/// RCPT after RCPT in a capture, each refused after a delay; `roundTripMs` from the vantage.
std::vector<Alert>
JudgeCaptured(const std::vector<std::int64_t>& delaysMs,
              std::int64_t roundTripMs,
              std::int64_t grainMs = 1)
{
    std::string script = fmt::format("client 10.4.1.4:60661\nserver 198.51.100.25:25\n"
                                     "0 client > server S\n+{0}ms server > client S.\n"
                                     "+{0}ms server > client \"220 ex.abc.example ready\\r\\n\"\n",
                                     roundTripMs);
    const auto ask = [&](const std::string& line, const std::string& reply, std::int64_t delayMs)
    {
        script +=
            fmt::format("+5ms client > server \"{}\\r\\n\"\n+{}ms server > client \"{}\\r\\n\"\n",
                        line,
                        roundTripMs + delayMs,
                        reply);
    };
    ask("HELO me.example", "250 ex", 1);
    ask("MAIL FROM:<a@b.example>", "250 ok", 1);
    for (const std::int64_t delayMs : delaysMs)
    {
        ask("RCPT TO:<r@abc.example>", UNKNOWN, delayMs);
    }
    ask("QUIT", "221 bye", 1);
    PacketScript capture = ScriptOf(script);
    for (ScriptPacket& packet : capture)
    {
        packet.timeNs -= packet.timeNs % (grainMs * MS);
    }
    return Judge(capture, "tarpit");
}

/// What is lost of an exchange of RCPT and its reply, and sent again.
enum class Lost
{
    Nothing,
    Command, //!< Before it came to the server, which holds its reply back from the second copy on.
    Reply,   //!< Before it came to the capture.
};

/// Six recipients that are refused, over a way of 100 ms, each 1.1 s after its command, or later.
std::vector<Alert>
JudgeRepeated(Lost lost, std::int64_t heldBackMs = 0)
{
    std::string script = "client 10.4.1.4:60661\nserver 198.51.100.25:25\n"
                         "0 client > server S\n+100ms server > client S.\n"
                         "+100ms server > client \"220 mx.example\\r\\n\"\n"
                         "+5ms client > server \"HELO me.example\\r\\n\"\n"
                         "+101ms server > client \"250 mx\\r\\n\"\n"
                         "+5ms client > server \"MAIL FROM:<a@b.example>\\r\\n\"\n"
                         "+101ms server > client \"250 ok\\r\\n\"\n";
    std::size_t said = 1 + 17 + 25;
    std::size_t answered = 1 + 16 + 8 + 8;
    for (int i = 0; i < 6; ++i)
    {
        const std::string command = "\"RCPT TO:<r@abc.example>\\r\\n\"";
        script += fmt::format("+5ms client > server {}\n", command);
        if (lost == Lost::Command)
        {
            script += fmt::format("+1000ms client > server seq {} {}\n", said, command);
        }
        else if (lost == Lost::Reply)
        {
            script +=
                "+60ms server > client uncaptured \"550 no\\r\\n\"\n+40ms server > client .\n";
        }
        script += fmt::format("+{}ms server > client seq {} \"550 no\\r\\n\"\n",
                              (lost == Lost::Nothing   ? 1100
                               : lost == Lost::Command ? 100
                                                       : 1000) +
                                  heldBackMs,
                              answered);
        said += 25;
        answered += 8;
    }
    return Judge(ScriptOf(script), "tarpit");
}

} // namespace

BOOST_AUTO_TEST_SUITE(tarpit)

BOOST_AUTO_TEST_CASE(AConnectorsFiveSecondsAndAFiltersMinute)
{
    ExpectOne(Judge(Session({1, 5001, 5003, 5002})), Verdict::Fault, "tarpit.connector");
    ExpectOne(Judge(Session({60004, 60001})), Verdict::Fault, "tarpit.filter");
    ExpectOne(Judge(Session({20001, 20003, 20001})), Verdict::Fault, "tarpit.delay");
}

BOOST_AUTO_TEST_CASE(FromWhatDelayOnAReplyIsLateAndWhoseItIs)
{
    const auto four = [](std::int64_t delayMs) {
        return Judge(Session({delayMs, delayMs, delayMs, delayMs}));
    };
    BOOST_TEST(four(899).empty());
    ExpectOne(four(900), Verdict::Fault, "tarpit.delay");
    ExpectOne(four(4800), Verdict::Fault, "tarpit.delay");
    ExpectOne(four(4801), Verdict::Fault, "tarpit.connector");
    ExpectOne(four(5199), Verdict::Fault, "tarpit.connector");
    ExpectOne(four(5200), Verdict::Fault, "tarpit.delay");
    ExpectOne(four(59000), Verdict::Fault, "tarpit.delay");
    ExpectOne(four(59001), Verdict::Fault, "tarpit.filter");
    ExpectOne(four(60999), Verdict::Fault, "tarpit.filter");
    ExpectOne(four(61000), Verdict::Fault, "tarpit.delay");
}

BOOST_AUTO_TEST_CASE(FromWhatSpreadOnADelayIsNoConstant)
{
    // Two are enough near half seconds, four elsewhere.
    ExpectOne(Judge(Session({20060, 20060})), Verdict::Fault, "tarpit.delay");
    BOOST_TEST(CountFaults(Judge(Session({20061, 20061, 20061}))) == 0);
    ExpectOne(Judge(Session({20061, 20061, 20061, 20061})), Verdict::Fault, "tarpit.delay");
    ExpectOne(Judge(Session({2000, 2050, 2100, 2150})), Verdict::Fault, "tarpit.delay");
    BOOST_TEST(CountFaults(Judge(Session({2000, 2050, 2100, 2151}))) == 0);
    // Three hundredths of longer ones.
    ExpectOne(Judge(Session({20000, 20200, 20400, 20600})), Verdict::Fault, "tarpit.delay");
    BOOST_TEST(CountFaults(Judge(Session({20000, 20200, 20400, 20601}))) == 0);
    // Three late replies of five have to be explained.
    ExpectOne(Judge(Session({5001, 5001, 5001, 2210, 7120})), Verdict::Fault, "tarpit.connector");
    BOOST_TEST(CountFaults(Judge(Session({5001, 5001, 5001, 2210, 7120, 9330}))) == 0);
}

BOOST_AUTO_TEST_CASE(TheExplanationHasTheFigures)
{
    const auto alerts = Judge(Session({1, 5001, 5003}));
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    for (const char* words :
         {"5.001 s to 5.003 s", "refusals alone", "after 1 that came at once", "TarpitInterval"})
    {
        BOOST_TEST(alerts[0].evidence.explanation.find(words) != std::string::npos,
                   alerts[0].evidence.explanation);
    }
    BOOST_TEST(alerts[0].evidence.log.size() == 2);
}

BOOST_AUTO_TEST_CASE(WhatTheLogAnnouncesNeedsNoSecondSample)
{
    SampleLogSession session = Session({5001, 5001, 5001});
    session.announces = true;
    const auto alerts = Judge(session);
    ExpectOne(alerts, Verdict::Fault, "tarpit.connector");
    BOOST_TEST(alerts[0].evidence.explanation.find("5.001 s after its command") !=
                   std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(BeforeOneRefusalItIsByDesign)
{
    SampleLogSession session = Session({5001});
    session.announces = true;
    const auto alerts = Judge(session);
    ExpectOne(alerts, Verdict::Benign, "tarpit.connector");
    BOOST_TEST(alerts[0].evidence.explanation.find("The refusal itself is the case") !=
                   std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(SlownessIsNoTarpit)
{
    ExpectOne(Judge(Session({2210, 3970, 7120, 4480})), Verdict::Benign, "overload.slowness");
    ExpectOne(Judge(Session({5003})), Verdict::Inconclusive, "tarpit.delay");
    BOOST_TEST(Judge(Session({310, 240, 700})).empty());
}

BOOST_AUTO_TEST_CASE(ADirectoryThatTimesOutDelaysAcceptedRecipientsToo)
{
    SampleLogSession session = Session({5001, 5002, 5003});
    session.messages[0].replies = {UNKNOWN};
    ExpectOne(Judge(session), Verdict::Inconclusive, "tarpit.delay");
}

BOOST_AUTO_TEST_CASE(ADiscreditedAddressWaitsForEverything)
{
    SampleLogSession session = Session({5001, 5002});
    session.mailDelayMs = 5002;
    session.otherDelayMs = 5001;
    const auto alerts = Judge(session);
    ExpectOne(alerts, Verdict::Fault, "tarpit.connector");
    BOOST_TEST(alerts[0].evidence.explanation.find("accepting replies too") != std::string::npos,
               alerts[0].evidence.explanation);
}

BOOST_AUTO_TEST_CASE(ARelayThatCallsTheNextServerAtMailIsNoTarpit)
{
    SampleLogSession session;
    session.mailDelayMs = 1102;
    session.messages = {{"a@b.example", {"r@abc.example"}, {}},
                        {"a@b.example", {"s@abc.example"}, {}},
                        {"a@b.example", {"t@abc.example"}, {}},
                        {"a@b.example", {"u@abc.example"}, {}}};
    ExpectOne(Judge(session), Verdict::Benign, "overload.slowness");
}

BOOST_AUTO_TEST_CASE(BackPressureAndDelayedAcknowledgmentHaveTheirOwnNames)
{
    SampleLogSession pressure;
    pressure.mailDelayMs = 15002;
    pressure.messages = {{"a@b.example", {"r@abc.example"}, {}},
                         {"a@b.example", {"r@abc.example"}, {}}};
    ExpectOne(Judge(pressure), Verdict::Fault, "overload.back-pressure");

    SampleLogSession ordinary;
    ordinary.messages = {{"a@b.example", {"r@abc.example"}, {}}};
    const std::string row = "2011-11-16T05:11:56.165Z,EX\\Default EX,08CE6E5DA8B2FFFF,7,"
                            "192.168.0.222:25,198.51.100.7:50000,*,Tarpit for '0.00:00:25.639' due "
                            "to 'DelayedAck',Delivered\n";
    ExpectOne(Judge(ordinary, row), Verdict::Benign, "tarpit.delayed-ack");
}

BOOST_AUTO_TEST_CASE(FromACaptureAtEitherEnd)
{
    for (const std::int64_t roundTripMs : {0, 276})
    {
        const auto alerts = JudgeCaptured({1, 5001, 5004}, roundTripMs);
        ExpectOne(alerts, Verdict::Fault, "tarpit.connector");
        BOOST_TEST(alerts[0].evidence.frames.size() == 2);
        BOOST_TEST(alerts[0].frame > 0);
        BOOST_TEST(JudgeCaptured({1, 2, 1}, roundTripMs).empty());
    }
}

BOOST_AUTO_TEST_CASE(ATimeoutOfWhoeverSpeaksIsNoTarpit)
{
    for (const char* reply : {"451 4.4.1 Cannot connect to 203.0.113.10",
                              "421 mail.isp.example connection timed out",
                              "450 Host unreachable"})
    {
        const auto alerts = Judge(Session({189000, 189000, 189000, 189000}, reply));
        ExpectOne(alerts, Verdict::Benign, "overload.slowness");
        BOOST_TEST(alerts[0].evidence.explanation.find("timeout of this server") !=
                       std::string::npos,
                   alerts[0].evidence.explanation);
    }
    // Greylisting and limits say no such thing.
    ExpectOne(Judge(Session({20001, 20003, 20001}, "451 4.7.1 Please try again later")),
              Verdict::Fault,
              "tarpit.delay");
}

BOOST_AUTO_TEST_CASE(OneLateRefusalAmongSlowRepliesIsTooFew)
{
    SampleLogSession session = Session({2210, 3970, 7120, 4480}, "250 2.1.5 Recipient OK");
    session.messages[0].replies[2] = UNKNOWN;
    const auto alerts = Judge(session);
    ExpectOne(alerts, Verdict::Inconclusive, "tarpit.delay");
    BOOST_TEST(alerts[0].evidence.explanation.find("One refusal came 7.120 s") != std::string::npos,
               alerts[0].evidence.explanation);
    // A second one shows that they vary.
    session.messages[0].replies[3] = UNKNOWN;
    ExpectOne(Judge(session), Verdict::Benign, "overload.slowness");
}

BOOST_AUTO_TEST_CASE(AConstantWithinTheGrainOfTheStampsSaysNothing)
{
    for (const std::int64_t roundTripMs : {0, 276})
    {
        BOOST_TEST(JudgeCaptured({330, 500, 620, 400, 700, 640, 300}, roundTripMs, 1000).empty());
        const auto alerts = JudgeCaptured({2900, 3300, 3100, 3400, 2700}, roundTripMs, 1000);
        ExpectOne(alerts, Verdict::Inconclusive, "tarpit.delay");
        BOOST_TEST(alerts[0].evidence.explanation.find("coarsely stamped (1.000 s)") !=
                       std::string::npos,
                   alerts[0].evidence.explanation);
        // A minute is no matter of the grain, and neither are five seconds in finer stamps.
        ExpectOne(JudgeCaptured({1, 60001, 60004, 60002, 60003, 60001}, roundTripMs, 1000),
                  Verdict::Fault,
                  "tarpit.filter");
        ExpectOne(JudgeCaptured({1, 5001, 5004}, roundTripMs, 10),
                  Verdict::Fault,
                  "tarpit.connector");
    }
}

BOOST_AUTO_TEST_CASE(a_retransmission_timer_is_as_constant_as_a_tarpit)
{
    BOOST_TEST(!JudgeRepeated(Lost::Nothing).empty());
    BOOST_TEST(JudgeRepeated(Lost::Command).empty());
    BOOST_TEST(JudgeRepeated(Lost::Reply).empty());
    // What is held back behind the second copy is.
    ExpectOne(JudgeRepeated(Lost::Command, 5000), Verdict::Fault, "tarpit.connector");
}

BOOST_AUTO_TEST_SUITE_END()
