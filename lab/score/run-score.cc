#include "lab/score/run-score.h"

#include "formats/digest.h"
#include "formats/file-name.h"
#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

std::vector<std::vector<std::string>>
PlacesOf(const RunFolder& run, const std::vector<FaultEvent>& events, Visibility& visibility)
{
    std::vector<std::vector<std::string>> places(events.size());
    for (std::size_t i = 0; i < events.size(); ++i)
    {
        for (const std::string& vantage : run.Vantages())
        {
            if (run.MembersOf(vantage).size() == 1 && visibility.Shows(events[i], vantage))
            {
                places[i].push_back(vantage);
            }
        }
    }
    return places;
}

} // namespace

bool
RunScore::HasExpectations() const
{
    return !fidelity.empty() || !expected.empty() || !misses.empty();
}

bool
RunScore::AsExpected() const
{
    return misses.empty() && std::all_of(fidelity.begin(),
                                         fidelity.end(),
                                         [](const FidelityRow& r) { return r.AsExpected(); });
}

bool
RunScore::IsExpected(const DetectorScore& score) const
{
    return std::none_of(misses.begin(),
                        misses.end(),
                        [&](const ExpectationMiss& miss) {
                            return miss.detector == score.detector && miss.vantage == score.vantage;
                        });
}

bool
RunScore::WasForeseen(const DetectorScore& score) const
{
    return IsExpected(score) && expected.count({score.detector, score.vantage}) != 0;
}

RunScore
ScoreRun(const RunFolder& run, const scenario::Expectations& expectations)
{
    RunScore score;
    score.scenario = run.Scenario();
    score.variant = run.Variant();
    score.seed = run.Seed();
    score.settings = run.Settings();
    score.outcome = OutcomeOf(run);
    score.events = FaultEventsOf(run.Labels());
    score.fidelity = MeasureClaims(run, expectations);
    Visibility visibility(run);
    score.visibleFrom = PlacesOf(run, score.events, visibility);
    score.detectors = ScoreVerdicts(run, score.events, visibility);
    for (const DetectorScore& detector : score.detectors)
    {
        if (expectations.VerdictOf(detector.detector, detector.vantage))
        {
            score.expected.emplace(detector.detector, detector.vantage);
        }
    }
    score.misses = CheckVerdicts(run, expectations, score.detectors);
    return score;
}

nlohmann::ordered_json
ToJson(const RunScore& score)
{
    using nlohmann::ordered_json;
    ordered_json json{{"scenario", score.scenario},
                      {"variant", score.variant},
                      {"seed", score.seed},
                      {"as_expected", nullptr},
                      {"mail",
                       {{"case_sender_view", score.outcome.sender},
                        {"case_copies", score.outcome.copies},
                        {"others", score.outcome.others},
                        {"others_amiss", score.outcome.othersAmiss}}}};
    if (score.HasExpectations())
    {
        json["as_expected"] = score.AsExpected();
    }
    if (!score.settings.empty())
    {
        json["settings"] = score.settings;
    }
    for (const scenario::ClaimKind kind : {scenario::ClaimKind::Emergent,
                                           scenario::ClaimKind::Fitted,
                                           scenario::ClaimKind::Input,
                                           scenario::ClaimKind::Inference})
    {
        const Tally tally = TallyOf(score.fidelity, kind);
        json["observables"][std::string(NameOf(kind))] = {{"held", tally.held},
                                                          {"claimed", tally.claimed}};
    }
    json["events"] = ordered_json::array();
    for (std::size_t i = 0; i < score.events.size(); ++i)
    {
        const FaultEvent& event = score.events[i];
        ordered_json line{{"cause_id", event.cause},
                          {"class", event.dottedClass},
                          {"actor", event.actor},
                          {"t_ns", event.time.time_since_epoch().count()}};
        if (event.hop)
        {
            line["hop"] = *event.hop;
        }
        line["visible_from"] =
            i < score.visibleFrom.size() ? score.visibleFrom[i] : std::vector<std::string>();
        json["events"].push_back(std::move(line));
    }
    json["detectors"] = ordered_json::array();
    for (const DetectorScore& detector : score.detectors)
    {
        json["detectors"].push_back(ToJson(detector));
    }
    json["expectations_missed"] = ordered_json::array();
    for (const ExpectationMiss& miss : score.misses)
    {
        json["expectations_missed"].push_back({{"detector", miss.detector},
                                               {"vantage", miss.vantage},
                                               {"expected", miss.expected},
                                               {"found", miss.found}});
    }
    return json;
}

