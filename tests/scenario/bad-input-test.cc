#include "tests/cases/case-file.h"
#include "tests/scenario/small-scenario.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

using namespace bouncelab;
using namespace bouncelab::scenario;

namespace
{

/// The first line that refuses a scenario, without the name of its file.
std::string
RefusalOf(const std::string& text)
{
    const TemporaryFile file("bad-input.yaml", text);
    const auto faults = FaultsInFile(file.Path(), PersonaLibrary(DATA));
    if (faults.empty())
    {
        return "(taken)";
    }
    const std::string message = faults.front().what();
    const std::string prefix = file.Path() + ":";
    BOOST_REQUIRE_EQUAL(message.substr(0, prefix.size()), prefix);
    return message.substr(message.find_first_not_of(' ', prefix.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_AUTO_TEST_CASE(EveryCaseGetsItsLine)
{
    const auto cases = test::ReadCasesIn(tests::SourceDir() / "tests" / "bad-input");
    BOOST_TEST(cases.size() >= 84U);
    for (const test::Case& bad : cases)
    {
        BOOST_TEST_CONTEXT(bad.at << ": " << bad.name)
        {
            BOOST_REQUIRE_EQUAL(bad.expected.size(), 1U);
            BOOST_TEST(RefusalOf(bad.Text()) == bad.expected[0]);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
