#include "formats/text.h"
#include "lab/cli/baseline-update.h"
#include "lab/cli/commands.h"
#include "lab/cli/expected.h"
#include "lab/cli/range-update.h"
#include "lab/cli/run-table.h"
#include "lab/cli/run-times.h"
#include "lab/cli/score-table.h"
#include "lab/matrix/progress.h"
#include "lab/matrix/run-destination.h"
#include "lab/run/run-many.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/baseline.h"
#include "lab/score/claim-check.h"
#include "lab/score/seed-summary.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;
using matrix::RunDestination;

struct RunOptions
{
    std::vector<std::string> names;
    std::uint64_t seed = 1;
    std::uint64_t runs = 1;
    unsigned jobs = 0;
    std::string out = "results";
    std::vector<std::string> overrides;
    std::vector<std::string> vantages;
    bool noCapture = false;
    bool twice = false;
    bool keepGoing = false;
    bool force = false;
    std::optional<std::string> updateBaseline; //!< Why.
    bool updateRanges = false;
    bool asJson = false;
    int verbosity = 0;

    /// Whether expect.yaml speaks of these runs.
    bool IsPlain() const { return overrides.empty() && vantages.empty() && !noCapture; }
};

/// One run that is to be made, and what came of it.
struct Job
{
    RunDestination place;
    std::optional<RunDestination> again; //!< The second time, for --twice.
    const scenario::Expectations* expectations = nullptr;
    std::optional<score::RunScore> score;
    std::chrono::milliseconds took{0};
    RunDestination::WriteOutcome outcome = RunDestination::WriteOutcome::Written;
};

const char*
WordFor(RunDestination::WriteOutcome outcome)
{
    switch (outcome)
    {
    case RunDestination::WriteOutcome::Unchanged:
        return "unchanged";
    case RunDestination::WriteOutcome::Replaced:
        return "replaced";
    case RunDestination::WriteOutcome::Refused:
        return "refused";
    case RunDestination::WriteOutcome::Written:
        break;
    }
    return "written";
}

/// Makes runs, scores them, and puts them in their places.
class RunBatch
{
  public:
    RunBatch(Shell& shell, const RunOptions& options)
        : m_shell(shell)
        , m_options(options)
    {
    }

    void Go();

  private:
    void ChooseSeeds();
    void KeepOnlyWhatHasRanges(std::vector<ChosenVariant>& choices);
    void Check(const std::vector<ChosenVariant>& choices);
    void Plan(const std::vector<ChosenVariant>& choices, const fs::path& staging);
    void RefuseOtherSettings(const RunDestination& place, const run::RunSpec& spec) const;
    void RunAll(const std::vector<ChosenVariant>& choices, const run::WorkFolders& folders);
    bool Finish(const run::RunResult& result);
    bool FinishRun(Job& job);
    void Compare(const Job& job);
    void WriteSummaries(const fs::path& staging) const;
    void Print() const;
    std::string TimeText() const;

    Shell& m_shell;
    RunOptions m_options;
    std::vector<scenario::Expectations> m_expectations; //!< By choice.
    std::vector<Job> m_jobs;
    std::vector<run::RunSpec> m_specs;
    std::vector<std::size_t> m_jobOf; //!< By spec.
    std::size_t m_finished = 0;
    matrix::Progress m_progress{0};
    std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
    std::optional<BaselineUpdate> m_baselines;
    RangeUpdate m_ranges;
};

/// Everything that can be said to be wrong is said before anything runs.
void
RunBatch::Check(const std::vector<ChosenVariant>& choices)
{
    for (const ChosenVariant& choice : choices)
    {
        const scenario::Scenario scenario =
            scenario::ScenarioFile::Load(choice.file)
                .Resolve(choice.variant, m_shell.Personas(), m_options.overrides);
        for (const std::string& vantage : m_options.vantages)
        {
            if (scenario.vantages.count(vantage) == 0)
            {
                std::vector<std::string_view> known;
                for (const auto& entry : scenario.vantages)
                {
                    known.push_back(entry.first);
                }
                throw InputError(fmt::format("{}/{} has no vantage \"{}\"{}",
                                             choice.scenario,
                                             choice.variant,
                                             vantage,
                                             scenario::Suggest(vantage, known)));
            }
        }
        m_expectations.push_back(scenario::ExpectationsFor(choice.file, choice.variant));
        score::CheckClaims(m_expectations.back());
    }
}

