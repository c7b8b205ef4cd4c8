#include "lab/cli/score-table.h"

#include "formats/text.h"
#include "lab/cli/judge-table.h"
#include "lab/score/seed-summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace bouncelab::cli
{

namespace
{

using score::DetectorScore;
using score::RunScore;

/// What one detector said of a run, in a word, against the truth.
struct DetectorWord
{
    std::string text;
    char mark = '?'; //!< + right, x wrong, ? cannot tell, - unsupported

    bool operator<(const DetectorWord& other) const
    {
        return std::tie(mark, text) < std::tie(other.mark, other.text);
    }
};

std::string
PlaceText(const DetectorScore& score)
{
    if (score.places.empty())
    {
        return {};
    }
    const HopInterval& hops = score.places.front().interval;
    const bool inside = score.places.front().Error() == 0;
    return fmt::format(" in ({}, {}]{}", hops.after, hops.to, inside ? "" : ", not the place");
}

DetectorWord
Describe(const RunScore& run, const DetectorScore& score)
{
    if (score.falseAlarms > 0)
    {
        return {score.trueAlarms > 0
                    ? fmt::format("found {}, {} false", score.trueAlarms, score.falseAlarms)
                    : fmt::format("false alarm ({})", score.falseAlarms),
                'x'};
    }
    if (score.trueAlarms > 0)
    {
        const std::uint64_t events = score.trueAlarms + score.misses;
        return {(events > 1 ? fmt::format("found {} of {}", score.trueAlarms, events) : "found") +
                    PlaceText(score),
                (score.misses == 0 && score.misplaced == 0) || run.WasForeseen(score) ? '+' : 'x'};
    }
    if (score.inconclusive > 0)
    {
        return {"inconclusive", '?'};
    }
    if (score.unsupported)
    {
        return {"unsupported", '-'};
    }
    if (score.misses > 0)
    {
        return run.WasForeseen(score) ? DetectorWord{"silent, as expected", '-'}
                                      : DetectorWord{"missed", 'x'};
    }
    return {score.benign > 0 ? "explained as benign" : "silent", '+'};
}

struct MarkStyle
{
    const char* sign;
    TextStyle style;
};

MarkStyle
StyleOf(char mark)
{
    switch (mark)
    {
    case '+':
        return {"✓", TextStyle::Good};
    case 'x':
        return {"✗", TextStyle::Bad};
    case '-':
        return {"–", TextStyle::Faint};
    default:
        return {"?", TextStyle::Unsure};
    }
}

std::string
RateText(const score::Rate& rate)
{
    return fmt::format("{}/{} {}", rate.Hits(), rate.Trials(), BoundsText(rate.Bounds()));
}

/// What one detector said of a vantage in many runs, against the truth.
DetectorWord
Describe(const score::DetectorSummary& summary)
{
    const DetectorScore& sum = summary.sum;
    const bool isExpected = summary.asExpected.IsFull();
    const std::uint64_t found = sum.trueAlarms;
    const auto inAll = [&](const char* word, scenario::ExpectedWord said)
    {
        const auto runs = summary.said.find(said);
        const bool always = runs != summary.said.end() && runs->second == summary.runs;
        return always ? std::string(word)
                      : fmt::format("{} in {} of {} runs",
                                    word,
                                    runs == summary.said.end() ? 0 : runs->second,
                                    summary.runs);
    };
    DetectorWord said;
    if (sum.Alarms() > 0)
    {
        said.text = found + sum.misses > 0 ? "found " + RateText(summary.recall) : "";
        said.mark = (sum.misses == 0 && sum.misplaced == 0) || summary.foreseen ? '+' : 'x';
        if (sum.falseAlarms > 0)
        {
            said.text += fmt::format("{}{} false alarms, right {}",
                                     said.text.empty() ? "" : ", ",
                                     sum.falseAlarms,
                                     RateText(summary.precision));
            said.mark = 'x';
        }
    }
    else if (sum.inconclusive > 0)
    {
        said = {inAll("inconclusive", scenario::ExpectedWord::Inconclusive), '?'};
    }
    else if (sum.unsupported)
    {
        said = {"unsupported", '-'};
    }
    else if (sum.misses > 0)
    {
        said = summary.foreseen ? DetectorWord{"silent, as expected", '-'}
                                : DetectorWord{"found " + RateText(summary.recall), 'x'};
    }
    else
    {
        said = {sum.benign > 0 ? inAll("explained as benign", scenario::ExpectedWord::Benign)
                               : "silent",
                '+'};
    }
    if (!isExpected)
    {
        said.text += ", as expected " + RateText(summary.asExpected);
        said.mark = 'x';
    }
    return said;
}

/// What detectors said, and at which vantages.
using Words = std::map<std::string, std::map<DetectorWord, std::vector<std::string>>>;

/// Where a detector spoke somewhere, its silence elsewhere that is in order is left out; one that
/// was silent everywhere is told of in one word.
void
DropSilence(std::map<DetectorWord, std::vector<std::string>>& said)
{
    // What tells least goes first, so that the last word is never dropped.
    for (const DetectorWord& silence :
         {DetectorWord{"silent", '+'}, DetectorWord{"silent, as expected", '-'}})
    {
        if (said.size() > 1)
        {
            said.erase(silence);
        }
    }
}

/// Detectors that said the same share a line; where one said different things from different
/// vantages, these are named.
Cell
CellOf(Words words)
{
    std::map<DetectorWord, std::vector<std::string>> lines;
    for (auto& [detector, said] : words)
    {
        if (said.size() > 1)
        {
            said.erase(DetectorWord{"unsupported", '-'});
        }
        const bool differs = said.size() > 1;
        DropSilence(said);
        for (const auto& [word, vantages] : said)
        {
            lines[word].push_back(
                differs ? fmt::format("{} at {}", detector, fmt::join(vantages, " and "))
                        : detector);
        }
    }
    Cell cell;
    for (const auto& [word, names] : lines)
    {
        cell.Add(
            fmt::format("{} {}: {}", StyleOf(word.mark).sign, word.text, fmt::join(names, ", ")),
            StyleOf(word.mark).style);
    }
    return cell;
}

Cell
DetectorCell(const RunScore& run)
{
    Words words;
    for (const DetectorScore& score : run.detectors)
    {
        words[score.detector][Describe(run, score)].push_back(score.vantage);
    }
    return CellOf(std::move(words));
}

Cell
DetectorCell(const score::VariantSummary& summary)
{
    Words words;
    for (const score::DetectorSummary& detector : summary.detectors)
    {
        words[detector.sum.detector][Describe(detector)].push_back(detector.sum.vantage);
    }
    return CellOf(std::move(words));
}

Cell
ObservableCell(const std::vector<const RunScore*>& runs)
{
    Cell cell;
    for (const scenario::ClaimKind kind : {scenario::ClaimKind::Emergent,
                                           scenario::ClaimKind::Fitted,
                                           scenario::ClaimKind::Input,
                                           scenario::ClaimKind::Inference})
    {
        score::Tally sum;
        bool asExpected = true;
        for (const RunScore* run : runs)
        {
            const score::Tally tally = score::TallyOf(run->fidelity, kind);
            sum.held += tally.held;
            sum.claimed += tally.claimed;
            for (const score::FidelityRow& row : run->fidelity)
            {
                asExpected = asExpected && (row.kind != kind || row.AsExpected());
            }
        }
        if (sum.claimed > 0)
        {
            cell.Add(fmt::format("{} {}/{}", NameOf(kind), sum.held, sum.claimed),
                     asExpected ? TextStyle::Plain : TextStyle::Bad);
        }
    }
    return cell.lines.empty() ? Cell("none claimed", TextStyle::Faint) : cell;
}

Cell
MailCell(const std::vector<const RunScore*>& runs)
{
    std::map<std::string, std::size_t> phrases;
    std::uint64_t others = 0;
    std::uint64_t amiss = 0;
    for (const RunScore* run : runs)
    {
        ++phrases[run->outcome.Phrase()];
        others += run->outcome.others;
        amiss += run->outcome.othersAmiss;
    }
    Cell cell;
    for (const auto& [phrase, count] : phrases)
    {
        cell.Add(runs.size() > 1 ? fmt::format("{} ({})", phrase, count) : phrase);
    }
    if (others > 0)
    {
        cell.Add(amiss == 0 ? fmt::format("{} others fine", others)
                            : fmt::format("{} others, {} wrong", others, amiss),
                 TextStyle::Faint);
    }
    return cell;
}

} // namespace

Table
ScoreTable(const std::vector<RunScore>& scores)
{
    Table table({"variant", "mail: sender / recipient", "observables held", "detectors"});
    std::vector<std::string> order;
    std::map<std::string, std::vector<const RunScore*>> byVariant;
    for (const RunScore& score : scores)
    {
        const std::string name = score.scenario + "/" + score.variant;
        if (byVariant[name].empty())
        {
            order.push_back(name);
        }
        byVariant[name].push_back(&score);
    }
    const std::vector<score::VariantSummary> summaries = score::Summarize(scores);
    for (std::size_t i = 0; i < order.size(); ++i)
    {
        const std::vector<const RunScore*>& runs = byVariant[order[i]];
        Cell variant(runs.front()->scenario + "/");
        variant.Add(runs.front()->variant);
        if (runs.size() > 1)
        {
            variant.Add(fmt::format("{} runs", runs.size()), TextStyle::Faint);
            const score::Rate& rate = summaries[i].asExpected;
            variant.Add(rate.Trials() == 0 ? "no expectations" : RateText(rate),
                        rate.Trials() == 0 ? TextStyle::Faint
                        : rate.IsFull()    ? TextStyle::Good
                                           : TextStyle::Bad);
        }
        table.Add({variant,
                   MailCell(runs),
                   ObservableCell(runs),
                   runs.size() > 1 ? DetectorCell(summaries[i]) : DetectorCell(*runs.front())});
    }
    return table;
}

std::string
ClaimText(const std::vector<RunScore>& scores, std::size_t width)
{
    constexpr std::string_view INDENT = "    ";
    std::string text;
    const auto put = [&](const std::string& line)
    {
        std::string_view indent = INDENT.substr(2);
        for (const std::string& part : Wrap(ForTerminal(line), width - INDENT.size()))
        {
            text += fmt::format("{}{}\n", indent, part);
            indent = INDENT;
        }
    };
    for (const RunScore& score : scores)
    {
        text += fmt::format("{}/{} seed {}\n", score.scenario, score.variant, score.seed);
        for (const score::FidelityRow& row : score.fidelity)
        {
            put(fmt::format("{} {} ({}, {}): {}{}simulated {}{}{}",
                            row.held           ? "✓"
                            : row.AsExpected() ? "*"
                                               : "✗",
                            row.id,
                            row.check,
                            NameOf(row.kind),
                            row.documented.empty() ? "" : "documented " + row.documented + ", ",
                            row.expected.empty() ? "" : "expected " + row.expected + ", ",
                            row.simulated.empty() ? "nothing" : row.simulated,
                            row.reason.empty() ? "" : " — " + row.reason,
                            row.because.empty() ? "" : " — " + row.because));
        }
        for (const score::ExpectationMiss& miss : score.misses)
        {
            put(fmt::format("✗ {} at {}: expected {}, found {}",
                            miss.detector,
                            miss.vantage,
                            miss.expected,
                            miss.found));
        }
    }
    return text;
}

} // namespace bouncelab::cli
