#include "formats/plural.h"
#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/matrix-calls.h"
#include "lab/matrix/build.h"
#include "lab/score/baseline.h"
#include "lab/score/text-file.h"
#include "lab/score/verdict-baseline.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <set>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

constexpr const char* OWN_PLACE = "results/regress";
constexpr const char* WORSE_FILE = "worse.txt"; //!< Variants that the last call found worse.

struct RegressCall
{
    std::string command = "built-in";
    std::string adapter;
    judge::DetectorChoice choice;
    judge::Declaration declaration;
    MatrixCall matrix;
    std::string baseline;
    std::string junit;
    std::string summary;
    bool update = false;
    bool onlyFailed = false;
    bool asJson = false;
};

/// Runs are another build's unless this one made them: then a change of the world is seen, too.
void
ClaimPlace(const RegressCall& call)
{
    const fs::path program = Shell::ProgramFolder();
    matrix::ClaimFor(matrix::BuildOf({program / "bouncelab", program / "bouncelab-detect"}),
                     call.matrix.out,
                     call.matrix.out == OWN_PLACE ? matrix::OtherBuild::Remove
                                                  : matrix::OtherBuild::Refuse);
}

nlohmann::ordered_json
JsonOf(const score::VerdictComparison& comparison)
{
    nlohmann::ordered_json json{{"cells", comparison.cells},
                                {"new_cells", comparison.fresh.size()},
                                {"runs_better", comparison.runs.better},
                                {"runs_worse", comparison.runs.worse},
                                {"p", comparison.runs.Chance()},
                                {"changes", nlohmann::ordered_json::array()}};
    for (const score::VerdictChange& change : comparison.changes)
    {
        json["changes"].push_back({{"scenario", change.cell.scenario},
                                   {"variant", change.cell.variant},
                                   {"vantage", change.cell.vantage},
                                   {"detector", change.cell.detector},
                                   {"worse", change.isWorse},
                                   {"what", change.what},
                                   {"p", change.seeds.Chance()},
                                   {"first_seed", change.firstSeed},
                                   {"place", change.place}});
    }
    return json;
}

void
Print(const score::VerdictComparison& comparison, const fs::path& said)
{
    for (const score::VerdictChange& change : comparison.changes)
    {
        fmt::print("{}\n", score::ToSentence(change));
    }
    fmt::print("{}{} compared, {}",
               comparison.changes.empty() ? "" : "\n",
               Plural(comparison.cells, "cell"),
               Plural(comparison.changes.size(), "change"));
    if (!comparison.changes.empty())
    {
        fmt::print("; {} became better, {} worse: {}",
                   Plural(comparison.runs.better, "run"),
                   comparison.runs.worse,
                   score::ChanceText(comparison.runs, "runs"));
    }
    fmt::print("\nWhat was said: {}\n", ShortPath(said));
}

/// The files that continuous integration reads, and the variants for the next --failed.
void
Write(const RegressCall& call,
      const score::VerdictComparison& comparison,
      const std::vector<score::JudgedCell>& cells,
      const fs::path& judged)
{
    std::set<std::string> worse;
    for (const score::VerdictChange& change : comparison.changes)
    {
        if (change.isWorse)
        {
            worse.insert(change.cell.scenario + "/" + change.cell.variant + "\n");
        }
    }
    score::WriteTextFile(judged / WORSE_FILE, fmt::format("{}", fmt::join(worse, "")));
    if (!call.junit.empty())
    {
        score::WriteTextFile(call.junit, score::JUnitOf(comparison, cells));
    }
    if (!call.summary.empty())
    {
        score::WriteTextFile(call.summary, score::SummaryOf(comparison));
    }
}

