#include "lab/score/text-file.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::score;

/// What makes a draw depend on when it is made: a generator with a state, a function beside
/// formats/random.h that hands draws out, a counter that is advanced among a draw's arguments.
std::vector<std::string>
FaultsOf(const std::string& text)
{
    static const std::regex fault("<random>|\\bs?rand\\(|rand48|RandomVariable|RngStream|std::("
                                  "mt19937|random_device|shuffle)|"
                                  "\\bDraw [A-Z][A-Za-z]*\\(|\\bDrawKey& |"
                                  "[dD]raws\\(\"[^\"]*\",[^;]*(\\+\\+|--)[^;]*;");
    std::vector<std::string> faults;
    for (std::sregex_iterator at(text.begin(), text.end(), fault), end; at != end; ++at)
    {
        faults.push_back(at->str());
    }
    return faults;
}

BOOST_AUTO_TEST_SUITE(draw)

BOOST_AUTO_TEST_CASE(NoProductCodeDrawsInOrder)
{
    std::size_t count = 0;
    for (const char* module : {"formats", "models", "detectors", "lab"})
    {
        for (const std::string& file : FilesBelow(tests::SourceDir() / module))
        {
            const std::string extension = fs::path(file).extension().string();
            if (file == "random.h" || (extension != ".h" && extension != ".cc"))
            {
                continue;
            }
            ++count;
            for (const std::string& fault :
                 FaultsOf(ReadTextFile(tests::SourceDir() / module / file)))
            {
                BOOST_TEST(false, module << "/" << file << ": found `" << fault << "`");
            }
        }
    }
    BOOST_TEST(count > 300);
}

BOOST_AUTO_TEST_CASE(EachKindOfFaultIsSeen)
{
    for (const char* text : {"#include <random>\n",
                             "return rand() % 6;",
                             "std::mt19937 engine;",
                             "ns3::CreateObject<ns3::UniformRandomVariable>();",
                             "    Draw Take();\n",
                             "void Fill(std::string& text, DrawKey& draws);",
                             "const auto id = m_draws(\"id\", m_ids++).Below(9);",
                             "Put(m_draws(\"id\",\n        ++m_ids));"})
    {
        BOOST_TEST(FaultsOf(text).size() == 1U, text);
    }
    BOOST_TEST(FaultsOf("++m_ids;\nPut(m_draws(\"id\", m_ids));\n++m_puts;").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
