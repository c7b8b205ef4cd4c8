#include "lab/cli/expected.h"

#include "formats/text.h"

#include <algorithm>
#include <filesystem>

namespace bouncelab::cli
{

scenario::Expectations
ExpectationsFor(const std::string& scenarioFile, const std::string& variant)
{
    const std::filesystem::path file =
        std::filesystem::path(scenarioFile).parent_path() / "expect.yaml";
    if (!std::filesystem::exists(file))
    {
        return {};
    }
    const scenario::ExpectationFile expectations = scenario::ExpectationFile::Load(file.string());
    const std::vector<std::string>& known = expectations.Variants();
    return std::find(known.begin(), known.end(), variant) == known.end()
               ? scenario::Expectations()
               : expectations.Resolve(variant);
}

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
