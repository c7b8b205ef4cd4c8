#include "lab/score/detector-report.h"

#include "formats/vocabulary.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <tuple>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;
using Sample = std::vector<std::size_t>;
/// What a figure is for these runs.
using SampleFigure = std::function<std::optional<double>(const Sample&)>;

constexpr double PER_THOUSAND = 1000;
constexpr double NS_PER_MS = 1e6;
constexpr const char* NOTHING_WRONG = "nothing wrong";

struct Counts
{
    std::uint64_t found = 0;
    std::uint64_t missed = 0;
    std::uint64_t wrong = 0;

    void Add(const Counts& other)
    {
        found += other.found;
        missed += other.missed;
        wrong += other.wrong;
    }

    // Nothing where nothing was said, happened, or either.

    std::optional<double> Precision() const { return Share(found, found + wrong); }

    std::optional<double> Recall() const { return Share(found, found + missed); }

    std::optional<double> F1() const { return Share(2 * found, 2 * found + missed + wrong); }

  private:
    static std::optional<double> Share(std::uint64_t part, std::uint64_t whole)
    {
        return whole == 0 ? std::nullopt
                          : std::optional(static_cast<double>(part) / static_cast<double>(whole));
    }
};

using CountsFigure = std::optional<double> (Counts::*)() const;

/// Everything of one run that hangs together.
struct RunCounts
{
    std::map<std::string, Counts> families;
    std::uint64_t cleanSessions = 0;
    std::vector<double> faultScores; //!< Of the faults that were found.
    std::vector<double> falseScores;
    std::vector<std::int64_t> delays; //!< ns.

    Counts All() const
    {
        Counts all;
        for (const auto& entry : families)
        {
            all.Add(entry.second);
        }
        return all;
    }
};

std::string
FamilyName(const std::string& said)
{
    const std::string family(FamilyOf(said));
    return IsKnownClass(said) ? family : "no class";
}

/// Counts of whole runs by the scores of alarms, for the curve and its area.
class ScoreTally
{
  public:
    explicit ScoreTally(const std::vector<RunCounts>& runs)
    {
        for (const RunCounts& run : runs)
        {
            m_scores.insert(m_scores.end(), run.faultScores.begin(), run.faultScores.end());
            m_scores.insert(m_scores.end(), run.falseScores.begin(), run.falseScores.end());
        }
        std::sort(m_scores.begin(), m_scores.end(), std::greater<>());
        m_scores.erase(std::unique(m_scores.begin(), m_scores.end()), m_scores.end());
        for (const RunCounts& run : runs)
        {
            std::vector<Level> levels(m_scores.size() + 1);
            for (const double score : run.faultScores)
            {
                levels[IndexOf(score)].faults += 1;
            }
            for (const double score : run.falseScores)
            {
                levels[IndexOf(score)].clean += 1;
            }
            levels.back().faults += static_cast<double>(run.All().missed);
            levels.back().clean += std::max(0.0,
                                            static_cast<double>(run.cleanSessions) -
                                                static_cast<double>(run.falseScores.size()));
            m_runs.push_back(std::move(levels));
        }
    }

    /// The chance that a fault has a higher score than a clean session; half of it where both are
    /// the same. Nothing without either.
    std::optional<double> Area(const Sample& sample) const
    {
        const std::vector<Level> levels = Sum(sample);
        const auto [faults, clean] = Totals(levels);
        double above = 0;
        double area = 0;
        for (const Level& level : levels)
        {
            area += level.clean * (above + level.faults / 2);
            above += level.faults;
        }
        return faults * clean > 0 ? std::optional(area / (faults * clean)) : std::nullopt;
    }

    std::vector<RocPoint> Curve(const Sample& all) const
    {
        const std::vector<Level> levels = Sum(all);
        const auto [faults, clean] = Totals(levels);
        std::vector<RocPoint> curve;
        double faultsAbove = 0;
        double cleanAbove = 0;
        for (std::size_t i = 0; faults * clean > 0 && i < m_scores.size(); ++i)
        {
            faultsAbove += levels[i].faults;
            cleanAbove += levels[i].clean;
            curve.push_back({m_scores[i], faultsAbove / faults, cleanAbove / clean});
        }
        return curve;
    }

