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
        json.push_back(std::move(run));
    }
    std::filesystem::create_directories(file.parent_path());
    WriteTextFile(file, json.dump(2) + "\n");
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
