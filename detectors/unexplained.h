#ifndef BOUNCELAB_DETECTORS_UNEXPLAINED_H
#define BOUNCELAB_DETECTORS_UNEXPLAINED_H

#include "detectors/analysis/analysis.h"
#include "detectors/readers/file-reading.h"
#include "formats/alert.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/**
 * What failed, or may have, in files about which nobody says anything: that no detector speaks of
 * it does not mean that nothing failed. Replies that refused or put off; sessions that do not come
 * to an end, in a text of which some rows were not understood.
 */
struct Unexplained
{
    std::uint64_t replies = 0;
    std::uint64_t sessions = 0;
    std::string file;  //!< Of the first reply, or else of the first session.
    std::string place; //!< "line 12"
    std::string words; //!< Its first line.

    bool IsEmpty() const { return replies + sessions == 0; }
};

/**
 * \param files as they were read
 * \param alerts that count as an answer: without those of detectors to be compared with
 */
Unexplained FindUnexplained(const Analysis& analysis,
                            const std::vector<FileReading>& files,
                            const std::vector<Alert>& alerts);

nlohmann::ordered_json ToJson(const Unexplained& unexplained);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_UNEXPLAINED_H
