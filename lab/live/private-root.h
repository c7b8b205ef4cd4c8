#ifndef BOUNCELAB_LAB_LIVE_PRIVATE_ROOT_H
#define BOUNCELAB_LAB_LIVE_PRIVATE_ROOT_H

#include <filesystem>
#include <string>

namespace bouncelab::live
{

/// Where EnterPrivatePlace() puts its empty file system, which hides what the machine has there.
constexpr const char* PRIVATE_PLACE = "/run";

/// Where a sandbox finds the folder that it shares with the program that made it.
constexpr const char* SHARED_FOLDER = "/run/bouncelab";

/**
 * Gives this process mounts of its own, and an empty file system in memory at PRIVATE_PLACE. What
 * is written there goes when the last process does that has it, however that happens.
 *
 * \throws LiveError also where the process may not
 */
void EnterPrivatePlace();

/// The few files that tell a machine its name and its neighbors'.
struct RootTexts
{
    std::string hostname;
    std::string hosts; //!< /etc/hosts
};

/**
 * Gives this process, which has mounts and a process table of its own already, a root that shows
 * every file of the machine and keeps nothing: what is written anywhere lies in `layers`. /run,
 * /dev, /dev/shm are empty but for the usual, /proc is the process table's own, /sys cannot be
 * written.
 *
 * \param layers an empty folder below PRIVATE_PLACE
 * \param shared a folder below PRIVATE_PLACE that appears as SHARED_FOLDER
 * \throws LiveError
 */
void EnterPrivateRoot(const std::filesystem::path& layers,
                      const std::filesystem::path& shared,
                      const RootTexts& texts);

} // namespace bouncelab::live

#endif // BOUNCELAB_LAB_LIVE_PRIVATE_ROOT_H
