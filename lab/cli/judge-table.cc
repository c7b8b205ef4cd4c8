#include "lab/cli/judge-table.h"

#include "formats/plural.h"
#include "formats/vocabulary.h"
#include "lab/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::cli
{

namespace
{

using score::CellEnd;
using score::DetectorReport;
using score::Figure;
using score::JudgedCell;
using score::Rate;

constexpr std::size_t MOST_PLACES = 10; //!< Of each kind that are printed.

std::string
FigureText(double value, const std::optional<score::Interval>& bounds)
{
    return fmt::format("{:.2f} {}", value, BoundsText(bounds));
}

std::string
Text(const Figure& figure)
{
    return figure.value ? FigureText(*figure.value, figure.bounds) : "–";
}

std::string
Text(const Rate& rate)
{
    return rate.Trials() == 0
               ? "–"
               : FigureText(static_cast<double>(rate.Hits()) / static_cast<double>(rate.Trials()),
                            rate.Bounds());
}

/// "200 ms", "–" where most were never found.
std::string
DelayText(const std::optional<double>& milliseconds)
{
    return !milliseconds           ? "never"
           : *milliseconds >= 1000 ? fmt::format("{:.1f} s", *milliseconds / 1000)
                                   : fmt::format("{:.1f} ms", *milliseconds);
}

/// "94 unsupported, 1 crashed": cells that were not judged, by the reason.
std::string
EndsText(const DetectorReport& report)
{
    std::vector<std::string> parts{fmt::format(
        "{} judged",
        report.ended.count(CellEnd::Judged) != 0 ? report.ended.at(CellEnd::Judged) : 0)};
    for (const auto& [end, count] : report.ended)
    {
        if (end != CellEnd::Judged)
        {
            parts.push_back(fmt::format("{} {}", count, NameOf(end)));
        }
    }
    return fmt::format("{}; {} of them without a line, {} inconclusive",
                       fmt::join(parts, ", "),
                       report.mute,
                       report.inconclusive);
}

/// A figure without its bounds.
std::string
Short(const Figure& figure)
{
    return figure.value ? fmt::format("{:.2f}", *figure.value) : "–";
}

std::uint64_t
Failures(const DetectorReport& report)
{
    std::uint64_t failures = 0;
    for (const auto& [end, count] : report.ended)
    {
        failures += HasFailed(end) ? count : 0;
    }
    return failures;
}

std::string
Overview(const std::vector<DetectorReport>& reports, const Terminal& terminal)
{
    Table table({"detector", "found", "false", "failed", "precision", "recall", "F1", "/1,000"});
    std::vector<std::string> silent;
    for (const DetectorReport& report : reports)
    {
        if (report.found + report.missed + report.falseAlarms + Failures(report) == 0)
        {
            silent.push_back(report.detector);
            continue;
        }
        table.Add({report.detector,
                   Cell(fmt::format("{} of {}", report.found, report.found + report.missed)),
                   Cell(std::to_string(report.falseAlarms)),
                   Cell(std::to_string(Failures(report))),
                   Cell(Text(report.precision)),
                   Cell(Text(report.recall)),
                   Cell(Short(report.f1)),
                   Cell(Short(report.falsePerThousand))});
    }
    return table.Print(terminal) +
           (silent.empty() ? ""
                           : fmt::format("\nHeld to nothing here, and without an alarm: {}\n",
                                         fmt::join(silent, ", ")));
}

/// What one detector did in each variant, but for those where nothing shows and nothing was said.
std::string
ByVariant(const std::vector<JudgedCell>& cells, const Terminal& terminal)
{
    struct Sum
    {
        std::uint64_t found = 0;
        std::uint64_t faults = 0;
        std::uint64_t wrong = 0;
        std::uint64_t clean = 0;
        std::uint64_t failed = 0;
        bool isJudged = false;
    };

    std::vector<std::string> order;
    std::map<std::string, Sum> sums;
    for (const JudgedCell& cell : cells)
    {
        const std::string name = cell.scenario + "/" + cell.variant;
        if (sums.count(name) == 0)
        {
            order.push_back(name);
        }
        Sum& sum = sums[name];
        sum.found += cell.Found();
        sum.faults += cell.faults.size();
        sum.wrong += cell.falseAlarms.size();
        sum.clean += cell.end == CellEnd::Judged ? cell.cleanSessions : 0;
        sum.failed += HasFailed(cell.end) ? 1 : 0;
        sum.isJudged = sum.isJudged || cell.end != CellEnd::Unsupported;
    }
    Table table({"scenario/variant", "found", "false alarms", "failed"});
    std::vector<std::string> unsupported;
    for (const std::string& name : order)
    {
        const Sum& sum = sums[name];
        if (!sum.isJudged)
        {
            unsupported.push_back(name);
        }
        if (sum.faults + sum.wrong + sum.clean + sum.failed == 0)
        {
            continue;
        }
        table.Add(
            {name,
             sum.faults == 0 ? Cell("–")
                             : Cell(fmt::format("{} of {}", sum.found, sum.faults),
                                    sum.found == sum.faults ? TextStyle::Good : TextStyle::Bad),
             sum.wrong == 0
                 ? Cell("–", TextStyle::Faint)
                 : Cell(fmt::format("{} in {}", sum.wrong, Plural(sum.clean, "clean session")),
                        TextStyle::Bad),
             sum.failed == 0 ? Cell("–", TextStyle::Faint)
                             : Cell(Plural(sum.failed, "cell"), TextStyle::Bad)});
    }
    return (table.IsEmpty() ? "" : table.Print(terminal)) +
           (unsupported.empty() ? ""
                                : fmt::format("Unsupported, no vantage has what it reads: {}\n",
                                              fmt::join(unsupported, ", ")));
}

std::string
Figures(const DetectorReport& report)
{
    std::string text;
    const auto line = [&text](const char* name, const std::string& value)
    { text += fmt::format("{:<28}{}\n", name, value); };
    line("precision",
         fmt::format("{}, by family {}", Text(report.precision), Text(report.macroPrecision)));
    line("recall", fmt::format("{}, by family {}", Text(report.recall), Text(report.macroRecall)));
    line("F1", fmt::format("{}, by family {}", Text(report.f1), Text(report.macroF1)));
    line("false alarms",
         fmt::format("{} per 1,000 clean sessions ({} in {})",
                     Text(report.falsePerThousand),
                     report.falseAlarms,
                     report.cleanSessions));
    line("area under the ROC curve", Text(report.rocArea));
    line("time to detect",
         report.found + report.missed == 0 ? "–"
                                           : fmt::format("median {}, 90 % within {}, {} never",
                                                         DelayText(report.delayMs),
                                                         DelayText(report.slowDelayMs),
                                                         report.missed));
    line("place",
         report.located == 0 ? "–"
                             : fmt::format("{} with hops, {:.1f} off on average, {} at most",
                                           Plural(report.located, "fault"),
                                           report.hopError,
                                           report.largestHopError));
    if (report.repeatedAlarms + report.misplaced > 0)
    {
        line("besides",
             fmt::format("{} repeated, {} accuse a genuine frame",
                         Plural(report.repeatedAlarms, "alarm"),
                         report.misplaced));
    }
    line("cells (run at a vantage)", EndsText(report));
    return text;
}

std::string
ByCause(const DetectorReport& report, const Terminal& terminal)
{
    std::set<std::string> truths;
    std::set<std::string> words;
    for (const auto& entry : report.confusion)
    {
        truths.insert(entry.first.first);
        words.insert(entry.first.second);
    }
    if (truths.empty())
    {
        return {};
    }
    std::vector<std::string> heads{"truth"};
    for (const std::string& word : words)
    {
        heads.push_back("said " + word);
    }
    Table table(heads);
    for (const std::string& truth : truths)
    {
        std::vector<Cell> row{truth};
        for (const std::string& word : words)
        {
            const auto count = report.confusion.find({truth, word});
            row.emplace_back(count == report.confusion.end() ? "" : std::to_string(count->second));
        }
        table.Add(row);
    }
    return "\n" + table.Print(terminal);
}

/// The first of a kind, and how many more there are.
class Places
{
  public:
    explicit Places(const char* title)
        : m_title(title)
    {
    }

    void Add(const JudgedCell& cell, const std::string& what)
    {
        if (++m_count <= MOST_PLACES)
        {
            m_text += fmt::format("  {}/{}/seed-{} {}: {}\n",
                                  cell.scenario,
                                  cell.variant,
                                  cell.seed,
                                  cell.vantage,
                                  what);
        }
    }

    std::string Text() const
    {
        return m_count == 0 ? std::string()
                            : fmt::format("\n{} ({}):\n{}{}",
                                          m_title,
                                          m_count,
                                          m_text,
                                          m_count > MOST_PLACES ? "  ...\n" : "");
    }

  private:
    const char* m_title;
    std::size_t m_count = 0;
    std::string m_text;
};

std::string
WhereToLook(const std::vector<JudgedCell>& cells, bool names)
{
    Places missed("Missed");
    Places wrong("False alarms");
    Places failed("Failed");
    for (const JudgedCell& cell : cells)
    {
        const std::string who = names ? cell.detector + ", " : "";
        for (const score::JudgedFault& fault : cell.faults)
        {
            if (!fault.found)
            {
                missed.Add(cell,
                           fmt::format("{}{} at {}, said {}",
                                       who,
                                       fault.dottedClass,
                                       fault.place,
                                       fault.said));
            }
        }
        for (const score::FalseAlarm& alarm : cell.falseAlarms)
        {
            wrong.Add(cell,
                      fmt::format("{}said {} at {}{}",
                                  who,
                                  alarm.dottedClass,
                                  alarm.place,
                                  alarm.truth.empty() ? "" : ", where it is " + alarm.truth));
        }
        if (HasFailed(cell.end))
        {
            failed.Add(cell, who + cell.problem);
        }
    }
    return missed.Text() + wrong.Text() + failed.Text();
}

} // namespace

std::string
BoundsText(const std::optional<score::Interval>& bounds)
{
    return bounds ? fmt::format("[{:.2f}, {:.2f}]", bounds->low, bounds->high) : "[–]";
}

std::string
JudgeText(const std::vector<DetectorReport>& reports,
          const std::vector<JudgedCell>& cells,
          const Terminal& terminal)
{
    if (reports.size() != 1)
    {
        return Overview(reports, terminal) + WhereToLook(cells, true);
    }
    const DetectorReport& report = reports.front();
    return ByVariant(cells, terminal) + "\n" + Figures(report) + ByCause(report, terminal) +
           WhereToLook(cells, false);
}

} // namespace bouncelab::cli