/// A run with other settings is not made only to be thrown away.
void
RunBatch::RefuseOtherSettings(const RunDestination& place, const run::RunSpec& spec) const
{
    const fs::path file = place.Folder() / "manifest.json";
    if (m_options.force || !fs::exists(file))
    {
        return;
    }
    const auto manifest = nlohmann::json::parse(score::ReadTextFile(file), nullptr, false);
    const nlohmann::json wanted{{"overrides", spec.overrides},
                                {"capture", spec.capture},
                                {"vantages", spec.vantages}};
    for (const auto& [key, value] : wanted.items())
    {
        if (!manifest.is_object() || !manifest.contains(key) || manifest[key] != value)
        {
            throw InputError(fmt::format(
                "{} holds a run with {} {}, this one has {}: give --force to replace it, or "
                "another --out",
                ShortPath(place.Folder()),
                key,
                manifest.is_object() && manifest.contains(key) ? manifest[key].dump() : "unknown",
                value.dump()));
        }
    }
}

void
RunBatch::Plan(const std::vector<ChosenVariant>& choices, const fs::path& staging)
{
    const auto nextWorkshop = [&] { return staging / std::to_string(m_specs.size()); };
    for (std::size_t i = 0; i < choices.size(); ++i)
    {
        for (std::uint64_t k = 0; k < m_options.runs; ++k)
        {
            run::RunSpec spec;
            spec.scenarioFile = choices[i].file;
            spec.namedFile = choices[i].namedFile;
            spec.variant = choices[i].variant;
            spec.seed = m_options.seed + k;
            spec.overrides = m_options.overrides;
            spec.personas = m_shell.DataFolders();
            spec.capture = !m_options.noCapture;
            spec.vantages = m_options.vantages;
            const fs::path folder = fs::path(m_options.out) / choices[i].scenario /
                                    choices[i].variant / fmt::format("seed-{}", spec.seed);
            Job job{RunDestination(folder, nextWorkshop()),
                    std::nullopt,
                    &m_expectations[i],
                    std::nullopt,
                    {}};
            RefuseOtherSettings(job.place, spec);
            spec.out = job.place.StagingFolder();
            m_specs.push_back(spec);
            m_jobOf.push_back(m_jobs.size());
            if (m_options.twice)
            {
                job.again.emplace(folder, nextWorkshop());
                spec.out = job.again->StagingFolder();
                m_specs.push_back(spec);
                m_jobOf.push_back(m_jobs.size());
            }
            m_jobs.push_back(std::move(job));
        }
    }
}

void
RunBatch::Compare(const Job& job)
{
    const std::vector<std::string> differing =
        matrix::DifferingFiles(job.place.StagingFolder(), job.again->StagingFolder());
    for (const std::string& file : differing)
    {
        m_shell.terminal.Error(
            fmt::format("{}: {} differs the second time", job.place.Folder().string(), file));
        m_shell.Raise(MISSED);
    }
    fs::remove_all(job.again->StagingFolder());
}

bool
RunBatch::FinishRun(Job& job)
{
    const score::RunFolder folder(job.place.StagingFolder());
    job.score = score::ScoreRun(folder, *job.expectations);
    score::SealRun(job.place.StagingFolder(), *job.score);
    if (job.again)
    {
        score::SealRun(
            job.again->StagingFolder(),
            score::ScoreRun(score::RunFolder(job.again->StagingFolder()), *job.expectations));
        Compare(job);
    }
    if (m_baselines)
    {
        m_baselines->Add(folder);
    }
    if (m_options.updateRanges)
    {
        m_ranges.Add(*job.expectations, *job.score);
        job.score.reset();
        fs::remove_all(job.place.StagingFolder());
        return true;
    }
    job.outcome = job.place.Settle(m_options.force);
    if (job.outcome == RunDestination::WriteOutcome::Refused)
    {
        m_shell.terminal.Error(fmt::format("{} holds a run with other bytes: give --force to "
                                           "replace it, or another --out",
                                           ShortPath(job.place.Folder())));
        m_shell.Raise(BAD_INPUT);
        return false;
    }
    if (m_options.IsPlain())
    {
        m_shell.Raise(CodeOf(*job.score));
    }
    return true;
}

