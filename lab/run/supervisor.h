#ifndef BOUNCELAB_LAB_RUN_SUPERVISOR_H
#define BOUNCELAB_LAB_RUN_SUPERVISOR_H

#include <filesystem>
#include <functional>

namespace bouncelab::run
{

/// The folders of one invocation. They are there as long as its work lasts.
struct WorkFolders
{
    std::filesystem::path staging;   //!< Below the results: what is made here can be moved there.
    std::filesystem::path temporary; //!< In the machine's temporary place.
};

/**
 * Does work that starts processes and writes folders so that none of them outlives it, however it
 * ends.
 *
 * The work is done in a process of its own. Between that and this one stands a supervisor, which
 * inherits whatever the work leaves without a parent: when the work has ended, or this process is
 * gone, it kills all of it and removes the folders. INT, TERM, HUP and QUIT end this process once
 * that is done; SIGKILL of it, or of its process group, has the same end a moment later. If the
 * supervisor itself is killed, the processes that this program started end with it, and the next
 * invocation removes the folders.
 *
 * \param results folder that gets the results, made if it is not there; empty if there is none
 * \param work returns an exit status; its process ends by exit()
 * \return that status. A signal that ended the work ends this process, too
 * \throws MachineError
 */
int Supervised(const std::filesystem::path& results,
               const std::function<int(const WorkFolders&)>& work);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_SUPERVISOR_H
