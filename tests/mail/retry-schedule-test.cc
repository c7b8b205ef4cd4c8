#include "models/mail/retry-schedule.h"

#include "models/mail/dsn-request.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::mail;

namespace
{

/// The ages in seconds at which a message is tried.
std::vector<std::int64_t>
Attempts(const QueuePersona& persona, std::uint32_t count, Channel channel = Channel::Remote)
{
    std::vector<std::int64_t> ages{0};
    while (ages.size() < count)
    {
        const auto attempt = static_cast<std::uint32_t>(ages.size());
        ages.push_back(NextAttemptSecond(persona, {channel, 1000, 1000 + ages.back(), attempt}) -
                       1000);
    }
    return ages;
}

} // namespace

BOOST_AUTO_TEST_SUITE(retry_schedule)

BOOST_AUTO_TEST_CASE(qmail_waits_by_squares)
{
    const std::vector<std::int64_t> remote{0, 400, 1600, 3600};
    BOOST_TEST(Attempts({}, 4) == remote, boost::test_tools::per_element());
    const std::vector<std::int64_t> local{0, 100, 400, 900};
    BOOST_TEST(Attempts({}, 4, Channel::Local) == local, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(postfix_waits_as_long_again_between_bounds)
{
    QueuePersona persona;
    persona.schedule = RetrySchedule::Age;
    persona.retryInterval = std::chrono::seconds(1000);
    persona.longestInterval = std::chrono::seconds(4000);
    const std::vector<std::int64_t> expected{0, 1000, 2000, 4000, 8000, 12000};
    BOOST_TEST(Attempts(persona, 6) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(exchange_goes_through_its_steps)
{
    QueuePersona persona;
    persona.schedule = RetrySchedule::Steps;
    persona.retrySteps = {std::chrono::seconds(60), std::chrono::seconds(300)};
    const std::vector<std::int64_t> expected{0, 60, 360, 660};
    BOOST_TEST(Attempts(persona, 4) == expected, boost::test_tools::per_element());
    persona.retrySteps.clear();
    const std::vector<std::int64_t> fixed{0, 1800, 3600};
    BOOST_TEST(Attempts(persona, 3) == fixed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_does_no_harm)
{
    for (const auto schedule : {RetrySchedule::Quadratic, RetrySchedule::Age, RetrySchedule::Fixed})
    {
        QueuePersona persona;
        persona.schedule = schedule;
        BOOST_TEST(NextAttemptSecond(persona, {Channel::Remote, 1000, 900, 1}) > 900);
    }
}

BOOST_AUTO_TEST_CASE(notify_says_what_is_told)
{
    using Action = ReportAction;
    BOOST_TEST(WantsReport("", Action::Failed));
    BOOST_TEST(WantsReport("", Action::Delayed));
    BOOST_TEST(!WantsReport("", Action::Delivered));
    BOOST_TEST(!WantsReport("NEVER", Action::Failed));
    BOOST_TEST(WantsReport("success,FAILURE", Action::Relayed));
    BOOST_TEST(!WantsReport("SUCCESS,FAILURE", Action::Delayed));
    BOOST_TEST(DecodeXtext("a+2Bb+3D+zz+0A+4") == "a+b=+zz?+4");
}

BOOST_AUTO_TEST_SUITE_END()
