#ifndef BOUNCELAB_LAB_RUN_PROCESSES_H
#define BOUNCELAB_LAB_RUN_PROCESSES_H

#include <cstddef>
#include <vector>

#include <sys/types.h>

namespace bouncelab::run
{

/// The processes whose parent this one is, by birth or because theirs has ended (see
/// PR_SET_CHILD_SUBREAPER), those included that have ended and that nobody has waited for.
std::vector<pid_t> Children();

/// The threads of all processes that descend from this one, but for some of its children and
/// theirs.
std::size_t CountTasks(const std::vector<pid_t>& spared);

/// Makes this process end with its parent, to be called by a new process. Ends it at once if the
/// parent has ended before.
void EndWithParent(pid_t parent);

/// waitpid() that no signal interrupts. \return the status
int WaitFor(pid_t child);

/**
 * Kills this process's children and theirs, except some, and waits for them: whoever loses his
 * parent becomes a child of this one, which has to be a subreaper.
 */
void KillChildrenBut(const std::vector<pid_t>& spared);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_PROCESSES_H
