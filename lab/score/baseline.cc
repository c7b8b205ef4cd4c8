#include "lab/score/baseline.h"

#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

struct Ingredient
{
    const char* name;
    std::string Fingerprints::*digest;
};

constexpr std::array<Ingredient, 4> INGREDIENTS{{{"order", &Fingerprints::order},
                                                 {"wire", &Fingerprints::wire},
                                                 {"logs", &Fingerprints::logs},
                                                 {"truth", &Fingerprints::truth}}};

} // namespace

std::optional<Baseline>
ReadBaseline(const std::filesystem::path& folder,
             const std::string& scenario,
             const std::string& variant)
{
    const std::filesystem::path file = folder / scenario / (variant + ".json");
    if (!std::filesystem::exists(file))
    {
        return std::nullopt;
    }
    const auto json = nlohmann::json::parse(ReadTextFile(file), nullptr, false);
    try
    {
        Baseline baseline;
        baseline.seed = json.at("seed");
        for (const Ingredient& ingredient : INGREDIENTS)
        {
            baseline.fingerprints.*ingredient.digest = json.at(ingredient.name);
        }
        return baseline;
    }
    catch (const nlohmann::json::exception&)
    {
        throw std::runtime_error(
            fmt::format("{}: found no baseline, expected seed, order, wire, logs and truth",
                        file.string()));
    }
}

void
WriteBaseline(const std::filesystem::path& folder,
              const RunFolder& run,
              const Fingerprints& fingerprints)
{
    nlohmann::ordered_json json{{"seed", run.Seed()}};
    for (const Ingredient& ingredient : INGREDIENTS)
    {
        json[ingredient.name] = fingerprints.*ingredient.digest;
    }
    std::filesystem::create_directories(folder / run.Scenario());
    WriteTextFile(folder / run.Scenario() / (run.Variant() + ".json"), json.dump(2) + "\n");
}

std::vector<std::string>
ChangedIngredients(const Fingerprints& before, const Fingerprints& now)
{
    std::vector<std::string> changed;
    for (const Ingredient& ingredient : INGREDIENTS)
    {
        if (before.*ingredient.digest != now.*ingredient.digest)
        {
            changed.emplace_back(ingredient.name);
        }
    }
    return changed;
}

} // namespace bouncelab::score
