#include "tests/spec/small-scenario.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

using namespace bouncelab::spec;

BOOST_AUTO_TEST_SUITE(bad_input)

/// tests/bad-input/NAME.yaml is refused with the one line that stands in NAME.expected.
BOOST_AUTO_TEST_CASE(EveryFileGetsItsLine)
{
    const std::string root = tests::SourceDir();
    const PersonaLibrary personas(DATA);
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(root + "/tests/bad-input"))
    {
        if (entry.path().extension() == ".yaml")
        {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    BOOST_TEST(files.size() >= 50U);
    for (const std::string& file : files)
    {
        std::string message = "(taken)";
        try
        {
            ValidateFile(file, personas);
        }
        catch (const SpecError& error)
        {
            message = error.what();
        }
        for (std::size_t at = message.find(root + "/"); at != std::string::npos;
             at = message.find(root + "/"))
        {
            message.erase(at, root.size() + 1);
        }
        const std::string expected = ReadFile(file.substr(0, file.size() - 5) + ".expected");
        BOOST_TEST(message + "\n" == expected, file);
    }
}

BOOST_AUTO_TEST_SUITE_END()
