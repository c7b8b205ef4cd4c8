#include "lab/cli/commands.h"
#include "lab/cli/table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace bouncelab::cli
{

namespace
{

/// A description cut to one line.
std::string
Cut(const std::string& text, std::size_t width)
{
    const std::vector<std::string> lines = Wrap(text, width - 1);
    return lines.size() == 1 ? text : lines.front() + "…";
}

std::string
Join(const std::vector<std::string>& words)
{
    return fmt::format("{}", fmt::join(words, ", "));
}

void
List(Shell& shell, bool asJson)
{
    constexpr std::size_t DESCRIPTION = 31; // what a line of 100 columns leaves
    Table table({"scenario/variant", "document", "failures", "what happens"});
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const Choice& choice : shell.Choose({}))
    {
        const spec::Scenario scenario =
            spec::ScenarioFile::Load(choice.file).Resolve(choice.variant, shell.Personas());
        table.Add({choice.scenario + "/" + choice.variant,
                   scenario.document,
                   Join(scenario.failures),
                   Cut(scenario.description, DESCRIPTION)});
        json.push_back({{"scenario", choice.scenario},
                        {"variant", choice.variant},
                        {"document", scenario.document},
                        {"failures", scenario.failures},
                        {"description", scenario.description}});
    }
    fmt::print("{}", asJson ? json.dump(2) + "\n" : table.Print(shell.terminal));
}

} // namespace

void
AddListCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand("list", "Lists scenarios and variants");
    auto asJson = std::make_shared<bool>(false);
    command->add_flag("--json", *asJson, "Prints JSON instead of a table");
    command->footer("Example:\n  bouncelab list");
    command->callback([&shell, asJson] { List(shell, *asJson); });
}

} // namespace bouncelab::cli
