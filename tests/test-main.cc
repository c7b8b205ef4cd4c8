#include "tests/skip.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <iostream>

namespace tests
{

namespace
{

constexpr int SKIPPED = 77;

bool g_leavesOut = false;

bool
Begin()
{
    boost::unit_test::framework::master_test_suite().p_name.value = "bouncelab";
    return true;
}

} // namespace

std::filesystem::path
SourceDir()
{
    return BOUNCELAB_SOURCE_DIR;
}

std::filesystem::path
BinaryDir()
{
    return BOUNCELAB_BINARY_DIR;
}

boost::test_tools::assertion_result
UnlessMissing(const std::string& why)
{
    boost::test_tools::assertion_result here(why.empty());
    if (!here)
    {
        here.message() << why;
        // On a line of its own: the log's last color ends where the cursor is.
        std::cout << "\nskipped: " << why << std::endl;
        g_leavesOut = true;
    }
    return here;
}

} // namespace tests

int
main(int argc, char* argv[])
{
    const int status = boost::unit_test::unit_test_main(tests::Begin, argc, argv);
    return status == 0 && tests::g_leavesOut ? tests::SKIPPED : status;
}
