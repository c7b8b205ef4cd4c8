#ifndef BOUNCELAB_LAB_RUN_CONTAINMENT_H
#define BOUNCELAB_LAB_RUN_CONTAINMENT_H

#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::run
{

/**
 * Gives the calling process, which is to become a program, namespaces of its own (user, mounts,
 * network, processes, IPC): the folders look empty and cannot be written, there is no network, and
 * no other process can be seen. It keeps its user and has no capabilities, so that it cannot undo
 * any of this.
 *
 * It goes on as a child of the caller, whose process waits for it, passes its status on (128 and
 * the number of the signal that ended it) and takes everything in the namespaces along when it
 * ends.
 *
 * \param hidden absolute paths; none lies in another
 * \return false when the kernel does not allow it: errno tells why
 */
bool Contain(const std::vector<std::filesystem::path>& hidden);

/// Why this machine cannot contain a program so; empty if it can. Tries it out in another process.
std::string WhyNotContained(const std::vector<std::filesystem::path>& hidden);

/**
 * The folders from which somebody could tell what really happened where evidence comes from: the
 * run that it belongs to, those beside that run in its folder of results, and those in another
 * folder of results, from which the evidence may have been copied; and what detectors said there.
 *
 * \param results need not be there
 */
std::vector<std::filesystem::path> FoldersThatTell(
    const std::filesystem::path& evidence,
    const std::vector<std::filesystem::path>& results);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_CONTAINMENT_H
