#include "lab/cli/score-table.h"

#include "lab/score/wilson.h"

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
struct Said
{
    std::string text;
    char mark = '?'; //!< + right, x wrong, ? cannot tell, - unsupported

    bool operator<(const Said& other) const
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

/// An expected verdict that was missed here makes a word unexpected.
bool
IsExpected(const RunScore& run, const DetectorScore& score)
{
    return std::none_of(run.misses.begin(),
                        run.misses.end(),
                        [&](const auto& miss) {
                            return miss.detector == score.detector && miss.vantage == score.vantage;
                        });
}

Said
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
                score.misses == 0 && score.misplaced == 0 ? '+' : 'x'};
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
        return IsExpected(run, score) ? Said{"silent, as expected", '-'} : Said{"missed", 'x'};
    }
    return {score.benign > 0 ? "explained as benign" : "silent", '+'};
}

struct MarkLook
{
    const char* sign;
    Tone tone;
};

MarkLook
LookOf(char mark)
{
    switch (mark)
    {
    case '+':
        return {"✓", Tone::Good};
    case 'x':
        return {"✗", Tone::Bad};
    case '-':
        return {"–", Tone::Faint};
    default:
        return {"?", Tone::Unsure};
    }
}

using Vantages = std::map<std::string, std::size_t>; //!< How many runs, by vantage.
using Words = std::map<Said, Vantages>;

/// What detectors said of each run, without what they could not have said.
std::map<std::string, Words>
WordsOf(const std::vector<const RunScore*>& runs)
{
    std::map<std::string, Words> all;
    for (const RunScore* run : runs)
    {
        for (const DetectorScore& score : run->detectors)
        {
            ++all[score.detector][Describe(*run, score)][score.vantage];
        }
    }
    for (auto& [detector, words] : all)
    {
        const auto unsupported = words.find(Said{"unsupported", '-'});
        if (unsupported != words.end() && words.size() > 1)
        {
            words.erase(unsupported);
        }
    }
    return all;
}

/// Detectors that said the same share a line; where one said different things from different
/// vantages, these are named.
Cell
DetectorCell(const std::vector<const RunScore*>& runs)
{
    std::map<Said, std::vector<std::string>> lines;
    for (const auto& [detector, words] : WordsOf(runs))
    {
        for (const auto& [word, vantages] : words)
        {
            std::string text = detector;
            if (runs.size() > 1)
            {
                const std::size_t hits = vantages.begin()->second;
                const score::Interval rate = score::WilsonInterval(hits, runs.size());
                text +=
                    fmt::format(" {}/{} [{:.2f}, {:.2f}]", hits, runs.size(), rate.low, rate.high);
            }
            if (words.size() > 1)
            {
                std::vector<std::string> names;
                for (const auto& entry : vantages)
                {
                    names.push_back(entry.first);
                }
                text += fmt::format(" at {}", fmt::join(names, " and "));
            }
            lines[word].push_back(std::move(text));
        }
    }
    Cell cell;
    for (const auto& [word, names] : lines)
    {
        cell.Add(
            fmt::format("{} {}: {}", LookOf(word.mark).sign, word.text, fmt::join(names, ", ")),
            LookOf(word.mark).tone);
    }
    return cell;
}

Cell
ObservableCell(const std::vector<const RunScore*>& runs)
{
    Cell cell;
    for (const spec::ClaimKind kind : {spec::ClaimKind::Emergent,
                                       spec::ClaimKind::Fitted,
                                       spec::ClaimKind::Input,
                                       spec::ClaimKind::Inference})
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
                     asExpected ? Tone::Plain : Tone::Bad);
        }
    }
    return cell.lines.empty() ? Cell("none claimed", Tone::Faint) : cell;
}

Cell
MailCell(const std::vector<const RunScore*>& runs)
{
    std::map<std::string, std::size_t> phrases;
    std::uint64_t others = 0;
    std::uint64_t amiss = 0;
    for (const RunScore* run : runs)
    {
        ++phrases[run->fate.Phrase()];
        others += run->fate.others;
        amiss += run->fate.othersAmiss;
    }
    Cell cell;
    for (const auto& [phrase, count] : phrases)
    {
        cell.Add(runs.size() > 1 ? fmt::format("{} ({})", phrase, count) : phrase);
    }
    if (others > 0)
    {
        cell.Add(amiss == 0 ? fmt::format("{} others well", others)
                            : fmt::format("{} others, {} amiss", others, amiss),
                 Tone::Faint);
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
    for (const std::string& name : order)
    {
        const std::vector<const RunScore*>& runs = byVariant[name];
        Cell variant(runs.front()->scenario + "/");
        variant.Add(runs.front()->variant);
        if (runs.size() > 1)
        {
            variant.Add(fmt::format("{} runs", runs.size()), Tone::Faint);
        }
        table.Add({variant, MailCell(runs), ObservableCell(runs), DetectorCell(runs)});
    }
    return table;
}

namespace
{

/// What was missed in one run, by what it is about.
std::map<std::string, std::string>
MissesOf(const RunScore& score)
{
    std::map<std::string, std::string> misses;
    for (const score::FidelityRow& row : score.fidelity)
    {
        if (!row.held)
        {
            misses[row.id] = fmt::format("({}, {}) missed{}: documented {}, simulated {}{}{}",
                                         row.check,
                                         NameOf(row.kind),
                                         row.missExpected ? " as expected" : "",
                                         row.documented,
                                         row.simulated.empty() ? "nothing" : row.simulated,
                                         row.reason.empty() ? "" : " — " + row.reason,
                                         row.because.empty() ? "" : " — " + row.because);
        }
        else if (row.missExpected)
        {
            misses[row.id] = fmt::format("({}) held, although a miss was expected", row.check);
        }
    }
    for (const score::ExpectationMiss& miss : score.misses)
    {
        misses[fmt::format("{} at {}", miss.detector, miss.vantage)] =
            fmt::format("expected {}, found {}", miss.expected, miss.found);
    }
    return misses;
}

} // namespace

std::vector<std::string>
MissLines(const std::vector<RunScore>& scores)
{
    struct Miss
    {
        std::uint64_t seed = 0;
        std::size_t count = 0;
        std::string text;
    };

    std::map<std::string, std::size_t> runs;
    std::map<std::pair<std::string, std::string>, Miss> all;
    for (const RunScore& score : scores)
    {
        const std::string variant = score.scenario + "/" + score.variant;
        ++runs[variant];
        for (const auto& [about, text] : MissesOf(score))
        {
            Miss& miss = all[{variant, about}];
            if (++miss.count == 1)
            {
                miss.seed = score.seed;
                miss.text = text;
            }
        }
    }
    std::vector<std::string> lines;
    for (const auto& [key, miss] : all)
    {
        const std::size_t total = runs[key.first];
        const std::string share =
            total > 1 ? fmt::format(", {} of {} runs, first seed {}", miss.count, total, miss.seed)
                      : "";
        lines.push_back(fmt::format("{}{}: {} {}", key.first, share, key.second, miss.text));
    }
    return lines;
}

} // namespace bouncelab::cli
