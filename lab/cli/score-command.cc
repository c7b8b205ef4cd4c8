#include "lab/cli/commands.h"
#include "lab/cli/expected.h"
#include "lab/cli/score-table.h"
#include "lab/score/alert-file.h"
#include "lab/score/seed-summary.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace bouncelab::cli
{

namespace
{

struct ScoreOptions
{
    std::vector<std::string> runs;
    std::string alerts;
    bool asJson = false;
};

/// Verdicts of a program that is not built in, in place of those in the run's folder.
void
PutAlerts(const score::RunFolder& run, const std::string& file, score::RunScore& score)
{
    const std::string vantage = run.CaptureVantage();
    if (vantage.empty())
    {
        throw InputError(
            fmt::format("{} has no capture that alerts could be about", run.Root().string()));
    }
    score::Visibility visibility(run);
    score.detectors = {score::ScoreAlerts(std::filesystem::path(file).stem().string(),
                                          vantage,
                                          score::ReadAlerts(file),
                                          score.events,
                                          run,
                                          visibility)};
    // No expectation covers this program: it is measured against the truth alone.
    score.misses.clear();
    const score::DetectorScore& said = score.detectors.front();
    if (said.misses > 0 || said.falseAlarms > 0 || said.misplaced > 0)
    {
        score.misses.push_back({said.detector,
                                vantage,
                                fmt::format("{} found", score.events.size()),
                                fmt::format("{} found, {} false, {} misplaced",
                                            said.trueAlarms,
                                            said.falseAlarms,
                                            said.misplaced)});
    }
}

score::RunScore
ScoreOne(Shell& shell, const std::string& path, const ScoreOptions& options)
{
    const score::RunFolder run(path);
    const std::filesystem::path scenario =
        shell.DataRoot() / "scenarios" / run.Scenario() / "scenario.yaml";
    const bool isPlain = run.IsPlain();
    score::RunScore score = score::ScoreRun(
        run,
        isPlain ? ExpectationsFor(scenario.string(), run.Variant()) : scenario::Expectations());
    if (!options.alerts.empty())
    {
        PutAlerts(run, options.alerts, score);
    }
    return score;
}

void
Score(Shell& shell, const ScoreOptions& options)
{
    std::vector<score::RunScore> scores;
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
        fmt::print("{}\n", json.dump(2));
        return;
    }
    fmt::print("{}", ScoreTable(scores).Print(shell.terminal));
    fmt::print("{}", MissText(scores, shell.terminal.Width()));
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
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab score results/forged-reply/error-500/seed-1 --alerts "
                    "eve.json");
    command->callback([&shell, options] { Score(shell, *options); });
}

} // namespace bouncelab::cli
