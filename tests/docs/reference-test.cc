#include "lab/score/text-file.h"
#include "tests/tree.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab::score;
using Names = std::set<std::string>;

/// A line of the tree: what messages name, and its text.
struct PageLine
{
    std::string file;
    std::size_t number;
    std::string text;

    std::string Place() const { return file + ":" + std::to_string(number) + ": "; }
};

fs::path
Root()
{
    return tests::SourceDir();
}

bool
EndsWith(const std::string& text, const std::string& end)
{
    return text.size() >= end.size() &&
           text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// Everything that people write: sources, pages, scenarios, personas, scripts.
std::vector<PageLine>
LinesOfTree()
{
    const std::set<std::string> kinds{".h", ".cc", ".md", ".yaml", ".cmake", ".txt", ".py", ""};
    const Names generated{"build", "results", "node_modules"};
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(Root()))
    {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file())
        {
            files.push_back(name);
        }
        else if (name[0] != '.' && generated.count(name) == 0)
        {
            for (const std::string& file : FilesBelow(entry.path()))
            {
                files.push_back(name + "/" + file);
            }
        }
    }
    std::vector<PageLine> lines;
    for (const std::string& file : files)
    {
        if (kinds.count(fs::path(file).extension().string()) == 0 ||
            file.find("/corpus/") != std::string::npos)
        {
            continue;
        }
        std::size_t number = 0;
        const std::string text = ReadTextFile(Root() / file);
        for (const std::string_view line : LinesOf(text))
        {
            lines.push_back({file, ++number, std::string(line)});
        }
    }
    return lines;
}

const std::vector<PageLine>&
Tree()
{
    static const std::vector<PageLine> lines = LinesOfTree();
    return lines;
}

/// All matches of a group of an expression in a line.
std::vector<std::string>
Matches(const std::string& text, const std::regex& expression, int group = 0)
{
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at)
    {
        found.push_back((*at)[group]);
    }
    return found;
}

/// The ids that begin a row of a table on the pages of docs/documents, each with its last cell.
std::map<std::string, std::string>
Rows()
{
    static const std::regex row("\\| (S00[0-9]-[0-9]{2}|[FIN][0-9]{2}) \\|(?:.*\\|)?([^|]*)\\|");
    std::map<std::string, std::string> rows;
    for (const PageLine& line : Tree())
    {
        std::smatch match;
        if (line.file.compare(0, 15, "docs/documents/") == 0 &&
            std::regex_match(line.text, match, row))
        {
            BOOST_TEST(rows.emplace(match[1], match[2]).second,
                       line.Place() << match[1] << " has a row already");
        }
    }
    return rows;
}

/// As GitHub names the headings of a page.
Names
AnchorsOf(const std::string& file)
{
    Names anchors;
    for (const PageLine& line : Tree())
    {
        if (line.file == file && line.text[0] == '#')
        {
            std::string anchor;
            for (const char c : line.text.substr(line.text.find_first_not_of("# ")))
            {
                if (c == ' ' || c == '-')
                {
                    anchor += '-';
                }
                else if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(c) || c == '_')
                {
                    anchor += static_cast<char>(std::tolower(c));
                }
            }
            anchors.insert(anchor);
        }
    }
    return anchors;
}

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(EveryStatementHasARow)
{
    static const std::regex id("\\bS00[0-9]-[0-9]{2}\\b");
    const auto rows = Rows();
    std::size_t count = 0;
    for (const PageLine& line : Tree())
    {
        if (line.text.find("S00") == std::string::npos)
        {
            continue;
        }
        for (const std::string& statement : Matches(line.text, id))
        {
            ++count;
            BOOST_TEST(rows.count(statement) == 1,
                       line.Place() << statement << " has no row in docs/documents");
        }
    }
    BOOST_TEST(count > 500);
}

BOOST_AUTO_TEST_CASE(EveryFactHasARow)
{
    static const std::regex mention("\\b[Ff]acts? [FIN][0-9]{2}(?:(?:,| and| to)? [FIN][0-9]{2})*");
    static const std::regex id("[FIN][0-9]{2}");
    const auto rows = Rows();
    std::size_t count = 0;
    for (const PageLine& line : Tree())
    {
        if (line.text.find("act") == std::string::npos)
        {
            continue;
        }
        for (const std::string& words : Matches(line.text, mention))
        {
            for (const std::string& fact : Matches(words, id))
            {
                ++count;
                BOOST_TEST(rows.count(fact) == 1,
                           line.Place() << fact << " has no row in docs/documents");
            }
        }
    }
    BOOST_TEST(count > 50);
}

/// The last column of the statements' tables is that of the scenarios' claims.
BOOST_AUTO_TEST_CASE(StatementsNameTheScenariosThatClaimThem)
{
    static const std::regex claim("\\b(S00[0-9]-[0-9]{2}): *[^~ ]");
    static const std::regex name("`([a-z-]+)`");
    std::map<std::string, Names> claimed;
    for (const PageLine& line : Tree())
    {
        if (line.file.compare(0, 10, "scenarios/") == 0 && EndsWith(line.file, "/expect.yaml"))
        {
            for (const std::string& statement : Matches(line.text, claim, 1))
            {
                claimed[statement].insert(fs::path(line.file).parent_path().filename());
            }
        }
    }
    BOOST_TEST(claimed.size() > 80);
    for (const auto& [id, cell] : Rows())
    {
        if (id[0] == 'S')
        {
            const auto words = Matches(cell, name, 1);
            BOOST_TEST((Names(words.begin(), words.end()) == claimed[id]),
                       "docs/documents: the row of " << id << " does not name the scenarios that "
                                                     << "claim it");
        }
    }
}

