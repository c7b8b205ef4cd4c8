#include "detectors/analysis/dialogue.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

std::string
Told(const Dialogue& dialogue)
{
    std::string text;
    for (const Exchange& exchange : dialogue.Exchanges())
    {
        text += (text.empty() ? "" : ", ") + exchange.command + "=" + std::to_string(exchange.code);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialogue)

BOOST_AUTO_TEST_CASE(PairsCommandsAndReplies)
{
    const Dialogue dialogue(FlowOf(ReadSession("control")));
    BOOST_TEST(Told(dialogue) == "=220, HELO=250, MAIL FROM=250, RCPT TO=250, QUIT=0");
    BOOST_TEST(dialogue.CommandIn(9) == "RCPT TO");
}

BOOST_AUTO_TEST_CASE(TheFirstReplyOnTheWireCounts)
{
    const Dialogue dialogue(FlowOf(ReadSession("documented")));
    BOOST_TEST(Told(dialogue) == "=220, HELO=250, MAIL FROM=250, RCPT TO=500, QUIT=0");
}

BOOST_AUTO_TEST_CASE(GoesOnBehindAGap)
{
    PacketScript capture = ReadSession("control");
    // As the article does: 250, MAIL FROM and its 250 are left out.
    capture.erase(capture.begin() + 5, capture.begin() + 8);
    BOOST_TEST(Told(Dialogue(FlowOf(capture))) == "=220, HELO=0, RCPT TO=250, QUIT=0");
}

BOOST_AUTO_TEST_SUITE_END()
