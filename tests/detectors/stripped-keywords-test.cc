#include "made-capture.h"
#include "made-wire.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

const std::string MASKED_GREETING = "220 *****************0*** *********2****** **** *******";

/// A session that goes no further than these first turns, then QUIT.
MadeTalk
Short(std::vector<MadeTurn> turns)
{
    MadeTalk talk;
    talk.turns = std::move(turns);
    talk.turns.push_back({"QUIT", "221 2.0.0 Service closing transmission channel"});
    return talk;
}

MadeTalk
Greeted(std::vector<MadeTurn> turns)
{
    turns.insert(turns.begin(), {"", "220 EX.abc.com Microsoft ESMTP MAIL Service ready"});
    return Short(std::move(turns));
}

/// Offers STARTTLS, which the client takes up, and answers so.
MadeTalk
AskedForTls(const std::string& answer)
{
    return Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77")}, {"STARTTLS", answer}});
}

MadeTalk
At(MadeTalk talk, int port, std::int64_t startUs)
{
    talk.serverPort = port;
    talk.clientPort = 50000 + port;
    talk.startUs = startUs;
    return talk;
}

void
ExpectOne(const std::vector<Alert>& alerts, std::string_view dottedClass, std::string_view word)
{
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST(alerts[0].dottedClass == dottedClass, alerts[0].evidence.explanation);
    BOOST_TEST((alerts[0].verdict == Verdict::Inconclusive) == (dottedClass == "insufficient"));
    BOOST_TEST(alerts[0].evidence.explanation.find(word) != std::string::npos,
               alerts[0].evidence.explanation);
}

std::vector<Alert>
Judge(const std::vector<MadeTalk>& captured, const std::vector<MadeTalk>& logged = {})
{
    return JudgeBoth("stripped-keywords", captured, logged);
}

} // namespace

BOOST_AUTO_TEST_SUITE(stripped_keywords)

BOOST_AUTO_TEST_CASE(AsterisksAndXsAreAMailGuards)
{
    const MadeTalk greeting = Short({{"", MASKED_GREETING},
                                     {"EHLO JIA-PC", "500 5.3.3 Unrecognized command"},
                                     {"HELO JIA-PC", "250 EX.abc.com Hello [198.51.100.77]"}});
    ExpectOne(Judge({greeting}), "intercepted.masked", "asterisks");
    for (const char* word : {"XXXXXXXX", "XXXXXXXA"})
    {
        const MadeTalk keywords = Greeted({{"EHLO JIA-PC",
                                            "250-EX.abc.com Hello [198.51.100.77]\n250-SIZE\n250-" +
                                                std::string(word) + "\n250 8BITMIME"}});
        const auto alerts = Judge({keywords});
        ExpectOne(alerts, "intercepted.masked", "one as long as STARTTLS");
        BOOST_TEST((alerts[0].verdict == Verdict::Fault));
        BOOST_TEST(alerts[0].source.ToString() == "203.0.113.10");
    }
}

BOOST_AUTO_TEST_CASE(TheServersLogShowsMaskedCommands)
{
    MadeTalk logged = Greeted({{"XXXX JIA-PC", "500 5.3.3 Unrecognized command"},
                               {"HELO JIA-PC", "250 EX.abc.com Hello [198.51.100.77]"}});
    logged.server = "192.168.0.222";
    const auto alerts = Judge({}, {logged});
    ExpectOne(alerts, "intercepted.masked", "that was its EHLO");
    BOOST_REQUIRE_EQUAL(alerts[0].evidence.log.size(), 1);
    BOOST_TEST(alerts[0].evidence.log[0].text.find("XXXX JIA-PC") != std::string::npos);
    MadeTalk somebody = Greeted({{"HELO x", "250 EX.abc.com Hello [198.51.100.77]"},
                                 {"XXXX", "500 5.3.3 Unrecognized command"}});
    ExpectOne(Judge({}, {somebody}), "insufficient", "client's own capture");
}

BOOST_AUTO_TEST_CASE(AnOfferThatIsRefusedAsUnknown)
{
    ExpectOne(Judge({AskedForTls("200 STRIPTLS")}), "intercepted.stripped", "no server answers so");
    ExpectOne(Judge({AskedForTls("502 5.5.1 Error: command not implemented")}),
              "intercepted.stripped",
              "knows what it offers");
    ExpectOne(Judge({AskedForTls("501 Syntax error")}), "intercepted.stripped", "knows what");
    const MadeTalk auth = Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77")},
                                   {"AUTH LOGIN", "503 5.5.1 Error: authentication not enabled"}});
    ExpectOne(Judge({auth}), "intercepted.stripped", "AUTH was offered");
}

BOOST_AUTO_TEST_CASE(ARefusalForNowNeedsTheSameServerElsewhere)
{
    const MadeTalk refused = AskedForTls("454 TLS not available due to temporary reason");
    ExpectOne(Judge({refused}), "insufficient", "another way or port");
    const MadeTalk taken = At(AskedForTls("220 2.0.0 SMTP server ready"), 587, 20000000);
    ExpectOne(Judge({refused, taken}), "intercepted.stripped", "at port 587");
}

BOOST_AUTO_TEST_CASE(ARateLimitIsBenign)
{
    const auto alerts = Judge({AskedForTls(
        "454 4.7.0 Cannot accept TLS as maximum TLS rate exceeded for server, try again later")});
    BOOST_REQUIRE_EQUAL(alerts.size(), 1);
    BOOST_TEST((alerts[0].verdict == Verdict::Benign));
}

