#define BOOST_TEST_MODULE bouncelab
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

namespace tests
{

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

} // namespace tests
