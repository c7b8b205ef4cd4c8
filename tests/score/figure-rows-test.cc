#include "lab/score/figure-rows.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab::score;

constexpr const char* PAGE = "# Figures\n\n| a | b |\n|---|---|\n"
                             "| I01 | `one/x` | 1 | 1 | input |\n"
                             "| I02 | `two/x` | 2 | 2 | input |\n"
                             "\n| a |\n|---|\n| I03 | words |\n";

BOOST_AUTO_TEST_SUITE(figure_rows)

BOOST_AUTO_TEST_CASE(ARunHasARowForEachClaimOfAFact)
{
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path());
    WriteTextFile(folder.Path() / "fidelity.json", R"([
      {"id": "S003-20", "documented": "5", "check": "c", "tolerance": "", "simulated": "5", "kind": "input", "result": "held"},
      {"id": "I12-ip-id", "documented": "IP ID: 64", "expected": "seq: < 7", "check": "shape",
       "tolerance": "seq: 1", "simulated": "IP ID: 64 | seq: 5",
       "kind": "emergent", "inputs": ["IP ID", "x"], "result": "held"},
      {"id": "I30", "documented": "", "expected": "220 *", "check": "banner", "tolerance": "",
       "simulated": "", "kind": "emergent",
       "result": "missed as predicted", "reason": "missed: x", "because": "it_is"}])");
    const std::vector<std::string> expected{"| I12-ip-id | `forged-reply/error-500` | shape | IP "
                                            "ID: 64; seq: \\< 7 (to within seq: 1) | "
                                            "IP ID: 64; seq: 5 | emergent (input: IP ID, x) |",
                                            "| I30 | `forged-reply/error-500` | banner | 220 \\* | "
                                            " | emergent; missed as predicted: it\\_is |"};
    BOOST_TEST(FigureRows(RunFolder(folder.Path())) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(OnlyTheRowsOfOneScenarioAreReplaced)
{
    BOOST_TEST(WithFigures(PAGE, "one", {"| I01 | `one/x` | 1 | 1 | input |"}) == PAGE);
    BOOST_TEST(WithFigures(PAGE, "one", {"| I09 | `one/y` | 9 | 9 | input |"}) ==
               "# Figures\n\n| a | b |\n|---|---|\n"
               "| I02 | `two/x` | 2 | 2 | input |\n"
               "| I09 | `one/y` | 9 | 9 | input |\n"
               "\n| a |\n|---|\n| I03 | words |\n");
    BOOST_TEST(WithFigures("a\n|---|\nb\n", "one", {"| I01 | `one/x` | 1 | 1 | input |"}) ==
               "a\n|---|\n| I01 | `one/x` | 1 | 1 | input |\nb\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
