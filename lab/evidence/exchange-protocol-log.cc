#include "formats/endpoint.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/protocol-rows.h"

#include <functional>

namespace bouncelab::evidence::protocol
{

// The last word of a session, and of a delayed acknowledgement that was not waited for.
constexpr std::string_view LOCAL = "Local";
constexpr std::string_view REMOTE = "Remote";
constexpr std::string_view EXPIRED = "Expired";

/**
 * RECVyyyymmdd-n.log: the SMTP protocol log of a server's Receive connectors (facts F25, F26). What
 * a client says during AUTH is left out.
 */
class ExchangeProtocolLog : public LogWriter
{
  public:
    explicit ExchangeProtocolLog(const LogPlace& place)
        : m_rows(place, fields::protocol::RECEIVE_PREFIX, fields::protocol::RECEIVE_TYPE)
        , m_onSession(place.onSession)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (event.session)
        {
            std::visit([&](const auto* what) { On(*event.session, what); }, event.what);
        }
    }

    void Close() override { m_rows.Close(); }

  private:
    using Info = connector::SessionInfo;

    void On(const Info&, const void*) {}

    void On(const Info& session, const connector::OpenedEvent* event)
    {
        Write(session, event->time, fields::protocol::CONNECT, "");
        m_onSession(*session.connection);
    }

    void On(const Info& session, const connector::PermissionsEvent* event)
    {
        Write(session,
              event->time,
              fields::protocol::INFORMATION,
              event->permissions.ToString(),
              fields::protocol::SET_SESSION_PERMISSIONS);
    }

    void On(const Info& session, const connector::TarpitEvent* event);

    void On(const Info& session, const connector::LogonEvent* event)
    {
        Write(session,
              event->time,
              fields::protocol::INFORMATION,
              session.user,
              fields::protocol::AUTHENTICATED);
    }

    void On(const Info& session, const connector::ReceivingEvent* event)
    {
        Write(session,
              event->time,
              fields::protocol::INFORMATION,
              SessionContext(m_rows.Clock(), session, event->count),
              fields::protocol::RECEIVING_MESSAGE);
    }

    void On(const Info& session, const smtp::CommandEvent* event)
    {
        m_rows.WriteCommand(Of(session), *event, fields::protocol::RECEIVE);
    }

    void On(const Info& session, const smtp::ReplyEvent* event)
    {
        m_rows.WriteReply(Of(session), *event, fields::protocol::SEND);
    }

    void On(const Info& session, const connector::ClosedEvent* event)
    {
        Write(session,
              event->time,
              fields::protocol::DISCONNECT,
              "",
              event->by == connector::ClosedBy::Local ? LOCAL : REMOTE);
        m_rows.End(session.id);
    }

    static ProtocolSession Of(const Info& session)
    {
        return {session.connector,
                session.id,
                EndpointText(session.connection->server, session.connection->serverPort),
                EndpointText(session.connection->client, session.connection->clientPort)};
    }

    void Write(const Info& session,
               Nanoseconds time,
               char event,
               std::string_view data,
               std::string_view context = {})
    {
        m_rows.Write(Of(session), time, event, data, context);
    }

    ProtocolRows m_rows;
    std::function<void(const smtp::ConnectionInfo&)> m_onSession;
};

void
ExchangeProtocolLog::On(const Info& session, const connector::TarpitEvent* event)
{
    std::string_view reason = FirstLine(event->reply);
    std::string_view context;
    if (event->cause == connector::TarpitCause::DelayedAck)
    {
        reason = fields::protocol::DELAYED_ACK;
        context = event->expired ? EXPIRED : fields::protocol::DELIVERED;
    }
    else if (event->cause == connector::TarpitCause::BackPressure)
    {
        reason = fields::protocol::BACK_PRESSURE;
    }
    Write(session,
          event->time,
          fields::protocol::INFORMATION,
          TarpitText(event->delay.count(), reason),
          context);
}

} // namespace bouncelab::evidence::protocol

bouncelab::dialects::WriterPtr
bouncelab::dialects::ExchangeProtocol::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::protocol::ExchangeProtocolLog>(place);
}
