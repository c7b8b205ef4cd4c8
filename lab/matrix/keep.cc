#include "lab/matrix/keep.h"

#include "lab/score/text-file.h"

#include <nlohmann/json.hpp>

namespace bouncelab::matrix
{

void
Prune(const std::filesystem::path& run, Keep keep)
{
    if (keep == Keep::All)
    {
        return;
    }
    std::filesystem::remove_all(run / "truth");
    if (keep == Keep::Verdicts)
    {
        std::filesystem::remove_all(run / "evidence");
    }
    const std::filesystem::path file = run / "manifest.json";
    auto manifest = nlohmann::ordered_json::parse(score::ReadTextFile(file));
    nlohmann::ordered_json left = nlohmann::ordered_json::object();
    for (const auto& [name, digest] : manifest["files"].items())
    {
        if (std::filesystem::exists(run / name))
        {
            left[name] = digest;
        }
    }
    manifest["kept"] = NameOf(keep);
    manifest["files"] = std::move(left);
    score::WriteTextFile(file, manifest.dump(2) + "\n");
}

} // namespace bouncelab::matrix
