#ifndef BOUNCELAB_LAB_RUN_CHILD_PROCESS_H
#define BOUNCELAB_LAB_RUN_CHILD_PROCESS_H

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// How a program is started, and what it may use.
struct ChildOptions
{
    std::chrono::milliseconds timeout = std::chrono::minutes(10);
    std::filesystem::path folder; //!< That it works in; empty = this process's.

    /// Its environment, "NAME=value", besides path, language and zone, which this may replace;
    /// nothing = this process's environment.
    std::optional<std::vector<std::string>> environment;

    /// Folders that it is kept away from (see Contain()); nothing = it sees what this process sees.
    std::optional<std::vector<std::filesystem::path>> hidden;

    std::size_t output = 1 << 20;              //!< Octets kept of each of its outputs.
    std::optional<std::uint64_t> addressSpace; //!< Octets for each process.
    std::optional<std::uint64_t> largestFile;  //!< Octets.

    /// Processes and threads at once, it and all that it has started. Looked at 20 times a second;
    /// in namespaces of its own the kernel holds users other than root to some more, too.
    std::optional<std::uint64_t> processes;
};

/// How a program that was started ended.
struct ChildEnd
{
    bool started = false;
    bool timedOut = false; //!< Was killed for it.
    bool tooMany = false;  //!< Ditto: more processes than it may have.
    int status = 0;        //!< Exit status, or 128 and the number of the signal that ended it.
    std::string output;    //!< What it wrote to standard output, the first octets.
    std::string error;     //!< Ditto standard error; the reason if it was not started.
};

/**
 * Runs a program to its end; nothing is read from standard input, and it inherits no descriptor.
 * Whatever it has started ends with it, wherever that has hidden, also when its time is over; and
 * it ends with this process.
 *
 * Meanwhile this process must get no other children: they would be taken for the program's.
 *
 * \param words program, looked up in PATH, and arguments
 * \throws MachineError if there can be no process at all
 */
ChildEnd RunChild(const std::vector<std::string>& words, const ChildOptions& options);

/// Ditto, in this process's folder and environment.
inline ChildEnd
RunChild(const std::vector<std::string>& words, std::chrono::milliseconds timeout)
{
    ChildOptions options;
    options.timeout = timeout;
    return RunChild(words, options);
}

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_CHILD_PROCESS_H