BOOST_AUTO_TEST_CASE(GenuineRefusalsAreSilent)
{
    const std::string ehlo = ExchangeEhlo("198.51.100.77");
    for (const char* answer : {"220 2.0.0 SMTP server ready", "530 5.7.1 Not for you"})
    {
        BOOST_TEST(Judge({AskedForTls(answer)}).empty(), answer);
    }
    for (const char* answer : {"535 5.7.3 Authentication unsuccessful",
                               "454 4.7.0 Temporary authentication failure",
                               "504 5.7.4 Unrecognized authentication type",
                               "235 2.7.0 Authentication successful"})
    {
        BOOST_TEST(Judge({Greeted({{"EHLO JIA-PC", ehlo}, {"AUTH X", answer}})}).empty(), answer);
    }
    // Nobody offered it.
    BOOST_TEST(Judge({Greeted({{"EHLO JIA-PC", "250-EX.abc.com Hello [198.51.100.77]\n250 SIZE"},
                               {"STARTTLS", "502 5.5.1 Error: command not implemented"}})})
                   .empty());
}

BOOST_AUTO_TEST_CASE(TheSameListWithLinesMissing)
{
    const MadeTalk whole = Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77")}});
    const MadeTalk less = Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77", false)}});
    BOOST_TEST(Judge({less}).empty());
    BOOST_TEST(Judge({whole}).empty());
    MadeTalk later = less;
    later.clientPort = 49800;
    later.startUs = 60000000;
    ExpectOne(Judge({whole, later}), "intercepted.stripped", "taken out on the way");
    // A server may offer more to one client than to another.
    later.client = "198.51.100.78";
    later.turns[1].reply = ExchangeEhlo("198.51.100.78", false);
    BOOST_TEST(Judge({whole, later}).empty());
}

BOOST_AUTO_TEST_CASE(TheSubmissionPortAloneDoesNotConvict)
{
    const MadeTalk less = Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77", false)}});
    const MadeTalk submission =
        At(Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77")}}), 587, 20000000);
    ExpectOne(Judge({less, submission}), "insufficient", "port 587 does");
    // AUTH at the submission port alone is usual.
    MadeTalk usual = less;
    usual.turns[1].reply = "250-EX.abc.com Hello [198.51.100.77]\n250-SIZE\n250 STARTTLS";
    BOOST_TEST(Judge({usual, submission}).empty());
    // A server that greets somebody else at port 25 only is spoken to by somebody else.
    MadeTalk spoken = less;
    spoken.turns[1].reply = ExchangeEhlo("69.46.103.200", false);
    ExpectOne(Judge({spoken, submission}), "intercepted.stripped", "greets 69.46.103.200");
    ExpectOne(Judge({spoken}), "insufficient", "the server's own log");
}

BOOST_AUTO_TEST_CASE(TheServersLogShowsWhatItSent)
{
    MadeTalk captured = StraightTalk();
    captured.turns.erase(captured.turns.begin() + 2, captured.turns.begin() + 5);
    MadeTalk logged = captured;
    captured.turns[1].reply = ExchangeEhlo("69.46.103.200", false);
    logged.turns[1].reply = ExchangeEhlo("69.46.103.200");
    logged.client = "69.46.103.200";
    logged.server = "192.168.0.222";
    logged.startUs = 77000;
    logged.handshakeUs = 300;
    logged.thinkUs = 155500;
    for (MadeTurn& turn : logged.turns)
    {
        turn.delayUs = 1000;
    }
    const auto alerts = Judge({captured}, {logged});
    ExpectOne(alerts, "intercepted.stripped", "STARTTLS, X-ANONYMOUSTLS, AUTH and X-EXPS");
    BOOST_TEST(alerts[0].evidence.log.size() == 1);
    BOOST_TEST(alerts[0].destination.ToString() == "198.51.100.77");
    captured.turns[1].reply = logged.turns[1].reply;
    BOOST_TEST(CountFaults(Judge({captured}, {logged})) == 0);
}

BOOST_AUTO_TEST_CASE(RefusedEhloNeedsTheSameServerElsewhere)
{
    const MadeTalk refused =
        Greeted({{"EHLO JIA-PC", "502 Error: command \"EHLO\" not implemented"},
                 {"HELO JIA-PC", "250 EX.abc.com Hello [198.51.100.77]"}});
    ExpectOne(Judge({refused}), "insufficient", "an old server");
    const MadeTalk other =
        At(Greeted({{"EHLO JIA-PC", ExchangeEhlo("198.51.100.77")}}), 587, 20000000);
    ExpectOne(Judge({refused, other}), "intercepted.stripped", "takes EHLO at port 587");
}

BOOST_AUTO_TEST_CASE(CutEvidenceIsSurvived)
{
    const std::string whole = PcapOf({AskedForTls("200 STRIPTLS")});
    for (std::size_t length = 24; length < whole.size(); length += 31)
    {
        JudgeCapture(whole.substr(0, length), "stripped-keywords");
    }
    BOOST_TEST(CountFaults(JudgeCapture(whole + std::string(11, '\x7E'), "stripped-keywords")) ==
               1);
}

BOOST_AUTO_TEST_SUITE_END()
