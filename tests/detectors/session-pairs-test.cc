#include "detectors/analysis/session-pairs.h"

#include "sessions.h"

#include <boost/test/unit_test.hpp>

#include <tuple>

using namespace bouncelab;
using namespace bouncelab::detectors;
using namespace bouncelab::test;

namespace
{

constexpr std::int64_t SECOND = 1000 * MS;

/// When a command was said and answered.
struct Spoken
{
    std::int64_t saidNs = 0;
    std::int64_t answeredNs = 0; //!< Negative = the answer is not in the evidence.
};

SmtpSession
MailSession(Spoken mail, Spoken rcpt)
{
    SmtpSession session;
    std::uint32_t number = 0;
    for (const auto& [verb, mailbox, spoken] :
         {std::tuple{"MAIL", "a@x.example", mail}, std::tuple{"RCPT", "b@y.example", rcpt}})
    {
        Turn turn;
        turn.verb = verb;
        turn.mailbox = mailbox;
        turn.said = {++number, 0, WallTime(Nanoseconds(spoken.saidNs))};
        if (spoken.answeredNs >= 0)
        {
            turn.answered = {++number, 0, WallTime(Nanoseconds(spoken.answeredNs))};
        }
        session.turns.push_back(turn);
    }
    return session;
}

constexpr std::int64_t START = 1000 * SECOND;

const SmtpSession CLIENTS =
    MailSession({START, START + 100 * MS}, {START + 200 * MS, START + 300 * MS});

/// The server hears each command 50 ms after it was said and takes 10 ms, by a clock that is ahead.
std::optional<SessionPair>
WithClock(std::int64_t aheadAtMailNs, std::int64_t aheadAtRcptNs)
{
    const std::int64_t mail = START + 50 * MS + aheadAtMailNs;
    const std::int64_t rcpt = START + 250 * MS + aheadAtRcptNs;
    static SmtpSession server;
    server = MailSession({mail, mail + 10 * MS}, {rcpt, rcpt + 10 * MS});
    return Pair(CLIENTS, server);
}

/// The server's session shows no answers, so that the sessions cannot be nested.
bool
PairsLater(std::int64_t ns)
{
    const SmtpSession server = MailSession({START + ns, -1}, {START + ns + 1, -1});
    return Pair(CLIENTS, server).has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(session_pairs)

BOOST_AUTO_TEST_CASE(ClocksMayBeTwoMinutesApart)
{
    // It has to be ahead by all but the 40 ms that the answer takes back.
    BOOST_TEST(WithClock(120 * SECOND + 40 * MS, 120 * SECOND + 40 * MS)->nested);
    BOOST_TEST(!WithClock(120 * SECOND + 40 * MS + 1, 120 * SECOND + 40 * MS + 1)->nested);
    BOOST_TEST(WithClock(-120 * SECOND - 50 * MS, -120 * SECOND - 50 * MS)->nested);
    BOOST_TEST(!WithClock(-120 * SECOND - 50 * MS - 1, -120 * SECOND - 50 * MS - 1).has_value());
}

BOOST_AUTO_TEST_CASE(TurnsMayMissEachOtherByTwoMilliseconds)
{
    // 40 ms of the answer's way and 50 ms of the command's are free to shift.
    BOOST_TEST(WithClock(0, 92 * MS)->nested);
    BOOST_TEST(!WithClock(0, 92 * MS + 1)->nested);
}

BOOST_AUTO_TEST_CASE(AMessageMayWaitAQuarterOfAnHour)
{
    BOOST_TEST(PairsLater(900 * SECOND));
    BOOST_TEST(!PairsLater(900 * SECOND + 1));
    BOOST_TEST(PairsLater(-120 * SECOND));
    BOOST_TEST(!PairsLater(-120 * SECOND - 1));
}

BOOST_AUTO_TEST_SUITE_END()
