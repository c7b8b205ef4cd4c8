#ifndef BOUNCELAB_TESTS_TREE_H
#define BOUNCELAB_TESTS_TREE_H

#include <filesystem>

namespace tests
{

/// The checkout that the tests were built from. Known to one file of a test program only, so that
/// the objects of all others do not depend on where the checkout lies.
std::filesystem::path SourceDir();

/// The build folder; programs are in its `bin`.
std::filesystem::path BinaryDir();

} // namespace tests

#endif // BOUNCELAB_TESTS_TREE_H
