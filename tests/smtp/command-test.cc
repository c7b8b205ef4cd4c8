#include "models/smtp/command.h"

#include <boost/test/unit_test.hpp>

namespace bouncelab::smtp
{

BOOST_AUTO_TEST_SUITE(command)

BOOST_AUTO_TEST_CASE(CutsVerbAndArgument)
{
    const Command c = ParseCommand("mAiL FROM:<a@b.c> SIZE=1 ");
    BOOST_TEST((c.verb == Verb::Mail));
    BOOST_TEST(c.word == "mAiL");
    BOOST_TEST(c.argument == "FROM:<a@b.c> SIZE=1");
    BOOST_TEST(ParseCommand("QUIT").argument == "");
    BOOST_TEST((ParseCommand("QUIT").verb == Verb::Quit));
}

BOOST_AUTO_TEST_CASE(NeverFails)
{
    BOOST_TEST((ParseCommand("").verb == Verb::Unknown));
    BOOST_TEST((ParseCommand("   ").verb == Verb::Unknown));
    BOOST_TEST((ParseCommand("\x16\x03\x01").verb == Verb::Unknown));
    BOOST_TEST((ParseCommand("MAILFROM:<a@b.c>").verb == Verb::Unknown));
    BOOST_TEST((ParseCommand("DAT").verb == Verb::Unknown));
}

BOOST_AUTO_TEST_CASE(EveryVerbIsFoundByItsName)
{
    for (const auto verb : {Verb::Helo,
                            Verb::Ehlo,
                            Verb::Mail,
                            Verb::Rcpt,
                            Verb::Data,
                            Verb::Rset,
                            Verb::Noop,
                            Verb::Vrfy,
                            Verb::Help,
                            Verb::Quit})
    {
        BOOST_TEST((FindVerb(NameOfVerb(verb)) == verb));
    }
    BOOST_TEST(NameOfVerb(Verb::Unknown) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace bouncelab::smtp
