#include "lab/report/range-chart.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab::report;

namespace
{

bool
Has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(range_chart)

BOOST_AUTO_TEST_CASE(BarsShareTheScaleOfTheirPanel)
{
    const std::string svg =
        RangeChart("t", {{"p", {{"half", 5, 5, 5, "5"}, {"whole", 10, 10, 10, "10"}}}});
    BOOST_TEST(Has(svg, "width=\"235.0\""));
    BOOST_TEST(Has(svg, "width=\"470.0\""));
    BOOST_TEST(!Has(svg, "<path")); // No range.
}

BOOST_AUTO_TEST_CASE(ARangeIsDrawnOverItsBar)
{
    const std::string svg = RangeChart("t", {{"p", {{"a", 2, 5, 10, "5"}}}});
    BOOST_TEST(Has(svg, "<path d=\"M264.0 "));
    BOOST_TEST(Has(svg, "H640.0"));
}

BOOST_AUTO_TEST_CASE(NothingToDrawAndMarkupInTextAreHarmless)
{
    const std::string svg =
        RangeChart("a<b>&\"", {{"p", {{"<x>", 0, 0, 0, "0"}, {"y", -1, -1, -1, "-1"}}}});
    BOOST_TEST(Has(svg, "a&lt;b&gt;&amp;&quot;"));
    BOOST_TEST(Has(svg, "&lt;x&gt;"));
    BOOST_TEST(!Has(svg, "nan"));
    BOOST_TEST(!Has(svg, "width=\"-"));
    BOOST_TEST(Has(RangeChart("t", {}), "</svg>"));
}

BOOST_AUTO_TEST_SUITE_END()
