#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/scenario/expectations.h"
#include "lab/scenario/scenario-error.h"
#include "lab/score/claim-check.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace bouncelab::cli
{

namespace
{

struct ValidateOptions
{
    std::vector<std::string> files;
    bool asJson = false;
};

/// Everything that is wrong with a file, a line each.
std::vector<std::string>
ProblemsOf(Shell& shell, const std::string& file)
{
    std::vector<std::string> problems;
    for (const auto& fault : scenario::FaultsInFile(file, shell.Personas()))
    {
        problems.emplace_back(fault.what());
    }
    if (problems.empty() && std::filesystem::path(file).filename() == "expect.yaml")
    {
        try
        {
            const scenario::ExpectationFile expectations = scenario::ExpectationFile::Load(file);
            for (const std::string& variant : expectations.Variants())
            {
                score::CheckClaims(expectations.Resolve(variant));
            }
        }
        catch (const scenario::ScenarioError& error)
        {
            problems.emplace_back(error.what());
        }
    }
    return problems;
}

void
Validate(Shell& shell, const ValidateOptions& options)
{
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const std::string& file : options.files)
    {
        const std::vector<std::string> problems = ProblemsOf(shell, file);
        json.push_back({{"file", file},
                        {"valid", problems.empty()},
                        {"problem", problems.empty() ? "" : problems.front()},
                        {"problems", problems}});
        for (const std::string& problem : problems)
        {
            shell.terminal.Error(problem);
            shell.Raise(BAD_INPUT);
        }
        if (problems.empty() && !options.asJson && !shell.terminal.IsQuiet())
        {
            fmt::print("{}: {}\n", file, shell.terminal.Paint("valid", TextStyle::Good));
        }
    }
    if (options.asJson)
    {
        fmt::print("{}\n", json.dump(2));
    }
}

} // namespace

void
AddValidateCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand(
        "validate",
        "Checks scenario, persona and expectation files; exit 2 if one is not valid");
    auto options = std::make_shared<ValidateOptions>();
    command->add_option("FILE", options->files, "The files")->required();
    command->add_flag("--json", options->asJson, "Prints JSON instead of lines");
    AddQuietOption(*command, shell);
    command->footer("Example:\n  bouncelab validate scenarios/forged-reply/scenario.yaml");
    command->callback([&shell, options] { Validate(shell, *options); });
}

} // namespace bouncelab::cli
