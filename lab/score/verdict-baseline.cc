#include "lab/score/verdict-baseline.h"

#include "formats/plural.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr double SURE = 0.05; //!< Below it a difference is called more than chance.

BaselineCell
KeyOf(const JudgedCell& cell)
{
    return {cell.scenario, cell.variant, cell.detector, cell.vantage};
}

Verdicts
VerdictsOf(const JudgedCell& cell)
{
    return {cell.Found(), cell.Missed(), cell.falseAlarms.size(), HasFailed(cell.end)};
}

fs::path
FileOf(const fs::path& folder, const std::string& scenario, const std::string& variant)
{
    return folder / scenario / (variant + ".json");
}

/// Detector to its seeds, and by vantage and seed [found, missed, false alarms] or "failed".
ordered_json
ReadBaselineFile(const fs::path& file)
{
    const ordered_json json = ordered_json::parse(ReadTextFile(file), nullptr, false);
    if (!json.is_object())
    {
        throw std::runtime_error(file.string() + ": found no baseline of verdicts, expected one "
                                                 "JSON object");
    }
    return json;
}

ordered_json
ToJson(const Verdicts& verdicts)
{
    return verdicts.failed ? ordered_json("failed")
                           : ordered_json({verdicts.found, verdicts.missed, verdicts.falseAlarms});
}

Verdicts
VerdictsFrom(const ordered_json& json)
{
    return json.is_string() ? Verdicts{0, 0, 0, true}
                            : Verdicts{json.at(0), json.at(1), json.at(2), false};
}

std::string
SeedsText(const std::set<std::uint64_t>& seeds)
{
    return seeds.size() == 1 ? fmt::format("seed {}", *seeds.begin())
                             : fmt::format("{} seeds from {} to {}",
                                           seeds.size(),
                                           *seeds.begin(),
                                           *seeds.rbegin());
}

/// Where the first miss or false alarm of a run is; without one to name, nothing.
std::string
FirstPlace(const JudgedCell& cell, bool ofMiss)
{
    const auto missed = std::find_if(cell.faults.begin(),
                                     cell.faults.end(),
                                     [](const JudgedFault& fault) { return !fault.found; });
    if (ofMiss)
    {
        return missed == cell.faults.end() ? std::string() : missed->place;
    }
    return cell.falseAlarms.empty() ? std::string() : cell.falseAlarms.front().place;
}

/// One figure of a cell before and after, over the seeds that both have.
class FigureChange
{
  public:
    /// \param isMore more of it is better
    void Add(std::uint64_t seed, std::uint64_t before, std::uint64_t after, bool isMore)
    {
        if (before == after)
        {
            return;
        }
        const bool isWorse = (after < before) == isMore;
        ++(isWorse ? m_test.worse : m_test.better);
        (isWorse ? m_worse : m_better).insert(seed);
    }

    /// The changes to the worse and to the better, if there are any.
    void Report(const BaselineCell& cell,
                const std::string& what,
                const std::map<std::uint64_t, const JudgedCell*>& now,
                bool ofMiss,
                std::vector<VerdictChange>& changes) const
    {
        for (const bool isWorse : {true, false})
        {
            const std::set<std::uint64_t>& seeds = isWorse ? m_worse : m_better;
            if (!seeds.empty())
            {
                const std::uint64_t first = *seeds.begin();
                changes.push_back({cell,
                                   isWorse,
                                   fmt::format("{} (in {})", what, SeedsText(seeds)),
                                   m_test,
                                   first,
                                   isWorse ? FirstPlace(*now.at(first), ofMiss) : ""});
            }
        }
    }

  private:
    SignTest m_test;
    std::set<std::uint64_t> m_worse;
    std::set<std::uint64_t> m_better;
};

bool
HasSeedOf(const VerdictsBySeed& before, const std::map<std::uint64_t, const JudgedCell*>& now)
{
    return std::any_of(now.begin(),
                       now.end(),
                       [&](const auto& entry) { return before.count(entry.first) != 0; });
}

