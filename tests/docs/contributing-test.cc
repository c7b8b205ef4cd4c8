#include "lab/score/text-file.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <regex>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::score;

/// A usual change as CONTRIBUTING.md has it: what it is, one that was made, the files it touches.
struct Change
{
    std::string title;
    std::string example;
    std::vector<std::string> files;
};

std::vector<Change>
ReadChanges()
{
    static const std::regex example("Example: `([^`]+)`.*");
    static const std::regex file("\\* `([^`]+)`.*");
    std::vector<Change> changes;
    const std::string page = ReadTextFile(tests::SourceDir() / "CONTRIBUTING.md");
    for (const std::string_view text : LinesOf(page))
    {
        const std::string line(text);
        std::smatch match;
        if (line.compare(0, 4, "### ") == 0)
        {
            changes.push_back({line.substr(4), "", {}});
        }
        else if (!changes.empty() && std::regex_match(line, match, example))
        {
            changes.back().example = match[1];
        }
        else if (!changes.empty() && std::regex_match(line, match, file))
        {
            changes.back().files.push_back(match[1]);
        }
    }
    return changes;
}

/// A name as every file spells it: miss-per-million, missPerMillion, MISS_PER_MILLION.
std::string
Plain(const std::string& text)
{
    std::string plain;
    for (const char c : text)
    {
        if (c != '-' && c != '_')
        {
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return plain;
}

BOOST_AUTO_TEST_SUITE(contributing)

/// A file with NAME in its path is there under the example's name; any other mentions the example.
BOOST_AUTO_TEST_CASE(TheListsAreTrueOfTheirExamples)
{
    const std::vector<Change> changes = ReadChanges();
    BOOST_TEST(changes.size() == 10);
    for (const Change& change : changes)
    {
        BOOST_TEST((!change.example.empty() && !change.files.empty()), change.title);
        for (const std::string& file : change.files)
        {
            const std::string path = std::regex_replace(file, std::regex("NAME"), change.example);
            BOOST_TEST_REQUIRE(fs::exists(tests::SourceDir() / path),
                               "CONTRIBUTING.md, " << change.title << ": " << path
                                                   << " is not there");
            const bool isMentioned =
                path != file ||
                Plain(ReadTextFile(tests::SourceDir() / path)).find(Plain(change.example)) !=
                    std::string::npos;
            BOOST_TEST(isMentioned,
                       "CONTRIBUTING.md, " << change.title << ": " << path << " does not mention "
                                           << change.example);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
