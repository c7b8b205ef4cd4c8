#include "formats/text.h"
#include "lab/scenario/load.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"
#include "tests/cli/program.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace
{

namespace fs = std::filesystem;
using namespace bouncelab;
using namespace bouncelab::cli;
using Json = nlohmann::ordered_json;

const std::vector<std::string> HOSTILE{"../../x@y.example",
                                       "/x",
                                       "a/b",
                                       std::string("a\0b", 3),
                                       std::string(300, 'x'),
                                       "\xE2\x80\xAE"
                                       "abc",
                                       "a:b|c?",
                                       "line\nline"};

/// A key path without the names that authors gave: of two hosts' host names one is enough.
std::string
ShapeOf(const std::string& path)
{
    const std::size_t name = path.find('.');
    const std::size_t rest = name == path.npos ? name : path.find('.', name + 1);
    return rest == path.npos ? path : path.substr(0, name) + path.substr(rest);
}

/// Key paths of texts by their shapes.
void
AddTexts(const Json& value, const std::string& path, std::map<std::string, std::string>& paths)
{
    if (value.is_string())
    {
        paths.emplace(ShapeOf(path), path);
    }
    else if (value.is_object())
    {
        for (const auto& [key, member] : value.items())
        {
            AddTexts(member, path.empty() ? key : path + "." + key, paths);
        }
    }
    else if (value.is_array() && !value.empty())
    {
        AddTexts(value.front(), path + ".1", paths);
    }
}

/// What names and texts may be, without what breaks a terminal, a log or a file system.
bool
IsClean(const std::string& text)
{
    return std::none_of(text.begin(), text.end(), [](char c) { return IsControl(c); }) &&
           text.find("\xE2\x80\xAE") == text.npos;
}

bool
Takes(const scenario::ScenarioFile& file,
      const scenario::PersonaLibrary& personas,
      const std::vector<std::string>& sets)
{
    try
    {
        file.Resolve(file.Variants().front(), personas, sets);
        return true;
    }
    catch (const scenario::ScenarioError& error)
    {
        const std::string_view text = error.what();
        BOOST_TEST(std::none_of(text.begin(), text.end(), IsControl), sets.back() << ": " << text);
        return false;
    }
}

/// As many of the settings as the first variant takes together.
std::vector<std::string>
Taken(const scenario::ScenarioFile& file,
      const scenario::PersonaLibrary& personas,
      const std::vector<std::string>& sets)
{
    std::vector<std::string> taken;
    for (const std::string& set : sets)
    {
        if (Takes(file, personas, {set}))
        {
            taken.push_back(set);
            if (!Takes(file, personas, taken))
            {
                taken.pop_back();
            }
        }
    }
    return taken;
}

void
CheckFolder(const fs::path& folder, const std::string& what)
{
    constexpr std::string_view FORBIDDEN = "<>:\"|?*\\";
    constexpr std::size_t LONGEST = 255;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
    {
        const std::string name = entry.path().filename().string();
        BOOST_TEST(IsClean(name), what << ": " << entry.path());
        BOOST_TEST(name.find_first_of(FORBIDDEN) == name.npos, what << ": " << entry.path());
        BOOST_TEST(name.size() <= LONGEST, what << ": " << entry.path());
    }
}

BOOST_AUTO_TEST_SUITE(hostile_fields)

/// Whatever stands in a text of a scenario or of its personas: it is refused in one line, or the
/// run stays inside its folder, under names that every system takes, and ends as runs end.
BOOST_AUTO_TEST_CASE(AreRefusedOrStayWhereTheyBelong)
{
    const std::string root = tests::SourceDir().string();
    const scenario::PersonaLibrary personas(root);
    std::size_t runs = 0;
    std::size_t scenarios = 0;
    for (const std::string& path : scenario::ListScenarios(root))
    {
        const auto file = scenario::ScenarioFile::Load(path);
        const std::string variant = file.Variants().front();
        std::map<std::string, std::string> texts;
        AddTexts(scenario::Parameters(file.Resolve(variant, personas)), "", texts);
        BOOST_TEST(texts.size() > 20u, path);
        ++scenarios;
        for (std::size_t i = 0; i < HOSTILE.size(); ++i)
        {
            const std::string& value = HOSTILE[i];
            std::vector<std::string> sets;
            for (const auto& [shape, text] : texts)
            {
                sets.push_back(text + "=" + Json(value).dump());
            }
            const std::vector<std::string> taken = Taken(file, personas, sets);
            // Every value is run with half of the scenarios.
            if ((i + scenarios) % 2 == 0)
            {
                continue;
            }
            const Scratch scratch;
            fs::create_directories(scratch.Path() / "a/b/c");
            std::vector<std::string> call{"run",
                                          file.Name() + "/" + variant,
                                          "--no-capture",
                                          "--out",
                                          "out"};
            for (const std::string& set : taken)
            {
                call.insert(call.end(), {"--set", set});
            }
            const std::string what = file.Name() + " with " + Escape(value);
            const ChildEnd end = Bouncelab(scratch.Path() / "a/b/c", call);
            BOOST_TEST((end.status >= 0 && end.status <= 2), what << ": " << end.error);
            CheckFolder(scratch.Path(), what);
            // Nothing but `out` where the program was called, and nothing above it.
            const auto files = [](const fs::path& folder)
            { return std::distance(fs::directory_iterator(folder), fs::directory_iterator()); };
            BOOST_TEST(files(scratch.Path()) == 1, what);
            BOOST_TEST(files(scratch.Path() / "a") == 1, what);
            BOOST_TEST(files(scratch.Path() / "a/b") == 1, what);
            BOOST_TEST(files(scratch.Path() / "a/b/c") <= 1, what);
            ++runs;
        }
    }
    BOOST_TEST(runs >= 4 * HOSTILE.size());
    BOOST_TEST(!fs::exists("/x"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
