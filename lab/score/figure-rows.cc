#include "lab/score/figure-rows.h"

#include "formats/text.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include <set>

namespace bouncelab::score
{

namespace
{

/// Values beside each other, in a cell: nothing of them is Markdown.
std::string
CellText(std::string text)
{
    RE2::GlobalReplace(&text, " \\| ", "; ");
    RE2::GlobalReplace(&text, "([\\\\|<*_`])", "\\\\\\1");
    return text;
}

/// How far the run may be off.
std::string
Tolerance(const nlohmann::ordered_json& claim)
{
    const auto tolerance = claim.at("tolerance").get<std::string>();
    return tolerance.empty() ? "" : " (to within " + tolerance + ")";
}

/// How its values come about, and whether they are as documented.
std::string
KindText(const nlohmann::ordered_json& claim)
{
    std::string text = claim.at("kind").get<std::string>();
    if (claim.contains("inputs"))
    {
        text += fmt::format(" (input: {})",
                            fmt::join(claim["inputs"].get<std::vector<std::string>>(), ", "));
    }
    if (claim.at("result") != "held")
    {
        text += fmt::format("; {}: {}",
                            claim["result"].get<std::string>(),
                            claim.value("because", claim.value("reason", "")));
    }
    return text;
}

/// The scenario of a row of ours; empty for any other line.
std::string
ScenarioOf(std::string_view line)
{
    static const RE2 row("\\| I[0-9]{2}(?:-[a-z-]+)? \\| `([a-z0-9-]+)/[^`]+` \\|.*");
    std::string scenario;
    RE2::FullMatch(re2::StringPiece(line.data(), line.size()), row, &scenario);
    return scenario;
}

} // namespace

std::vector<std::string>
FigureRows(const RunFolder& run)
{
    std::vector<std::string> rows;
    for (const auto& claim :
         nlohmann::ordered_json::parse(ReadTextFile(run.Root() / "fidelity.json")))
    {
        const auto id = claim.at("id").get<std::string>();
        if (id[0] == 'I')
        {
            const auto documented = claim.at("documented").get<std::string>();
            const std::string expected = claim.value("expected", "");
            const std::string wanted =
                documented + (documented.empty() || expected.empty() ? "" : " | ") + expected;
            rows.push_back(fmt::format("| {} | `{}/{}` | {} | {} | {} | {} |",
                                       id,
                                       run.Scenario(),
                                       run.Variant(),
                                       claim.at("check").get<std::string>(),
                                       CellText(wanted + Tolerance(claim)),
                                       CellText(claim.at("simulated")),
                                       CellText(KindText(claim))));
        }
    }
    return rows;
}

std::string
WithFigures(std::string_view page,
            const std::string& scenario,
            const std::vector<std::string>& rows)
{
    std::set<std::string> table(rows.begin(), rows.end());
    std::vector<std::string> lines;
    std::size_t place = 0;
    for (const std::string_view line : LinesOf(page))
    {
        const std::string other = ScenarioOf(line);
        place = place == 0 && StartsWith(line, "|---") ? lines.size() + 1 : place;
        if (other.empty())
        {
            lines.emplace_back(line);
        }
        else if (other != scenario)
        {
            table.emplace(line);
        }
    }
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place), table.begin(), table.end());
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

} // namespace bouncelab::score
