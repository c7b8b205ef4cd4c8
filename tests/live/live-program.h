#ifndef BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H
#define BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H

#include "tests/cli/processes.h"
#include "tests/cli/program.h"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bouncelab::live
{

/// Ends the program with ctest's sign for skipped where live runs are not possible.
void SkipWithoutRights();

/// `bouncelab live` to its end.
cli::ChildEnd Live(const std::filesystem::path& folder, std::vector<std::string> arguments);

using cli::Background;
using cli::Eventually;
using cli::ProcessesWith;
using cli::TextOf;

/// A namespace of a process ("net", "mnt", "pid"); empty if the process is gone.
std::string NamespaceOf(pid_t process, const std::string& kind);

/// Processes that are in a namespace.
std::set<pid_t> ProcessesIn(const std::string& space, const std::string& kind);

} // namespace bouncelab::live

#endif // BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H