bool
RunBatch::Finish(const run::RunResult& result)
{
    const std::size_t index = m_finished++;
    Job& job = m_jobs[m_jobOf[index]];
    const std::string name = fmt::format("{} seed {}", result.spec.variant, result.spec.seed);
    m_progress.Add();
    m_shell.terminal.Progress(fmt::format("{}: {}", m_progress.Text(), name));
    job.took += result.took;
    if (result.status != 0)
    {
        m_shell.terminal.Error(fmt::format("{}: {}", name, result.error));
        m_shell.Raise(static_cast<ExitCode>(result.status));
        fs::remove_all(result.spec.out);
        return m_options.keepGoing;
    }
    const bool isLastOfJob = index + 1 == m_specs.size() || m_jobOf[index + 1] != m_jobOf[index];
    const bool areAllThere = fs::exists(job.place.StagingFolder()) &&
                             (!job.again || fs::exists(job.again->StagingFolder()));
    if (!isLastOfJob || !areAllThere)
    {
        return true;
    }
    return FinishRun(job) || m_options.keepGoing;
}

void
RunBatch::Print() const
{
    std::vector<score::RunScore> scores;
    std::vector<TableRun> runs;
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::size_t unchanged = 0;
    for (const Job& job : m_jobs)
    {
        if (!job.score)
        {
            continue;
        }
        nlohmann::ordered_json line{{"folder", job.place.Folder().generic_string()},
                                    {"placed", WordFor(job.outcome)},
                                    {"took_ms", job.took.count()}};
        line.update(score::ToJson(*job.score));
        line["fidelity"] = score::ToJson(job.score->fidelity);
        json.push_back(std::move(line));
        if (job.outcome == RunDestination::WriteOutcome::Refused)
        {
            continue; // what is printed is what lies there
        }
        scores.push_back(*job.score);
        const bool isJudged = m_options.IsPlain() && job.score->HasExpectations();
        runs.push_back({*job.score, ShortPath(job.place.Folder()), isJudged, ""});
        unchanged += job.outcome == RunDestination::WriteOutcome::Unchanged ? 1 : 0;
    }
    for (const score::VariantSummary& summary : score::Summarize(scores))
    {
        if (summary.seeds.size() > 1)
        {
            json.push_back({{"summary", score::ToJson(summary)}});
        }
    }
    if (m_options.asJson)
    {
        fmt::print("{}\n", JsonForTerminal(json.dump(2)));
        return;
    }
    if (scores.empty())
    {
        return;
    }
    fmt::print("{}", RunTable(runs, m_shell.terminal));
    if (m_options.verbosity > 0)
    {
        fmt::print("\n{}", ScoreTable(scores).Print(m_shell.terminal));
    }
    if (m_options.verbosity > 1)
    {
        fmt::print("\n{}", ClaimText(scores, m_shell.terminal.Width()));
    }
    const std::size_t left = m_jobs.size() - scores.size();
    fmt::print("\n{}{}    {}\n",
               Tally(runs),
               left == 0 ? "" : fmt::format(", {} of {} runs left out", left, m_jobs.size()),
               TimeText());
    if (!m_shell.terminal.IsQuiet() && m_options.verbosity == 0)
    {
        fmt::print("Silent as expected is left out{}. -v: by vantage, -vv: all claims\n",
                   HasPredictedMiss(runs) ? "; * some claims missed as predicted" : "");
    }
    fmt::print("Results: {}{}\n",
               scores.size() == 1 ? runs.front().folder : m_options.out,
               unchanged == 0 ? ""
               : unchanged == scores.size()
                   ? " (unchanged: the same bytes were there)"
                   : fmt::format(" ({} of {} unchanged)", unchanged, scores.size()));
}

