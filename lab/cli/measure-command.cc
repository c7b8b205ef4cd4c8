#include "lab/cli/commands.h"
#include "lab/cli/expected.h"
#include "lab/cli/table.h"
#include "lab/report/range-chart.h"
#include "lab/score/claim-check.h"
#include "lab/score/measured-value.h"
#include "lab/score/run-score.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

namespace bouncelab::cli
{

namespace
{

struct MeasureOptions
{
    std::vector<std::string> runs;
    std::vector<std::string> checks;
    std::string picture;
    bool asJson = false;
};

/// What was measured of the runs of one variant with the same settings.
struct MeasuredVariant
{
    std::string scenario;
    std::string variant;
    std::vector<std::string> settings;
    std::string group;
    std::vector<std::uint64_t> seeds;
    std::vector<std::string> folders;
    std::vector<score::MeasuredSample> samples; //!< By value.

    std::string Name() const
    {
        return fmt::format("{}{}{}",
                           variant,
                           settings.empty() ? "" : " ",
                           fmt::join(settings, " "));
    }
};

MeasuredVariant&
VariantOf(std::vector<MeasuredVariant>& all, const score::RunFolder& run, std::size_t values)
{
    const auto found =
        std::find_if(all.begin(),
                     all.end(),
                     [&](const MeasuredVariant& one) { return one.group == run.Group(); });
    if (found != all.end())
    {
        return *found;
    }
    all.push_back({run.Scenario(),
                   run.Variant(),
                   run.Settings(),
                   run.Group(),
                   {},
                   {},
                   std::vector<score::MeasuredSample>(values)});
    return all.back();
}

std::string
TextOf(const score::MeasuredSample& sample)
{
    if (sample.texts.empty())
    {
        return "–";
    }
    if (!sample.IsNumeric())
    {
        const std::set<std::string> distinct(sample.texts.begin(), sample.texts.end());
        return distinct.size() == 1 ? *distinct.begin()
                                    : fmt::format("{} different", distinct.size());
    }
    const std::string least = sample.Least();
    const std::string most = sample.Most();
    return least == most ? least
                         : fmt::format("{} ({} to {})",
                                       sample.Median(),
                                       least.substr(0, least.find(' ')),
                                       most.substr(0, most.find(' ')));
}

std::string
Picture(const std::vector<MeasuredVariant>& variants,
        const std::vector<score::MeasuredValue>& values)
{
    std::vector<report::RangePanel> panels;
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        report::RangePanel panel{values[i].Name(), {}};
        for (const MeasuredVariant& variant : variants)
        {
            const score::MeasuredSample& sample = variant.samples[i];
            if (!sample.texts.empty() && sample.IsNumeric())
            {
                panel.bars.push_back({variant.Name(),
                                      score::NumberIn(sample.Least()),
                                      score::NumberIn(sample.Median()),
                                      score::NumberIn(sample.Most()),
                                      sample.Median()});
            }
        }
        if (!panel.bars.empty())
        {
            panels.push_back(std::move(panel));
        }
    }
    return report::RangeChart(variants.front().scenario, panels);
}

nlohmann::ordered_json
ToJson(const std::vector<MeasuredVariant>& variants,
       const std::vector<score::MeasuredValue>& values)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const MeasuredVariant& variant : variants)
    {
        nlohmann::ordered_json line{{"scenario", variant.scenario},
                                    {"variant", variant.variant},
                                    {"settings", variant.settings},
                                    {"runs", variant.seeds.size()},
                                    {"seeds", variant.seeds},
                                    {"folders", variant.folders}};
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            line["values"][values[i].Name()] = variant.samples[i].texts;
        }
        json.push_back(std::move(line));
    }
    return json;
}

/// Selections and measurements of the scenario that a run is of.
scenario::Expectations
MeasurementsFor(Shell& shell, const score::RunFolder& run)
{
    scenario::Expectations expectations =
        scenario::ExpectationsFor(shell.ScenarioOf(run).string(), run.Variant());
    score::CheckClaims(expectations);
    return expectations;
}

