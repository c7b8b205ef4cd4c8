#include "models/mail/failover-persona.h"
#include "tests/mail/persona-file.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::test;
using smtp::Stage;

namespace
{

/// Whether a program as shipped goes on after its first host.
bool
GoesOnAfter(const std::string& persona, Stage stage, bool replied = true)
{
    return GoesOn(ReadMta(persona).failover, {1, stage > Stage::Hello ? 1U : 0U, stage, replied});
}

} // namespace

BOOST_AUTO_TEST_SUITE(failover_persona)

BOOST_AUTO_TEST_CASE(every_program_goes_on_where_nobody_answers)
{
    for (const char* persona : {"qmail", "postfix", "sendmail", "exchange-2000", "exchange-2010"})
    {
        BOOST_TEST(GoesOnAfter(persona, Stage::Connect, false), persona);
    }
}

BOOST_AUTO_TEST_CASE(qmail_stays_with_the_host_that_it_has_reached)
{
    BOOST_TEST(!GoesOnAfter("qmail", Stage::Greeting));
    BOOST_TEST(!GoesOnAfter("qmail", Stage::Message, false));
}

BOOST_AUTO_TEST_CASE(exchange_wants_a_session_and_lets_the_host_judge_the_mail)
{
    BOOST_TEST(GoesOnAfter("exchange-2010", Stage::Greeting));
    BOOST_TEST(GoesOnAfter("exchange-2010", Stage::Hello));
    BOOST_TEST(!GoesOnAfter("exchange-2010", Stage::Recipient));
    BOOST_TEST(GoesOnAfter("exchange-2010", Stage::Recipient, false));
}

BOOST_AUTO_TEST_CASE(postfix_goes_on_until_it_has_had_two_sessions_or_five_hosts)
{
    const mail::FailoverPersona postfix = ReadMta("postfix").failover;
    BOOST_TEST(GoesOnAfter("postfix", Stage::Recipient));
    BOOST_TEST(!GoesOn(postfix, {2, 2, Stage::Recipient, true}));
    BOOST_TEST(GoesOn(postfix, {4, 1, Stage::Hello, true}));
    BOOST_TEST(!GoesOn(postfix, {5, 1, Stage::Hello, true}));
}

BOOST_AUTO_TEST_SUITE_END()
