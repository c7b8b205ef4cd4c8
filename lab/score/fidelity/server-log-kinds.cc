#include "detectors/readers/exchange-stamp.h"
#include "detectors/readers/protocol-sessions.h"
#include "detectors/readers/smtp-service-reader.h"
#include "formats/clock.h"
#include "formats/endpoint.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/score/fidelity/evidence-texts.h"
#include "lab/score/fidelity/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>

/// What servers log of SMTP: protocol logs and the SMTP service's log.
namespace bouncelab::score
{

namespace
{

using detectors::LoggedEndpoint;
using detectors::LogRow;
using detectors::LogSession;
using detectors::ProtocolSessions;
using detectors::ServiceRow;
namespace words = fields::protocol;

struct ProtocolLogRow
{
    std::shared_ptr<const ProtocolSessions> all;
    const LogSession* session = nullptr;
    const LogRow* row = nullptr;
    std::int64_t place = 0; //!< In its session, from 1.

    std::string_view Data() const { return session->Data(*row); }

    std::optional<detectors::LoggedDelay> Delay() const
    {
        return row->event == words::INFORMATION ? detectors::ParseTarpit(Data()) : std::nullopt;
    }
};

/// Rows of receive logs, in order of time.
std::vector<ProtocolLogRow>
ReadProtocolLogs(const RunFolder& run)
{
    const auto sessions = std::make_shared<ProtocolSessions>();
    for (const EvidenceText& text : TextsOf(run))
    {
        sessions->BeginFile(text.vantage + "/" + text.file);
        detectors::ProtocolLogReader reader(
            [&](const detectors::ProtocolRow& row)
            {
                if (row.type != detectors::ProtocolLogType::Send)
                {
                    sessions->Add(row);
                }
            });
        ReadText(text, {&reader});
    }
    sessions->Finish();
    std::vector<ProtocolLogRow> rows;
    for (const LogSession& session : sessions->All())
    {
        std::int64_t place = 0;
        for (const LogRow& row : session.rows)
        {
            rows.push_back({sessions, &session, &row, ++place});
        }
    }
    std::stable_sort(
        rows.begin(),
        rows.end(),
        [](const ProtocolLogRow& a, const ProtocolLogRow& b)
        { return std::tie(a.row->time, a.row->line) < std::tie(b.row->time, b.row->line); });
    return rows;
}

Value
DateValue(WallTime time)
{
    return {StampValue(time).text.substr(0, 10), FloorDivide(UnixSeconds(time), SECONDS_PER_DAY)};
}

/// A session id as .NET ticks: when the service began that counts them.
std::optional<WallTime>
ServiceStart(const ProtocolLogRow& r)
{
    return detectors::TicksToTime(r.session->id);
}

Value
EndValue(const LoggedEndpoint& end)
{
    return end.port == 0 ? Value{} : TextValue(EndpointText(end.address, end.port));
}

using R = ProtocolLogRow;

const std::vector<ColumnOf<R>> TIME_COLUMNS{
    {"stamp", [](const R& r) { return StampValue(r.row->time); }},
    {"date", [](const R& r) { return DateValue(r.row->time); }},
    {"weekday",
     [](const R& r) { return WEEKDAY_NAMES[CivilFromSeconds(UnixSeconds(r.row->time)).weekday]; }},
    {"clock", [](const R& r) { return StampValue(r.row->time).text.substr(11, 8); }},
    {"time of day",
     [](const R& r)
     {
         const std::int64_t second = UnixSeconds(r.row->time);
         const std::int64_t ofDay = second - FloorDivide(second, SECONDS_PER_DAY) * SECONDS_PER_DAY;
         return SecondsValue(ofDay * NANOSECONDS_PER_SECOND + SecondFraction(r.row->time), 3);
     }},
    {"opened", [](const R& r) { return StampValue(r.session->rows.front().time); }},
    {"service start",
     [](const R& r)
     {
         const auto start = ServiceStart(r);
         return start ? Value{StampValue(*start).text.substr(0, 19) + "Z",
                              start->time_since_epoch().count()}
                      : Value{};
     }},
    {"service date",
     [](const R& r)
     {
         const auto start = ServiceStart(r);
         return start ? DateValue(*start) : Value{};
     }},
};

const std::vector<ColumnOf<R>> SESSION_COLUMNS{
    {"connector", [](const R& r) { return r.session->connector; }},
    {"session",
     [](const R& r) {
         return Value{fmt::format("{:016X}", r.session->id),
                      static_cast<std::int64_t>(r.session->id)};
     }},
    {"place", &R::place},
    {"gaps", [](const R& r) { return r.session->missing; }},
    {"repeated", [](const R& r) { return r.session->conflicting; }},
    {"whole", [](const R& r) { return r.session->missing + r.session->conflicting == 0; }},
    {"local", [](const R& r) { return EndValue(r.session->local); }},
    {"local address", [](const R& r) { return r.session->local.address; }},
    {"local port", [](const R& r) { return r.session->local.port; }},
    {"remote", [](const R& r) { return EndValue(r.session->remote); }},
    {"remote address", [](const R& r) { return r.session->remote.address; }},
    {"remote port", [](const R& r) { return r.session->remote.port; }},
};

const std::vector<ColumnOf<R>> ROW_COLUMNS{
    {"seq", [](const R& r) { return r.row->sequence; }},
    {"event", [](const R& r) { return std::string_view(&r.row->event, 1); }},
    {"text", [](const R& r) { return r.Data(); }},
    {"octets", [](const R& r) { return r.Data().size() + 2; }},
    {"context", [](const R& r) { return r.session->Context(*r.row); }},
    {"delay",
     [](const R& r)
     {
         const auto delay = r.Delay();
         return delay ? DurationField{delay->delayNs} : DurationField{};
     }},
    {"reason",
     [](const R& r)
     {
         const auto delay = r.Delay();
         return delay ? TextValue(delay->reason) : Value{};
     }},
};

struct InboundRow
{
    std::string vantage;
    ServiceRow row;
};

std::vector<InboundRow>
ReadServiceLogs(const RunFolder& run)
{
    std::vector<InboundRow> rows;
    for (const EvidenceText& text : TextsOf(run))
    {
        detectors::SmtpServiceReader reader(
            [&](ServiceRow& row)
            {
                if (row.kind == ServiceRow::Kind::Inbound)
                {
                    rows.push_back({text.vantage, std::move(row)});
                }
            });
        ReadText(text, {&reader});
    }
    return rows;
}

using S = InboundRow;

const std::vector<ColumnOf<S>> SERVICE_COLUMNS{
    {"vantage", &S::vantage},
    {"remote address", [](const S& s) { return s.row.remote; }},
    {"user", [](const S& s) { return s.row.user; }},
    {"verb", [](const S& s) { return s.row.verb; }},
    {"argument", [](const S& s) { return s.row.argument; }},
    {"status", [](const S& s) { return s.row.status; }},
    {"received", [](const S& s) { return s.row.receivedBytes; }},
    {"taken",
     [](const S& s)
     { return s.row.takenMs ? DurationField{*s.row.takenMs * 1000000} : DurationField{}; }},
};

} // namespace

void
AddServerLogKinds(KindTable& kinds)
{
    std::vector<ColumnOf<R>> columns = TIME_COLUMNS;
    columns.insert(columns.end(), SESSION_COLUMNS.begin(), SESSION_COLUMNS.end());
    columns.insert(columns.end(), ROW_COLUMNS.begin(), ROW_COLUMNS.end());
    kinds["smtp-receive"] =
        MakeKind<R>(columns, ReadProtocolLogs, [](const R& r) { return r.row->time; });
    kinds["smtp-service"] =
        MakeKind<S>(SERVICE_COLUMNS, ReadServiceLogs, [](const S& s) { return s.row.time; });
}

} // namespace bouncelab::score
