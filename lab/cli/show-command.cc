#include "lab/cli/commands.h"
#include "lab/report/topology-chart.h"
#include "lab/scenario/key-catalogue.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

namespace bouncelab::cli
{

namespace
{

struct ShowOptions
{
    std::string name;
    std::vector<std::string> overrides;
    bool asJson = false;
    bool changed = false;
    bool asGraph = false;
    std::string svg; //!< File that the picture goes to; empty = text to the terminal.
};

/// A key: what it takes, its default, and what it means.
void
ShowKeys(const std::vector<scenario::PageRow>& keys, bool asJson)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const scenario::PageRow& key : keys)
    {
        json.push_back({{"key", key.path},
                        {"takes", key.type},
                        {"default", key.defaultValue},
                        {"meaning", key.sentence}});
        if (!asJson)
        {
            fmt::print("{}\n    {}\n    takes {}{}\n",
                       key.path,
                       key.sentence,
                       key.type,
                       key.defaultValue.empty() ? "" : "; default: " + key.defaultValue);
        }
    }
    if (asJson)
    {
        fmt::print("{}\n", json.dump(2));
    }
}

/// The network of a scenario.
void
ShowGraph(const scenario::Scenario& scenario, const std::string& svg)
{
    if (svg.empty())
    {
        fmt::print("{}", report::TopologyText(scenario));
        return;
    }
    score::WriteTextFile(svg, report::TopologyChart(scenario));
}

/// That a name, which is no key, is not a mistyped one. \throws InputError
void
CheckKey(Shell& shell, const std::string& name)
{
    const std::vector<std::string> scenarios = shell.ScenarioNames();
    const std::string meant = scenario::NearestKey(name);
    if (!meant.empty() && !std::filesystem::exists(name) && shell.ScenarioFiles(name).empty() &&
        scenario::Nearest(name, {scenarios.begin(), scenarios.end()}).empty())
    {
        throw InputError(fmt::format("there is no key \"{}\", did you mean \"{}\"?", name, meant));
    }
}

void
Show(Shell& shell, const ShowOptions& options)
{
    if (options.name.find('/') == std::string::npos)
    {
        const std::vector<scenario::PageRow> keys = scenario::FindKeys(options.name);
        if (!keys.empty() && shell.ScenarioFiles(options.name).empty())
        {
            ShowKeys(keys, options.asJson);
            return;
        }
        CheckKey(shell, options.name);
    }
    const std::vector<ChosenVariant> choices = shell.Choose({options.name});
    if (choices.size() != 1)
    {
        throw InputError(fmt::format("{} has {} variants, expected SCENARIO/VARIANT such as {}/{}",
                                     options.name,
                                     choices.size(),
                                     choices.front().scenario,
                                     choices.front().variant));
    }
    const ChosenVariant& choice = choices.front();
    if (options.changed)
    {
        const auto changes = scenario::ChangesOf(scenario::ScenarioFile::Load(choice.file),
                                                 choice.variant,
                                                 shell.Personas());
        fmt::print("{}{}",
                   options.asJson ? nlohmann::json(changes).dump(2)
                                  : fmt::format("{}", fmt::join(changes, "\n")),
                   changes.empty() && !options.asJson ? "" : "\n");
        return;
    }
    const scenario::Scenario scenario =
        scenario::ScenarioFile::Load(choice.file)
            .Resolve(choice.variant, shell.Personas(), options.overrides);
    if (options.asGraph)
    {
        ShowGraph(scenario, options.svg);
        return;
    }
    fmt::print("{}",
               options.asJson ? scenario::Parameters(scenario).dump(2) + "\n"
                              : scenario::Show(scenario));
}

} // namespace

void
AddShowCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command =
        app.add_subcommand("show",
                           "Prints a resolved scenario with every default, or what a key means");
    auto options = std::make_shared<ShowOptions>();
    command->add_option("NAME", options->name, "SCENARIO/VARIANT, or KEY")->required();
    command->add_option("--set", options->overrides, "KEY=VALUE; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--changed", options->changed, "Only what the variant has and `base` has not")
        ->excludes("--set");
    command->add_flag("--json", options->asJson, "Prints the parameters as JSON");
    CLI::Option* graph =
        command->add_flag("--graph", options->asGraph, "Draws the network as it was understood");
    graph->excludes("--json")->excludes("--changed");
    command->add_option("-o,--out", options->svg, "SVG file for the picture, in place of text")
        ->needs(graph);
    command->footer("Example:\n  bouncelab show forged-reply/error-500 --set "
                    "injectors.border.at-hop=9");
    command->callback([&shell, options] { Show(shell, *options); });
}

} // namespace bouncelab::cli