/// Everything about one cell.
void
CompareCell(const BaselineCell& cell,
            const VerdictsBySeed& before,
            const std::map<std::uint64_t, const JudgedCell*>& now,
            VerdictComparison& comparison,
            std::map<std::tuple<std::string, std::string, std::uint64_t>, int>& runs)
{
    FigureChange found;
    FigureChange wrong;
    FigureChange failed;
    Verdicts was;
    Verdicts is;
    for (const auto& [seed, judged] : now)
    {
        const auto known = before.find(seed);
        if (known == before.end())
        {
            continue;
        }
        const Verdicts& old = known->second;
        const Verdicts fresh = VerdictsOf(*judged);
        int& run = runs[{cell.scenario, cell.variant, seed}];
        failed.Add(seed, old.failed ? 1 : 0, fresh.failed ? 1 : 0, false);
        run += (old.failed ? 1 : 0) - (fresh.failed ? 1 : 0);
        if (old.failed || fresh.failed)
        {
            continue;
        }
        found.Add(seed, old.found, fresh.found, true);
        wrong.Add(seed, old.falseAlarms, fresh.falseAlarms, false);
        run += static_cast<int>(fresh.found) - static_cast<int>(old.found) +
               static_cast<int>(old.falseAlarms) - static_cast<int>(fresh.falseAlarms);
        for (const auto& [sum, part] : {std::pair(&was, &old), std::pair(&is, &fresh)})
        {
            sum->found += part->found;
            sum->missed += part->missed;
            sum->falseAlarms += part->falseAlarms;
        }
    }
    found.Report(cell,
                 fmt::format("found {} of {}, now {} of {}",
                             was.found,
                             was.found + was.missed,
                             is.found,
                             is.found + is.missed),
                 now,
                 true,
                 comparison.changes);
    wrong.Report(cell,
                 fmt::format("false alarms {}, now {}", was.falseAlarms, is.falseAlarms),
                 now,
                 false,
                 comparison.changes);
    failed.Report(cell, "whether it crashes or is stopped", now, true, comparison.changes);
}

std::string
Escaped(const std::string& text)
{
    std::string escaped;
    for (const char c : text)
    {
        const bool isControl = static_cast<unsigned char>(c) < ' ';
        escaped += c == '<'    ? "&lt;"
                   : c == '>'  ? "&gt;"
                   : c == '&'  ? "&amp;"
                   : c == '"'  ? "&quot;"
                   : isControl ? " "
                               : std::string(1, c);
    }
    return escaped;
}

std::string
WordsOf(const BaselineCell& cell)
{
    return fmt::format("{}/{} at {}, {}", cell.scenario, cell.variant, cell.vantage, cell.detector);
}

} // namespace

VerdictBaseline
BaselineOf(const std::vector<JudgedCell>& cells)
{
    VerdictBaseline baseline;
    for (const JudgedCell& cell : cells)
    {
        baseline[KeyOf(cell)][cell.seed] = VerdictsOf(cell);
    }
    return baseline;
}

VerdictBaseline
ReadVerdictBaseline(const fs::path& folder,
                    const std::vector<std::pair<std::string, std::string>>& variants)
{
    VerdictBaseline baseline;
    for (const auto& [scenario, variant] : variants)
    {
        const fs::path file = FileOf(folder, scenario, variant);
        if (!fs::exists(file))
        {
            continue;
        }
        const ordered_json json = ReadBaselineFile(file);
        try
        {
            for (const auto& [detector, known] : json.items())
            {
                for (const auto& [vantage, seeds] : known.at("vantages").items())
                {
                    VerdictsBySeed& cell = baseline[{scenario, variant, detector, vantage}];
                    for (const std::uint64_t seed : known.at("seeds"))
                    {
                        const std::string key = std::to_string(seed);
                        cell[seed] = seeds.contains(key) ? VerdictsFrom(seeds[key]) : Verdicts();
                    }
                }
            }
        }
        catch (const nlohmann::json::exception& error)
        {
            throw std::runtime_error(file.string() + ": " + error.what());
        }
    }
    return baseline;
}