  private:
    struct Level
    {
        double faults = 0;
        double clean = 0;
    };

    std::size_t IndexOf(double score) const
    {
        return static_cast<std::size_t>(
            std::lower_bound(m_scores.begin(), m_scores.end(), score, std::greater<>()) -
            m_scores.begin());
    }

    std::vector<Level> Sum(const Sample& sample) const
    {
        std::vector<Level> sum(m_scores.size() + 1);
        for (const std::size_t run : sample)
        {
            for (std::size_t i = 0; i < sum.size(); ++i)
            {
                sum[i].faults += m_runs[run][i].faults;
                sum[i].clean += m_runs[run][i].clean;
            }
        }
        return sum;
    }

    static std::pair<double, double> Totals(const std::vector<Level>& levels)
    {
        std::pair<double, double> totals;
        for (const Level& level : levels)
        {
            totals.first += level.faults;
            totals.second += level.clean;
        }
        return totals;
    }

    std::vector<double> m_scores; //!< From the highest down; behind them the faults and sessions
                                  //!< without an alarm.
    std::vector<std::vector<Level>> m_runs;
};

/// Makes one detector's report from its cells.
class Reporter
{
  public:
    DetectorReport Report(const std::vector<const JudgedCell*>& cells);

  private:
    void Count(const JudgedCell& cell, RunCounts& run);
    void AddRates();
    void AddFamilies();
    void AddDelays();
    bool IsOfSeveral(const SampleFigure& of, double value) const;
    std::optional<Interval> BoundsBySamples(const SampleFigure& of, double value) const;
    Figure FigureOf(const SampleFigure& of) const;
    Figure FigureOf(CountsFigure of, const std::string& family) const;
    Figure MacroOf(CountsFigure of) const;

    DetectorReport m_report;
    std::vector<RunCounts> m_runs;
    Sample m_all;
    double m_hopErrors = 0;
};

void
Reporter::Count(const JudgedCell& cell, RunCounts& run)
{
    ++m_report.cells;
    ++m_report.ended[cell.end];
    if (cell.end != CellEnd::Judged)
    {
        return;
    }
    m_report.mute += cell.isMute ? 1 : 0;
    m_report.inconclusive += cell.said == NameOf(scenario::ExpectedWord::Inconclusive) ? 1 : 0;
    m_report.repeatedAlarms += cell.repeatedAlarms;
    m_report.misplaced += cell.misplaced;
    run.cleanSessions += cell.cleanSessions;
    for (const JudgedFault& fault : cell.faults)
    {
        const std::string family(FamilyOf(fault.dottedClass));
        ++m_report.confusion[{family, fault.said}];
        Counts& counts = run.families[family];
        ++(fault.found ? counts.found : counts.missed);
        if (!fault.found)
        {
            continue;
        }
        run.faultScores.push_back(fault.score);
        fault.delay ? run.delays.push_back(*fault.delay) : void(++m_report.undated);
        if (fault.hopError)
        {
            ++m_report.located;
            m_hopErrors += *fault.hopError;
            m_report.largestHopError = std::max(m_report.largestHopError, *fault.hopError);
        }
    }
    for (const FalseAlarm& alarm : cell.falseAlarms)
    {
        run.falseScores.push_back(alarm.score);
        ++run.families[FamilyName(alarm.dottedClass)].wrong;
        if (alarm.truth.empty())
        {
            ++m_report.confusion[{NOTHING_WRONG, alarm.dottedClass}];
        }
    }
}

/// Whether more than one run has a part in a figure: has it alone, or changes it for the others.
bool
Reporter::IsOfSeveral(const SampleFigure& of, double value) const
{
    std::size_t having = 0;
    for (std::size_t run = 0; run < m_all.size() && having < 2; ++run)
    {
        Sample others = m_all;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(run));
        having += of({run}) || of(others).value_or(value) != value ? 1 : 0;
    }
    return having > 1;
}

