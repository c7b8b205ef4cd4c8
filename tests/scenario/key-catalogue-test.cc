#include "lab/scenario/key-catalogue.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab::scenario;

BOOST_AUTO_TEST_SUITE(key_catalogue)

BOOST_AUTO_TEST_CASE(NamesAndNumbersStandForThemselves)
{
    BOOST_TEST(IsPathOf("injectors.border.at-hop", "injectors.<name>.at-hop"));
    BOOST_TEST(IsPathOf("paths.japan.hops.7.delay", "paths.<name>.hops.<n>.delay"));
    BOOST_TEST(IsPathOf("mail.exchangers.example.com.x", "mail.exchangers.<name>.x"));
    BOOST_TEST(IsPathOf("duration", "duration"));
    BOOST_TEST(!IsPathOf("injectors.border", "injectors.<name>.at-hop"));
    BOOST_TEST(!IsPathOf("injectors.border.at-hop.x", "injectors.<name>.at-hop"));
    BOOST_TEST(!IsPathOf("injectors..at-hop", "injectors.<name>.at-hop"));
    BOOST_TEST(!IsPathOf("durations", "duration"));
}

BOOST_AUTO_TEST_CASE(PersonasAreOpen)
{
    const auto found = FindKeys("hosts.any.stack.ttl");
    BOOST_REQUIRE(found.size() == 1);
    BOOST_TEST(found[0].path == "hosts.<name>.stack.ttl");
    BOOST_TEST(found[0].type.find("1 to 255") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(WhatIsNoPathIsLookedFor)
{
    const auto found = FindKeys("at-hop");
    BOOST_TEST(found.size() >= 1);
    BOOST_TEST(std::all_of(found.begin(),
                           found.end(),
                           [](const PageRow& row)
                           {
                               return row.path.find("at-hop") != row.path.npos ||
                                      row.sentence.find("at-hop") != row.sentence.npos;
                           }));
    BOOST_TEST(FindKeys("nosuchkey").empty());
}

BOOST_AUTO_TEST_SUITE_END()
