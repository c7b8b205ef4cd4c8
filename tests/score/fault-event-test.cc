#include "lab/score/fault-event.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;
using Params = std::vector<std::pair<std::string, std::string>>;

Label
Tell(const char* kind,
     const char* dottedClass,
     std::uint32_t cause,
     Params params,
     std::optional<TruthEvent> did = std::nullopt)
{
    Label label;
    label.kind = kind;
    label.classLabel = dottedClass;
    label.causeId = cause;
    label.did = did;
    label.params = std::move(params);
    return label;
}

/// A session that a proxy took, and the connection on which it reached the server behind its NAT.
const std::vector<Label> TAKEN{
    Tell("flow",
         "intercepted.session",
         3,
         {{"client", "198.51.100.77:49152"}, {"server", "203.0.113.10:25"}},
         TruthEvent::Taken),
    Tell("event", "intercepted.session", 3, {{"detail", "x"}}, TruthEvent::AnsweredHello),
    Tell("flow",
         "intercepted.session",
         3,
         {{"client", "69.46.103.200:49760"}, {"server", "203.0.113.10:25"}},
         TruthEvent::Reached),
    Tell("flow",
         "ordinary",
         0,
         {{"peer", "69.46.103.200:49760"},
          {"outside", "203.0.113.10:25"},
          {"inside", "192.168.0.222:25"}},
         TruthEvent::Translated)};

BOOST_AUTO_TEST_SUITE(fault_event)

BOOST_AUTO_TEST_CASE(ACauseHasTheFlowsOfAllItsLabels)
{
    const auto events = FaultEventsOf(TAKEN);
    BOOST_REQUIRE(events.size() == 1);
    BOOST_TEST(events[0].cause == 3u);
    BOOST_TEST(events[0].dottedClass == "intercepted.session");
    BOOST_TEST(!events[0].IsForgery());
    BOOST_TEST(events[0].client == "198.51.100.77:49152");
    const std::set<FlowEnds> expected{{"198.51.100.77:49152", "203.0.113.10:25"},
                                      {"69.46.103.200:49760", "203.0.113.10:25"},
                                      {"69.46.103.200:49760", "192.168.0.222:25"}};
    BOOST_TEST((events[0].flows == expected));
}

BOOST_AUTO_TEST_CASE(TheServersNameIsTranslatedToo)
{
    std::vector<Label> labels{
        Tell("flow",
             "ban.address",
             4,
             {{"client", "69.46.103.200:49760"}, {"server", "192.168.0.222:25"}}),
        Tell("flow",
             "ban.address",
             5,
             {{"client", "69.46.103.200:49761"}, {"server", "192.168.0.222:25"}}),
        TAKEN.back()};
    const auto events = FaultEventsOf(labels);
    BOOST_REQUIRE(events.size() == 2);
    BOOST_TEST(events[0].flows.count({"69.46.103.200:49760", "203.0.113.10:25"}) == 1u);
    BOOST_TEST(events[1].flows.size() == 1u);
}

/// A list knows a client behind a translation by its outside name.
BOOST_AUTO_TEST_CASE(AClientsNameIsTranslatedToo)
{
    const auto events =
        FaultEventsOf({Tell("flow",
                            "blacklist.listed",
                            4,
                            {{"client", "198.51.100.2:5933"}, {"server", "203.0.113.80:25"}}),
                       Tell("flow",
                            "ordinary",
                            0,
                            {{"peer", "203.0.113.80:25"},
                             {"outside", "198.51.100.2:5933"},
                             {"inside", "192.168.1.10:1033"}},
                            TruthEvent::Translated)});
    BOOST_REQUIRE(events.size() == 1);
    const std::set<FlowEnds> expected{{"198.51.100.2:5933", "203.0.113.80:25"},
                                      {"192.168.1.10:1033", "203.0.113.80:25"}};
    BOOST_TEST((events[0].flows == expected));
}

BOOST_AUTO_TEST_CASE(WhatIsOrdinaryOrUncausedIsNoFault)
{
    const Params ends{{"client", "192.0.2.1:1"}, {"server", "192.0.2.2:25"}};
    BOOST_TEST(FaultEventsOf({Tell("flow", "ordinary", 7, ends),
                              Tell("flow", "ban.address", 0, ends),
                              Tell("message", "ban.address", 8, ends)})
                   .empty());
}

BOOST_AUTO_TEST_CASE(LogsTellOfSessions)
{
    const auto logged = LoggedFlowsOf(
        {Tell("flow",
              "ordinary",
              0,
              {{"vantage", "server"}, {"client", "192.0.2.1:1"}, {"server", "192.0.2.2:25"}},
              TruthEvent::Logged),
         TAKEN.front()});
    BOOST_REQUIRE(logged.size() == 1);
    BOOST_TEST(logged.at("server").count({"192.0.2.1:1", "192.0.2.2:25"}) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