void
WriteVerdictBaseline(const fs::path& folder, const VerdictBaseline& baseline)
{
    std::map<std::pair<std::string, std::string>, ordered_json> files;
    std::set<std::tuple<std::string, std::string, std::string>> replaced;
    for (const auto& [cell, seeds] : baseline)
    {
        const auto [at, isNew] = files.try_emplace({cell.scenario, cell.variant});
        const fs::path file = FileOf(folder, cell.scenario, cell.variant);
        if (isNew && fs::exists(file))
        {
            at->second = ReadBaselineFile(file);
        }
        ordered_json& detector = at->second[cell.detector];
        if (replaced.emplace(cell.scenario, cell.variant, cell.detector).second)
        {
            detector = {{"seeds", ordered_json::array()}, {"vantages", ordered_json::object()}};
        }
        for (const auto& entry : seeds)
        {
            ordered_json& all = detector["seeds"];
            if (std::find(all.begin(), all.end(), entry.first) == all.end())
            {
                all.push_back(entry.first);
            }
        }
        ordered_json& vantage = detector["vantages"][cell.vantage] = ordered_json::object();
        for (const auto& [seed, verdicts] : seeds)
        {
            if (!(verdicts == Verdicts()))
            {
                vantage[std::to_string(seed)] = ToJson(verdicts);
            }
        }
    }
    for (const auto& [variant, json] : files)
    {
        const fs::path file = FileOf(folder, variant.first, variant.second);
        fs::create_directories(file.parent_path());
        std::string text = "{\n";
        for (const auto& [detector, known] : json.items())
        {
            text +=
                fmt::format("{}\"{}\": {}", text.size() > 2 ? ",\n" : "", detector, known.dump());
        }
        WriteTextFile(file, text + "\n}\n");
    }
}

double
SignTest::Chance() const
{
    const std::uint64_t pairs = better + worse;
    double chance = 0;
    for (std::uint64_t k = 0; k <= std::min(better, worse); ++k)
    {
        const auto n = static_cast<double>(pairs);
        const auto i = static_cast<double>(k);
        chance += std::exp(std::lgamma(n + 1) - std::lgamma(i + 1) - std::lgamma(n - i + 1) -
                           n * std::log(2.0));
    }
    return std::min(1.0, 2 * chance);
}

bool
VerdictComparison::IsWorse() const
{
    return std::any_of(changes.begin(),
                       changes.end(),
                       [](const VerdictChange& change) { return change.isWorse; });
}

VerdictComparison
Compare(const VerdictBaseline& before, const std::vector<JudgedCell>& cells)
{
    std::map<BaselineCell, std::map<std::uint64_t, const JudgedCell*>> now;
    for (const JudgedCell& cell : cells)
    {
        now[KeyOf(cell)][cell.seed] = &cell;
    }
    VerdictComparison comparison;
    std::map<std::tuple<std::string, std::string, std::uint64_t>, int> runs;
    for (const auto& [cell, seeds] : now)
    {
        const auto known = before.find(cell);
        if (known == before.end() || !HasSeedOf(known->second, seeds))
        {
            comparison.fresh.push_back(cell);
            continue;
        }
        ++comparison.cells;
        CompareCell(cell, known->second, seeds, comparison, runs);
    }
    for (const auto& entry : runs)
    {
        comparison.runs.better += entry.second > 0 ? 1 : 0;
        comparison.runs.worse += entry.second < 0 ? 1 : 0;
    }
    std::stable_sort(comparison.changes.begin(),
                     comparison.changes.end(),
                     [](const VerdictChange& a, const VerdictChange& b)
                     { return a.isWorse && !b.isWorse; });
    return comparison;
}

std::string
ChanceText(const SignTest& test, const char* unit)
{
    const std::uint64_t pairs = test.better + test.worse;
    const double chance = test.Chance();
    return fmt::format("{} (sign test, {} {} that differ, p = {:.2g})",
                       chance < SURE ? "more than chance" : "may be chance",
                       pairs,
                       unit,
                       chance);
}