void
SealRun(const std::filesystem::path& folder, const RunScore& score)
{
    using nlohmann::ordered_json;
    WriteTextFile(folder / "fidelity.json", ToJson(score.fidelity).dump(2) + "\n");
    WriteTextFile(folder / "score.json", ToJson(score).dump(2) + "\n");
    ordered_json manifest = ordered_json::parse(ReadTextFile(folder / "manifest.json"));
    manifest["files"] = ordered_json::object();
    for (const std::string& file : FilesBelow(folder))
    {
        if (file != "manifest.json")
        {
            manifest["files"][file] = Sha256OfFile(folder / file);
        }
    }
    WriteTextFile(folder / "manifest.json", manifest.dump(2) + "\n");
}

namespace
{

constexpr std::array SAME_IN_SCORE{"scenario", "variant", "seed"};

/// A run's manifest, which has to be whole.
nlohmann::ordered_json
CheckedManifest(const std::filesystem::path& folder)
{
    using nlohmann::ordered_json;
    const std::filesystem::path path = folder / "manifest.json";
    ordered_json manifest = ordered_json::parse(ReadTextFile(path), nullptr, false);
    // A live run's bytes are its own, and nothing seals them.
    if (manifest.is_object() && manifest.contains("live") && !manifest.contains("files"))
    {
        return manifest;
    }
    const bool isWhole = manifest.is_object() && manifest.contains("files") &&
                         manifest["files"].is_object() && manifest.contains("scenario-text") &&
                         manifest["scenario-text"].is_string() &&
                         manifest.value("scenario-sha256", ordered_json()) ==
                             Sha256Of(manifest["scenario-text"].get<std::string>());
    if (!isWhole)
    {
        throw std::runtime_error(fmt::format(
            "{}: is damaged: expected the digests of the run's files and of its scenario",
            path.string()));
    }
    return manifest;
}

/// Whether the manifest speaks of the run that the score, whose digest it has, speaks of.
bool
IsOf(const nlohmann::ordered_json& manifest, const nlohmann::ordered_json& score)
{
    const nlohmann::ordered_json none;
    return score.is_object() &&
           std::all_of(SAME_IN_SCORE.begin(),
                       SAME_IN_SCORE.end(),
                       [&](const char* key)
                       { return manifest.value(key, none) == score.value(key, none); });
}

} // namespace

void
CheckSeal(const std::filesystem::path& folder)
{
    const nlohmann::ordered_json manifest = CheckedManifest(folder);
    if (!manifest.contains("files"))
    {
        return;
    }
    const nlohmann::ordered_json& digests = manifest["files"];
    for (const auto& [file, digest] : digests.items())
    {
        const std::filesystem::path sealed = folder / file;
        if (!StaysBelow(file) || !std::filesystem::is_regular_file(sealed))
        {
            throw std::runtime_error(
                fmt::format("{}: is missing, the run's manifest names it", sealed.string()));
        }
        if (digest != Sha256OfFile(sealed))
        {
            throw std::runtime_error(
                fmt::format("{}: is damaged, the run's manifest has another digest",
                            sealed.string()));
        }
    }
    if (!digests.contains("score.json") ||
        !IsOf(manifest,
              nlohmann::ordered_json::parse(ReadTextFile(folder / "score.json"), nullptr, false)))
    {
        throw std::runtime_error(fmt::format("{}: is damaged, score.json is of another run",
                                             (folder / "manifest.json").string()));
    }
    for (const std::string& file : FilesBelow(folder))
    {
        const bool isPart = StartsWith(file, "evidence/") || StartsWith(file, "truth/") ||
                            StartsWith(file, "verdicts/");
        if (isPart && !digests.contains(file))
        {
            throw std::runtime_error(
                fmt::format("{}: is not of this run, its manifest has no such file",
                            (folder / file).string()));
        }
    }
}

} // namespace bouncelab::score
