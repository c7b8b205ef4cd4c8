#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_FIDELITY_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_FIDELITY_H

#include "lab/scenario/expectations.h"
#include "lab/score/run-folder.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// One claimed observable against a run: a line of fidelity.json.
struct FidelityRow
{
    std::string id; //!< Evidence id, S003-20.
    scenario::ClaimKind kind = scenario::ClaimKind::Emergent;
    std::string check;
    std::string documented;
    std::string expected;            //!< What is wanted besides, by no document.
    std::vector<std::string> inputs; //!< Names of values that the scenario sets.
    std::string tolerance;
    std::string simulated; //!< Empty where it could not be measured.
    bool held = false;
    bool isMeasured = false;    //!< The evidence held something to measure; else nothing is missed.
    bool isExcused = false;     //!< It could not, by chance: the claim's `unless`.
    std::string predicted;      //!< What the lab is known to give instead; empty: nothing is known.
    bool isAsPredicted = false; //!< That came out.
    std::string reason;         //!< What missed, or why it could not be measured.
    std::string because;        //!< Why a miss is expected.

    /// Held, missed by just what was predicted, or excused.
    bool AsExpected() const
    {
        return isExcused || (predicted.empty() ? held : !held && isAsPredicted);
    }

    /// "held", "missed", "missed as predicted" or "not measured".
    std::string_view Result() const;
};

/// Held and claimed rows of one kind; excused ones are neither.
struct Tally
{
    std::size_t held = 0;
    std::size_t claimed = 0;
};

/// Every claim measured, in order of ids. \throws scenario::ScenarioError
std::vector<FidelityRow> MeasureClaims(const RunFolder& run,
                                       const scenario::Expectations& expectations);

Tally TallyOf(const std::vector<FidelityRow>& rows, scenario::ClaimKind kind);

nlohmann::ordered_json ToJson(const std::vector<FidelityRow>& rows);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_FIDELITY_H
