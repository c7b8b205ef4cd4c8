#include "lab/score/detector-score.h"

#include "formats/vocabulary.h"
#include "lab/score/alert-file.h"
#include "lab/score/fidelity/evaluation.h"
#include "lab/score/text-file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

using scenario::ExpectedWord;

constexpr std::string_view VERDICT_SUFFIX = ".jsonl";

bool
HasFrame(const std::map<std::string, std::set<std::uint64_t>>& frames,
         const std::vector<std::string>& vantages,
         std::uint64_t frame)
{
    return std::any_of(vantages.begin(),
                       vantages.end(),
                       [&](const std::string& vantage)
                       {
                           const auto at = frames.find(vantage);
                           return at != frames.end() && at->second.count(frame) != 0;
                       });
}

/// An alarm found a forgery by a frame of it, but accuses another one.
bool
IsMisplaced(const Alert& alert, const FaultEvent& event, const std::vector<std::string>& vantages)
{
    const bool forger =
        event.IsForgery() && FamilyOf(alert.dottedClass) == FamilyOf(event.dottedClass);
    return forger && alert.frame != 0 && !HasFrame(event.forged, vantages, alert.frame) &&
           !HasFrame(event.affected, vantages, alert.frame);
}

std::string
Phrase(ExpectedWord word, std::uint64_t count)
{
    return count == 0 ? std::string(NameOf(word)) : fmt::format("{} {}", NameOf(word), count);
}

std::string
Phrase(const scenario::ExpectedVerdict& expected)
{
    const scenario::LineCount& lines = expected.lines;
    return lines.isEveryEvent || lines.isMeasured || !lines.each.empty()
               ? fmt::format("{} {}", NameOf(expected.verdict), expected.count)
               : Phrase(expected.verdict, lines.least);
}

bool
Fits(ExpectedWord said, ExpectedWord expected)
{
    const bool isSilent = said == ExpectedWord::None || said == ExpectedWord::Unsupported;
    return expected == ExpectedWord::Quiet ? isSilent : said == expected;
}

/// Whether the run was not told to leave the vantage out.
bool
IsKept(const RunFolder& run, const std::string& vantage)
{
    const auto& known = run.Vantages();
    return std::find(known.begin(), known.end(), vantage) != known.end();
}

bool
HasScore(const std::vector<DetectorScore>& scores,
         const std::string& detector,
         const std::string& vantage)
{
    return std::any_of(scores.begin(),
                       scores.end(),
                       [&](const DetectorScore& score)
                       { return score.detector == detector && score.vantage == vantage; });
}

bool
HasExpectedNumber(const DetectorScore& score,
                  const scenario::ExpectedVerdict& expected,
                  std::uint64_t lines,
                  const Evaluation& evaluation)
{
    if (const std::string& each = expected.lines.each; !each.empty())
    {
        return lines == TextsOf(evaluation.FieldOf(each)).size();
    }
    const bool isExcused =
        std::count(expected.except.begin(), expected.except.end(), scenario::Excuse::Unfinished) >
        0;
    return expected.lines.isEveryEvent
               ? score.trueAlarms > 0 && score.misses == (isExcused ? score.unfinishedMisses : 0)
               : expected.lines.Holds(lines);
}

} // namespace

int
Localization::Error() const
{
    const int hop = static_cast<int>(trueHop);
    return hop > interval.to ? hop - interval.to : std::max(0, interval.after + 1 - hop);
}

ExpectedWord
DetectorScore::Word() const
{
    return Alarms() > 0       ? ExpectedWord::Fault
           : inconclusive > 0 ? ExpectedWord::Inconclusive
           : benign > 0       ? ExpectedWord::Benign
           : unsupported      ? ExpectedWord::Unsupported
                              : ExpectedWord::None;
}

std::uint64_t
DetectorScore::LinesOf(ExpectedWord word) const
{
    return word == ExpectedWord::Fault          ? Alarms()
           : word == ExpectedWord::Inconclusive ? inconclusive
           : word == ExpectedWord::Benign       ? benign
                                                : 0;
}

DetectorScore
ScoreAlerts(const std::string& detector,
            const std::string& vantage,
            const std::vector<Alert>& alerts,
            const std::vector<FaultEvent>& events,
            const RunFolder& run,
            Visibility& visibility,
            const DetectorScope& scope)
{
    return ScoreAlerts(detector,
                       vantage,
                       alerts,
                       MatchAlarms(alerts, events, run.MembersOf(vantage)),
                       events,
                       run,
                       visibility,
                       scope);
}

