#include "formats/plural.h"
#include "lab/cli/commands.h"
#include "lab/matrix/build.h"
#include "lab/matrix/matrix.h"
#include "lab/matrix/progress.h"
#include "lab/matrix/sweep-files.h"
#include "lab/matrix/sweep-table.h"
#include "lab/matrix/values.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;
using matrix::Campaign;
using matrix::CellResult;

struct SweepOptions
{
    std::vector<std::string> targets;
    std::vector<std::string> over;
    std::vector<std::string> set;
    std::vector<std::string> vantages;
    std::vector<std::string> measure;
    std::vector<std::string> merge;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint64_t> runs;
    std::string keep;
    std::optional<std::uint64_t> samples;
    std::string shard = "1/1";
    std::string out = "sweep";
    std::string table;
    unsigned jobs = 0;
    bool zip = false;
    bool resume = false;
    bool dryRun = false;
    bool asJson = false;
};

/// KEY and what follows `=`; option is its name, for messages.
std::pair<std::string, std::string>
KeyAndRest(const std::string& option, const std::string& text)
{
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    {
        throw InputError(
            fmt::format("{} \"{}\": found no key and value, expected KEY=VALUE", option, text));
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

scenario::SourceLocation
OnCommandLine(const std::string& option, const std::string& text)
{
    return {std::make_shared<const std::string>(option + " " + scenario::Quote(text)), 0, 0};
}

/// What the options say, over what a file has said.
void
Apply(const SweepOptions& options, Campaign& campaign)
{
    matrix::CampaignConfig& config = campaign.config;
    config.seed = options.seed.value_or(config.seed);
    config.runs = options.runs.value_or(config.runs);
    for (const auto& [name, level] : EnumNames(matrix::Keep{}))
    {
        config.keep = options.keep == name ? level : config.keep;
    }
    const auto replace = [&](const std::string& option,
                             const std::string& key,
                             const std::vector<std::string>& texts,
                             std::vector<std::string>& values)
    {
        if (!texts.empty())
        {
            campaign.marks.Forget(key);
            values = texts;
        }
        for (std::size_t i = 0; i < texts.size(); ++i)
        {
            campaign.marks.Set(scenario::JoinPath(key, std::to_string(i + 1)),
                               OnCommandLine(option, texts[i]));
        }
    };
    replace("--measure", "measure", options.measure, config.measure);
    replace("--vantage", "vantages", options.vantages, config.vantages);
    for (const std::string& text : options.set)
    {
        const auto [key, value] = KeyAndRest("--set", text);
        config.set[key] = value;
        campaign.marks.Set(scenario::JoinPath("set", key), OnCommandLine("--set", text));
    }
    matrix::ValuesByKey& axes = options.samples ? config.over.latinHypercube.over
                                : options.zip   ? config.over.zip
                                                : config.over.product;
    const std::string place = options.samples ? "over.latin-hypercube.over"
                              : options.zip   ? "over.zip"
                                              : "over.product";
    config.over.latinHypercube.samples =
        options.samples.value_or(config.over.latinHypercube.samples);
    for (const std::string& text : options.over)
    {
        const auto [key, values] = KeyAndRest("--over", text);
        if (!axes.emplace(key, matrix::SplitValues(values)).second)
        {
            throw InputError(
                fmt::format("--over \"{}\": found {} twice, expected it once", text, key));
        }
        campaign.marks.Set(scenario::JoinPath(place, key), OnCommandLine("--over", text));
    }
}

std::string
Count(std::uint64_t number, const char* what)
{
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

std::string
BytesText(double bytes)
{
    constexpr double KILO = 1000;
    return bytes < KILO * KILO          ? fmt::format("{:.0f} kB", bytes / KILO)
           : bytes < KILO * KILO * KILO ? fmt::format("{:.0f} MB", bytes / KILO / KILO)
                                        : fmt::format("{:.1f} GB", bytes / KILO / KILO / KILO);
}

std::chrono::milliseconds
Milliseconds(double seconds)
{
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// What a sweep, or the rest of it, will take.
struct Estimate
{
    double seconds = 0;
    double bytes = 0;
    const char* by = "pilot runs";
};

class Sweep
{
  public:
    Sweep(Shell& shell, SweepOptions options)
        : m_shell(shell)
        , m_options(std::move(options))
        , m_jobs(m_options.jobs > 0 ? m_options.jobs
                                    : std::max(1U, std::thread::hardware_concurrency()))
    {
    }

    void Go();

  private:
    void TellAll(const std::vector<scenario::ScenarioError>& faults) const;
    void ReadCampaign();
    std::vector<matrix::SweptVariant> ChooseVariants();
    void Check();
    void DryRun(const run::WorkFolders& folders);
    void RunAll(const run::WorkFolders& folders);
    void Carry(matrix::GrowingTable& table, matrix::MatrixOptions how);
    matrix::MatrixOptions How(const fs::path& out, const run::WorkFolders& folders) const;
    Estimate Guess(std::size_t begin, matrix::MatrixOptions& how);
    void Say(const Estimate& estimate, std::size_t runs) const;
    bool Stop(const CellResult& failed);

    std::size_t Begin() const { return m_shard.Begin(m_plan->Size()); }

    std::size_t End() const { return m_shard.End(m_plan->Size()); }

    Shell& m_shell;
    SweepOptions m_options;
    unsigned m_jobs;
    Campaign m_campaign;
    fs::path m_campaignFolder; //!< Of a campaign's file; else empty.
    std::optional<matrix::SweepPlan> m_plan;
    std::optional<matrix::SweepTable> m_table;
    matrix::Shard m_shard;
    matrix::SweepFiles m_files;
    std::size_t m_made = 0;
};

/// \throws the last fault, after the others have been told
void
Sweep::TellAll(const std::vector<scenario::ScenarioError>& faults) const
{
    for (std::size_t i = 0; i + 1 < faults.size(); ++i)
    {
        m_shell.terminal.Error(faults[i].what());
    }
    if (!faults.empty())
    {
        throw faults.back();
    }
}

void
Sweep::ReadCampaign()
{
    const std::string& first = m_options.targets.front();
    const bool isFile = fs::path(first).extension() == ".yaml";
    if (isFile && m_options.targets.size() == 1 && matrix::IsCampaign(first))
    {
        m_campaign = matrix::LoadCampaign(first);
        TellAll(m_campaign.faults);
        m_campaignFolder = fs::absolute(first).parent_path();
        if (!m_options.over.empty() || m_options.zip || m_options.samples)
        {
            throw InputError(
                fmt::format("found --over, --zip or --samples beside {}, expected them in the file",
                            first));
        }
    }
    else
    {
        m_campaign.config.scenarios = m_options.targets;
    }
    Apply(m_options, m_campaign);
}

std::vector<matrix::SweptVariant>
Sweep::ChooseVariants()
{
    std::vector<matrix::SweptVariant> variants;
    const std::vector<std::string>& names = m_campaign.config.scenarios;
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        try
        {
            const bool isPath = names[i].find(".yaml") != std::string::npos;
            const fs::path name = isPath ? m_campaignFolder / names[i] : fs::path(names[i]);
            for (const ChosenVariant& chosen : m_shell.Choose({name.string()}))
            {
                const auto isSame = [&](const matrix::SweptVariant& other)
                { return other.file == chosen.file && other.variant == chosen.variant; };
                if (std::none_of(variants.begin(), variants.end(), isSame))
                {
                    variants.push_back(
                        {chosen.file, chosen.scenario, chosen.variant, chosen.namedFile});
                }
            }
        }
        catch (const InputError& error)
        {
            const std::string path = scenario::JoinPath("scenarios", std::to_string(i + 1));
            const scenario::SourceLocation at = m_campaign.marks.Find(path);
            throw at.file ? InputError(scenario::ScenarioError(at, path, error.what()).what())
                          : error;
        }
    }
    return variants;
}

/// Everything that can be said to be wrong is said before anything runs.
void
Sweep::Check()
{
    TellAll(m_plan->Check(m_shell.Personas()));
    m_table.emplace(*m_plan, m_campaign.marks);
    try
    {
        m_shard = matrix::Shard::Parse(m_options.shard);
    }
    catch (const std::invalid_argument& error)
    {
        throw InputError(std::string("--shard: ") + error.what());
    }
    const std::string name =
        m_shard.of == 1 ? "table" : fmt::format("table-{}-of-{}", m_shard.number, m_shard.of);
    m_files = matrix::SweepFiles::Of(m_options.table.empty() ? fs::path(m_options.out) / name
                                                             : fs::path(m_options.table));
}

matrix::MatrixOptions
Sweep::How(const fs::path& out, const run::WorkFolders& folders) const
{
    matrix::MatrixOptions how;
    how.out = out;
    how.staging = folders.staging.empty() ? folders.temporary : folders.staging;
    how.how.jobs = m_jobs;
    how.how.detector = Shell::ProgramFolder() / "bouncelab-detect";
    how.how.temporary = folders.temporary;
    how.keep = m_plan->Config().keep;
    return how;
}

bool
Sweep::Stop(const CellResult& failed)
{
    const matrix::Cell cell = m_plan->At(failed.index);
    m_shell.terminal.Error(
        fmt::format("{}: {}", matrix::PlaceOf(cell).generic_string(), failed.text));
    m_shell.Raise(static_cast<ExitCode>(failed.status));
    return false;
}

/// The first run of each variant tells of the others; what it gave is not made again.
Estimate
Sweep::Guess(std::size_t begin, matrix::MatrixOptions& how)
{
    Estimate estimate;
    if (const auto mean = matrix::MeanCostIn(m_files))
    {
        const auto runs = static_cast<double>(End() - begin);
        return {runs * mean->seconds / m_jobs, runs * mean->bytes, "its earlier runs"};
    }
    std::vector<std::size_t> pilots;
    for (std::size_t i = begin; i < End(); ++i)
    {
        if (pilots.empty() || m_plan->VariantOf(i) != m_plan->VariantOf(pilots.back()))
        {
            pilots.push_back(i);
        }
    }
    m_shell.terminal.Progress(Count(pilots.size(), "pilot run"));
    matrix::RunCells({pilots.size(), [&](std::size_t index) { return m_plan->At(pilots[index]); }},
                     how,
                     [this](const auto& cell, const auto& run, const auto& score)
                     { return m_table->Rows(cell, run, score); },
                     {[&](CellResult result)
                      {
                          const std::size_t pilot = result.index;
                          result.index = pilots[pilot];
                          if (result.status != 0)
                          {
                              return Stop(result);
                          }
                          const std::size_t next =
                              pilot + 1 < pilots.size() ? pilots[pilot + 1] : End();
                          const auto runs = static_cast<double>(next - pilots[pilot]);
                          estimate.seconds +=
                              runs * static_cast<double>(result.took.count()) / 1000 / m_jobs;
                          estimate.bytes += runs * static_cast<double>(result.bytes);
                          result.index -= begin;
                          how.known.emplace(result.index, std::move(result));
                          return true;
                      }});
    m_shell.terminal.ClearProgress();
    return estimate;
}

void
Sweep::Say(const Estimate& estimate, std::size_t runs) const
{
    const std::size_t points = m_plan->Points().Size();
    if (m_options.dryRun && m_options.asJson)
    {
        const nlohmann::ordered_json json{{"runs", runs},
                                          {"variants", m_plan->Variants().size()},
                                          {"points", points},
                                          {"seeds", m_plan->Config().runs},
                                          {"jobs", m_jobs},
                                          {"estimated_time_s", estimate.seconds},
                                          {"estimated_disk_B", estimate.bytes},
                                          {"estimated_by", estimate.by}};
        fmt::print("{}\n", json.dump(2));
        return;
    }
    const std::string text = fmt::format(
        "{}{} ({} x {} x {}): about {} with {}, {} on disk (--keep {}), by {}",
        Plural(runs, "run"),
        m_shard.of == 1 ? "" : fmt::format(" of shard {}/{}", m_shard.number, m_shard.of),
        Plural(m_plan->Variants().size(), "variant"),
        Plural(points, "point"),
        Plural(m_plan->Config().runs, "seed"),
        matrix::FormatSpan(Milliseconds(estimate.seconds)),
        Plural(m_jobs, "job"),
        BytesText(estimate.bytes),
        NameOf(m_plan->Config().keep),
        estimate.by);
    if (m_options.dryRun)
    {
        fmt::print("{}\n", text);
        return;
    }
    m_shell.terminal.Note(text);
}

void
Sweep::DryRun(const run::WorkFolders& folders)
{
    matrix::MatrixOptions how = How(folders.temporary / "pilot", folders);
    const Estimate estimate = Guess(Begin(), how);
    if (m_shell.exitCode == EXPECTED)
    {
        Say(estimate, End() - Begin());
    }
}

void
Sweep::RunAll(const run::WorkFolders& folders)
{
    const auto started = std::chrono::steady_clock::now();
    const std::string build =
        matrix::BuildOf({"/proc/self/exe", Shell::ProgramFolder() / "bouncelab-detect"});
    matrix::ClaimFor(build, m_options.out);
    matrix::GrowingTable table(
        m_files,
        matrix::RecordOf(*m_plan, m_shell.Personas(), build, m_table->Columns(), m_shard),
        m_table->Header(),
        m_options.resume);
    const std::size_t stood = table.Runs();
    Carry(table, How(m_options.out, folders));
    if (m_shell.exitCode != EXPECTED)
    {
        return;
    }
    table.Finish();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started);
    if (m_options.asJson)
    {
        const nlohmann::ordered_json json{{"runs", table.Runs()},
                                          {"resumed_behind", stood},
                                          {"made", m_made},
                                          {"took_s", static_cast<double>(took.count()) / 1000},
                                          {"table", m_files.csv.generic_string()},
                                          {"sqlite", m_files.sqlite.generic_string()}};
        fmt::print("{}\n", json.dump(2));
        return;
    }
    fmt::print("{}, {} of them made now    {}\nTable: {}, {}\n",
               Count(table.Runs(), "run"),
               m_made,
               matrix::FormatSpan(took),
               ShortPath(m_files.csv),
               ShortPath(m_files.sqlite));
}

/// The runs whose rows the table lacks.
void
Sweep::Carry(matrix::GrowingTable& table, matrix::MatrixOptions how)
{
    const std::size_t begin = Begin() + table.Runs();
    if (table.IsFinished() || begin == End())
    {
        return;
    }
    Say(Guess(begin, how), End() - begin);
    if (m_shell.exitCode != EXPECTED)
    {
        return;
    }
    matrix::Progress progress(End() - begin);
    matrix::RunCells({End() - begin, [&](std::size_t index) { return m_plan->At(begin + index); }},
                     how,
                     [this](const auto& cell, const auto& run, const auto& score)
                     { return m_table->Rows(cell, run, score); },
                     {[&](CellResult result)
                      {
                          if (result.status != 0)
                          {
                              result.index += begin;
                              return Stop(result);
                          }
                          table.Add(result);
                          m_made += result.stood ? 0 : 1;
                          progress.Add(result.stood);
                          return true;
                      },
                      [&] { m_shell.terminal.Progress(progress.Text()); }});
    m_shell.terminal.ClearProgress();
}

void
Sweep::Go()
{
    if (!m_options.merge.empty())
    {
        if (m_options.table.empty() || !m_options.targets.empty())
        {
            throw InputError("--merge: expected --table FILE for the whole, and nothing to run");
        }
        const auto whole = matrix::SweepFiles::Of(m_options.table);
        matrix::MergeShards({m_options.merge.begin(), m_options.merge.end()}, whole);
        fmt::print("Table: {}, {}\n", ShortPath(whole.csv), ShortPath(whole.sqlite));
        return;
    }
    if (m_options.targets.empty())
    {
        throw InputError("expected CAMPAIGN.yaml, or SCENARIO[/VARIANT] ... with --over");
    }
    ReadCampaign();
    m_plan.emplace(m_campaign, ChooseVariants(), m_shell.DataFolders());
    Check();
    if (m_options.dryRun)
    {
        m_shell.Supervise({}, [this](const run::WorkFolders& folders) { DryRun(folders); });
        return;
    }
    m_shell.Supervise(m_options.out, [this](const run::WorkFolders& folders) { RunAll(folders); });
}

} // namespace

void
AddSweepCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("sweep",
                                           "Runs a scenario over values of its keys and over "
                                           "seeds, into one table (CSV and SQLite)");
    auto options = std::make_shared<SweepOptions>();
    command->add_option("TARGET",
                        options->targets,
                        "CAMPAIGN.yaml, or SCENARIO, SCENARIO/VARIANT or a scenario.yaml");
    command
        ->add_option("--over",
                     options->over,
                     "KEY=V1,V2,... or KEY=FROM..TO:STEP; may be repeated, then each value with "
                     "each")
        ->allow_extra_args(false);
    command->add_flag("--zip", options->zip, "First values together, second values together, ...");
    command
        ->add_option("--samples",
                     options->samples,
                     "So many points of a Latin hypercube over all --over")
        ->check(CLI::Range(1, 1000000))
        ->excludes("--zip");
    command->add_option("--set", options->set, "KEY=VALUE in every run; may be repeated")
        ->allow_extra_args(false);
    AddSeedOption(*command, [options](std::uint64_t seed) { options->seed = seed; });
    command->add_option("--runs", options->runs, "Runs at each point, with rising seeds")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--vantage", options->vantages, "Only this vantage; may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--measure",
                     options->measure,
                     "A measurement, or one value of it (session-time/median); may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--keep", options->keep, "What stays of runs: none, verdicts, evidence, all")
        ->check(CLI::IsMember({"none", "verdicts", "evidence", "all"}));
    command->add_option("--out", options->out, "Folder for runs and table (default: sweep)");
    command->add_option("--table", options->table, "The table's file (default: OUT/table.csv)");
    command->add_option("--shard", options->shard, "I/N: only the I-th of N parts");
    command->add_option("--merge", options->merge, "Puts tables of shards together, into --table");
    command->add_flag("--resume", options->resume, "Goes on with what is there, if anything is");
    command->add_flag("--dry-run", options->dryRun, "Only says how many runs, how long, how large");
    command->add_option("--jobs", options->jobs, "Runs at once (default: one per processor)")
        ->check(CLI::Range(1, 1024));
    command->add_flag("--json", options->asJson, "Prints JSON");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab sweep forged-reply/error-500 --over "
                    "injectors.border.at-hop=4..9 --runs 5 --measure rcpt-to-forged");
    command->callback([&shell, options] { Sweep(shell, *options).Go(); });
}

} // namespace bouncelab::cli
