#include "lab/matrix/build.h"

#include "formats/digest.h"
#include "formats/text.h"
#include "lab/run/locked-folder.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

#include <unistd.h>

namespace bouncelab::matrix
{

namespace
{

namespace fs = std::filesystem;

/// Whether nothing lies in a folder but what invocations at work have there (a dot's names).
bool
IsEmpty(const fs::path& folder)
{
    return std::all_of(fs::directory_iterator(folder),
                       fs::directory_iterator(),
                       [](const fs::directory_entry& entry)
                       { return StartsWith(entry.path().filename().string(), "."); });
}

} // namespace

std::string
BuildOf(const std::vector<fs::path>& programs)
{
    Sha256 digest;
    for (const fs::path& program : programs)
    {
        digest.Update(Sha256OfFile(program));
    }
    return digest.Finish();
}

void
ClaimFor(const std::string& build, const fs::path& results, OtherBuild other)
{
    const fs::path file = results / "build.json";
    fs::create_directories(results);
    // First this, then the claim: another shard of the same build writes the claim before all else.
    const bool isEmpty = IsEmpty(results);
    if (fs::exists(file))
    {
        const auto claim = nlohmann::json::parse(score::ReadTextFile(file), nullptr, false);
        if (claim.is_object() && claim.value("build", "") == build)
        {
            return;
        }
    }
    if (!isEmpty && other == OtherBuild::Refuse)
    {
        throw scenario::ScenarioError(
            {std::make_shared<const std::string>(results.string()), 0, 0},
            "",
            fs::exists(file) ? "holds runs of another build of bouncelab, and these are not mixed: "
                               "give another --out, or remove it"
                             : "found a folder that is not empty and holds no sweep, expected an "
                               "empty one: give another --out");
    }
    for (const auto& entry : fs::directory_iterator(results))
    {
        if (!StartsWith(entry.path().filename().string(), "."))
        {
            run::RemoveAll(entry.path());
        }
    }
    const fs::path part = results / fmt::format(".build-{}", getpid());
    score::WriteTextFile(part, nlohmann::json{{"build", build}}.dump(2) + "\n");
    fs::rename(part, file);
}

} // namespace bouncelab::matrix
