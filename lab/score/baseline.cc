#include "lab/score/baseline.h"

#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>
#include <utility>

namespace bouncelab::score
{

namespace
{

using Ingredient = std::pair<const char*, std::string Fingerprints::*>;

constexpr std::array<Ingredient, 7> INGREDIENTS{{{"order", &Fingerprints::order},
                                                 {"wire", &Fingerprints::wire},
                                                 {"logs", &Fingerprints::logs},
                                                 {"truth", &Fingerprints::truth},
                                                 {"verdicts", &Fingerprints::verdicts},
                                                 {"verdict-texts", &Fingerprints::verdictTexts},
                                                 {"claims", &Fingerprints::claims}}};

using Cells = std::map<std::string, std::string>;

nlohmann::ordered_json
ToJson(const JudgedCells& cells)
{
    return {{"verdicts", cells.verdicts}, {"claims", cells.claims}};
}

void
AddCells(std::vector<BaselineChange>& changes,
         const std::string& what,
         const Cells* before,
         const Cells& after)
{
    const auto valueIn = [](const Cells* cells, const std::string& cell) -> std::string
    {
        const auto found = cells ? cells->find(cell) : Cells::const_iterator();
        return !cells ? "not stored" : found == cells->end() ? "none" : found->second;
    };
    Cells all = after;
    if (before)
    {
        all.insert(before->begin(), before->end());
    }
    for (const auto& [cell, value] : all)
    {
        BaselineChange change{what, cell, valueIn(before, cell), valueIn(&after, cell)};
        if (change.before != change.after)
        {
            changes.push_back(std::move(change));
        }
    }
}

} // namespace

Baseline
ReadBaseline(const std::filesystem::path& file)
{
    const auto json = nlohmann::json::parse(ReadTextFile(file), nullptr, false);
    try
    {
        Baseline baseline;
        for (const auto& run : json.get_ref<const nlohmann::json::array_t&>())
        {
            Fingerprints& prints = baseline[run.at("seed")];
            for (const auto& [name, digest] : INGREDIENTS)
            {
                prints.*digest = run.at(name);
            }
            if (run.contains("cells"))
            {
                prints.cells =
                    JudgedCells{run.at("cells").at("verdicts"), run.at("cells").at("claims")};
            }
        }
        return baseline;
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(
            fmt::format("{}: found no baseline, expected a list of runs, each with its seed and "
                        "every ingredient",
                        file.string()));
    }
}

void
WriteBaseline(const std::filesystem::path& file, const Baseline& baseline)
{
    auto json = nlohmann::ordered_json::array();
    for (const auto& [seed, prints] : baseline)
    {
        nlohmann::ordered_json run{{"seed", seed}};
        for (const auto& [name, digest] : INGREDIENTS)
        {
            run[name] = prints.*digest;
        }
        if (prints.cells)
        {
            run["cells"] = ToJson(*prints.cells);
        }
        json.push_back(std::move(run));
    }
    std::filesystem::create_directories(file.parent_path());
    WriteTextFile(file, json.dump(2) + "\n");
}

std::vector<BaselineChange>
Changes(const Fingerprints& before, const Fingerprints& after)
{
    const JudgedCells* old = before.cells ? &*before.cells : nullptr;
    const JudgedCells fresh = after.cells.value_or(JudgedCells{});
    std::vector<BaselineChange> changes;
    for (const auto& [name, digest] : INGREDIENTS)
    {
        if (before.*digest == after.*digest)
        {
            continue;
        }
        changes.push_back({name, "", before.*digest, after.*digest});
        if (digest == &Fingerprints::verdicts)
        {
            AddCells(changes, name, old ? &old->verdicts : nullptr, fresh.verdicts);
        }
        else if (digest == &Fingerprints::claims)
        {
            AddCells(changes, name, old ? &old->claims : nullptr, fresh.claims);
        }
    }
    return changes;
}

std::vector<std::string>
Differences(const Fingerprints& found, const Fingerprints& expected)
{
    std::vector<std::string> differences;
    for (const auto& [name, digest] : INGREDIENTS)
    {
        if (found.*digest != expected.*digest)
        {
            differences.push_back(
                fmt::format("{}: found {}, expected {}", name, found.*digest, expected.*digest));
        }
    }
    return differences;
}

} // namespace bouncelab::score
