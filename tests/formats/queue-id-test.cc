#include "formats/queue-id.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;

BOOST_AUTO_TEST_SUITE(queue_id)

BOOST_AUTO_TEST_CASE(queue_ids_have_the_form_of_their_program)
{
    const std::int64_t second = 1159253092; // 2006-09-26 06:44:52 UTC
    const WallTime now(Nanoseconds(second * 1000000000 + 123456789));
    BOOST_TEST(QueueIdOf(QueueIdForm::Number, 93869, 24578, now, 0) == "93869");
    BOOST_TEST(QueueIdOf(QueueIdForm::Postfix, 93869, 24578, now, 0) == "1E24016EAD");
    BOOST_TEST(QueueIdOf(QueueIdForm::Sendmail, 61, 24578, now, 0) == "k8Q6iq11024578");
    BOOST_TEST(QueueIdOf(QueueIdForm::Sendmail, 61, 24578, now, 28800) == "k8QEiq11024578");
}

BOOST_AUTO_TEST_SUITE_END()
