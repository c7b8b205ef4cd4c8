#ifndef BOUNCELAB_TESTS_SCORE_SCENARIO_MEASURES_H
#define BOUNCELAB_TESTS_SCORE_SCENARIO_MEASURES_H

#include "lab/scenario/expectations.h"
#include "lab/score/fidelity/evaluation.h"
#include "tests/tree.h"

#include <string>

namespace bouncelab::score
{

/// Selections and measurements of a shipped scenario, without its claims.
inline scenario::Expectations
MeasuresOf(const std::string& scenario)
{
    const auto file = scenario::ExpectationFile::Load(
        (tests::SourceDir() / "scenarios" / scenario / "expect.yaml").string());
    scenario::Expectations expectations = file.Resolve(file.Variants().front());
    expectations.claims.clear();
    expectations.verdicts.clear();
    return expectations;
}

/// The documented values of a measurement if a run has just these, else what it has.
inline std::string
Simulated(const RunFolder& run,
          const scenario::Expectations& measures,
          const std::string& check,
          const std::string& documented)
{
    const ClaimComparison found = Compare(documented, "", Evaluation(run, measures).Take(check));
    return found.held ? documented : found.simulated;
}

} // namespace bouncelab::score

#endif // BOUNCELAB_TESTS_SCORE_SCENARIO_MEASURES_H
