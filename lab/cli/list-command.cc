#include "lab/cli/commands.h"
#include "lab/cli/table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
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

constexpr std::size_t FROM = 4;   // "S000"
constexpr std::size_t LEAST = 20; // of a description

void
List(Shell& shell, bool asJson)
{
    Table table({"scenario/variant", "from", "what happens"});
    std::size_t longest = 0;
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        longest = std::max(longest, choice.scenario.size() + 1 + choice.variant.size());
    }
    const std::size_t others = longest + FROM + 2 * COLUMN_GAP;
    const std::size_t description =
        std::max(LEAST, shell.terminal.Width() - std::min(others, shell.terminal.Width()));
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        const scenario::Scenario scenario =
            scenario::ScenarioFile::Load(choice.file).Resolve(choice.variant, shell.Personas());
        table.Add({choice.scenario + "/" + choice.variant,
                   scenario.document,
                   Cut(scenario.description, description)});
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
