#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/expected.h"
#include "lab/cli/run-table.h"
#include "lab/cli/score-table.h"
#include "lab/score/alert-file.h"
#include "lab/score/seed-summary.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>

namespace bouncelab::cli
{

namespace
{

struct ScoreOptions
{
    std::vector<std::string> runs;
    std::string alerts;
    std::string vantage;
    std::vector<std::string> finds;
    bool asJson = false;
    int verbosity = 0;
};

/// Whose evidence the alerts are about: what --vantage says, or the only one.
std::string
VantageOf(const score::RunFolder& run, const ScoreOptions& options)
{
    const std::vector<std::string>& known = run.Vantages();
    if (options.vantage.empty() && known.size() == 1)
    {
        return known.front();
    }
    if (std::find(known.begin(), known.end(), options.vantage) != known.end())
    {
        return options.vantage;
    }
    throw InputError(fmt::format("{}: found {}, expected --vantage with one of {}",
                                 run.Root().string(),
                                 options.vantage.empty() ? "alerts of no vantage"
                                                         : "vantage \"" + options.vantage + "\"",
                                 fmt::join(known, ", ")));
}

/// What a detector is held to: what it declares itself if it is one of the run's, else --finds.
score::DetectorScope
ScopeOf(const std::string& detector,
        const std::map<std::string, score::DetectorScope>& known,
        const ScoreOptions& options)
{
    if (!options.finds.empty())
    {
        score::DetectorScope scope;
        scope.Find(options.finds);
        return scope;
    }
    const auto found = known.find(detector);
    if (found == known.end())
    {
        throw InputError(fmt::format("nothing says what \"{}\" looks for: expected --finds with "
                                     "classes or families of them, such as forged, or all",
                                     detector));
    }
    return found->second;
}

/// Verdicts of a program that is not built in, in place of those in the run's folder.
void
PutAlerts(const score::RunFolder& run, const ScoreOptions& options, score::RunScore& score)
{
    const std::string vantage = VantageOf(run, options);
    const std::string fileName = std::filesystem::path(options.alerts).stem().string();
    std::map<std::string, std::vector<Alert>> byDetector;
    for (Alert& alert : score::ReadAlerts(options.alerts, run.Root() / "evidence" / vantage))
    {
        byDetector[alert.detector.empty() ? fileName : alert.detector].push_back(std::move(alert));
    }
    if (byDetector.empty())
    {
        byDetector[fileName]; // a detector that found nothing
    }
    const std::map<std::string, score::DetectorScope> known = score::ReadScopes(run.Root());
    score::Visibility visibility(run);
    score.detectors.clear();
    // Nobody has written down what these are to say: the truth alone is the measure.
    score.misses.clear();
    for (const auto& [detector, alerts] : byDetector)
    {
        const score::DetectorScore said = score::ScoreAlerts(detector,
                                                             vantage,
                                                             alerts,
                                                             score.events,
                                                             run,
                                                             visibility,
                                                             ScopeOf(detector, known, options));
        if (said.misses > 0 || said.falseAlarms > 0 || said.misplaced > 0)
        {
            score.misses.push_back({detector,
                                    vantage,
                                    fmt::format("{} found", said.trueAlarms + said.misses),
                                    fmt::format("{} found, {} false, {} misplaced",
                                                said.trueAlarms,
                                                said.falseAlarms,
                                                said.misplaced)});
        }
        score.detectors.push_back(said);
    }
}

score::RunScore
ScoreOne(Shell& shell, const std::string& path, const ScoreOptions& options)
{
    const score::RunFolder run(path);
    score::CheckSeal(path);
    const std::filesystem::path scenario = shell.ScenarioOf(run);
    const bool isPlain = run.IsPlain();
    score::RunScore score =
        score::ScoreRun(run,
                        isPlain ? scenario::ExpectationsFor(scenario.string(), run.Variant())
                                : scenario::Expectations());
    if (!options.alerts.empty())
    {
        PutAlerts(run, options, score);
    }
    return score;
}

void
Score(Shell& shell, const ScoreOptions& options)
{
    if (!options.alerts.empty() && options.runs.size() > 1)
    {
        throw InputError(fmt::format("found {} runs for the alerts of {}, expected the one whose "
                                     "evidence they are about",
                                     options.runs.size(),
                                     options.alerts));
    }
    std::vector<score::RunScore> scores;
    std::vector<TableRun> runs;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const std::string& path : options.runs)
    {
        try
        {
            scores.push_back(ScoreOne(shell, path, options));
        }
        catch (const std::runtime_error& error)
        {
            throw InputError(error.what());
        }
        runs.push_back({scores.back(),
                        path,
                        !options.alerts.empty() ||
                            (score::RunFolder(path).IsPlain() && scores.back().HasExpectations()),
                        options.alerts});
        json.push_back(score::ToJson(scores.back()));
        shell.Raise(CodeOf(scores.back()));
    }
    for (const score::VariantSummary& summary : score::Summarize(scores))
    {
        if (summary.seeds.size() > 1)
        {
            json.push_back({{"summary", score::ToJson(summary)}});
        }
    }
    if (options.asJson)
    {
        fmt::print("{}\n", JsonForTerminal(json.dump(2)));
        return;
    }
    fmt::print("{}", RunTable(runs, shell.terminal));
    if (options.verbosity > 0)
    {
        fmt::print("\n{}", ScoreTable(scores).Print(shell.terminal));
    }
    if (options.verbosity > 1)
    {
        fmt::print("\n{}", ClaimText(scores, shell.terminal.Width()));
    }
    fmt::print("\n{}\n", Tally(runs));
}

} // namespace

void
AddScoreCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("score", "Holds verdicts of finished runs against the truth");
    auto options = std::make_shared<ScoreOptions>();
    command->add_option("RUN", options->runs, "Folders of runs, each with a manifest.json")
        ->required();
    command->add_option("--alerts",
                        options->alerts,
                        "Scores this file (Suricata's EVE or the lab's own) instead of the run's "
                        "verdicts");
    command->add_option("--vantage",
                        options->vantage,
                        "Whose evidence the alerts are about; needed where a run has several");
    command
        ->add_option("--finds",
                     options->finds,
                     "What their detector looks for: classes, families of them, or all; may be "
                     "repeated")
        ->allow_extra_args(false)
        ->check(CLI::Validator(
            [](const std::string& text)
            {
                return text == "all" || IsKnownClass(text)
                           ? std::string()
                           : fmt::format("found {}, expected all, or a class that begins with {}",
                                         text,
                                         fmt::join(CLASS_FAMILIES, ", "));
            },
            ""));
    command->add_flag("-v", options->verbosity, "Also what each detector said; -vv: all claims");
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab score results/forged-reply/error-500/seed-1 --alerts "
                    "eve.json --vantage gateway-inside --finds forged");
    command->callback([&shell, options] { Score(shell, *options); });
}

} // namespace bouncelab::cli
