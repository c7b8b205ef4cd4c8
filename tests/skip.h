#ifndef BOUNCELAB_TESTS_SKIP_H
#define BOUNCELAB_TESTS_SKIP_H

#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace tests
{

/**
 * Answers for a precondition: what it does not find leaves a test out. That is printed, and a
 * program in which nothing fails and something was left out ends with 77, ctest's sign for skipped.
 *
 * \param why empty = nothing is missing
 */
boost::test_tools::assertion_result UnlessMissing(const std::string& why);

/// Where documents and captures of others lie, if they are there: beside the source tree.
inline std::filesystem::path
SharedPath(const std::string& name)
{
    return SourceDir() / ".." / "shared" / name;
}

/// A precondition of tests on what is in ../shared.
struct IfShared
{
    std::string name;

    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const
    {
        return UnlessMissing(
            std::filesystem::exists(SharedPath(name)) ? "" : "../shared/" + name + " is not there");
    }
};

/// A precondition of tests that a program of others judges.
struct IfRuns
{
    std::string command; //!< Succeeds where it is installed.
    std::string name;

    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const
    {
        const bool runs = std::system((command + " >/dev/null 2>&1").c_str()) == 0;
        return UnlessMissing(runs ? "" : name + " is not installed");
    }
};

} // namespace tests

#endif // BOUNCELAB_TESTS_SKIP_H