/// "1 min 51 s, slowest recipient-lookup/tarpit 45 s"
std::string
RunBatch::TimeText() const
{
    const std::string all =
        matrix::FormatSpan(std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now() - m_started));
    const auto slowest =
        std::max_element(m_jobs.begin(),
                         m_jobs.end(),
                         [](const Job& a, const Job& b) { return a.took < b.took; });
    return m_jobs.size() < 2 || !slowest->score ? all
                                                : fmt::format("{}, slowest {}/{} {}",
                                                              all,
                                                              slowest->score->scenario,
                                                              slowest->score->variant,
                                                              matrix::FormatSpan(slowest->took));
}

/// Several runs of a variant are summed up beside their folders; what each took stands there, too.
void
RunBatch::WriteSummaries(const fs::path& staging) const
{
    std::vector<score::RunScore> placed;
    std::map<fs::path, RunTimes> times;
    for (const Job& job : m_jobs)
    {
        if (job.score && job.outcome != RunDestination::WriteOutcome::Refused)
        {
            placed.push_back(*job.score);
            times[job.place.Folder().parent_path()][job.score->seed] = job.took;
        }
    }
    for (const auto& [folder, took] : times)
    {
        EnterTimes(folder, took, staging);
    }
    for (const score::VariantSummary& summary : score::Summarize(placed))
    {
        if (summary.seeds.size() > 1)
        {
            const fs::path file = staging / "score.json";
            score::WriteTextFile(file, score::ToJson(summary).dump(2) + "\n");
            fs::rename(file,
                       fs::path(m_options.out) / summary.scenario / summary.variant / "score.json");
        }
    }
}

fs::path
Detector()
{
    return Shell::ProgramFolder() / "bouncelab-detect";
}

/// Baselines and ranges are of seeds of their own.
void
RunBatch::ChooseSeeds()
{
    const bool isTrial = m_options.updateRanges && m_options.runs > 1;
    if (m_options.updateBaseline || m_options.updateRanges)
    {
        if (!m_options.IsPlain() || m_options.seed != 1 || (m_options.runs != 1 && !isTrial) ||
            m_options.updateBaseline.has_value() == m_options.updateRanges)
        {
            throw InputError(fmt::format(
                "baselines are of plain runs with seeds 1 to {}, ranges of seeds {} to {}: "
                "--update-baseline and --update-ranges cannot be combined with each other, with "
                "--seed, --set, --vantage or --no-capture, and --update-baseline not with --runs",
                score::BASELINE_SEEDS,
                RANGE_FIRST_SEED,
                RANGE_FIRST_SEED + RANGE_SEEDS - 1));
        }
        m_options.seed = m_options.updateRanges ? RANGE_FIRST_SEED : 1;
        m_options.runs = m_options.updateBaseline ? score::BASELINE_SEEDS
                         : isTrial                ? m_options.runs
                                                  : RANGE_SEEDS;
    }
    if (m_options.runs - 1 > std::numeric_limits<std::uint64_t>::max() - m_options.seed)
    {
        throw InputError(fmt::format("--seed {} and {} runs: the last seed would be beyond {}",
                                     m_options.seed,
                                     m_options.runs,
                                     std::numeric_limits<std::uint64_t>::max()));
    }
}

/// Where nothing was left to chance nothing is measured.
void
RunBatch::KeepOnlyWhatHasRanges(std::vector<ChosenVariant>& choices)
{
    std::set<std::string> files;
    std::set<std::pair<std::string, std::string>> chosen;
    for (const ChosenVariant& choice : choices)
    {
        files.insert(choice.file);
        chosen.emplace(choice.file, choice.variant);
    }
    for (const std::string& file : files)
    {
        const scenario::ScenarioFile scenario = scenario::ScenarioFile::Load(file);
        for (const std::string& variant : scenario.Variants())
        {
            if (chosen.count({file, variant}) == 0)
            {
                m_ranges.Keep(variant, scenario::ExpectationsFor(file, variant));
            }
        }
    }
    choices.erase(std::remove_if(choices.begin(),
                                 choices.end(),
                                 [](const ChosenVariant& choice) {
                                     return !HasRanges(
                                         scenario::ExpectationsFor(choice.file, choice.variant));
                                 }),
                  choices.end());
}

