#include "formats/clock.h"
#include "formats/endpoint.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/rolling-log.h"

#include <map>

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
        : m_files(place.folder,
                  fields::protocol::SEND_PREFIX,
                  fields::protocol::SEND_TYPE,
                  fields::protocol::FIELD_LIST,
                  {})
        , m_clock(place.clock)
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (event.delivery)
        {
            std::visit([&](const auto* what) { On(*event.delivery, what); }, event.what);
        }
    }

    void Close() override { m_files.Close(); }

  private:
    using Info = host::DeliveryInfo;

    void On(const Info&, const void*) {}

    void On(const Info& session, const host::ConnectedEvent* event)
    {
        Write(session, event->time, fields::protocol::CONNECT, "");
    }

    void On(const Info& session, const smtp::CommandEvent* event)
    {
        if (!event->authResponse)
        {
            Write(session, event->time, fields::protocol::SEND, event->line);
        }
    }

    void On(const Info& session, const smtp::ReplyEvent* event)
    {
        const bool isChallenge = event->step == smtp::Step::Auth && event->code == 334;
        Write(session,
              event->time,
              fields::protocol::RECEIVE,
              isChallenge ? fields::protocol::AUTHENTICATION_RESPONSE : event->text);
    }

    void On(const Info& session, const smtp::EndEvent* event)
    {
        if (m_next.count(session.session) == 0)
        {
            return; // No connection stood.
        }
        const bool isRemote = event->reason == smtp::EndReason::PeerClosed ||
                              event->reason == smtp::EndReason::PeerReset;
        Write(session,
              event->time,
              fields::protocol::DISCONNECT,
              "",
              isRemote ? "Remote" : "Local");
        m_next.erase(session.session);
    }

    void Write(const Info& session,
               Nanoseconds time,
               char event,
               std::string_view data,
               std::string_view context = {});

    RollingLog m_files;
    HostClock m_clock;
    std::map<std::uint64_t, std::uint32_t> m_next; //!< Sequence numbers of open sessions.
};

void
ExchangeSendLog::Write(const Info& session,
                       Nanoseconds time,
                       char event,
                       std::string_view data,
                       std::string_view context)
{
    const WallTime reading = m_clock.Read(SimTime(time));
    std::uint32_t& next = m_next[session.session];
    std::string line;
    for (bool more = true; more;)
    {
        const std::string_view row = FirstLine(data);
        more = row.size() < data.size();
        data.remove_prefix(more ? row.size() + 1 : row.size());
        line.clear();
        Print(line, "{},{},", UtcStamp(reading), session.withinOrganization ? WITHIN : OUTWARD);
        AppendSessionId(line, session.session);
        Print(line,
              ",{},{},{},{},",
              next++,
              EndpointText(session.client, session.clientPort),
              EndpointText(session.server, session.port),
              event);
        AppendCsv(line, row.substr(0, row.size() - (EndsWith(row, "\r") ? 1 : 0)));
        Print(line, ",{}\r\n", context);
        m_files.Write(reading, line);
    }
}

} // namespace bouncelab::evidence::send

bouncelab::dialects::WriterPtr
bouncelab::dialects::ExchangeSend::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::send::ExchangeSendLog>(place);
}
