#include "models/smtp/transitions.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

BOOST_AUTO_TEST_SUITE(transitions)

BOOST_AUTO_TEST_CASE(OneMailGoesThroughEveryPhase)
{
    constexpr auto YES = ReplyClass::Positive;
    Phase phase = Phase::Connected;
    const auto take = [&phase](Step step, ReplyClass answer)
    {
        BOOST_TEST(IsAllowed(phase, step));
        phase = PhaseAfter(phase, step, answer);
        return NameOfPhase(phase);
    };
    BOOST_TEST(take(Step::Greeting, YES) == "greeted");
    BOOST_TEST(take(Step::Hello, YES) == "idle");
    BOOST_TEST(take(Step::Mail, YES) == "sender");
    BOOST_TEST(take(Step::Recipient, ReplyClass::Permanent) == "sender");
    BOOST_TEST(take(Step::Recipient, YES) == "recipients");
    BOOST_TEST(take(Step::Recipient, ReplyClass::Transient) == "recipients");
    BOOST_TEST(take(Step::Data, YES) == "recipients");
    BOOST_TEST(take(Step::Data, ReplyClass::Intermediate) == "content");
    BOOST_TEST(take(Step::EndOfData, ReplyClass::Permanent) == "idle");
    BOOST_TEST(take(Step::Quit, YES) == "closed");
}

BOOST_AUTO_TEST_CASE(StepsOutOfTurnAreNotAllowedAndMoveNothing)
{
    const auto refused = [](Phase phase, Step step)
    {
        BOOST_TEST(!IsAllowed(phase, step));
        BOOST_TEST((PhaseAfter(phase, step, ReplyClass::Positive) == phase));
    };
    refused(Phase::Connected, Step::Hello);
    refused(Phase::Greeted, Step::Mail);
    refused(Phase::Idle, Step::Recipient);
    refused(Phase::Idle, Step::Data);
    refused(Phase::Sender, Step::Mail);
    refused(Phase::Sender, Step::Data);
    refused(Phase::Recipients, Step::Mail);
    refused(Phase::Content, Step::Quit);
    refused(Phase::Refused, Step::Hello);
    refused(Phase::Closed, Step::Neutral);
}

BOOST_AUTO_TEST_CASE(ARefusedGreetingLeavesOnlyQuit)
{
    const Phase phase = PhaseAfter(Phase::Connected, Step::Greeting, ReplyClass::Permanent);
    BOOST_TEST((phase == Phase::Refused));
    BOOST_TEST(IsAllowed(phase, Step::Quit));
    BOOST_TEST(!IsAllowed(phase, Step::Hello));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
