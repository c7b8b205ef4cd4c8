#include "lab/run/manifest.h"

#include "formats/digest.h"
#include "formats/machine-error.h"
#include "lab/scenario/load.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace bouncelab::run
{

namespace
{

namespace fs = std::filesystem;

std::string
ReadText(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        throw MachineError::FromErrno("cannot read " + path.string());
    }
    return std::string((std::istreambuf_iterator<char>(file)), {});
}

} // namespace

nlohmann::ordered_json
ManifestOf(const RunSpec& spec, const scenario::Scenario& scenario)
{
    const std::string text = ReadText(spec.scenarioFile);
    nlohmann::ordered_json manifest;
    manifest["scenario"] = scenario.name;
    if (!spec.namedFile.empty())
    {
        manifest["scenario-file"] = spec.namedFile;
    }
    manifest["variant"] = spec.variant;
    manifest["seed"] = spec.seed;
    manifest["overrides"] = spec.overrides;
    manifest["capture"] = spec.capture;
    manifest["vantages"] = spec.vantages;
    if (!spec.live.empty())
    {
        manifest["live"] = true;
        manifest["replaced"] = spec.live;
    }
    manifest["versions"] = {{"bouncelab", BOUNCELAB_VERSION}, {"ns-3", "3.37"}};
    manifest["scenario-sha256"] = Sha256Of(text);
    manifest["scenario-text"] = text;
    manifest["parameters"] = scenario::Parameters(scenario);
    return manifest;
}

void
WriteManifest(const RunSpec& spec, const scenario::Scenario& scenario)
{
    const fs::path path = spec.out / "manifest.json";
    std::ofstream file(path, std::ios::binary);
    file << ManifestOf(spec, scenario).dump(2) << '\n';
    file.close();
    if (!file)
    {
        throw MachineError::FromErrno("cannot write " + path.string());
    }
}

} // namespace bouncelab::run
