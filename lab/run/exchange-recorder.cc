#include "lab/run/exchange-recorder.h"

#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/exchange-texts.h"

#include <fmt/format.h>

#include <utility>

namespace bouncelab::run
{

namespace
{

namespace words = fields::protocol;

// The last word of a session, and of a delayed acknowledgement that was not waited for.
constexpr std::string_view LOCAL = "Local";
constexpr std::string_view REMOTE = "Remote";
constexpr std::string_view EXPIRED = "Expired";

evidence::FilterAction
ActionOf(connector::FilterAction action)
{
    switch (action)
    {
    case connector::FilterAction::Whitelist:
        return evidence::FilterAction::Whitelist;
    case connector::FilterAction::Count:
        return evidence::FilterAction::Count;
    case connector::FilterAction::Reject:
        return evidence::FilterAction::Reject;
    case connector::FilterAction::Ban:
        return evidence::FilterAction::Ban;
    case connector::FilterAction::Tarpit:
        return evidence::FilterAction::Tarpit;
    case connector::FilterAction::Pass:
        break;
    }
    return evidence::FilterAction::Pass;
}

} // namespace

class ExchangeRecorder::ConnectorEars : public connector::ConnectorObserver
{
  public:
    explicit ConnectorEars(ExchangeRecorder& owner)
        : m_owner(owner)
    {
    }

    void OnOpened(const connector::SessionInfo& info, Nanoseconds time) override
    {
        SessionState& session = m_owner.m_sessions[info.connection];
        session.id = info.id;
        session.openedNs = info.opened.count();
        session.connection = info.connection;
        session.connectorId = m_id;
        m_owner.Row(session, time.count(), words::CONNECT, "");
        if (m_owner.m_service)
        {
            m_owner.m_service->Opened(*info.connection, time.count());
        }
        if (m_owner.m_protocol || m_owner.m_service)
        {
            m_owner.m_handlers.onLogged(*info.connection);
        }
    }

    void OnPermissions(const connector::SessionInfo& info,
                       Nanoseconds time,
                       connector::Permissions permissions) override
    {
        m_owner.Row(Of(info),
                    time.count(),
                    words::INFORMATION,
                    permissions.ToString(),
                    words::SET_SESSION_PERMISSIONS);
    }

    void OnTarpit(const connector::SessionInfo& info, const connector::TarpitEvent& event) override
    {
        std::string reason(FirstLine(event.reply));
        std::string_view context;
        if (event.cause == connector::TarpitCause::DelayedAck)
        {
            reason = words::DELAYED_ACK;
            context = event.expired ? EXPIRED : words::DELIVERED;
        }
        else if (event.cause == connector::TarpitCause::BackPressure)
        {
            reason = words::BACK_PRESSURE;
        }
        m_owner.Row(Of(info),
                    event.time.count(),
                    words::INFORMATION,
                    evidence::TarpitText(event.delay.count(), reason),
                    context);
    }

    void OnAuthenticated(const connector::SessionInfo& info,
                         Nanoseconds time,
                         std::string_view user) override
    {
        SessionState& session = Of(info);
        session.user = user;
        m_owner.Row(session, time.count(), words::INFORMATION, user, words::AUTHENTICATED);
    }

    void OnReceiving(const connector::SessionInfo& info,
                     Nanoseconds time,
                     std::uint32_t count) override
    {
        const SessionState& session = Of(info);
        if (!m_owner.m_protocol)
        {
            return;
        }
        m_owner.Row(session,
                    time.count(),
                    words::INFORMATION,
                    m_owner.m_protocol->ReceivingMessage(session.id,
                                                         session.openedNs,
                                                         static_cast<int>(count)),
                    words::RECEIVING_MESSAGE);
    }

    void OnQueued(const connector::SessionInfo& info, const connector::QueuedEvent& event) override
    {
        if (m_owner.m_service)
        {
            m_owner.m_service->Queued(*info.connection, event);
        }
        m_owner.Track(Of(info), event);
    }

    void OnFilter(const connector::SessionInfo& info, const connector::FilterEvent& event) override
    {
        m_owner.Filter(Of(info), event);
    }

    void OnClosed(const connector::SessionInfo& info,
                  Nanoseconds time,
                  connector::ClosedBy by,
                  smtp::EndReason /* reason */) override
    {
        m_owner.Row(Of(info),
                    time.count(),
                    words::DISCONNECT,
                    "",
                    by == connector::ClosedBy::Local ? LOCAL : REMOTE);
        if (m_owner.m_service)
        {
            m_owner.m_service->Closed(*info.connection);
        }
        m_owner.m_sessions.erase(info.connection);
    }

    void SetId(const std::string& id) { m_id = id; }

  private:
    SessionState& Of(const connector::SessionInfo& info)
    {
        return m_owner.m_sessions.at(info.connection);
    }

    ExchangeRecorder& m_owner;
    std::string m_id;
};

class ExchangeRecorder::SessionEars : public smtp::SessionObserver
{
  public:
    SessionEars(ExchangeRecorder& owner, const smtp::ConnectionInfo& connection)
        : m_owner(owner)
        , m_connection(connection)
    {
    }

    void OnCommand(const smtp::CommandEvent& event) override
    {
        if (event.authResponse)
        {
            return;
        }
        SessionState* session = Find();
        if (!session)
        {
            return;
        }
        if (event.verb == smtp::Verb::Helo || event.verb == smtp::Verb::Ehlo)
        {
            const std::size_t space = event.line.find(' ');
            session->helo =
                space == std::string_view::npos ? "" : std::string(event.line.substr(space + 1));
        }
        if (m_owner.m_service)
        {
            m_owner.m_service->Command(m_connection, event);
        }
        m_owner.Row(*session, event.time.count(), words::RECEIVE, event.line);
    }

