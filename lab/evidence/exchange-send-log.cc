#include "formats/endpoint.h"
#include "formats/exchange-fields.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/protocol-rows.h"

namespace bouncelab::evidence::send
{

constexpr std::string_view WITHIN = "Intra-Organization SMTP Send Connector";
constexpr std::string_view OUTWARD = "Internet";

/**
 * SENDyyyymmdd-n.log: the SMTP protocol log of a server's Send connectors, in the form of that of
 * Receive connectors (fact F25). What is said inside TLS is in it; what a client says during AUTH
 * is not.
 */
class ExchangeSendLog : public LogWriter
{
  public:
    explicit ExchangeSendLog(const LogPlace& place)
        : m_rows(place, fields::protocol::SEND_PREFIX, fields::protocol::SEND_TYPE)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (event.delivery)
        {
            std::visit([&](const auto* what) { On(*event.delivery, what); }, event.what);
        }
    }

    void Close() override { m_rows.Close(); }

  private:
    using Info = host::DeliveryInfo;

    void On(const Info&, const void*) {}

    void On(const Info& session, const host::ConnectingEvent* event)
    {
        ProtocolSession row = Of(session);
        row.local.clear();
        m_rows.Write(row,
                     event->time,
                     fields::protocol::INFORMATION,
                     "",
                     fields::protocol::CONNECTING);
    }

    void On(const Info& session, const host::ConnectedEvent* event)
    {
        Write(session, event->time, fields::protocol::CONNECT, "");
    }

    void On(const Info& session, const smtp::CommandEvent* event)
    {
        m_rows.WriteCommand(Of(session), *event, fields::protocol::SEND);
    }

    void On(const Info& session, const smtp::ReplyEvent* event)
    {
        m_rows.WriteReply(Of(session), *event, fields::protocol::RECEIVE);
    }

    void On(const Info& session, const smtp::EndEvent* event)
    {
        if (session.connected > Nanoseconds(0))
        {
            const bool isRemote = event->reason == smtp::EndReason::PeerClosed ||
                                  event->reason == smtp::EndReason::PeerReset;
            Write(session,
                  event->time,
                  fields::protocol::DISCONNECT,
                  "",
                  isRemote ? "Remote" : "Local");
        }
        m_rows.End(session.session);
    }

    static ProtocolSession Of(const Info& session)
    {
        return {session.withinOrganization ? WITHIN : OUTWARD,
                session.session,
                EndpointText(session.client, session.clientPort),
                EndpointText(session.server, session.port)};
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
};

} // namespace bouncelab::evidence::send

bouncelab::dialects::WriterPtr
bouncelab::dialects::ExchangeSend::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::send::ExchangeSendLog>(place);
}
