#include "formats/text.h"
#include "lab/cli/commands.h"
#include "lab/scenario/persona-library.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/text-file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace bouncelab::cli
{

namespace
{

namespace fs = std::filesystem;

struct NewOptions
{
    std::string name;
    std::string from = "forged-reply";
};

/// A scenario's or expectations' text under another name, with its schema where that lies.
std::string
Renamed(const fs::path& file, const std::string& name, const fs::path& schemas)
{
    constexpr std::string_view SCHEMA = "# yaml-language-server: $schema=";
    const std::string text = score::ReadTextFile(file);
    std::string renamed;
    for (const std::string_view line : score::LinesOf(text))
    {
        if (StartsWith(line, SCHEMA))
        {
            const fs::path schema = schemas / fs::path(line.substr(SCHEMA.size())).filename();
            renamed += std::string(SCHEMA) + schema.string();
        }
        else
        {
            renamed += StartsWith(line, "name:") ? "name: " + name : std::string(line);
        }
        renamed += "\n";
    }
    return renamed;
}

void
NewScenario(Shell& shell, const NewOptions& options)
{
    if (!scenario::IsName(options.name))
    {
        throw InputError(fmt::format("found name {}, expected lower-case letters, digits, - and .",
                                     scenario::Quote(options.name)));
    }
    const fs::path folder = options.name;
    if (fs::exists(folder))
    {
        throw InputError(fmt::format("{} is there already, expected a new name", options.name));
    }
    const fs::path from = fs::path(shell.Choose({options.from}).front().file).parent_path();
    fs::create_directory(folder);
    for (const char* file : {"scenario.yaml", "expect.yaml"})
    {
        if (fs::exists(from / file))
        {
            score::WriteTextFile(
                folder / file,
                Renamed(from / file, options.name, shell.DataRoot() / "docs" / "schema"));
        }
    }
    fmt::print("{0}/scenario.yaml, from {1}. Next:\n"
               "  bouncelab validate {0}/scenario.yaml\n"
               "  bouncelab run {0}/scenario.yaml\n",
               options.name,
               options.from);
}

} // namespace

void
AddNewCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("new", "Begins a scenario of your own");
    command->require_subcommand(1);
    CLI::App* scenario = command->add_subcommand(
        "scenario",
        "Copies a shipped scenario, with its expectations, into a folder of a new name");
    auto options = std::make_shared<NewOptions>();
    scenario->add_option("NAME", options->name, "Name of scenario and folder")->required();
    scenario->add_option("--from",
                         options->from,
                         "Scenario that is copied (default: forged-reply)");
    AddDataOption(*scenario, shell);
    command->footer("Example:\n  bouncelab new scenario late-answers --from forged-reply");
    scenario->callback([&shell, options] { NewScenario(shell, *options); });
}

} // namespace bouncelab::cli
