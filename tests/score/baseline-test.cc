#include "lab/score/baseline.h"
#include "lab/score/fingerprint.h"
#include "lab/score/text-file.h"
#include "tests/score/documented-run.h"

#include <boost/test/unit_test.hpp>

namespace
{

using namespace bouncelab;
using namespace bouncelab::score;

using Names = std::vector<std::string>;

Fingerprints
PrintsOf(const DocumentedRun& documented)
{
    const TemporaryFolder folder;
    documented.Write(folder.Path());
    return FingerprintsOf(RunFolder(folder.Path()));
}

BOOST_AUTO_TEST_SUITE(baseline)

BOOST_AUTO_TEST_CASE(SameRunSamePrints)
{
    BOOST_TEST(ChangedIngredients(PrintsOf({}), PrintsOf({})).empty());
}

BOOST_AUTO_TEST_CASE(TimesAloneChangeTheWireOnly)
{
    DocumentedRun run;
    run.packets[4].ipId += 1;
    BOOST_TEST(ChangedIngredients(PrintsOf({}), PrintsOf(run)) == Names{"wire"},
               boost::test_tools::per_element());
    run.packets[4].microseconds += 1;
    BOOST_TEST((ChangedIngredients(PrintsOf({}), PrintsOf(run)) == Names{"wire", "truth"}));
}

BOOST_AUTO_TEST_CASE(OtherTextChangesTheOrder)
{
    DocumentedRun run;
    run.packets[4].text[6] = 'x';
    BOOST_TEST((ChangedIngredients(PrintsOf({}), PrintsOf(run)) == Names{"order", "wire"}));
}

BOOST_AUTO_TEST_CASE(LogsStandApart)
{
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path());
    const Fingerprints before = FingerprintsOf(RunFolder(folder.Path()));
    WriteTextFile(folder.Path() / "evidence/mail-host/qmail.log", "other\n");
    const Fingerprints now = FingerprintsOf(RunFolder(folder.Path()));
    BOOST_TEST((ChangedIngredients(before, now) == Names{"logs"}));
}

BOOST_AUTO_TEST_CASE(WhatIsWrittenReadsBack)
{
    const TemporaryFolder folder;
    DocumentedRun().Write(folder.Path() / "run");
    const RunFolder run(folder.Path() / "run");
    const auto place = folder.Path() / "baselines";
    BOOST_TEST(!ReadBaseline(place, "forged-reply", "error-500").has_value());
    WriteBaseline(place, run, FingerprintsOf(run));
    const auto baseline = ReadBaseline(place, "forged-reply", "error-500");
    BOOST_REQUIRE(baseline.has_value());
    BOOST_TEST(baseline->seed == 1u);
    BOOST_TEST(ChangedIngredients(baseline->fingerprints, FingerprintsOf(run)).empty());
    WriteTextFile(place / "forged-reply/error-500.json", "{}");
    BOOST_CHECK_THROW(ReadBaseline(place, "forged-reply", "error-500"), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
