#include "lab/cli/commands.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

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
};

void
Show(Shell& shell, const ShowOptions& options)
{
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
    const scenario::Scenario scenario =
        scenario::ScenarioFile::Load(choice.file)
            .Resolve(choice.variant, shell.Personas(), options.overrides);
    fmt::print("{}",
               options.asJson ? scenario::Parameters(scenario).dump(2) + "\n"
                              : scenario::Show(scenario));
}

} // namespace

void
AddShowCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("show", "Prints a resolved scenario with every default");
    auto options = std::make_shared<ShowOptions>();
    command->add_option("NAME", options->name, "SCENARIO/VARIANT")->required();
    command->add_option("--set", options->overrides, "KEY=VALUE; may be repeated")
        ->allow_extra_args(false);
    command->add_flag("--json", options->asJson, "Prints the parameters as JSON");
    command->footer("Example:\n  bouncelab show forged-reply/error-500 --set "
                    "injectors.border.at-hop=9");
    command->callback([&shell, options] { Show(shell, *options); });
}

} // namespace bouncelab::cli