DetectorScore
ScoreAlerts(const std::string& detector,
            const std::string& vantage,
            const std::vector<Alert>& alerts,
            const Matching& matching,
            const std::vector<FaultEvent>& events,
            const RunFolder& run,
            Visibility& visibility,
            const DetectorScope& scope)
{
    const std::vector<std::string> vantages = run.MembersOf(vantage);
    DetectorScore score;
    score.detector = detector;
    score.vantage = vantage;
    score.isBaseline = scope.isBaseline;
    for (std::size_t i = 0; i < alerts.size(); ++i)
    {
        const Alert& alert = alerts[i];
        if (alert.verdict == Verdict::Benign)
        {
            ++score.benign;
        }
        else if (alert.verdict == Verdict::Inconclusive)
        {
            ++score.inconclusive;
        }
        else if (matching.repeats[i])
        {
            ++score.repeatedAlarms;
        }
        else if (matching.eventOf[i] == Matching::NONE)
        {
            ++score.falseAlarms;
        }
        else
        {
            const FaultEvent& event = events[matching.eventOf[i]];
            ++score.trueAlarms;
            score.misplaced +=
                visibility.Shows(event, vantage) && IsMisplaced(alert, event, vantages) ? 1 : 0;
            if (alert.where.hops && event.hop)
            {
                score.places.push_back({event.cause, *alert.where.hops, *event.hop});
            }
        }
    }
    for (std::size_t j = 0; j < events.size(); ++j)
    {
        if (matching.alertOf[j] == Matching::NONE)
        {
            const std::uint64_t missesBefore = score.misses;
            ++(!visibility.Shows(events[j], vantage, scope) ? score.hiddenEvents
               : scope.LooksFor(events[j].dottedClass)      ? score.misses
                                                            : score.otherEvents);
            score.unfinishedMisses +=
                score.misses > missesBefore && visibility.IsUnfinished(events[j]) ? 1 : 0;
        }
    }
    score.unsupported = alerts.empty() && !scope.CanRead(visibility.KindsAt(vantage));
    return score;
}

std::vector<DetectorScore>
ScoreVerdicts(const RunFolder& run, const std::vector<FaultEvent>& events, Visibility& visibility)
{
    std::vector<DetectorScore> scores;
    const std::filesystem::path folder = run.Root() / "verdicts";
    if (!std::filesystem::exists(folder))
    {
        return scores;
    }
    const std::map<std::string, DetectorScope> scopes = ReadScopes(run.Root());
    for (const std::string& file : FilesBelow(folder))
    {
        const std::filesystem::path path(file);
        if (path.extension() == VERDICT_SUFFIX)
        {
            const std::string detector = path.parent_path().generic_string();
            const auto scope = scopes.find(detector);
            scores.push_back(ScoreAlerts(detector,
                                         path.stem().string(),
                                         ReadAlerts(folder / path),
                                         events,
                                         run,
                                         visibility,
                                         scope != scopes.end() ? scope->second : DetectorScope()));
        }
    }
    return scores;
}

std::vector<ExpectationMiss>
CheckVerdicts(const RunFolder& run,
              const scenario::Expectations& expectations,
              const std::vector<DetectorScore>& scores)
{
    std::vector<ExpectationMiss> misses;
    const bool hasFaults = !FaultEventsOf(run.Labels()).empty();
    const Evaluation evaluation(run, expectations);
    for (const DetectorScore& score : scores)
    {
        const auto* expected = expectations.VerdictOf(score.detector, score.vantage);
        if (!expected)
        {
            continue;
        }
        const ExpectedWord word = score.Word();
        const std::uint64_t lines = score.LinesOf(word);
        const bool isElsewhere = hasFaults && !score.isBaseline && score.falseAlarms > 0;
        if (!Fits(word, expected->verdict) || isElsewhere ||
            !HasExpectedNumber(score, *expected, lines, evaluation))
        {
            std::string found = Phrase(word, lines);
            found += expected->lines.isEveryEvent && score.misses > 0
                         ? fmt::format(" and {} missed, {} of them unfinished",
                                       score.misses,
                                       score.unfinishedMisses)
                         : "";
            found += isElsewhere
                         ? fmt::format(", of them {} at nothing that is wrong", score.falseAlarms)
                         : "";
            misses.push_back({score.detector, score.vantage, Phrase(*expected), found});
        }
    }
    for (const auto& [detector, vantages] : expectations.verdicts)
    {
        for (const auto& [vantage, expected] : vantages)
        {
            if (detector != scenario::EVERY_OTHER && IsKept(run, vantage) &&
                !HasScore(scores, detector, vantage))
            {
                misses.push_back({detector, vantage, Phrase(expected), "did not run"});
            }
        }
    }
    return misses;
}

nlohmann::ordered_json
ToJson(const DetectorScore& score)
{
    nlohmann::ordered_json json{{"detector", score.detector},
                                {"vantage", score.vantage},
                                {"said", NameOf(score.Word())},
                                {"true_alarms", score.trueAlarms},
                                {"false_alarms", score.falseAlarms},
                                {"repeated_alarms", score.repeatedAlarms},
                                {"misplaced", score.misplaced},
                                {"misses", score.misses},
                                {"unfinished_misses", score.unfinishedMisses},
                                {"hidden_events", score.hiddenEvents},
                                {"other_events", score.otherEvents},
                                {"benign", score.benign},
                                {"inconclusive", score.inconclusive},
                                {"unsupported", score.unsupported}};
    for (const Localization& place : score.places)
    {
        json["places"].push_back({{"cause_id", place.cause},
                                  {"after", place.interval.after},
                                  {"to", place.interval.to},
                                  {"true_hop", place.trueHop},
                                  {"width", place.Width()},
                                  {"error", place.Error()}});
    }
    return json;
}

} // namespace bouncelab::score