std::optional<Interval>
Reporter::BoundsBySamples(const SampleFigure& of, double value) const
{
    return IsOfSeveral(of, value) ? std::optional(Bootstrap(m_all.size(),
                                                            [&](const Sample& sample)
                                                            { return of(sample).value_or(value); }))
                                  : std::nullopt;
}

Figure
Reporter::FigureOf(const SampleFigure& of) const
{
    Figure figure;
    figure.value = m_all.empty() ? std::nullopt : of(m_all);
    if (!figure.value)
    {
        return figure;
    }
    const double value = *figure.value;
    if (value != 0 && value != 1)
    {
        figure.bounds = BoundsBySamples(of, value);
        return figure;
    }
    // Runs that say nothing of it are none of those that were all right.
    const auto telling = std::count_if(m_all.begin(),
                                       m_all.end(),
                                       [&](std::size_t run) { return of({run}).has_value(); });
    const double least = LeastRate(static_cast<std::size_t>(std::max<std::ptrdiff_t>(telling, 1)));
    figure.bounds = value == 1 ? Interval{least, 1} : Interval{0, 1 - least};
    return figure;
}

/// \param family empty = all of them together
Figure
Reporter::FigureOf(CountsFigure of, const std::string& family) const
{
    return FigureOf(
        [&](const Sample& sample)
        {
            Counts sum;
            for (const std::size_t run : sample)
            {
                const auto found = m_runs[run].families.find(family);
                sum.Add(family.empty()                        ? m_runs[run].All()
                        : found != m_runs[run].families.end() ? found->second
                                                              : Counts());
            }
            return (sum.*of)();
        });
}

/// The mean over the families that have the figure.
Figure
Reporter::MacroOf(CountsFigure of) const
{
    return FigureOf(
        [&](const Sample& sample) -> std::optional<double>
        {
            std::map<std::string, Counts> sums;
            for (const std::size_t run : sample)
            {
                for (const auto& [family, counts] : m_runs[run].families)
                {
                    sums[family].Add(counts);
                }
            }
            double sum = 0;
            std::size_t families = 0;
            for (const auto& entry : sums)
            {
                const std::optional<double> value = (entry.second.*of)();
                sum += value.value_or(0);
                families += value ? 1 : 0;
            }
            return families == 0 ? std::nullopt
                                 : std::optional(sum / static_cast<double>(families));
        });
}

void
Reporter::AddRates()
{
    std::uint64_t runsWithSessions = 0;
    for (const RunCounts& run : m_runs)
    {
        const Counts counts = run.All();
        m_report.found += counts.found;
        m_report.missed += counts.missed;
        m_report.falseAlarms += counts.wrong;
        m_report.cleanSessions += run.cleanSessions;
        runsWithSessions += run.cleanSessions > 0 ? 1 : 0;
        m_report.recall.Add(counts.found, counts.found + counts.missed);
        m_report.precision.Add(counts.found, counts.found + counts.wrong);
    }
    m_report.f1 = FigureOf(&Counts::F1, "");
    m_report.macroPrecision = MacroOf(&Counts::Precision);
    m_report.macroRecall = MacroOf(&Counts::Recall);
    m_report.macroF1 = MacroOf(&Counts::F1);
    const auto perThousand = [&](const Sample& sample)
    {
        double wrong = 0;
        double clean = 0;
        for (const std::size_t run : sample)
        {
            wrong += static_cast<double>(m_runs[run].falseScores.size());
            clean += static_cast<double>(m_runs[run].cleanSessions);
        }
        return clean > 0 ? std::optional(PER_THOUSAND * wrong / clean) : std::nullopt;
    };
    m_report.falsePerThousand.value = m_all.empty() ? std::nullopt : perThousand(m_all);
    if (m_report.falsePerThousand.value && m_report.falseAlarms == 0)
    {
        // As many runs without an alarm leave this rate of runs possible, each with one.
        const double sessionsPerRun =
            static_cast<double>(m_report.cleanSessions) / static_cast<double>(runsWithSessions);
        m_report.falsePerThousand.bounds =
            Interval{0, PER_THOUSAND * (1 - LeastRate(runsWithSessions)) / sessionsPerRun};
    }
    else if (const auto value = m_report.falsePerThousand.value)
    {
        m_report.falsePerThousand.bounds = BoundsBySamples(perThousand, *value);
    }
    const ScoreTally tally(m_runs);
    m_report.rocArea = FigureOf([&](const Sample& sample) { return tally.Area(sample); });
    m_report.roc = tally.Curve(m_all);
}

