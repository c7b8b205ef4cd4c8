#ifndef BOUNCELAB_LAB_RUN_CHILD_PROCESS_H
#define BOUNCELAB_LAB_RUN_CHILD_PROCESS_H

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// How a program is started.
struct ChildOptions
{
    std::chrono::milliseconds timeout = std::chrono::minutes(10);
    std::filesystem::path folder; //!< That it works in; empty = this process's.
    bool isBlind = false;         //!< Its environment is empty but for path, language and zone.
};

/// How a program that was started ended.
struct ChildEnd
{
    bool started = false;
    bool timedOut = false; //!< Was killed for it, with everything that it had started.
    int status = 0;        //!< Exit status, or 128 and the number of the signal that ended it.
    std::string output;    //!< What it wrote to standard output, the first MiB.
    std::string error;     //!< Ditto standard error.
};

/**
 * Runs a program to its end; nothing is read from standard input.
 *
 * \param words program, looked up in PATH, and arguments
 */
ChildEnd RunChild(const std::vector<std::string>& words, const ChildOptions& options);

/// Ditto, in this process's folder and environment.
inline ChildEnd
RunChild(const std::vector<std::string>& words, std::chrono::milliseconds timeout)
{
    return RunChild(words, ChildOptions{timeout, {}, false});
}

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_CHILD_PROCESS_H
