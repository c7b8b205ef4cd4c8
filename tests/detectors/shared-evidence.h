#ifndef BOUNCELAB_TESTS_DETECTORS_SHARED_EVIDENCE_H
#define BOUNCELAB_TESTS_DETECTORS_SHARED_EVIDENCE_H

#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// Where documents and captures of others lie, if they are there: beside the source tree.
inline std::filesystem::path
SharedPath(const std::string& name)
{
    return tests::SourceDir() / ".." / "shared" / name;
}

/// A precondition of tests on them; says by name what is skipped.
struct IfShared
{
    std::string name;

    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const
    {
        if (std::filesystem::exists(SharedPath(name)))
        {
            return true;
        }
        boost::test_tools::assertion_result absent(false);
        absent.message() << "skipped: ../shared/" << name << " is not there";
        std::cout << "skipped: ../shared/" << name << " is not there" << std::endl;
        return absent;
    }
};

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_SHARED_EVIDENCE_H