void
Reporter::AddFamilies()
{
    for (const RunCounts& run : m_runs)
    {
        for (const auto& [name, counts] : run.families)
        {
            FamilyReport& family = m_report.families[name];
            family.found += counts.found;
            family.missed += counts.missed;
            family.falseAlarms += counts.wrong;
            family.recall.Add(counts.found, counts.found + counts.missed);
            family.precision.Add(counts.found, counts.found + counts.wrong);
        }
    }
    for (auto& [name, family] : m_report.families)
    {
        family.f1 = FigureOf(&Counts::F1, name);
    }
}

/// A fault that was missed is found later than all others.
void
Reporter::AddDelays()
{
    std::vector<std::int64_t> delays;
    for (const RunCounts& run : m_runs)
    {
        delays.insert(delays.end(), run.delays.begin(), run.delays.end());
    }
    std::sort(delays.begin(), delays.end());
    const std::size_t all = delays.size() + m_report.missed;
    const auto quantile = [&](std::size_t percent) -> std::optional<double>
    {
        const std::size_t place = (all * percent + 99) / 100;
        return place == 0 || place > delays.size()
                   ? std::nullopt
                   : std::optional(static_cast<double>(delays[place - 1]) / NS_PER_MS);
    };
    m_report.delayMs = quantile(50);
    m_report.slowDelayMs = quantile(90);
    m_report.hopError =
        m_report.located == 0 ? 0 : m_hopErrors / static_cast<double>(m_report.located);
}

DetectorReport
Reporter::Report(const std::vector<const JudgedCell*>& cells)
{
    std::map<std::tuple<std::string, std::string, std::uint64_t>, RunCounts> runs;
    m_report.detector = cells.front()->detector;
    for (const JudgedCell* cell : cells)
    {
        Count(*cell, runs[{cell->scenario, cell->variant, cell->seed}]);
    }
    for (auto& entry : runs)
    {
        m_all.push_back(m_runs.size());
        m_runs.push_back(std::move(entry.second));
    }
    m_report.runs = m_runs.size();
    AddRates();
    AddFamilies();
    AddDelays();
    return m_report;
}

ordered_json
ToJson(const Figure& figure)
{
    if (!figure.value)
    {
        return nullptr;
    }
    return {{"value", Rounded(*figure.value)},
            {"low", figure.bounds ? ordered_json(Rounded(figure.bounds->low)) : nullptr},
            {"high", figure.bounds ? ordered_json(Rounded(figure.bounds->high)) : nullptr}};
}

ordered_json
ToJson(const std::optional<double>& value)
{
    return value ? ordered_json(Rounded(*value)) : ordered_json();
}

ordered_json
ToJson(const FamilyReport& family)
{
    return {{"found", family.found},
            {"missed", family.missed},
            {"false_alarms", family.falseAlarms},
            {"precision", ToJson(family.precision)},
            {"recall", ToJson(family.recall)},
            {"f1", ToJson(family.f1)}};
}

} // namespace

std::vector<DetectorReport>
ReportsOf(const std::vector<JudgedCell>& cells)
{
    std::map<std::string, std::vector<const JudgedCell*>> byDetector;
    for (const JudgedCell& cell : cells)
    {
        byDetector[cell.detector].push_back(&cell);
    }
    std::vector<DetectorReport> reports;
    for (const auto& entry : byDetector)
    {
        reports.push_back(Reporter().Report(entry.second));
    }
    return reports;
}

