#include "detectors/analysis/dialogue.h"
#include "made-capture.h"

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
    SessionKnobs knobs;
    knobs.forged = false;
    const Dialogue dialogue(DocumentedSession(knobs).ToFlow());
    BOOST_TEST(Told(dialogue) == "=220, HELO=250, MAIL FROM=250, RCPT TO=250, QUIT=0");
    BOOST_TEST(dialogue.CommandIn(9) == "RCPT TO");
}

BOOST_AUTO_TEST_CASE(TheFirstReplyOnTheWireCounts)
{
    const Dialogue dialogue(DocumentedSession().ToFlow());
    BOOST_TEST(Told(dialogue) == "=220, HELO=250, MAIL FROM=250, RCPT TO=500, QUIT=0");
}

BOOST_AUTO_TEST_CASE(GoesOnBehindAGap)
{
    SessionKnobs knobs;
    knobs.forged = false;
    MadeCapture capture = DocumentedSession(knobs);
    // As the article does: 250, MAIL FROM and its 250 are left out.
    capture.packets.erase(capture.packets.begin() + 5, capture.packets.begin() + 8);
    BOOST_TEST(Told(Dialogue(capture.ToFlow())) == "=220, HELO=0, RCPT TO=250, QUIT=0");
}

BOOST_AUTO_TEST_SUITE_END()
