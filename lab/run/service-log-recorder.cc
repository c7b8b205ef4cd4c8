#include "lab/run/service-log-recorder.h"

#include "formats/text.h"

#include <algorithm>
#include <utility>

namespace bouncelab::run
{

namespace
{

namespace service = fields::smtpsvc;

std::string_view
VerbOf(std::string_view line)
{
    return line.substr(0, line.find(' '));
}

/// With the space before it, which the log writes "+".
std::string_view
ArgumentOf(std::string_view line)
{
    return line.substr(std::min(line.size(), line.find(' ')));
}

/// Octets of a reply on the wire: LF joins its lines here, CRLF ends each there.
std::size_t
WireSize(std::string_view reply)
{
    return reply.size() + static_cast<std::size_t>(std::count(reply.begin(), reply.end(), '\n')) +
           2;
}

/// An answer that something has to follow before the command is dealt with.
bool
IsIntermediate(std::uint32_t code)
{
    return code / 100 == 3;
}

} // namespace

class ServiceLogRecorder::OutboundEars : public smtp::SessionObserver
{
  public:
    OutboundEars(evidence::SmtpServiceLog& log, Ipv4 server, std::uint16_t port)
        : m_log(log)
        , m_server(server)
        , m_port(port)
    {
    }

    void OnConnected(Nanoseconds time) override { m_connectedNs = time.count(); }

    void OnCommand(const smtp::CommandEvent& event) override
    {
        if (event.authResponse)
        {
            return;
        }
        const std::string verb = InUpperCase(VerbOf(event.line));
        evidence::SmtpServiceRecord row = RowAt(event.time);
        row.user = service::OUTBOUND_COMMAND;
        row.method = verb;
        row.query = Trim(ArgumentOf(event.line));
        row.sentBytes = verb.size();
        m_log.Write(row);
    }

    void OnReply(const smtp::ReplyEvent& event) override
    {
        evidence::SmtpServiceRecord row = RowAt(event.time);
        row.user = service::OUTBOUND_RESPONSE;
        row.query = event.text.substr(0, event.text.find('\n'));
        row.sentBytes = row.query.size();
        m_log.Write(row);
    }

  private:
    evidence::SmtpServiceRecord RowAt(Nanoseconds time) const
    {
        evidence::SmtpServiceRecord row;
        row.timeNs = time.count();
        row.sinceNs = m_connectedNs;
        row.remote = m_server;
        row.port = m_port;
        return row;
    }

    evidence::SmtpServiceLog& m_log;
    Ipv4 m_server;
    std::uint16_t m_port;
    std::int64_t m_connectedNs = 0;
};

ServiceLogRecorder::ServiceLogRecorder(std::unique_ptr<evidence::SmtpServiceLog> log)
    : m_log(std::move(log))
{
}

void
ServiceLogRecorder::Opened(const smtp::ConnectionInfo& connection, std::int64_t timeNs)
{
    m_sessions[&connection].openedNs = timeNs;
}

void
ServiceLogRecorder::Command(const smtp::ConnectionInfo& connection, const smtp::CommandEvent& event)
{
    const auto found = m_sessions.find(&connection);
    if (found == m_sessions.end() || event.authResponse)
    {
        return;
    }
    Session& session = found->second;
    if (event.verb == smtp::Verb::Helo || event.verb == smtp::Verb::Ehlo)
    {
        session.hello = Trim(ArgumentOf(event.line));
    }
    session.pending.push_back({event.time.count(), event.verb, std::string(event.line)});
}

void
ServiceLogRecorder::Queued(const smtp::ConnectionInfo& connection,
                           const connector::QueuedEvent& event)
{
    const auto found = m_sessions.find(&connection);
    if (found != m_sessions.end())
    {
        found->second.messageId = event.messageId;
        found->second.contentBytes = event.size;
    }
}

void
ServiceLogRecorder::Reply(const smtp::ConnectionInfo& connection, const smtp::ReplyEvent& event)
{
    const auto found = m_sessions.find(&connection);
    if (found == m_sessions.end() || found->second.pending.empty() || IsIntermediate(event.code))
    {
        return;
    }
    Session& session = found->second;
    const Pending command = std::move(session.pending.front());
    session.pending.pop_front();
    Row(connection, session, command, event);
}

void
ServiceLogRecorder::Closed(const smtp::ConnectionInfo& connection)
{
    m_sessions.erase(&connection);
}

std::unique_ptr<smtp::SessionObserver>
ServiceLogRecorder::Outbound(Ipv4 server, std::uint16_t port)
{
    return std::make_unique<OutboundEars>(*m_log, server, port);
}

void
ServiceLogRecorder::Row(const smtp::ConnectionInfo& connection,
                        Session& session,
                        const Pending& command,
                        const smtp::ReplyEvent& reply)
{
    const std::string verb = InUpperCase(VerbOf(command.line));
    const bool isContent = command.verb == smtp::Verb::Data || command.verb == smtp::Verb::Bdat;
    const bool isQuit = command.verb == smtp::Verb::Quit;
    std::string query(ArgumentOf(command.line));
    evidence::SmtpServiceRecord row;
    row.timeNs = reply.time.count();
    row.sinceNs = command.timeNs;
    row.remote = connection.client;
    row.user = session.hello;
    row.local = connection.server;
    row.method = verb;
    row.status = static_cast<int>(reply.code);
    row.sentBytes = WireSize(reply.text);
    row.receivedBytes = command.line.size();
    if (isContent && !session.messageId.empty())
    {
        query = " " + std::exchange(session.messageId, {});
        row.receivedBytes = std::exchange(session.contentBytes, 0);
    }
    else if (isQuit)
    {
        query = session.hello;
        row.status = service::QUIT_STATUS;
        row.win32Status = m_log->TakenMs(session.openedNs, row.timeNs);
    }
    row.query = query;
    m_log->Write(row);
}

} // namespace bouncelab::run