nlohmann::ordered_json
ToJson(const DetectorReport& report)
{
    ordered_json json{{"detector", report.detector},
                      {"runs", report.runs},
                      {"cells", report.cells}};
    for (const auto& [name, end] : EnumNames(CellEnd{}))
    {
        const auto found = report.ended.find(end);
        json["ended"][std::string(name)] = found == report.ended.end() ? 0 : found->second;
    }
    json["silent"] = report.mute;
    json["inconclusive"] = report.inconclusive;
    json["found"] = report.found;
    json["missed"] = report.missed;
    json["false_alarms"] = report.falseAlarms;
    json["repeated_alarms"] = report.repeatedAlarms;
    json["misplaced"] = report.misplaced;
    json["clean_sessions"] = report.cleanSessions;
    json["micro"] = {{"precision", ToJson(report.precision)},
                     {"recall", ToJson(report.recall)},
                     {"f1", ToJson(report.f1)}};
    json["macro"] = {{"precision", ToJson(report.macroPrecision)},
                     {"recall", ToJson(report.macroRecall)},
                     {"f1", ToJson(report.macroF1)}};
    json["false_alarms_per_1000_clean_sessions"] = ToJson(report.falsePerThousand);
    json["time_to_detect"] = {{"median_ms", ToJson(report.delayMs)},
                              {"90_percent_ms", ToJson(report.slowDelayMs)},
                              {"never", report.missed},
                              {"without_time", report.undated}};
    json["localization"] = {{"located", report.located},
                            {"mean_error_hops", Rounded(report.hopError)},
                            {"largest_error_hops", report.largestHopError}};
    json["roc"] = {{"area", ToJson(report.rocArea)}, {"points", ordered_json::array()}};
    for (const RocPoint& point : report.roc)
    {
        json["roc"]["points"].push_back({{"score", point.score},
                                         {"true_positives", Rounded(point.truePositives)},
                                         {"false_positives", Rounded(point.falsePositives)}});
    }
    json["families"] = ordered_json::object();
    for (const auto& [name, family] : report.families)
    {
        json["families"][name] = ToJson(family);
    }
    json["confusion"] = ordered_json::array();
    for (const auto& [pair, count] : report.confusion)
    {
        json["confusion"].push_back(
            {{"truth", pair.first}, {"said", pair.second}, {"count", count}});
    }
    return json;
}

std::string
CsvOf(const std::vector<JudgedCell>& cells)
{
    std::string csv = "scenario,variant,seed,vantage,detector,end,said,faults_found,faults_missed,"
                      "false_alarms,repeated_alarms,misplaced_alarms,inconclusive_lines,"
                      "benign_lines,hidden_faults,other_faults,clean_sessions,first_delay_s,"
                      "largest_hop_error_hops\r\n";
    for (const JudgedCell& cell : cells)
    {
        std::optional<std::int64_t> delay;
        std::optional<int> error;
        for (const JudgedFault& fault : cell.faults)
        {
            delay = delay && fault.delay ? std::min(*delay, *fault.delay)
                    : fault.delay        ? fault.delay
                                         : delay;
            error = error && fault.hopError ? std::max(*error, *fault.hopError)
                    : fault.hopError        ? fault.hopError
                                            : error;
        }
        csv += fmt::format(
            "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n",
            cell.scenario,
            cell.variant,
            cell.seed,
            cell.vantage,
            cell.detector,
            NameOf(cell.end),
            cell.said,
            cell.Found(),
            cell.Missed(),
            cell.falseAlarms.size(),
            cell.repeatedAlarms,
            cell.misplaced,
            cell.inconclusive,
            cell.benign,
            cell.hiddenEvents,
            cell.otherEvents,
            cell.cleanSessions,
            delay ? fmt::format("{:.9f}", static_cast<double>(*delay) / (NS_PER_MS * 1000)) : "",
            error ? std::to_string(*error) : "");
    }
    return csv;
}

} // namespace bouncelab::score
