#include "detectors/readers/service-sessions.h"

#include "detectors/readers/caps.h"
#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/smtp-service-fields.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace bouncelab::detectors
{

namespace
{

constexpr std::chrono::minutes LONGEST_SILENCE(20);
constexpr std::size_t MOST_OPEN = 256; //!< Of one client; the oldest one ends then.
constexpr std::size_t NONE = static_cast<std::size_t>(-1);

/// How badly a row fits an open session: the first difference counts.
using Cost = std::tuple<bool, Nanoseconds, bool>;

bool
IsHello(const std::string& verb)
{
    return verb == "EHLO" || verb == "HELO";
}

bool
IsContent(const std::string& verb)
{
    return verb == "DATA" || verb == "BDAT";
}

/// Whether the server says that no recipient was taken before.
bool
IsOutOfOrder(const ServiceRow& row)
{
    return row.status == 503;
}

/// How far two times are apart that stamps of whole seconds were taken for: less than two are none.
Nanoseconds
Between(WallTime a, WallTime b)
{
    const auto apart = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::abs(a - b));
    return apart > std::chrono::seconds(1) ? apart : Nanoseconds(0);
}

std::string
CommandOf(const ServiceRow& row)
{
    // A QUIT row shows the client's name, a content row its Message-ID: neither was said with it.
    const bool bare = row.argument.empty() || row.verb == "QUIT" || IsContent(row.verb);
    return bare ? row.verb : row.verb + " " + row.argument;
}

LogRow
RowAt(const ServiceRow& row, WallTime time, std::uint16_t file)
{
    LogRow logged;
    logged.time = time;
    logged.line = row.line;
    logged.file = file;
    return logged;
}

} // namespace

void
ServiceSessions::BeginFile(std::string_view name, std::uint16_t index)
{
    const std::size_t slash = name.rfind('/');
    const auto place = m_locals.try_emplace(
        std::string(slash == name.npos ? std::string_view() : name.substr(0, slash)));
    m_folder = place.first->first;
    m_file = index;
}

void
ServiceSessions::Add(const ServiceRow& row)
{
    if (m_ended.size() >= GetCaps().serviceSessions)
    {
        ++m_dropped;
        return;
    }
    const bool outbound = row.kind != ServiceRow::Kind::Inbound;
    auto& local = m_locals[std::string(m_folder)];
    if (!outbound && row.local && !local)
    {
        local = row.local;
    }
    const std::string name = outbound ? std::to_string(row.port) : row.user;
    std::vector<OpenSession>& open = m_open[{m_folder, row.remote, outbound, name}];
    outbound ? AddOutbound(row, open) : AddInbound(row, open);
}

ServiceSessions::OpenSession&
ServiceSessions::Begin(const ServiceRow& row, std::vector<OpenSession>& open)
{
    if (open.size() >= MOST_OPEN)
    {
        End(open, 0);
    }
    OpenSession& fresh = open.emplace_back();
    fresh.folder = m_folder;
    fresh.start = row.time - std::chrono::milliseconds(row.takenMs.value_or(0));
    fresh.session.id = ++m_number;
    fresh.session.detail = LogDetail::Codes;
    const bool outbound = row.kind != ServiceRow::Kind::Inbound;
    fresh.session.type = outbound ? ProtocolLogType::Send : ProtocolLogType::Receive;
    fresh.session.remote.address = row.remote;
    fresh.session.remote.port = outbound ? row.port : std::uint16_t{0};
    if (row.local)
    {
        fresh.session.local.address = *row.local;
    }
    return fresh;
}

bool
ServiceSessions::Admits(const OpenSession& open, const ServiceRow& row)
{
    if (row.time > open.last + LONGEST_SILENCE)
    {
        return false;
    }
    if (row.kind == ServiceRow::Kind::Response)
    {
        return row.takenMs.value_or(open.takenMs) >= open.takenMs &&
               (open.unanswered > 0 || open.inContent);
    }
    if (row.kind == ServiceRow::Kind::Command)
    {
        return row.takenMs.value_or(open.takenMs) >= open.takenMs && !open.inContent;
    }
    if (IsHello(row.verb))
    {
        return open.state == State::Hello;
    }
    return row.verb == "MAIL"    ? open.state == State::Ready
           : row.verb == "RCPT"  ? open.state == State::Mail || open.state == State::Recipients
           : IsContent(row.verb) ? (IsOutOfOrder(row) ? open.hasAsked && open.state == State::Mail
                                                      : open.state == State::Recipients)
                                 : true;
}