std::string
ToSentence(const VerdictChange& change)
{
    return fmt::format("{}: {}: {}; {}{}",
                       change.isWorse ? "worse" : "better",
                       WordsOf(change.cell),
                       change.what,
                       ChanceText(change.seeds, "seeds"),
                       change.place.empty()
                           ? ""
                           : fmt::format("; first: seed {}, {}", change.firstSeed, change.place));
}

std::string
JUnitOf(const VerdictComparison& comparison, const std::vector<JudgedCell>& cells)
{
    std::map<BaselineCell, std::vector<const VerdictChange*>> changes;
    for (const VerdictChange& change : comparison.changes)
    {
        changes[change.cell].push_back(&change);
    }
    constexpr const char* NOT_COMPARED =
        "<skipped message=\"not compared: nothing of it was accepted before\"/>";
    const std::set<BaselineCell> fresh(comparison.fresh.begin(), comparison.fresh.end());
    std::set<BaselineCell> all;
    for (const JudgedCell& cell : cells)
    {
        all.insert(KeyOf(cell));
    }
    std::string cases;
    std::size_t failures = 0;
    std::size_t skipped = 0;
    for (const BaselineCell& cell : all)
    {
        std::string worse;
        std::string better;
        for (const VerdictChange* change : changes[cell])
        {
            (change->isWorse ? worse : better) += ToSentence(*change) + "\n";
        }
        failures += worse.empty() ? 0 : 1;
        cases += fmt::format("  <testcase classname=\"{}.{}\" name=\"{} at {}\">",
                             Escaped(cell.scenario),
                             Escaped(cell.variant),
                             Escaped(cell.detector),
                             Escaped(cell.vantage));
        cases += worse.empty() ? ""
                               : fmt::format("<failure message=\"{}\">{}</failure>",
                                             Escaped(worse.substr(0, worse.find('\n'))),
                                             Escaped(worse));
        const bool isNew = fresh.count(cell) != 0;
        skipped += isNew ? 1 : 0;
        cases += isNew ? NOT_COMPARED : "";
        cases += better.empty() ? "" : fmt::format("<system-out>{}</system-out>", Escaped(better));
        cases += "</testcase>\n";
    }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite "
                       "name=\"bouncelab regress\" tests=\"{}\" failures=\"{}\" "
                       "skipped=\"{}\">\n{}</testsuite>\n",
                       all.size(),
                       failures,
                       skipped,
                       cases);
}

std::string
SummaryOf(const VerdictComparison& comparison)
{
    const auto worse = std::count_if(comparison.changes.begin(),
                                     comparison.changes.end(),
                                     [](const VerdictChange& change) { return change.isWorse; });
    std::string text =
        fmt::format("## {}\n\n{} compared: {} worse, {} better. Over whole runs: {} better, "
                    "{} worse, {}.\n",
                    comparison.IsWorse()         ? "Verdicts became worse"
                    : comparison.changes.empty() ? "Verdicts are as they were"
                                                 : "Verdicts became better",
                    Plural(comparison.cells, "cell"),
                    worse,
                    comparison.changes.size() - static_cast<std::size_t>(worse),
                    comparison.runs.better,
                    comparison.runs.worse,
                    ChanceText(comparison.runs, "runs"));
    if (!comparison.changes.empty())
    {
        text += "\n| | cell | what | chance | first |\n|---|---|---|---|---|\n";
    }
    for (const VerdictChange& change : comparison.changes)
    {
        text += fmt::format(
            "| {} | {} | {} | {} | {} |\n",
            change.isWorse ? "worse" : "better",
            WordsOf(change.cell),
            change.what,
            ChanceText(change.seeds, "seeds"),
            change.place.empty() ? "" : fmt::format("seed {}, {}", change.firstSeed, change.place));
    }
    return text;
}

} // namespace bouncelab::score
