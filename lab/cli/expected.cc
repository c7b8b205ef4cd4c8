#include "lab/cli/expected.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::cli
{

ExitCode
CodeOf(const score::RunScore& score)
{
    const bool isUndecided = std::any_of(score.misses.begin(),
                                         score.misses.end(),
                                         [](const auto& miss) {
                                             return StartsWith(miss.found, "inconclusive") &&
                                                    StartsWith(miss.expected, "fault");
                                         });
    return isUndecided ? DETECTOR_FAILED : !score.AsExpected() ? MISSED : EXPECTED;
}

} // namespace bouncelab::cli
