#include "lab/score/judged-cell.h"

#include "formats/text.h"
#include "lab/score/alert-matching.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bouncelab::score
{

namespace
{

using nlohmann::ordered_json;

constexpr const char* NOTHING = "nothing";

/// The member of a vantage in whose capture the alert's frames are counted.
std::string
MemberOf(const Alert& alert, const std::vector<std::string>& members)
{
    const std::string folder = alert.evidence.file.substr(0, alert.evidence.file.find('/'));
    return std::find(members.begin(), members.end(), folder) != members.end() ? folder
                                                                              : members.front();
}

std::string
WhatIsSaid(const Alert& alert)
{
    return alert.verdict != Verdict::Fault ? std::string(NameOf(alert.verdict))
           : alert.dottedClass.empty()     ? alert.signature
                                           : alert.dottedClass;
}

/// Lines that found nothing, alarms first, as if they named any class: which faults are at their
/// places?
struct LeftLines
{
    std::vector<std::size_t> lines;  //!< Of the alerts.
    std::vector<std::size_t> faults; //!< Of the events.
    Matching matching;

    LeftLines(const std::vector<Alert>& alerts,
              const std::vector<FaultEvent>& events,
              const Matching& found,
              const std::vector<std::string>& vantages)
    {
        for (const Verdict verdict : {Verdict::Fault, Verdict::Inconclusive, Verdict::Benign})
        {
            for (std::size_t i = 0; i < alerts.size(); ++i)
            {
                if (alerts[i].verdict == verdict && found.eventOf[i] == Matching::NONE &&
                    !found.repeats[i])
                {
                    lines.push_back(i);
                }
            }
        }
        std::vector<Alert> any;
        for (const std::size_t line : lines)
        {
            any.push_back(alerts[line]);
            any.back().dottedClass.clear();
            any.back().verdict = Verdict::Fault;
        }
        std::vector<FaultEvent> left;
        for (std::size_t j = 0; j < events.size(); ++j)
        {
            if (found.alertOf[j] == Matching::NONE)
            {
                faults.push_back(j);
                left.push_back(events[j]);
            }
        }
        matching = MatchAlarms(any, left, vantages);
    }
};

template <class T>
T
EnumOf(const std::string& name)
{
    for (const auto& [written, value] : EnumNames(T{}))
    {
        if (written == name)
        {
            return value;
        }
    }
    return T{};
}

ordered_json
ToJson(const JudgedFault& fault)
{
    ordered_json json{{"cause_id", fault.cause},
                      {"class", fault.dottedClass},
                      {"found", fault.found},
                      {"said", fault.said},
                      {"score", fault.score},
                      {"place", fault.place}};
    if (fault.delay)
    {
        json["delay_ns"] = *fault.delay;
    }
    if (fault.hopError)
    {
        json["hop_error"] = *fault.hopError;
    }
    return json;
}

JudgedFault
FaultFromJson(const ordered_json& json)
{
    JudgedFault fault{json.at("cause_id"),
                      json.at("class"),
                      json.at("found"),
                      json.at("said"),
                      json.at("score"),
                      json.at("place"),
                      std::nullopt,
                      std::nullopt};
    if (json.contains("delay_ns"))
    {
        fault.delay = json["delay_ns"].get<std::int64_t>();
    }
    if (json.contains("hop_error"))
    {
        fault.hopError = json["hop_error"].get<int>();
    }
    return fault;
}

} // namespace

std::uint64_t
JudgedCell::Found() const
{
    return static_cast<std::uint64_t>(
        std::count_if(faults.begin(), faults.end(), [](const JudgedFault& f) { return f.found; }));
}

std::string
PlaceOf(const Alert& alert)
{
    const AlertEvidence& evidence = alert.evidence;
    const std::uint64_t frame = alert.frame != 0          ? alert.frame
                                : evidence.frames.empty() ? 0
                                                          : evidence.frames.front();
    if (frame != 0)
    {
        return fmt::format("{}frame {}", evidence.file.empty() ? "" : evidence.file + " ", frame);
    }
    if (!evidence.log.empty())
    {
        const QuotedLine& quoted = evidence.log.front();
        return fmt::format("{} line {}",
                           quoted.file.empty() ? evidence.file : quoted.file,
                           quoted.line);
    }
    if (!evidence.lines.empty())
    {
        return fmt::format("{} line {}", evidence.file, evidence.lines.front());
    }
    return fmt::format("{}:{} to {}:{}",
                       alert.source.ToString(),
                       alert.sourcePort,
                       alert.destination.ToString(),
                       alert.destinationPort);
}

CellJudge::CellJudge(const RunFolder& run)
    : m_run(run)
    , m_events(FaultEventsOf(run.Labels()))
    , m_visibility(run)
{
    const std::string start = run.Parameters().value("start", std::string());
    m_start = ParseEveTime(start).value_or(WallTime());
    for (const Label& label : run.Labels())
    {
        if (label.kind == "packet" && label.frame != 0)
        {
            m_frames[label.vantage][label.frame] = label.time;
        }
    }
}

JudgedCell
CellJudge::Begin(const std::string& detector, const std::string& vantage)
{
    JudgedCell cell;
    cell.scenario = m_run.Scenario();
    cell.variant = m_run.Variant();
    cell.seed = m_run.Seed();
    cell.vantage = vantage;
    cell.detector = detector;
    cell.cleanSessions = m_visibility.CleanSessions(m_events, vantage);
    return cell;
}

JudgedCell
CellJudge::Unjudged(const std::string& detector,
                    const std::string& vantage,
                    CellEnd end,
                    const std::string& problem)
{
    JudgedCell cell = Begin(detector, vantage);
    cell.end = end;
    cell.problem = problem;
    cell.said = NameOf(end);
    return cell;
}

/// When the first frame of a fault passes the vantage; of one without frames there, when it begins.
std::optional<SimTime>
CellJudge::FirstShown(const FaultEvent& event, const std::string& vantage) const
{
    std::optional<SimTime> first;
    for (const std::string& member : m_run.MembersOf(vantage))
    {
        const auto times = m_frames.find(member);
        for (const auto* frames : {&event.forged, &event.affected})
        {
            const auto here = frames->find(member);
            if (here == frames->end() || times == m_frames.end())
            {
                continue;
            }
            for (const std::uint64_t frame : here->second)
            {
                const SimTime time = times->second.at(frame);
                first = first ? std::min(*first, time) : time;
            }
        }
    }
    return first ? first : event.time;
}

/// When the last frame passed that an alert cites; without frames, its timestamp.
std::optional<SimTime>
CellJudge::CitedTime(const Alert& alert, const std::string& vantage) const
{
    std::optional<SimTime> last;
    const auto times = m_frames.find(MemberOf(alert, m_run.MembersOf(vantage)));
    std::vector<std::uint64_t> cited = alert.evidence.frames;
    cited.push_back(alert.frame);
    for (const std::uint64_t frame : cited)
    {
        const auto time = times == m_frames.end()
                              ? std::map<std::uint64_t, SimTime>::const_iterator()
                              : times->second.find(frame);
        if (times != m_frames.end() && time != times->second.end())
        {
            last = last ? std::max(*last, time->second) : time->second;
        }
    }
    if (!last && alert.time != WallTime())
    {
        last = SimTime(alert.time - m_start);
    }
    return last;
}

JudgedFault
CellJudge::Found(const FaultEvent& event, const Alert& alert, const std::string& vantage) const
{
    JudgedFault fault{event.cause,
                      event.dottedClass,
                      true,
                      WhatIsSaid(alert),
                      alert.score,
                      PlaceOf(alert),
                      std::nullopt,
                      std::nullopt};
    const std::optional<SimTime> shown = FirstShown(event, vantage);
    const std::optional<SimTime> cited = CitedTime(alert, vantage);
    if (shown && cited)
    {
        fault.delay = std::max<std::int64_t>(0, (*cited - *shown).count());
    }
    if (alert.where.hops && event.hop)
    {
        fault.hopError = Localization{event.cause, *alert.where.hops, *event.hop}.Error();
    }
    return fault;
}

JudgedFault
CellJudge::Missed(const FaultEvent& event, const std::string& vantage) const
{
    std::string place = event.client.empty() ? "" : event.client + " to " + event.server;
    const std::vector<std::string> members = m_run.MembersOf(vantage);
    for (const std::string& member : members)
    {
        const auto frames = event.forged.find(member);
        if (frames != event.forged.end() && !frames->second.empty())
        {
            place = fmt::format("{}frame {}",
                                members.size() > 1 ? member + " " : "",
                                *frames->second.begin());
            break;
        }
    }
    return {event.cause,
            event.dottedClass,
            false,
            NOTHING,
            0,
            std::move(place),
            std::nullopt,
            std::nullopt};
}

JudgedCell
CellJudge::Judge(const std::string& detector,
                 const std::string& vantage,
                 const std::vector<Alert>& alerts,
                 const DetectorScope& scope)
{
    const std::vector<std::string> vantages = m_run.MembersOf(vantage);
    const Matching matching = MatchAlarms(alerts, m_events, vantages);
    const DetectorScore score =
        ScoreAlerts(detector, vantage, alerts, matching, m_events, m_run, m_visibility, scope);
    JudgedCell cell = Begin(detector, vantage);
    cell.end = score.unsupported ? CellEnd::Unsupported : CellEnd::Judged;
    cell.said = NameOf(score.Word());
    cell.isMute = alerts.empty();
    cell.repeatedAlarms = score.repeatedAlarms;
    cell.misplaced = score.misplaced;
    cell.benign = score.benign;
    cell.inconclusive = score.inconclusive;
    cell.hiddenEvents = score.hiddenEvents;
    cell.otherEvents = score.otherEvents;
    const LeftLines left(alerts, m_events, matching, vantages);
    for (std::size_t j = 0, k = 0; j < m_events.size(); ++j)
    {
        const std::size_t alarm = matching.alertOf[j];
        if (alarm != Matching::NONE)
        {
            cell.faults.push_back(Found(m_events[j], alerts[alarm], vantage));
            continue;
        }
        const std::size_t line = left.matching.alertOf[k++];
        if (m_visibility.Shows(m_events[j], vantage, scope) &&
            scope.LooksFor(m_events[j].dottedClass))
        {
            cell.faults.push_back(Missed(m_events[j], vantage));
            cell.faults.back().said =
                line == Matching::NONE ? NOTHING : WhatIsSaid(alerts[left.lines[line]]);
        }
    }
    for (std::size_t i = 0; i < left.lines.size(); ++i)
    {
        const Alert& alert = alerts[left.lines[i]];
        const std::size_t fault = left.matching.eventOf[i];
        if (alert.verdict == Verdict::Fault)
        {
            cell.falseAlarms.push_back(
                {WhatIsSaid(alert),
                 alert.score,
                 PlaceOf(alert),
                 fault == Matching::NONE ? "" : m_events[left.faults[fault]].dottedClass});
        }
    }
    return cell;
}

nlohmann::ordered_json
ToJson(const JudgedCell& cell)
{
    ordered_json json{{"scenario", cell.scenario},
                      {"variant", cell.variant},
                      {"seed", cell.seed},
                      {"vantage", cell.vantage},
                      {"detector", cell.detector},
                      {"end", NameOf(cell.end)},
                      {"problem", cell.problem},
                      {"said", cell.said},
                      {"mute", cell.isMute},
                      {"repeated_alarms", cell.repeatedAlarms},
                      {"misplaced", cell.misplaced},
                      {"benign", cell.benign},
                      {"inconclusive", cell.inconclusive},
                      {"hidden_events", cell.hiddenEvents},
                      {"other_events", cell.otherEvents},
                      {"clean_sessions", cell.cleanSessions},
                      {"faults", ordered_json::array()},
                      {"false_alarms", ordered_json::array()}};
    for (const JudgedFault& fault : cell.faults)
    {
        json["faults"].push_back(ToJson(fault));
    }
    for (const FalseAlarm& alarm : cell.falseAlarms)
    {
        json["false_alarms"].push_back({{"class", alarm.dottedClass},
                                        {"score", alarm.score},
                                        {"place", alarm.place},
                                        {"truth", alarm.truth}});
    }
    return json;
}

JudgedCell
CellFromJson(const ordered_json& json)
{
    JudgedCell cell;
    json.at("scenario").get_to(cell.scenario);
    json.at("variant").get_to(cell.variant);
    json.at("seed").get_to(cell.seed);
    json.at("vantage").get_to(cell.vantage);
    json.at("detector").get_to(cell.detector);
    cell.end = EnumOf<CellEnd>(json.at("end"));
    json.at("problem").get_to(cell.problem);
    json.at("said").get_to(cell.said);
    json.at("mute").get_to(cell.isMute);
    json.at("repeated_alarms").get_to(cell.repeatedAlarms);
    json.at("misplaced").get_to(cell.misplaced);
    json.at("benign").get_to(cell.benign);
    json.at("inconclusive").get_to(cell.inconclusive);
    json.at("hidden_events").get_to(cell.hiddenEvents);
    json.at("other_events").get_to(cell.otherEvents);
    json.at("clean_sessions").get_to(cell.cleanSessions);
    for (const ordered_json& fault : json.at("faults"))
    {
        cell.faults.push_back(FaultFromJson(fault));
    }
    for (const ordered_json& alarm : json.at("false_alarms"))
    {
        cell.falseAlarms.push_back(
            {alarm.at("class"), alarm.at("score"), alarm.at("place"), alarm.at("truth")});
    }
    return cell;
}

} // namespace bouncelab::score
