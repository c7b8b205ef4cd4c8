#ifndef BOUNCELAB_LAB_CLI_RUN_TIMES_H
#define BOUNCELAB_LAB_CLI_RUN_TIMES_H

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>

namespace bouncelab::cli
{

/// What runs of one variant took, by seed.
using RunTimes = std::map<std::uint64_t, std::chrono::milliseconds>;

/**
 * Enters them into times.csv in the variant's folder, beside the folders of the runs and never in
 * them: a run's bytes are the same however long it took. Other seeds keep their rows.
 *
 * \param staging a folder on the same disk, for the file while it is written
 * \throws std::runtime_error
 */
void EnterTimes(const std::filesystem::path& folder,
                const RunTimes& times,
                const std::filesystem::path& staging);

} // namespace bouncelab::cli

#endif // BOUNCELAB_LAB_CLI_RUN_TIMES_H
