#include "lab/cli/commands.h"
#include "lab/cli/table.h"
#include "lab/judge/adapter.h"
#include "lab/run/judge.h"
#include "lab/scenario/expectations.h"
#include "lab/scenario/key-catalogue.h"
#include "lab/scenario/persona-kinds.h"
#include "lab/score/measured-value.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
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

bool
Holds(const std::vector<std::string>& texts, const std::string& pattern)
{
    return std::any_of(texts.begin(),
                       texts.end(),
                       [&](const std::string& text)
                       { return text.find(pattern) != std::string::npos; });
}

struct ListOptions
{
    std::string kind = "scenarios";
    std::string pattern;
    bool asJson = false;
};

/// Says which of several files of one name is meant.
void
TellWhichIsMeant(Shell& shell, const std::string& name, const std::vector<std::string>& files)
{
    if (files.size() > 1)
    {
        shell.terminal.Note(fmt::format("{} stands in {} places: {} is meant, and not {}",
                                        name,
                                        files.size(),
                                        files.front(),
                                        fmt::join(files.begin() + 1, files.end(), ", ")));
    }
}

constexpr std::size_t FROM = 4;   // "S000"
constexpr std::size_t LEAST = 20; // of a description

void
List(Shell& shell, const ListOptions& options)
{
    Table table({"scenario/variant", "from", "what happens"});
    std::size_t longest = 0;
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        longest = std::max(longest, choice.scenario.size() + 1 + choice.variant.size());
    }
    const std::size_t others = longest + FROM + 2 * COLUMN_GAP;
    const std::size_t description =
        std::max(LEAST, shell.terminal.RowWidth() - std::min(others, shell.terminal.RowWidth()));
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    std::string told;
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        const scenario::Scenario scenario =
            scenario::ScenarioFile::Load(choice.file).Resolve(choice.variant, shell.Personas());
        const std::string name = choice.scenario + "/" + choice.variant;
        if (!Holds({name, scenario.document, scenario.description}, options.pattern))
        {
            continue;
        }
        if (choice.file != told)
        {
            told = choice.file;
            std::vector<std::string> files;
            const std::string folder = std::filesystem::path(told).parent_path().filename();
            for (const std::filesystem::path& file : shell.ScenarioFiles(folder))
            {
                files.push_back(ShortPath(file));
            }
            TellWhichIsMeant(shell, choice.scenario, files);
        }
        table.Add({name, scenario.document, Cut(scenario.description, description)});
        json.push_back({{"scenario", choice.scenario},
                        {"variant", choice.variant},
                        {"document", scenario.document},
                        {"failures", scenario.failures},
                        {"description", scenario.description}});
    }
    fmt::print("{}",
               options.asJson ? json.dump(2) + "\n"
                              : table.Print(shell.terminal, shell.terminal.RowWidth()));
}

/// Rows of a list, those that hold the pattern.
class Catalogue
{
  public:
    Catalogue(std::vector<std::string> heads, std::string pattern)
        : m_heads(std::move(heads))
        , m_pattern(std::move(pattern))
        , m_table(m_heads)
    {
    }

    /// \return whether the pattern is in it
    bool Add(const std::vector<std::string>& row)
    {
        if (!Holds(row, m_pattern))
        {
            return false;
        }
        m_table.Add({row.begin(), row.end()});
        nlohmann::ordered_json line;
        for (std::size_t i = 0; i < row.size(); ++i)
        {
            line[m_heads[i]] = row[i];
        }
        m_json.push_back(std::move(line));
        return true;
    }

    void Print(const Terminal& terminal, bool asJson) const
    {
        fmt::print("{}",
                   asJson ? m_json.dump(2) + "\n" : m_table.Print(terminal, terminal.RowWidth()));
    }

  private:
    std::vector<std::string> m_heads;
    std::string m_pattern;
    Table m_table;
    nlohmann::ordered_json m_json = nlohmann::ordered_json::array();
};