void
Regress(Shell& shell,
        const RegressCall& call,
        const std::vector<ChosenVariant>& choices,
        const run::WorkFolders& folders)
{
    const fs::path judged = fs::path(call.matrix.out) / "judged";
    const judge::Subject subject =
        PrepareSubject(call.choice, call.declaration, judged, folders.temporary);
    const fs::path said = subject.folder / "said";
    const std::vector<score::JudgedCell> cells =
        JudgeMatrix(shell, call.matrix, choices, subject, said, folders);
    if (shell.exitCode != EXPECTED)
    {
        return; // A run failed: what is missing is not worse.
    }
    for (const score::JudgedCell& cell : cells)
    {
        shell.Raise(score::HasFailed(cell.end) ? DETECTOR_FAILED : EXPECTED);
    }
    const fs::path folder =
        call.baseline.empty() ? shell.DataRoot() / "results" / "verdicts" : fs::path(call.baseline);
    std::vector<std::pair<std::string, std::string>> variants;
    for (const ChosenVariant& choice : choices)
    {
        variants.emplace_back(choice.scenario, choice.variant);
    }
    const score::VerdictComparison comparison =
        score::Compare(score::ReadVerdictBaseline(folder, variants), cells);
    if (call.update)
    {
        score::WriteVerdictBaseline(folder, score::BaselineOf(cells));
    }
    else if (comparison.cells == 0)
    {
        throw InputError(fmt::format("{} has no verdicts of {} to compare with: give "
                                     "--update-baseline to accept those of today",
                                     ShortPath(folder),
                                     subject.name));
    }
    Write(call, comparison, cells, judged);
    if (call.asJson)
    {
        fmt::print("{}\n", JsonForTerminal(JsonOf(comparison).dump(2)));
    }
    else
    {
        Print(comparison, said);
    }
    if (!comparison.fresh.empty())
    {
        shell.terminal.Note(
            fmt::format("{} {} new to the baseline{}",
                        Plural(comparison.fresh.size(), "cell"),
                        comparison.fresh.size() == 1 ? "is" : "are",
                        call.update ? "" : ": --update-baseline takes in what is new"));
    }
    if (comparison.IsWorse() && !call.update)
    {
        shell.Raise(MISSED);
    }
}

/// Only the variants that the last call found worse.
void
KeepFailed(RegressCall& call)
{
    const fs::path file = fs::path(call.matrix.out) / "judged" / WORSE_FILE;
    if (!fs::exists(file))
    {
        throw InputError(
            fmt::format("{}: there is none, expected a call of regress before", file.string()));
    }
    const std::string text = score::ReadTextFile(file);
    call.matrix.names.clear();
    for (const std::string_view line : score::LinesOf(text))
    {
        call.matrix.names.emplace_back(line);
    }
    if (call.matrix.names.empty())
    {
        throw InputError("the last call found nothing worse: there is nothing to repeat");
    }
}

} // namespace

void
AddRegressCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand(
        "regress",
        "Says in words what became better or worse since verdicts were accepted");
    auto call = std::make_shared<RegressCall>();
    call->matrix.runs = score::BASELINE_SEEDS;
    call->matrix.out = OWN_PLACE;
    AddMatrixOptions(*command, call->matrix);
    command
        ->add_option("--exec",
                     call->command,
                     "A detector of yours, as for judge (default: the built-in ones)")
        ->check(RefuseEmpty);
    command->add_option("--adapter", call->adapter, "What its alerts mean, as for judge");
    AddSubjectOptions(*command, call->choice, call->declaration);
    command->add_option("--baseline",
                        call->baseline,
                        "Folder of accepted verdicts (default: results/verdicts beside the "
                        "scenarios)");
    command->add_flag("--update-baseline", call->update, "Accepts the verdicts of today");
    command->add_flag("--failed", call->onlyFailed, "Only variants that were worse the last time");
    command->add_option("--junit", call->junit, "A JUnit XML file to write");
    command->add_option("--summary", call->summary, "A Markdown file to write");
    command->add_flag("--json", call->asJson, "Prints JSON instead of sentences");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab regress forged-reply --exec \"python3 mine.py\" --finds "
                    "forged --baseline verdicts --junit verdicts.xml");
    command->callback(
        [&shell, call]
        {
            ReadCommand(shell, call->command, call->adapter, call->choice);
            if (call->onlyFailed)
            {
                KeepFailed(*call);
            }
            const std::vector<ChosenVariant> choices = ChooseRuns(shell, call->matrix);
            if (!call->update && !call->baseline.empty() && !fs::is_directory(call->baseline))
            {
                throw InputError(call->baseline + ": expected a folder of accepted verdicts, "
                                                  "or --update-baseline to make one");
            }
            ClaimPlace(*call);
            shell.Supervise(call->matrix.out,
                            [&](const run::WorkFolders& folders)
                            { Regress(shell, *call, choices, folders); });
        });
}

} // namespace bouncelab::cli
