#include "lab/score/detector-scope.h"

#include "formats/dialects.h"
#include "formats/vocabulary.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace bouncelab::score
{

namespace fs = std::filesystem;

void
DetectorScope::Find(const std::vector<std::string>& classes)
{
    constexpr const char* EVERYTHING = "all";
    finds.emplace(classes.begin(), classes.end());
    if (finds->count(EVERYTHING) != 0)
    {
        finds.reset();
    }
}

bool
DetectorScope::CanRead(const std::set<std::string>& held) const
{
    return reads.empty()
               ? !held.empty()
               : std::any_of(reads.begin(),
                             reads.end(),
                             [&](const std::string& kind) { return held.count(kind) != 0; });
}

bool
DetectorScope::LooksFor(std::string_view dottedClass) const
{
    return !finds || finds->count(std::string(FamilyOf(dottedClass))) != 0 ||
           finds->count(std::string(dottedClass)) != 0;
}

std::map<std::string, DetectorScope>
ScopesFrom(const std::string& text, const std::string& source)
{
    std::map<std::string, DetectorScope> scopes;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    try
    {
        for (const auto& entry : list)
        {
            DetectorScope& scope = scopes[entry.at("name").get<std::string>()];
            scope.reads = entry.at("reads").get<std::set<std::string>>();
            if (entry.contains("finds"))
            {
                scope.Find(entry["finds"].get<std::vector<std::string>>());
            }
            scope.isBaseline = entry.value("role", "") == "baseline";
        }
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(fmt::format(
            "{}: found no list of detectors, expected name and reads of each, and finds",
            source));
    }
    return scopes;
}

std::map<std::string, DetectorScope>
ReadScopes(const fs::path& run)
{
    const fs::path file = run / "verdicts" / "detectors.json";
    return fs::exists(file) ? ScopesFrom(ReadTextFile(file), file.string())
                            : std::map<std::string, DetectorScope>();
}

std::set<std::string>
KindsIn(const fs::path& folder)
{
    std::set<std::string> held;
    if (fs::exists(folder))
    {
        for (const std::string& file : FilesBelow(folder))
        {
            if (const std::string_view kind = KindOfEvidence(file); !kind.empty())
            {
                held.emplace(kind);
            }
        }
    }
    return held;
}

} // namespace bouncelab::score