/// What was asked for, in the words of whichever scenarios the runs are of.
std::vector<score::MeasuredValue>
ValuesFor(Shell& shell, const MeasureOptions& options)
{
    scenario::Expectations all;
    for (const std::string& path : options.runs)
    {
        const score::RunFolder run(path);
        score::CheckSeal(path);
        const scenario::Expectations some = MeasurementsFor(shell, run);
        all.select.insert(some.select.begin(), some.select.end());
        all.measure.insert(some.measure.begin(), some.measure.end());
    }
    std::vector<score::MeasuredValue> values;
    for (const std::string& check : options.checks)
    {
        const auto named = score::ParseMeasuredValues(check, all);
        values.insert(values.end(), named.begin(), named.end());
    }
    return values;
}

void
MeasureRuns(Shell& shell, const MeasureOptions& options)
{
    std::vector<score::MeasuredValue> values;
    std::vector<MeasuredVariant> variants;
    try
    {
        values = ValuesFor(shell, options);
        std::set<std::filesystem::path> seen;
        for (const std::string& path : options.runs)
        {
            const score::RunFolder run(path);
            if (!seen.insert(std::filesystem::weakly_canonical(path)).second)
            {
                throw InputError(fmt::format("found {} twice, expected each run once", path));
            }
            MeasuredVariant& variant = VariantOf(variants, run, values.size());
            variant.seeds.push_back(run.Seed());
            variant.folders.push_back(path);
            const auto texts = score::ValuesIn(run, MeasurementsFor(shell, run), values);
            for (std::size_t i = 0; i < texts.size(); ++i)
            {
                if (texts[i])
                {
                    variant.samples[i].texts.push_back(*texts[i]);
                }
            }
        }
    }
    catch (const std::invalid_argument& error)
    {
        throw InputError(std::string("--check: ") + error.what());
    }
    catch (const std::runtime_error& error)
    {
        throw InputError(error.what());
    }
    if (!options.picture.empty())
    {
        try
        {
            score::WriteTextFile(options.picture, Picture(variants, values));
        }
        catch (const std::runtime_error& error)
        {
            throw InputError(std::string("--picture: ") + error.what());
        }
    }
    if (options.asJson)
    {
        fmt::print("{}\n", ToJson(variants, values).dump(2));
        return;
    }
    std::vector<std::string> heads{"measured"};
    const bool isMixed =
        std::any_of(variants.begin(),
                    variants.end(),
                    [&](const auto& one) { return one.scenario != variants.front().scenario; });
    for (const MeasuredVariant& variant : variants)
    {
        heads.push_back(fmt::format("{}{} ({})",
                                    isMixed ? variant.scenario + "/" : "",
                                    variant.Name(),
                                    variant.seeds.size()));
    }
    Table table(std::move(heads));
    for (std::size_t i = 0; i < values.size(); ++i)
    {
        Cell name;
        if (i == 0 || values[i - 1].check != values[i].check)
        {
            name.Add(values[i].check);
        }
        name.Add("  " + values[i].fact);
        std::vector<Cell> row{name};
        const bool isFirst = name.lines.size() > 1;
        for (const MeasuredVariant& variant : variants)
        {
            Cell cell;
            if (isFirst)
            {
                cell.Add("");
            }
            cell.Add(TextOf(variant.samples[i]));
            row.push_back(std::move(cell));
        }
        table.Add(std::move(row));
    }
    fmt::print("{}", table.Print(shell.terminal));
}

} // namespace

void
AddMeasureCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("measure",
                           "Compares what is measured in finished runs: a column per "
                           "variant and its settings, median and range over seeds");
    auto options = std::make_shared<MeasureOptions>();
    command->add_option("RUN", options->runs, "Folders of runs, each with a manifest.json")
        ->required();
    command
        ->add_option("--check",
                     options->checks,
                     "A measurement that claims can name (session-time), or one value of it "
                     "(session-time/median); may be given several times")
        ->required()
        ->allow_extra_args(false);
    command->add_option("--picture", options->picture, "Draws the numbers into this SVG file, too");
    command->add_flag("--json", options->asJson, "Prints JSON instead of the table");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab measure results/recipient-lookup/*/seed-* --check "
                    "harvester-learned --check session-time/median");
    command->callback([&shell, options] { MeasureRuns(shell, *options); });
}

} // namespace bouncelab::cli
