#include "lab/cli/run-table.h"

#include "formats/text.h"
#include "lab/cli/table.h"
#include "lab/score/alert-file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace bouncelab::cli
{

namespace
{

using score::DetectorScore;

constexpr std::string_view INDENT = "    ";
constexpr std::size_t MOST_LINES = 2;    //!< Of what detectors said of one variant.
constexpr std::size_t MOST_REASONS = 10; //!< Of one variant that is not as expected.
constexpr std::size_t MANY_NAMES = 4;    //!< From so many on they are counted.

/// All runs of a variant with the same settings.
struct Variant
{
    std::string scenario;
    std::string name;
    std::vector<const TableRun*> runs;

    const std::vector<std::string>& Settings() const { return runs.front()->score.settings; }

    std::size_t AsExpected() const
    {
        return static_cast<std::size_t>(std::count_if(runs.begin(),
                                                      runs.end(),
                                                      [](const TableRun* run)
                                                      { return run->score.AsExpected(); }));
    }

    bool IsJudged() const { return runs.front()->isJudged; }

    bool IsAsExpected() const { return AsExpected() == runs.size(); }
};

std::vector<Variant>
VariantsOf(const std::vector<TableRun>& runs)
{
    std::vector<Variant> variants;
    for (const TableRun& run : runs)
    {
        const auto known = std::find_if(variants.begin(),
                                        variants.end(),
                                        [&](const Variant& variant)
                                        {
                                            return variant.scenario == run.score.scenario &&
                                                   variant.name == run.score.variant &&
                                                   variant.Settings() == run.score.settings &&
                                                   variant.IsJudged() == run.isJudged;
                                        });
        if (known == variants.end())
        {
            variants.push_back({run.score.scenario, run.score.variant, {&run}});
        }
        else
        {
            known->runs.push_back(&run);
        }
    }
    if (std::any_of(variants.begin(),
                    variants.end(),
                    [&](const Variant& one)
                    { return one.Settings() != variants.front().Settings(); }))
    {
        for (Variant& variant : variants)
        {
            for (const std::string& setting : variant.Settings())
            {
                variant.name += " " + setting;
            }
        }
    }
    return variants;
}

std::string
MailText(const score::TrueOutcome& outcome)
{
    const std::string arrived =
        (outcome.copies > 1 ? fmt::format("arrived {} times", outcome.copies) : "arrived") +
        (outcome.changed ? ", changed" : "");
    if (outcome.sender == "delivered")
    {
        return outcome.copies == 0 ? "LOST" : arrived;
    }
    const std::string told = outcome.sender == "failed" ? "bounced"
                             : outcome.sender.empty()   ? "not sent"
                                                        : "queued";
    return outcome.copies == 0 ? told : told + ", yet " + arrived;
}

std::string
MailText(const Variant& variant)
{
    std::map<std::string, std::size_t> counts;
    std::uint64_t amiss = 0;
    for (const TableRun* run : variant.runs)
    {
        ++counts[MailText(run->score.outcome)];
        amiss += run->score.outcome.othersAmiss;
    }
    std::string text;
    for (const auto& [word, count] : counts)
    {
        text += (text.empty() ? "" : ", ") + word;
        text += counts.size() > 1 ? fmt::format(" {}", count) : "";
    }
    return amiss == 0 ? text : text + fmt::format(", {} amiss", amiss);
}

bool
IsMissedAsPredicted(const score::FidelityRow& row)
{
    return !row.held && !row.isExcused && row.AsExpected();
}

std::string
ClaimCell(const Variant& variant)
{
    std::size_t held = 0;
    std::size_t claimed = 0;
    bool predicted = false;
    for (const TableRun* run : variant.runs)
    {
        for (const score::FidelityRow& row : run->score.fidelity)
        {
            held += row.held ? 1 : 0;
            claimed += row.isExcused ? 0 : 1;
            predicted = predicted || IsMissedAsPredicted(row);
        }
    }
    return claimed == 0 ? "–" : fmt::format("{}/{}{}", held, claimed, predicted ? "*" : "");
}

/// What one detector said of a variant, from all vantages at which it spoke.
struct Speech
{
    std::uint64_t leastFound = 0; //!< Hits of faults that show, at the worst vantage.
    std::uint64_t mostFound = 0;
    std::uint64_t shown = 0; //!< At the best vantage.
    std::uint64_t falseAlarms = 0;
    bool isExplained = false;
    bool isUndecided = false;
    std::set<std::string> places;

    bool FoundAnything() const { return mostFound > 0; }

    /// What stands behind the name; nothing where the only fault was found.
    std::string Text() const
    {
        std::vector<std::string> parts;
        if (FoundAnything() && (shown > 1 || leastFound < mostFound))
        {
            parts.push_back(leastFound == mostFound
                                ? fmt::format("{}/{}", mostFound, shown)
                                : fmt::format("{} to {}/{}", leastFound, mostFound, shown));
        }
        if (!FoundAnything() && isExplained)
        {
            parts.emplace_back("benign");
        }
        if (!FoundAnything() && !isExplained && isUndecided)
        {
            parts.emplace_back("?");
        }
        if (falseAlarms > 0)
        {
            parts.push_back(fmt::format("!{}", falseAlarms));
        }
        return fmt::format("{}", fmt::join(parts, " "));
    }
};

std::string
PlaceText(const score::Localization& place)
{
    // No-break spaces, so that an interval stays in one line.
    return fmt::format("hop\u00A0({},\u00A0{}]{}",
                       place.interval.after,
                       place.interval.to,
                       place.Error() == 0 ? "" : " wrong");
}

/// Sums over the runs by detector and vantage, then the range over the vantages.
std::map<std::string, Speech>
SpeechesOf(const Variant& variant)
{
    std::map<std::pair<std::string, std::string>, DetectorScore> sums;
    for (const TableRun* run : variant.runs)
    {
        for (const DetectorScore& score : run->score.detectors)
        {
            DetectorScore& sum = sums[{score.detector, score.vantage}];
            sum.trueAlarms += score.trueAlarms;
            sum.misses += score.misses;
            sum.falseAlarms += score.falseAlarms;
            sum.benign += score.benign;
            sum.inconclusive += score.inconclusive;
            sum.places.insert(sum.places.end(), score.places.begin(), score.places.end());
        }
    }
    std::map<std::string, Speech> speeches;
    for (const auto& [who, sum] : sums)
    {
        if (sum.trueAlarms + sum.falseAlarms + sum.benign + sum.inconclusive == 0)
        {
            continue;
        }
        Speech& speech = speeches[who.first];
        if (sum.trueAlarms > 0)
        {
            const bool isFirst = !speech.FoundAnything();
            speech.leastFound =
                isFirst ? sum.trueAlarms : std::min(speech.leastFound, sum.trueAlarms);
            speech.mostFound = std::max(speech.mostFound, sum.trueAlarms);
            speech.shown = std::max(speech.shown, sum.trueAlarms + sum.misses);
        }
        speech.falseAlarms = std::max(speech.falseAlarms, sum.falseAlarms);
        speech.isExplained = speech.isExplained || sum.benign > 0;
        speech.isUndecided = speech.isUndecided || sum.inconclusive > 0;
        for (const score::Localization& place : sum.places)
        {
            speech.places.insert(PlaceText(place));
        }
    }
    return speeches;
}

/// "5 found it, hop (6, 7] · early-end ?"
std::string
SpokenCell(const Variant& variant)
{
    std::map<std::string, std::vector<std::string>> byText;
    std::vector<std::string> order;
    std::map<std::string, std::set<std::string>> places;
    for (const auto& [name, speech] : SpeechesOf(variant))
    {
        const std::string text = speech.Text();
        if (byText[text].empty())
        {
            order.push_back(text);
        }
        byText[text].push_back(name);
        places[text].insert(speech.places.begin(), speech.places.end());
    }
    // What found most comes first: no text, then counts, then words and signs.
    std::sort(order.begin(),
              order.end(),
              [](const std::string& a, const std::string& b)
              {
                  const auto rank = [](const std::string& text) {
                      return text.empty() ? 0 : IsDigit(text[0]) ? 1 : IsAlpha(text[0]) ? 2 : 3;
                  };
                  return std::pair(rank(a), a) < std::pair(rank(b), b);
              });
    std::vector<std::string> groups;
    for (const std::string& text : order)
    {
        const std::vector<std::string>& names = byText[text];
        groups.push_back(text.empty() && names.size() >= MANY_NAMES
                             ? fmt::format("{} found it", names.size())
                         : text.empty() ? fmt::format("{}", fmt::join(names, ", "))
                                        : fmt::format("{} {}", fmt::join(names, ", "), text));
        for (const std::string& place : places[text])
        {
            groups.back() += ", " + place;
        }
    }
    return groups.empty() ? "–" : fmt::format("{}", fmt::join(groups, " · "));
}

/// The file to look into, and the first frame that it speaks of.
std::string
WhereText(const TableRun& run, const score::ExpectationMiss& miss)
{
    const std::string file =
        run.alerts.empty()
            ? fmt::format("{}/verdicts/{}/{}.jsonl", run.folder, miss.detector, miss.vantage)
            : run.alerts;
    if (!std::filesystem::exists(file))
    {
        return run.folder;
    }
    const std::vector<Alert> alerts = score::ReadAlerts(file);
    return alerts.empty() || alerts.front().frame == 0
               ? file
               : fmt::format("{}, frame {}", file, alerts.front().frame);
}

/// What was not as expected in one run, by what it is about, with where to look.
std::map<std::string, std::string>
ReasonsOf(const TableRun& run)
{
    std::map<std::string, std::string> reasons;
    for (const score::FidelityRow& row : run.score.fidelity)
    {
        if (row.AsExpected())
        {
            continue;
        }
        const std::string documented =
            row.predicted.empty()
                ? row.documented + (row.documented.empty() || row.expected.empty() ? "" : " | ") +
                      row.expected
                : fmt::format("a miss ({})", row.predicted);
        reasons[fmt::format("{} ({})", row.id, row.check)] =
            fmt::format("expected {}, found {}{}; {}/fidelity.json",
                        documented,
                        row.simulated.empty() ? "nothing" : row.simulated,
                        row.reason.empty() ? "" : " (" + row.reason + ")",
                        run.folder);
    }
    for (const score::ExpectationMiss& miss : run.score.misses)
    {
        reasons[fmt::format("{} at {}", miss.detector, miss.vantage)] =
            fmt::format("expected {}, found {}; {}",
                        miss.expected,
                        miss.found,
                        WhereText(run, miss));
    }
    return reasons;
}

void
AppendReasons(std::string& out, const Variant& variant, const Terminal& terminal)
{
    struct Reason
    {
        const TableRun* first = nullptr;
        std::string text;
        std::size_t runs = 0;
    };

    std::map<std::string, Reason> reasons;
    for (const TableRun* run : variant.runs)
    {
        for (const auto& [about, text] : ReasonsOf(*run))
        {
            Reason& reason = reasons[about];
            if (++reason.runs == 1)
            {
                reason.first = run;
                reason.text = text;
            }
        }
    }
    std::size_t shown = 0;
    for (const auto& [about, reason] : reasons)
    {
        if (shown++ == MOST_REASONS)
        {
            out += fmt::format("{}and {} more (-vv)\n", INDENT, reasons.size() - MOST_REASONS);
            break;
        }
        const std::string share = variant.runs.size() == 1
                                      ? ""
                                      : fmt::format(" in {} of {} runs, first seed {}",
                                                    reason.runs,
                                                    variant.runs.size(),
                                                    reason.first->score.seed);
        for (const std::string& part :
             Wrap(ForTerminal(fmt::format("{}{}: {}", about, share, reason.text)),
                  terminal.Width() - INDENT.size()))
        {
            out += fmt::format("{}{}\n", INDENT, terminal.Paint(part, TextStyle::Bad));
        }
    }
}

/// Of runs with settings of the user's own: how far they are from what stands in the document.
std::string
DifferenceText(const Variant& variant)
{
    if (!variant.runs.front()->score.HasExpectations())
    {
        return "no expectations: there is no expect.yaml that says anything of it";
    }
    std::size_t claims = 0;
    std::size_t differing = 0;
    std::size_t verdicts = 0;
    for (const TableRun* run : variant.runs)
    {
        claims += run->score.fidelity.size();
        differing += static_cast<std::size_t>(std::count_if(run->score.fidelity.begin(),
                                                            run->score.fidelity.end(),
                                                            [](const score::FidelityRow& row)
                                                            { return !row.AsExpected(); }));
        verdicts += run->score.misses.size();
    }
    return fmt::format("{} of {} claims and {} verdicts differ from the shipped scenario's (-vv)",
                       differing,
                       claims,
                       verdicts);
}

/// The text with blanks up to a width.
std::string
Padded(const std::string& text, std::size_t width)
{
    const std::size_t columns = DisplayWidth(text);
    return text + std::string(width - std::min(width, columns), ' ');
}

/// One variant, ready to be set in columns.
struct Row
{
    std::string sign;
    std::string name;
    std::string mail;
    std::string claims;
    std::string spoke;
};

Row
RowOf(const Variant& variant)
{
    Row row;
    row.sign = !variant.IsJudged() ? "·" : variant.IsAsExpected() ? "✓" : "✗";
    if (variant.IsJudged() && variant.runs.size() > 1)
    {
        row.sign += fmt::format(" {}/{}", variant.AsExpected(), variant.runs.size());
    }
    row.name = variant.name;
    row.mail = MailText(variant);
    row.claims = ClaimCell(variant);
    row.spoke = SpokenCell(variant);
    return row;
}

struct Widths
{
    std::size_t sign = 1;
    std::size_t name = 0;
    std::size_t mail = 8;
    std::size_t claims = 6;

    void Fit(const Row& row)
    {
        sign = std::max(sign, DisplayWidth(row.sign));
        name = std::max(name, DisplayWidth(row.name));
        mail = std::max(mail, DisplayWidth(row.mail));
        claims = std::max(claims, DisplayWidth(row.claims));
    }

    std::size_t Sum() const { return sign + 1 + name + 2 + mail + 2 + claims + 2; }
};

void
AppendRow(std::string& out, const Row& row, const Widths& widths, const Terminal& terminal)
{
    const TextStyle style = StartsWith(row.sign, "✓")   ? TextStyle::Good
                            : StartsWith(row.sign, "✗") ? TextStyle::Bad
                                                        : TextStyle::Faint;
    const std::size_t left = widths.Sum();
    std::vector<std::string> spoke =
        Wrap(ForTerminal(row.spoke), std::max<std::size_t>(terminal.Width(), left + 20) - left);
    if (spoke.size() > MOST_LINES)
    {
        spoke.resize(MOST_LINES);
        spoke.back() += " …";
    }
    out += terminal.Paint(row.sign, style) +
           std::string(widths.sign - DisplayWidth(row.sign), ' ') + " " +
           Padded(row.name, widths.name) + "  " + Padded(row.mail, widths.mail) + "  " +
           Padded(row.claims, widths.claims) + "  " + spoke.front() + "\n";
    for (std::size_t i = 1; i < spoke.size(); ++i)
    {
        out += std::string(left, ' ') + spoke[i] + "\n";
    }
}

} // namespace

std::string
RunTable(const std::vector<TableRun>& runs, const Terminal& terminal)
{
    const std::vector<Variant> variants = VariantsOf(runs);
    std::vector<Row> rows;
    Widths widths;
    for (const Variant& variant : variants)
    {
        rows.push_back(RowOf(variant));
        widths.Fit(rows.back());
    }
    std::string out = std::string(widths.sign + 1 + widths.name + 2, ' ') +
                      Padded("the mail", widths.mail) + "  " + Padded("claims", widths.claims) +
                      "  who spoke\n";
    for (std::size_t i = 0; i < variants.size(); ++i)
    {
        if (i == 0 || variants[i].scenario != variants[i - 1].scenario)
        {
            out += ForTerminal(variants[i].scenario) + "\n";
        }
        AppendRow(out, rows[i], widths, terminal);
        const bool hasExpectations = variants[i].runs.front()->score.HasExpectations();
        if (variants[i].IsAsExpected() && (variants[i].IsJudged() || hasExpectations))
        {
            continue;
        }
        if (variants[i].IsJudged())
        {
            AppendReasons(out, variants[i], terminal);
        }
        else
        {
            out += fmt::format("{}{}\n", INDENT, DifferenceText(variants[i]));
        }
    }
    return out;
}

bool
HasPredictedMiss(const std::vector<TableRun>& runs)
{
    return std::any_of(runs.begin(),
                       runs.end(),
                       [](const TableRun& run) {
                           return std::any_of(run.score.fidelity.begin(),
                                              run.score.fidelity.end(),
                                              IsMissedAsPredicted);
                       });
}

std::string
Tally(const std::vector<TableRun>& runs)
{
    std::vector<std::string> missed;
    std::size_t judged = 0;
    for (const Variant& variant : VariantsOf(runs))
    {
        judged += variant.IsJudged() ? 1 : 0;
        if (variant.IsJudged() && !variant.IsAsExpected())
        {
            missed.push_back(variant.scenario + "/" + variant.name);
        }
    }
    if (judged == 0)
    {
        return "nothing is expected of these runs";
    }
    std::string text = fmt::format("{} of {} as expected", judged - missed.size(), judged);
    if (!missed.empty())
    {
        text += fmt::format(", {} not: {}", missed.size(), fmt::join(missed, ", "));
    }
    return text;
}

} // namespace bouncelab::cli
