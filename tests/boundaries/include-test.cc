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
using Words = std::vector<std::string>;

fs::path
Root()
{
    return tests::SourceDir();
}

/// What a module may do, by its row in the table of docs/architecture.md.
struct Module
{
    std::map<std::string, Words>
        open; //!< Rooms that it may include, and which headers; none = all.
    bool needsNoNs3 = false;
};

std::map<std::string, Module>
ReadArrows()
{
    static const std::regex row("\\| `([a-z/]+)` \\| (.*) \\|(.*)\\|");
    static const std::regex arrow("`([a-z/]+)`(?: \\(([^)]*)\\))?");
    static const std::regex header("[^ ,]+");
    const std::string page = ReadTextFile(Root() / "docs/architecture.md");
    std::map<std::string, Module> modules;
    for (const std::string_view text : LinesOf(page))
    {
        const std::string line(text);
        std::smatch cells;
        if (!std::regex_match(line, cells, row))
        {
            continue;
        }
        Module& module = modules[cells[1]];
        module.needsNoNs3 = cells[2].str().find("no ns-3") != std::string::npos;
        const std::string open = cells[3];
        for (std::sregex_iterator at(open.begin(), open.end(), arrow), end; at != end; ++at)
        {
            const std::string parts = (*at)[2];
            module.open[(*at)[1]] =
                Words(std::sregex_token_iterator(parts.begin(), parts.end(), header),
                      std::sregex_token_iterator());
        }
    }
    return modules;
}

const std::map<std::string, Module>&
Arrows()
{
    static const std::map<std::string, Module> modules = ReadArrows();
    return modules;
}

/// Whether a header of another module is one of those that are open; * stands for any name.
bool
IsOpen(const std::string& include, const std::string& target, const Words& parts)
{
    return parts.empty() ||
           std::any_of(
               parts.begin(),
               parts.end(),
               [&](const std::string& part)
               {
                   const std::string name = std::regex_replace(part, std::regex("\\*"), ".*");
                   return std::regex_match(include, std::regex(target + "/" + name + "\\.h"));
               });
}

/// The module that a file from the root lies in.
std::string
ModuleOf(const std::string& file)
{
    const bool isNested = file.compare(0, 7, "models/") == 0 || file.compare(0, 4, "lab/") == 0;
    const std::size_t first = file.find('/');
    return file.substr(0, isNested ? file.find('/', first + 1) : first);
}

bool
IsSource(const std::string& file)
{
    const fs::path extension = fs::path(file).extension();
    return extension == ".h" || extension == ".cc";
}

Words
SourcesOf(const std::string& module)
{
    Words sources;
    for (const std::string& file : FilesBelow(Root() / module))
    {
        if (IsSource(file))
        {
            sources.push_back(module + "/" + file);
        }
    }
    return sources;
}

/// What stands between the signs of a file's #include lines.
Words
IncludesOf(const std::string& file, char open, char close)
{
    static std::map<std::string, std::string> texts;
    auto text = texts.find(file);
    if (text == texts.end())
    {
        text = texts.emplace(file, ReadTextFile(Root() / file)).first;
    }
    Words includes;
    for (const std::string_view line : LinesOf(text->second))
    {
        const std::size_t start = line.find(open);
        if (line.compare(0, 8, "#include") == 0 && start != std::string_view::npos)
        {
            includes.emplace_back(line.substr(start + 1, line.find(close, start + 1) - start - 1));
        }
    }
    return includes;
}

BOOST_AUTO_TEST_SUITE(include)

BOOST_AUTO_TEST_CASE(EveryModuleIsKnown)
{
    std::set<std::string> modules{"formats", "detectors"};
    for (const char* floor : {"models", "lab"})
    {
        for (const auto& entry : fs::directory_iterator(Root() / floor))
        {
            const std::string module = std::string(floor) + "/" + entry.path().filename().string();
            if (entry.is_directory() && !SourcesOf(module).empty())
            {
                modules.insert(module);
            }
        }
    }
    for (const std::string& module : modules)
    {
        BOOST_TEST(Arrows().count(module) == 1, module << " has no row in docs/architecture.md");
    }
}

BOOST_AUTO_TEST_CASE(IncludesFollowTheArrows)
{
    std::size_t count = 0;
    for (const auto& [module, rules] : Arrows())
    {
        for (const std::string& file : SourcesOf(module))
        {
            for (const std::string& include : IncludesOf(file, '"', '"'))
            {
                ++count;
                BOOST_TEST(fs::exists(Root() / include),
                           file << " includes " << include << ", which is not from the root");
                const std::string target = ModuleOf(include);
                const auto arrow = rules.open.find(target);
                const bool isOpen =
                    target == module || target == "formats" ||
                    (arrow != rules.open.end() && IsOpen(include, target, arrow->second));
                BOOST_TEST(isOpen,
                           file << " includes " << include
                                << ", which docs/architecture.md does not open to " << module);
            }
        }
    }
    BOOST_TEST(count > 300);
}

/// Through any number of headers.
BOOST_AUTO_TEST_CASE(CoresDoNotReachNs3)
{
    std::size_t cores = 0;
    for (const auto& [module, rules] : Arrows())
    {
        cores += rules.needsNoNs3;
        Words waiting = rules.needsNoNs3 ? SourcesOf(module) : Words{};
        std::set<std::string> seen(waiting.begin(), waiting.end());
        while (!waiting.empty())
        {
            const std::string file = waiting.back();
            waiting.pop_back();
            for (const std::string& include : IncludesOf(file, '<', '>'))
            {
                BOOST_TEST(include.compare(0, 4, "ns3/") != 0,
                           module << " reaches <" << include << "> through " << file);
            }
            for (const std::string& include : IncludesOf(file, '"', '"'))
            {
                if (seen.insert(include).second && fs::exists(Root() / include))
                {
                    waiting.push_back(include);
                }
            }
        }
    }
    BOOST_TEST(cores > 8);
}

/// Evidence has one file that knows ns-3's packets: the tap.
BOOST_AUTO_TEST_CASE(OnlyTheTapOfEvidenceKnowsNs3)
{
    for (const std::string& file : SourcesOf("lab/evidence"))
    {
        for (const std::string& include : IncludesOf(file, '"', '"'))
        {
            BOOST_TEST((include != "models/path/wire-packet.h" ||
                        file.compare(0, 28, "lab/evidence/wire-serializer") == 0),
                       file);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
