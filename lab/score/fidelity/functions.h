#ifndef BOUNCELAB_LAB_SCORE_FIDELITY_FUNCTIONS_H
#define BOUNCELAB_LAB_SCORE_FIDELITY_FUNCTIONS_H

#include "lab/scenario/measurement-config.h"
#include "lab/score/fidelity/evaluation.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::score
{

/// The function that a recipe names, and what it is given.
struct FunctionCall
{
    std::string name;
    std::vector<std::string> operands;
};

/// Every function that a recipe names; one, if it is as it has to be.
std::vector<FunctionCall> CallsIn(const scenario::FactRecipe& recipe);

/// What a function takes: kinds of its operands, and which keys may stand beside it.
struct FunctionSignature
{
    /// A letter an operand: s a selection, t one whose rows have times, f a field of a selection,
    /// v one value. The last letter stands for all that follow.
    std::string operands;
    std::size_t least = 1; //!< Operands.
    std::size_t most = 1;
    std::vector<std::string_view> keys{}; //!< Besides `is`, `matches`, `unit` and `digits`.
};

/// The functions of docs/claims.md; no others exist.
const std::map<std::string, FunctionSignature>& AllFunctions();

/// The value of a recipe that has passed CheckClaims(). \throws NotMeasurable
Value Call(const Evaluation& run, const scenario::FactRecipe& recipe);

} // namespace bouncelab::score

#endif // BOUNCELAB_LAB_SCORE_FIDELITY_FUNCTIONS_H
