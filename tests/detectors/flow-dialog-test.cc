#include "detectors/analysis/flow-dialog.h"
#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

std::string
Told(const FlowDialog& dialog)
{
    std::string text;
    for (const FlowTurn& exchange : dialog.Turns())
    {
        text += (text.empty() ? "" : ", ") + exchange.command + "=" + std::to_string(exchange.code);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flow_dialog)

BOOST_AUTO_TEST_CASE(PairsCommandsAndReplies)
{
    const FlowDialog dialog(FlowOf(ReadSession("control")));
    BOOST_TEST(Told(dialog) == "=220, HELO=250, MAIL FROM=250, RCPT TO=250, QUIT=0");
    BOOST_TEST(dialog.CommandIn(9) == "RCPT TO");
}

BOOST_AUTO_TEST_CASE(TheFirstReplyOnTheWireCounts)
{
    const FlowDialog dialog(FlowOf(ReadSession("documented")));
    BOOST_TEST(Told(dialog) == "=220, HELO=250, MAIL FROM=250, RCPT TO=500, QUIT=0");
}

BOOST_AUTO_TEST_CASE(GoesOnBehindAGap)
{
    PacketScript capture = ReadSession("control");
    // As the article does: 250, MAIL FROM and its 250 are left out.
    capture.erase(capture.begin() + 5, capture.begin() + 8);
    BOOST_TEST(Told(FlowDialog(FlowOf(capture))) == "=220, HELO=0, RCPT TO=250, QUIT=0");
}

BOOST_AUTO_TEST_SUITE_END()
