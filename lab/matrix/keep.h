#ifndef BOUNCELAB_LAB_MATRIX_KEEP_H
#define BOUNCELAB_LAB_MATRIX_KEEP_H

#include "formats/enum-names.h"

#include <array>
#include <filesystem>

namespace bouncelab::matrix
{

/// What stays of a run when its rows have been taken; each level holds the one before it.
enum class Keep
{
    Nothing,
    Verdicts, //!< Manifest, score, fidelity, and what the detectors said.
    Evidence,
    All, //!< The truth, too.
};

constexpr auto
EnumNames(Keep)
{
    return std::array<EnumName<Keep>, 4>{{{"none", Keep::Nothing},
                                          {"verdicts", Keep::Verdicts},
                                          {"evidence", Keep::Evidence},
                                          {"all", Keep::All}}};
}

/// Removes from a sealed run's folder what is not to be kept. Its manifest lists what is left, and
/// says `kept`; the level must not be Nothing.
void Prune(const std::filesystem::path& run, Keep keep);

} // namespace bouncelab::matrix

#endif // BOUNCELAB_LAB_MATRIX_KEEP_H
