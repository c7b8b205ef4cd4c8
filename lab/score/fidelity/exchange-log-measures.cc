#include "detectors/readers/exchange-stamp.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "lab/score/fidelity/measures.h"

#include <fmt/format.h>

#include <algorithm>

/// How the server's protocol log is made, and where it places the case's session.
namespace bouncelab::score
{

namespace
{

using detectors::LogSession;

constexpr std::uint16_t FIRST_EPHEMERAL_PORT = 49152; // RFC 6335

std::int64_t
Signed(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

Facts
LogFields(const Subject& subject)
{
    const RowForm& form = subject.ServerLog().Form();
    return {Count("fields", Signed(form.mostFields)),
            Count("rows with fewer", Signed(form.fewer)),
            YesNo("empty context ends in a comma", form.emptyContextComma),
            {"names", form.names.empty() ? "none" : form.names}};
}

Facts
SessionId(const Subject& subject)
{
    const std::string id = fmt::format("{:016X}", subject.CaseLogSession().id);
    return {{"id", id}, Count("digits", Signed(id.size()))};
}

/// Session ids as .NET ticks of the service's start and a counter (S000-26).
Facts
SessionIdTicks(const Subject& subject)
{
    const auto& sessions = subject.ServerLog().Sessions();
    const LogSession& session = subject.CaseLogSession();
    const std::int64_t firstNs = sessions.front().rows.front().timeNs;
    const auto startNs = detectors::TicksToTime(session.id);
    if (!startNs)
    {
        throw NotMeasurable("the session id is no count of ticks to a date of these centuries");
    }
    const bool rising =
        std::is_sorted(sessions.begin(),
                       sessions.end(),
                       [](const LogSession& a, const LogSession& b) { return a.id < b.id; });
    constexpr std::int64_t DAY = 86400 * NANOSECONDS_PER_SECOND;
    return {{"start", UtcStamp(*startNs).substr(0, 19) + "Z"},
            YesNo("before the first line", *startNs < firstNs),
            Count("days before",
                  FloorDivide(session.rows.front().timeNs, DAY) - FloorDivide(*startNs, DAY)),
            YesNo("rising", rising),
            Count("sessions", Signed(sessions.size()))};
}

Facts
LogSequence(const Subject& subject)
{
    const LogSession& session = subject.CaseLogSession();
    const auto& sessions = subject.ServerLog().Sessions();
    const auto broken =
        std::count_if(sessions.begin(),
                      sessions.end(),
                      [](const LogSession& s) { return s.missing + s.conflicting > 0; });
    return {Count("first", session.rows.front().sequence),
            Count("last", session.rows.back().sequence),
            Count("gaps", session.missing),
            Count("repeated", session.conflicting),
            Count("sessions with gaps", broken)};
}

Facts
LogEndpoints(const Subject& subject)
{
    const LogSession& session = subject.CaseLogSession();
    return {{"local", EndpointText(session.local)},
            {"remote", EndpointText(session.remote)},
            {"remote address", session.remote.address.ToString()},
            YesNo("ephemeral port", session.remote.port >= FIRST_EPHEMERAL_PORT)};
}

/// The row by which the server begins to receive the case (S000-18, cut in the document).
Facts
ReceivingMessage(const Subject& subject)
{
    const LogSession& session = subject.CaseLogSession();
    const std::string prefix = fmt::format("{:016X};", session.id);
    for (const detectors::LogRow& row : session.rows)
    {
        const std::string_view data = session.Data(row);
        if (row.event != fields::protocol::INFORMATION || data.substr(0, prefix.size()) != prefix)
        {
            continue;
        }
        std::string_view rest = data.substr(prefix.size());
        const auto openedNs = detectors::TakeUtcStamp(rest);
        const bool isFull = openedNs && detectors::scan::Skip(rest, ";") &&
                            detectors::scan::Number(rest) && rest.empty();
        const std::string_view context = session.Context(row);
        return {{"event", std::string(1, row.event)},
                Count("seq", row.sequence),
                {"begins", prefix},
                YesNo("id;time;count", isFull),
                YesNo("time is the session's start",
                      isFull && *openedNs == session.rows.front().timeNs),
                {"context", context.empty() ? "none" : std::string(context)}};
    }
    throw NotMeasurable("the case's session has no row that begins with its id");
}

Facts
SessionDate(const Subject& subject)
{
    constexpr std::int64_t CHINA_SECONDS = 8 * 3600;
    const LoggedDialogue dialogue(subject.CaseLogSession());
    const LoggedTurn* hello = dialogue.Hello();
    if (!hello)
    {
        throw NotMeasurable("the case's session has no EHLO");
    }
    const std::int64_t seconds = FloorDivide(hello->command->timeNs, NANOSECONDS_PER_SECOND);
    const std::string utc = UtcStamp(seconds * NANOSECONDS_PER_SECOND);
    const std::string china = UtcStamp((seconds + CHINA_SECONDS) * NANOSECONDS_PER_SECOND);
    return {{"date", utc.substr(0, 10)},
            {"weekday", std::string(WEEKDAY_NAMES[CivilFromSeconds(seconds).weekday])},
            {"UTC", utc.substr(11, 8)},
            {"at UTC+8", china.substr(11, 8)}};
}

} // namespace

void
AddExchangeLogMeasures(MeasureTable& table)
{
    table["log-fields"] = {"How the rows of the server's protocol log are made.",
                           {"fields", "rows with fewer", "empty context ends in a comma", "names"},
                           LogFields};
    table["connector-id"] = {"The connector that the case's session came to.",
                             {"connector"},
                             [](const Subject& subject) {
                                 return Facts{{"connector", subject.CaseLogSession().connector}};
                             }};
    table["session-id"] = {"The case's session id.", {"id", "digits"}, SessionId};
    table["session-id-ticks"] = {
        "That id read as .NET ticks, and the order of all ids.",
        {"start", "before the first line", "days before", "rising", "sessions"},
        SessionIdTicks};
    table["log-sequence"] = {"Sequence numbers of the case's session, and of all.",
                             {"first", "last", "gaps", "repeated", "sessions with gaps"},
                             LogSequence};
    table["log-endpoints"] = {"Both ends of the case's session in the log.",
                              {"local", "remote", "remote address", "ephemeral port"},
                              LogEndpoints};
    table["receiving-message"] = {
        "The row by which the server begins to receive the case.",
        {"event", "seq", "begins", "id;time;count", "time is the session's start", "context"},
        ReceivingMessage};
    table["session-date"] = {"When the case's session came, by its EHLO.",
                             {"date", "weekday", "UTC", "at UTC+8"},
                             SessionDate};
}

} // namespace bouncelab::score