    void OnReply(const smtp::ReplyEvent& event) override
    {
        if (const SessionState* session = Find())
        {
            if (m_owner.m_service)
            {
                m_owner.m_service->Reply(m_connection, event);
            }
            const bool isChallenge = event.step == smtp::Step::Auth && event.code == 334;
            m_owner.Row(*session,
                        event.time.count(),
                        words::SEND,
                        isChallenge ? words::AUTHENTICATION_RESPONSE : event.text);
        }
    }

    void OnMessage(const smtp::MessageEvent& event) override
    {
        m_owner.m_handlers.onMessage(event);
    }

  private:
    SessionState* Find()
    {
        const auto found = m_owner.m_sessions.find(&m_connection);
        return found == m_owner.m_sessions.end() ? nullptr : &found->second;
    }

    ExchangeRecorder& m_owner;
    const smtp::ConnectionInfo& m_connection;
};

ExchangeRecorder::ExchangeRecorder(evidence::VantageFolder* folder,
                                   const HostClock& clock,
                                   const Server& server,
                                   Handlers handlers)
    : m_handlers(std::move(handlers))
{
    if (!folder)
    {
        return;
    }
    if (server.hasFilter)
    {
        m_filter = std::make_unique<evidence::FilterLog>(folder->Open("filter.log"), clock);
    }
    if (server.log != smtp::SessionLog::Exchange)
    {
        m_service = std::make_unique<ServiceLogRecorder>(std::make_unique<evidence::SmtpServiceLog>(
            *folder,
            clock,
            evidence::TickCount(server.bootNs),
            InUpperCase(server.name),
            server.log == smtp::SessionLog::Iis5 ? "5.0" : "6.0"));
        return;
    }
    m_protocol =
        std::make_unique<evidence::ExchangeProtocolLog>(*folder,
                                                        clock,
                                                        evidence::ProtocolLogKind::Receive);
    m_tracker = std::make_unique<MessageTracker>(
        std::make_unique<evidence::MessageTrackingLog>(*folder, clock),
        server.name,
        server.address);
}

ExchangeRecorder::~ExchangeRecorder() = default;

connector::ConnectorObserver&
ExchangeRecorder::Connector(const std::string& name)
{
    auto& ears = m_connectors[name];
    if (!ears)
    {
        ears = std::make_unique<ConnectorEars>(*this);
    }
    return *ears;
}

void
ExchangeRecorder::NameConnector(const std::string& name, const std::string& id)
{
    m_connectors.at(name)->SetId(id);
}

std::unique_ptr<smtp::SessionObserver>
ExchangeRecorder::Session(const std::string& /* connector */,
                          const smtp::ConnectionInfo& connection)
{
    return std::make_unique<SessionEars>(*this, connection);
}

void
ExchangeRecorder::Row(const SessionState& session,
                      std::int64_t timeNs,
                      char event,
                      std::string_view data,
                      std::string_view context)
{
    if (!m_protocol)
    {
        return;
    }
    evidence::ProtocolLogRecord record;
    record.timeNs = timeNs;
    record.connector = session.connectorId;
    record.session = session.id;
    record.local = {session.connection->server, session.connection->serverPort};
    record.remote = {session.connection->client, session.connection->clientPort};
    record.event = event;
    record.data = data;
    record.context = context;
    m_protocol->Write(record);
}

void
ExchangeRecorder::Filter(const SessionState& session, const connector::FilterEvent& event)
{
    if (!m_filter)
    {
        return;
    }
    const std::string comment =
        event.limit > 0 ? fmt::format("{} of {} invalid attempts", event.count, event.limit) : "";
    const std::string ptr = m_handlers.reverseName(session.connection->client);
    evidence::FilterLogRecord record;
    record.timeNs = event.time.count();
    record.onArrival = event.point == connector::FilterPoint::OnArrival;
    record.test = connector::NameOfTest(event.test);
    record.action = ActionOf(event.action);
    record.remote = session.connection->client;
    record.ptr = ptr;
    record.helo = session.helo;
    record.sender = event.sender.empty() ? std::string_view("<>") : event.sender;
    record.recipient = event.recipient;
    record.authenticated = session.user;
    record.reply = event.reply;
    record.comment = comment;
    m_filter->Write(record);
}

void
ExchangeRecorder::Track(const SessionState& session, const connector::QueuedEvent& event)
{
    if (!m_tracker)
    {
        return;
    }
    const std::string context = m_protocol->ReceivingMessage(session.id, session.openedNs, 0);
    m_tracker->OnQueued({*session.connection, session.helo, context, session.connectorId}, event);
}

std::unique_ptr<smtp::SessionObserver>
ExchangeRecorder::Delivery(Ipv4 server, std::uint16_t port)
{
    return m_service ? m_service->Outbound(server, port) : nullptr;
}

void
ExchangeRecorder::OnQueueEvent(const mail::QueueEvent& event)
{
    if (m_tracker)
    {
        m_tracker->OnQueueEvent(event);
    }
}

void
ExchangeRecorder::Close()
{
    if (m_protocol)
    {
        m_protocol->Close();
        m_tracker->Close();
    }
    if (m_service)
    {
        m_service->Close();
    }
}

} // namespace bouncelab::run