void
RunBatch::Go()
{
    if (!fs::exists(Detector()))
    {
        throw std::runtime_error("bouncelab-detect is not beside this program");
    }
    ChooseSeeds();
    std::vector<ChosenVariant> choices = m_shell.Choose(m_options.names);
    if (m_options.updateRanges)
    {
        KeepOnlyWhatHasRanges(choices);
    }
    if (choices.empty())
    {
        throw InputError("there are no scenarios to run");
    }
    Check(choices);
    if (m_options.updateBaseline)
    {
        m_baselines.emplace(m_shell.DataRoot() / "results", *m_options.updateBaseline);
    }
    m_shell.Supervise(m_options.out,
                      [&](const run::WorkFolders& folders) { RunAll(choices, folders); });
}

void
RunBatch::RunAll(const std::vector<ChosenVariant>& choices, const run::WorkFolders& folders)
{
    Plan(choices, folders.staging);
    run::RunManyOptions how;
    how.jobs =
        m_options.jobs > 0 ? m_options.jobs : std::max(1U, std::thread::hardware_concurrency());
    how.detector = Detector();
    how.temporary = folders.temporary;
    m_progress = matrix::Progress(m_specs.size());
    m_shell.terminal.Progress(m_progress.Text());
    run::RunMany(m_specs, how, [this](const run::RunResult& result) { return Finish(result); });
    m_shell.terminal.ClearProgress();
    if (m_options.updateRanges)
    {
        fmt::print("{}\n", fmt::join(m_ranges.Report(), "\n"));
        if (m_options.runs >= RANGE_SEEDS)
        {
            m_ranges.Write();
        }
        return;
    }
    WriteSummaries(folders.staging);
    if (m_baselines)
    {
        m_baselines->Write();
    }
    Print();
}

} // namespace

void
AddRunCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("run",
                                           "Runs scenarios, lets the detectors judge them, "
                                           "and scores everything");
    auto options = std::make_shared<RunOptions>();
    command->add_option("NAME",
                        options->names,
                        "SCENARIO, SCENARIO/VARIANT or a scenario.yaml, or that with /VARIANT "
                        "(default: all shipped)");
    AddSeedOption(*command, [options](std::uint64_t seed) { options->seed = seed; });
    command->add_option("--runs", options->runs, "Runs of each variant, with rising seeds")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--jobs", options->jobs, "Runs at once (default: one per processor)")
        ->check(CLI::Range(1, 1024));
    command->add_option("--out", options->out, "Folder for the results (default: results)");
    command->add_option("--set", options->overrides, "KEY=VALUE over the scenario; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--vantage", options->vantages, "Only this vantage; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--no-capture", options->noCapture, "Writes no packets");
    command->add_flag("--twice", options->twice, "Runs everything twice and compares the bytes");
    command->add_flag("--keep-going", options->keepGoing, "Goes on after a run that failed");
    command->add_flag("--force", options->force, "Replaces results that have other bytes");
    command->add_option("--update-baseline", options->updateBaseline, "CAUSE of the changes")
        ->check(CLI::Validator(
            [](const std::string& text)
            {
                return text.empty() || text.front() == '-' ||
                               text.find_first_of("\t\r\n") != std::string::npos
                           ? "found " + text + ", expected one line that says why values change"
                           : std::string();
            },
            ""))
        ->group("");
    command->add_flag("--update-ranges", options->updateRanges)->group("");
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    command->add_flag("-v",
                      options->verbosity,
                      "Also what each detector said; -vv: all claims and missed verdicts");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab run forged-reply/error-500 --set "
                    "injectors.border.at-hop=9 --out moved");
    command->callback([&shell, options] { RunBatch(shell, *options).Go(); });
}

} // namespace bouncelab::cli