/// The session that a row belongs to; NONE if no open one may go on with it.
std::size_t
ServiceSessions::Fitting(const ServiceRow& row, const std::vector<OpenSession>& open)
{
    const bool byLength =
        row.verb == "QUIT" && row.win32Status > 0 && row.kind == ServiceRow::Kind::Inbound;
    const bool outbound = row.kind != ServiceRow::Kind::Inbound;
    const WallTime start =
        row.time - std::chrono::milliseconds(byLength ? row.win32Status : row.takenMs.value_or(0));
    std::size_t best = NONE;
    Cost bestCost;
    for (std::size_t i = 0; i < open.size(); ++i)
    {
        if (!Admits(open[i], row))
        {
            continue;
        }
        const bool isDone = open[i].hasMail && !open[i].hasAsked;
        const bool again =
            (row.verb == "MAIL" && open[i].hasMail) || (row.verb == "RCPT" && open[i].hasAsked);
        const Cost cost = byLength || outbound
                              ? Cost{false, Between(start, open[i].start), !isDone}
                              : Cost{again, open[i].last.time_since_epoch(), false};
        if (best == NONE || cost < bestCost)
        {
            best = i;
            bestCost = cost;
        }
    }
    return best;
}

void
ServiceSessions::AddInbound(const ServiceRow& row, std::vector<OpenSession>& open)
{
    const std::size_t fitting = Fitting(row, open);
    OpenSession& at = fitting == NONE ? Begin(row, open) : open[fitting];
    const WallTime said = row.time - std::chrono::milliseconds(row.takenMs.value_or(0));
    at.session.Append(RowAt(row, said, m_file),
                      fields::protocol::RECEIVE,
                      CommandOf(row),
                      row.text);
    at.last = row.time;
    const LogRow answered = RowAt(row, row.time, m_file);
    const bool hasId = !row.argument.empty() && row.argument.front() == '<';
    if (row.verb == "QUIT")
    {
        End(open, static_cast<std::size_t>(&at - open.data()));
        return;
    }
    const std::string code = std::to_string(row.status);
    const bool isContent =
        IsContent(row.verb) && (hasId || row.receivedBytes > CommandOf(row).size() + 2);
    if (isContent)
    {
        // When it was said no row tells; what time-taken counts is the content's way as well.
        at.session.Append(RowAt(row, said, m_file), fields::protocol::SEND, "354", row.text);
    }
    at.session.Append(answered,
                      fields::protocol::SEND,
                      isContent && hasId ? code + " " + row.argument : code,
                      row.text);
    const bool accepted = row.status / 100 == 2;
    at.hasMail = at.hasMail || row.verb == "MAIL";
    at.hasAsked = row.verb == "RCPT" ||
                  (at.hasAsked && row.verb != "MAIL" && row.verb != "RSET" && !IsContent(row.verb));
    if (IsHello(row.verb) || row.verb == "RSET" || isContent)
    {
        at.state = accepted || at.state != State::Hello ? State::Ready : State::Hello;
    }
    else if (accepted && row.verb == "MAIL")
    {
        at.state = State::Mail;
    }
    else if (accepted && row.verb == "RCPT")
    {
        at.state = State::Recipients;
    }
}

void
ServiceSessions::AddOutbound(const ServiceRow& row, std::vector<OpenSession>& open)
{
    std::size_t fitting = Fitting(row, open);
    const bool isGreeting =
        row.kind == ServiceRow::Kind::Response && row.argument.substr(0, 3) == "220";
    if (isGreeting && fitting != NONE && !open[fitting].atTls)
    {
        fitting = NONE;
    }
    OpenSession& at = fitting == NONE ? Begin(row, open) : open[fitting];
    const WallTime time = row.takenMs ? at.start + std::chrono::milliseconds(*row.takenMs)
                                      : std::max(row.time, at.last);
    const LogRow logged = RowAt(row, time, m_file);
    at.last = std::max(row.time, time);
    at.takenMs = row.takenMs.value_or(at.takenMs);
    if (row.kind == ServiceRow::Kind::Command)
    {
        at.session.Append(logged, fields::protocol::SEND, CommandOf(row), row.text);
        ++at.unanswered;
        at.atTls = row.verb == "STARTTLS";
        return;
    }
    at.session.Append(logged, fields::protocol::RECEIVE, row.argument, row.text);
    const std::string code = row.argument.substr(0, 3);
    if (at.inContent)
    {
        at.inContent = false;
    }
    else
    {
        at.unanswered -= at.unanswered > 0 ? 1 : 0;
        at.inContent = code == "354";
    }
    if (code == "221" || code == "421")
    {
        End(open, static_cast<std::size_t>(&at - open.data()));
    }
}

void
ServiceSessions::End(std::vector<OpenSession>& open, std::size_t which)
{
    m_ended.push_back(std::move(open[which]));
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
}

std::vector<LogSession>
ServiceSessions::Take()
{
    for (auto& [key, open] : m_open)
    {
        while (!open.empty())
        {
            End(open, 0);
        }
    }
    m_open.clear();
    std::vector<LogSession> sessions;
    for (OpenSession& ended : m_ended)
    {
        const auto& local = m_locals[std::string(ended.folder)];
        if (!ended.session.local.address.IsKnown() && local)
        {
            ended.session.local.address = *local;
        }
        ended.session.start = ended.start;
        sessions.push_back(std::move(ended.session));
    }
    m_ended.clear();
    return sessions;
}

} // namespace bouncelab::detectors