BOOST_AUTO_TEST_CASE(EveryLinkOfAPageLeadsSomewhere)
{
    static const std::regex link("\\]\\(([^)# ]*)(?:#([^) ]*))?\\)");
    std::size_t count = 0;
    for (const PageLine& line : Tree())
    {
        if (!EndsWith(line.file, ".md") || line.text.find("](") == std::string::npos)
        {
            continue;
        }
        for (std::sregex_iterator at(line.text.begin(), line.text.end(), link), end; at != end;
             ++at)
        {
            const std::string target = (*at)[1];
            if (target.find(':') != std::string::npos)
            {
                continue;
            }
            ++count;
            const fs::path page =
                target.empty() ? fs::path(line.file)
                               : (fs::path(line.file).parent_path() / target).lexically_normal();
            BOOST_TEST(fs::exists(Root() / page), line.Place() << page.string() << " is not there");
            const std::string anchor = (*at)[2];
            BOOST_TEST((anchor.empty() || AnchorsOf(page.string()).count(anchor) == 1),
                       line.Place() << page.string() << " has no heading for #" << anchor);
        }
    }
    BOOST_TEST(count > 30);
}

/// A reader of docs/README.md finds every page, decisions and what tools write excepted.
BOOST_AUTO_TEST_CASE(EveryPageIsInTheIndex)
{
    static const std::regex page("docs/(?:(?:guide|reports)/)?[^/]+\\.md");
    const std::string index = ReadTextFile(Root() / "docs/README.md");
    Names pages;
    for (const PageLine& line : Tree())
    {
        if (line.number == 1 && std::regex_match(line.file, page) && line.file != "docs/README.md")
        {
            pages.insert(line.file.substr(5));
        }
    }
    BOOST_TEST(pages.size() > 10);
    for (const std::string& name : pages)
    {
        BOOST_TEST(index.find("(" + name) != std::string::npos,
                   "docs/README.md does not link " << name);
    }
}

/// A fact about injection has its figures there, or the reason why it has none.
BOOST_AUTO_TEST_CASE(EveryFactOfInjectionIsAccountedFor)
{
    static const std::regex id("I([0-9]{2})");
    static const std::regex range("I([0-9]{2}) to I([0-9]{2})");
    std::set<int> told;
    for (const PageLine& line : Tree())
    {
        if (line.file != "docs/reports/injection-figures.md" || line.text[0] != '|')
        {
            continue;
        }
        const std::string cell = line.text.substr(0, line.text.find(" | ", 2));
        for (const std::string& number : Matches(cell, id, 1))
        {
            told.insert(std::stoi(number));
        }
        std::smatch ends;
        if (std::regex_search(cell, ends, range))
        {
            for (int fact = std::stoi(ends[1]); fact <= std::stoi(ends[2]); ++fact)
            {
                told.insert(fact);
            }
        }
    }
    for (const auto& [fact, cell] : Rows())
    {
        BOOST_TEST((fact[0] != 'I' || told.count(std::stoi(fact.substr(1))) == 1),
                   "docs/reports/injection-figures.md says nothing of " << fact);
    }
}

/// Files that a text names by their path from the root; NAME and KIND stand for any.
BOOST_AUTO_TEST_CASE(EveryFileThatIsNamedIsThere)
{
    static const std::regex path("(^|[^/A-Za-z0-9_.<>*{}$-])((?:formats|models|detectors|lab|docs|"
                                 "tests|peers|scenarios|cmake)/[A-Za-z0-9_./-]+\\."
                                 "(?:h|cc|md|yaml|json|txt|py|cmake|svg))\\b");
    static const std::regex placeholder("/(?:NAME|KIND)\\b");
    static const std::regex page("(?:^|[^/A-Za-z0-9_.-])([A-Za-z0-9_-]+\\.md)\\b");
    std::size_t count = 0;
    for (const PageLine& line : Tree())
    {
        if (line.text.find('/') != std::string::npos)
        {
            for (const std::string& file : Matches(line.text, path, 2))
            {
                ++count;
                BOOST_TEST((fs::exists(Root() / file) || std::regex_search(file, placeholder)),
                           line.Place() << file << " is not there");
            }
        }
        if (line.text.find(".md") != std::string::npos)
        {
            for (const std::string& file : Matches(line.text, page, 1))
            {
                ++count;
                BOOST_TEST((fs::exists(Root() / file) || fs::exists(Root() / "docs" / file) ||
                            fs::exists(Root() / "docs/reference" / file) ||
                            fs::exists((Root() / line.file).parent_path() / file)),
                           line.Place() << file << " is not there");
            }
        }
    }
    BOOST_TEST(count > 1000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
