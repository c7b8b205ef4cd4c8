#ifndef BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H
#define BOUNCELAB_TESTS_LIVE_LIVE_PROGRAM_H

#include "tests/cli/processes.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bouncelab::live
{

/// A precondition of tests that make live runs.
boost::test_tools::assertion_result LiveRunsArePossible(boost::unit_test::test_unit_id test);

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
