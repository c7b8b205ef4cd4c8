#include "lab/matrix/cell.h"

#include "formats/file-name.h"
#include "lab/run/manifest.h"
#include "lab/scenario/load.h"
#include "lab/score/run-score.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bouncelab::matrix
{

namespace
{

using nlohmann::ordered_json;

/// Text of a value for a message, cut short.
std::string
Shown(const ordered_json& manifest, const std::string& key)
{
    return manifest.contains(key) && manifest[key].dump().size() <= 100 ? manifest[key].dump()
                                                                        : "another one";
}

/// The first key in which a manifest differs from that of a run; empty = it is that run's. What a
/// scenario is says its text, wherever it lies.
std::string
DifferingKey(const ordered_json& manifest, const ordered_json& wanted)
{
    for (const auto& [key, value] : wanted.items())
    {
        if (key != "scenario-file" &&
            (!manifest.is_object() || !manifest.contains(key) || manifest[key] != value))
        {
            return key;
        }
    }
    return manifest.contains("live") ? "live" : "";
}

} // namespace

std::filesystem::path
PlaceOf(const Cell& cell)
{
    std::filesystem::path place =
        std::filesystem::path(FileNameFrom(cell.scenario)) / FileNameFrom(cell.spec.variant);
    for (const std::string& setting : cell.spec.overrides)
    {
        place /= FileNameFrom(setting);
    }
    return place / fmt::format("seed-{}", cell.spec.seed);
}

StandingRun
LookAt(const std::filesystem::path& folder,
       const run::RunSpec& spec,
       const scenario::PersonaLibrary& personas)
{
    if (!std::filesystem::exists(folder))
    {
        return {};
    }
    const std::filesystem::path file = folder / "manifest.json";
    if (!std::filesystem::exists(file))
    {
        return {Standing::Other, "holds no run"};
    }
    const auto manifest = ordered_json::parse(score::ReadTextFile(file), nullptr, false);
    if (!manifest.is_object())
    {
        return {Standing::Partial, {}};
    }
    const ordered_json wanted =
        run::ManifestOf(spec,
                        scenario::ScenarioFile::Load(spec.scenarioFile)
                            .Resolve(spec.variant, personas, spec.overrides));
    if (const std::string key = DifferingKey(manifest, wanted); !key.empty())
    {
        return {Standing::Other,
                fmt::format("holds a run with {} {}, this one has {}",
                            key,
                            Shown(manifest, key),
                            Shown(wanted, key))};
    }
    try
    {
        score::CheckSeal(folder);
    }
    catch (const std::runtime_error&)
    {
        return {Standing::Partial, {}};
    }
    return {manifest.contains("kept") ? Standing::Partial : Standing::Complete, {}};
}

} // namespace bouncelab::matrix
