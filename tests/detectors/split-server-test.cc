#include "detectors/analysis/split-server.h"

#include "sessions.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

/// A session whose TCP answers within `nearNs`, and each command after `farNs`.
bool
IsSplit(std::int64_t nearNs, std::int64_t farNs, const std::vector<std::string>& verbs)
{
    SmtpSession session;
    session.opening.emplace();
    session.opening->handshakeNs = nearNs;
    std::int64_t now = 0;
    std::uint32_t number = 0;
    for (const std::string& verb : verbs)
    {
        Turn turn;
        turn.verb = verb;
        turn.said = {++number, 0, WallTime(Nanoseconds(now))};
        now += farNs;
        turn.answered = {++number, 0, WallTime(Nanoseconds(now))};
        session.turns.push_back(turn);
    }
    return FindSplitServer(session).has_value();
}

const std::vector<std::string> THREE{"MAIL", "RCPT", "DATA"};

} // namespace

BOOST_AUTO_TEST_SUITE(split_server)

BOOST_AUTO_TEST_CASE(FromThreeTimesTheRoundTripAndFortyMillisecondsOn)
{
    BOOST_TEST(IsSplit(30 * MS, 90 * MS, THREE));
    BOOST_TEST(!IsSplit(30 * MS, 90 * MS - 1, THREE));
    BOOST_TEST(IsSplit(10 * MS, 50 * MS, THREE));
    BOOST_TEST(!IsSplit(10 * MS, 50 * MS - 1, THREE));
}

BOOST_AUTO_TEST_CASE(ThreeRepliesOneOfThemCheap)
{
    BOOST_TEST(!IsSplit(10 * MS, 90 * MS, {"RCPT", "DATA"}));
    BOOST_TEST(!IsSplit(10 * MS, 90 * MS, {"MAIL", "RCPT", "RCPT", "RCPT"}));
    BOOST_TEST(IsSplit(10 * MS, 90 * MS, {"MAIL", "RCPT", "QUIT"}));
}

BOOST_AUTO_TEST_SUITE_END()
