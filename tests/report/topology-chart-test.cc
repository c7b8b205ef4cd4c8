#include "lab/report/topology-chart.h"

#include "tests/scenario/small-scenario.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace bouncelab;
using namespace bouncelab::report;

namespace
{

scenario::Scenario
Estate(const std::string& variant)
{
    const scenario::PersonaLibrary personas(scenario::DATA);
    return scenario::ScenarioFile::Load(tests::SourceDir().string() + "/tests/world/estate.yaml")
        .Resolve(variant, personas);
}

std::size_t
Count(const std::string& text, const std::string& part)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    {
        ++count;
    }
    return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(topology_chart)

BOOST_AUTO_TEST_CASE(ASiteIsATreeFromItsGateway)
{
    BOOST_TEST(TopologyText(scenario::ResolveSmall("fault")) ==
               "gateway  gateway, 10.4.1.1 inside [gateway-inside], 10.4.1.1 outside\n"
               "+- gateway/inside (1 hop, 50 us) - mail-host  10.4.1.4 [mail-host]\n"
               "+- japan (3 hops, 50.5 ms, injector device at hop 2) - japan  203.0.113.80\n");
}

BOOST_AUTO_TEST_CASE(NetworksStandWithTheirMembersAndNumberedMachinesInOneLine)
{
    const std::string text = TopologyText(Estate("many"));
    BOOST_TEST(Count(text, "+- lan  network 192.168.1.0/24, 20 us [mirror]\n") == 1U);
    BOOST_TEST(Count(text,
                     "|  +- workstation-1 to workstation-110  192.168.1.50 to "
                     "192.168.1.159\n") == 1U);
    BOOST_TEST(Count(text, "workstation") == 2U);
    for (const char* node : {"exchange", "dc", "desk", "away", "east", "west", "internet"})
    {
        BOOST_TEST(Count(text, std::string(" ") + node + "  ") == 1U);
    }
    BOOST_TEST(
        text.find("firewall  gateway, 192.168.1.1 inside, 198.51.100.2 outside, NAT, 2 rules\n") ==
        0U);
}

BOOST_AUTO_TEST_CASE(ANodeThatIsMetAgainIsNamedOnly)
{
    const std::string text = TopologyText(Estate("by-hand"));
    BOOST_TEST(Count(text, "see above") == 1U);
    BOOST_TEST(Count(TopologyChart(Estate("by-hand")), "203.0.113.0/24 by branch-router") == 1U);
}

BOOST_AUTO_TEST_CASE(NoLineIsWiderThanATerminal)
{
    scenario::Scenario many = Estate("many");
    many.gateways["firewall"].routes = {{"10.0.0.0/8", "exchange"},
                                        {"172.16.0.0/12", "exchange"},
                                        {"192.168.9.0/24", "exchange"}};
    std::size_t widest = 0;
    std::size_t begin = 0;
    const std::string text = TopologyText(many);
    for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    {
        widest = std::max(widest, end - begin);
    }
    BOOST_TEST(widest > 80U);
    BOOST_TEST(widest <= 100U);
    // Nothing is cut off: the last route stands on a line below.
    BOOST_TEST(Count(text, "...") == 0U);
    BOOST_TEST(Count(text, " 192.168.9.0/24 ") == 1U);
}

BOOST_AUTO_TEST_CASE(ThePictureHasEveryNode)
{
    const std::string svg = TopologyChart(Estate("many"));
    BOOST_TEST(Count(svg, "<svg ") == 1U);
    BOOST_TEST(Count(svg, "</svg>\n") == 1U);
    const std::string text = TopologyText(Estate("many"));
    BOOST_TEST(Count(svg, "<circle ") == Count(text, "\n"));
    BOOST_TEST(Count(svg, "estate/many") == 2U);
    BOOST_TEST(svg == TopologyChart(Estate("many")));
}

BOOST_AUTO_TEST_SUITE_END()