Catalogue
Personas(Shell& shell, const std::string& pattern)
{
    Catalogue list({"persona", "describes"}, pattern);
    for (const scenario::PersonaFolder& kind : scenario::PersonaFolders())
    {
        for (const std::string& name : shell.Personas().Names(kind.type->folder))
        {
            const std::string persona = fmt::format("{}/{}", kind.type->folder, name);
            if (list.Add({persona, std::string(kind.title)}))
            {
                TellWhichIsMeant(shell, persona, shell.Personas().FilesOf(kind.type->folder, name));
            }
        }
    }
    return list;
}

/// What `--measure` and `--check` take, with the unit that numbers have in a sweep's table.
Catalogue
Measurements(Shell& shell, const std::string& pattern)
{
    Catalogue list({"measurement", "scenario", "values"}, pattern);
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> values;
    for (const ChosenVariant& choice : shell.Choose({}))
    {
        const scenario::Expectations all = scenario::ExpectationsFor(choice.file, choice.variant);
        for (const auto& entry : all.measure)
        {
            std::vector<std::string>& facts = values[{choice.scenario, entry.first}];
            facts.clear();
            for (const score::MeasuredValue& value : score::ParseMeasuredValues(entry.first, all))
            {
                const std::string unit = score::UnitOf(value, all);
                facts.push_back(value.fact + (unit.empty() ? "" : " [" + unit + "]"));
            }
        }
    }
    for (const auto& [name, facts] : values)
    {
        list.Add({name.second, name.first, fmt::format("{}", fmt::join(facts, ", "))});
    }
    return list;
}

/// The built-in ones; then the user's files: filters, adapters and programs.
Catalogue
Detectors(const Shell& shell, const std::string& pattern)
{
    Catalogue list({"detector", "finds", "reads", "description"}, pattern);
    const auto json =
        nlohmann::json::parse(run::DetectorList(Shell::ProgramFolder() / "bouncelab-detect"));
    const auto joined = [](const nlohmann::json& texts)
    { return fmt::format("{}", fmt::join(texts.get<std::vector<std::string>>(), ", ")); };
    for (const auto& detector : json)
    {
        list.Add({detector["name"],
                  joined(detector["finds"]),
                  joined(detector["reads"]),
                  detector["description"]});
    }
    for (const std::filesystem::path& file : shell.OwnDetectors())
    {
        score::DetectorScope scope;
        std::string what = "program";
        if (file.extension() == ".yaml")
        {
            const judge::Adapter adapter(file.string());
            scope = adapter.Scope();
            what = adapter.IsFilter() ? "filter" : "adapter";
        }
        list.Add({file.filename(),
                  scope.finds ? fmt::format("{}", fmt::join(*scope.finds, ", ")) : "",
                  fmt::format("{}", fmt::join(scope.reads, ", ")),
                  fmt::format("{} {}", what, ShortPath(file))});
    }
    return list;
}

Catalogue
Keys(const std::string& pattern)
{
    Catalogue list({"key", "takes", "default", "meaning"}, pattern);
    for (const scenario::PageRow& row : scenario::AllKeys())
    {
        list.Add({row.path, row.type, row.defaultValue, row.sentence});
    }
    return list;
}

void
ListAny(Shell& shell, const ListOptions& options)
{
    if (options.kind == "scenarios")
    {
        List(shell, options);
        return;
    }
    const Catalogue list = options.kind == "personas"       ? Personas(shell, options.pattern)
                           : options.kind == "measurements" ? Measurements(shell, options.pattern)
                           : options.kind == "detectors"    ? Detectors(shell, options.pattern)
                                                            : Keys(options.pattern);
    list.Print(shell.terminal, options.asJson);
}

} // namespace

void
AddListCommand(CLI::App& app, Shell& shell)
{
    CLI::App* command = app.add_subcommand(
        "list",
        "Lists scenarios and variants, personas, measurements, detectors or keys");
    auto options = std::make_shared<ListOptions>();
    command
        ->add_option("KIND",
                     options->kind,
                     "scenarios (default), personas, measurements, detectors or keys")
        ->check(CLI::IsMember({"scenarios", "personas", "measurements", "detectors", "keys"}));
    command->add_option("PATTERN", options->pattern, "Only lines that hold this text");
    command->add_flag("--json", options->asJson, "Prints JSON instead of a table");
    command->footer("Example:\n  bouncelab list keys hop");
    command->callback([&shell, options] { ListAny(shell, *options); });
}

} // namespace bouncelab::cli
