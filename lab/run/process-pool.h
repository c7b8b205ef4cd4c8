#ifndef BOUNCELAB_LAB_RUN_PROCESS_POOL_H
#define BOUNCELAB_LAB_RUN_PROCESS_POOL_H

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace bouncelab::run
{

/// How a piece of work ended.
struct WorkResult
{
    std::size_t index = 0;
    int status = 0;   //!< 0 done; else whose fault it is, see Fault.
    std::string text; //!< What the work returned; one line that says what is wrong if it failed.
    std::chrono::milliseconds took{0};
};

/// What goes on in a pool, for its caller.
struct PoolCallbacks
{
    /// As pieces end, in the order of their numbers. \return false to start no further piece.
    std::function<bool(const WorkResult&)> done;
    std::function<void()> tick{}; //!< About once a second.
};

/**
 * Does pieces of work 0 .. count-1, each in a process of its own, at most `jobs` at once. Memory
 * does not grow with their number: no piece starts that is more than a few hundred ahead of the
 * first one that has not ended.
 *
 * \param work called in the new process; what it throws becomes the result's status and sentence
 * \throws MachineError if there can be no process
 */
void InProcesses(std::size_t count,
                 unsigned jobs,
                 const std::function<std::string(std::size_t)>& work,
                 const PoolCallbacks& callbacks);

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_PROCESS_POOL_H
