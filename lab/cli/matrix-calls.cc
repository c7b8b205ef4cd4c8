#include "lab/cli/matrix-calls.h"

#include "lab/matrix/progress.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

namespace bouncelab::cli
{

void
AddMatrixOptions(CLI::App& command, MatrixCall& call)
{
    command.add_option("SCENARIO",
                       call.names,
                       "SCENARIO, SCENARIO/VARIANT or a scenario.yaml, or that with /VARIANT "
                       "(default: all shipped)");
    AddSeedOption(command, [&call](std::uint64_t seed) { call.seed = seed; });
    command
        .add_option("--runs",
                    call.runs,
                    fmt::format("Runs of each variant, with rising seeds (default: {})", call.runs))
        ->check(CLI::Range(1, 1000000));
    command.add_option("--jobs", call.jobs, "Runs at once (default: one per processor)")
        ->check(CLI::Range(1, 1024));
    command.add_option("--out",
                       call.out,
                       fmt::format("Folder for the results (default: {})", call.out));
    command.add_option("--vantage", call.vantages, "Only this vantage; may be repeated")
        ->allow_extra_args(false);
}

std::vector<ChosenVariant>
ChooseRuns(Shell& shell, const MatrixCall& call)
{
    if (call.runs - 1 > std::numeric_limits<std::uint64_t>::max() - call.seed)
    {
        throw InputError(fmt::format("--seed {} and {} runs: the last seed would be beyond {}",
                                     call.seed,
                                     call.runs,
                                     std::numeric_limits<std::uint64_t>::max()));
    }
    const std::vector<ChosenVariant> choices = shell.Choose(call.names);
    std::set<std::string> known;
    for (const ChosenVariant& choice : choices)
    {
        const scenario::Scenario scenario =
            scenario::ScenarioFile::Load(choice.file).Resolve(choice.variant, shell.Personas());
        for (const auto& entry : scenario.vantages)
        {
            known.insert(entry.first);
        }
    }
    for (const std::string& vantage : call.vantages)
    {
        if (known.count(vantage) == 0)
        {
            throw InputError(fmt::format("no scenario here has a vantage \"{}\"{}",
                                         vantage,
                                         scenario::Suggest(vantage, {known.begin(), known.end()})));
        }
    }
    return choices;
}

std::vector<score::JudgedCell>
JudgeMatrix(Shell& shell,
            const MatrixCall& call,
            const std::vector<ChosenVariant>& choices,
            const judge::Subject& subject,
            const std::filesystem::path& records,
            const run::WorkFolders& folders)
{
    judge::JudgeOptions options;
    options.runs.count = choices.size() * call.runs;
    options.runs.at = [&](std::size_t index)
    {
        const ChosenVariant& choice = choices[index / call.runs];
        matrix::Cell cell;
        cell.scenario = choice.scenario;
        cell.spec.scenarioFile = choice.file;
        cell.spec.namedFile = choice.namedFile;
        cell.spec.variant = choice.variant;
        cell.spec.seed = call.seed + index % call.runs;
        cell.spec.personas = shell.DataFolders();
        return cell;
    };
    options.how.out = call.out;
    options.how.staging = folders.staging;
    options.how.how.jobs =
        call.jobs > 0 ? call.jobs : std::max(1U, std::thread::hardware_concurrency());
    options.how.how.detector = subject.choice.program;
    options.how.how.temporary = folders.temporary;
    options.vantages = call.vantages;
    options.records = records;
    matrix::Progress progress(options.runs.count);
    const auto show = [&] { shell.terminal.Progress(progress.Text()); };
    matrix::MatrixCallbacks callbacks;
    callbacks.tick = show;
    callbacks.done = [&](const matrix::CellResult& result)
    {
        progress.Add(result.stood);
        show();
        if (result.status != 0)
        {
            const matrix::Cell cell = options.runs.at(result.index);
            shell.terminal.Error(fmt::format("{}/{} seed {}: {}",
                                             cell.scenario,
                                             cell.spec.variant,
                                             cell.spec.seed,
                                             result.text));
            shell.Raise(static_cast<ExitCode>(result.status));
        }
        return result.status == 0;
    };
    std::vector<score::JudgedCell> cells = judge::JudgeMatrix(subject, options, callbacks);
    shell.terminal.ClearProgress();
    return cells;
}

} // namespace bouncelab::cli
