#include "formats/clock.h"
#include "formats/exchange-fields.h"
#include "formats/text.h"
#include "lab/evidence/csv.h"
#include "lab/evidence/exchange-texts.h"
#include "lab/evidence/log-writer.h"
#include "lab/evidence/print.h"
#include "lab/evidence/rolling-log.h"
#include "models/connector/message-header.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace bouncelab::evidence::tracking
{

using mail::QueueEvent;

constexpr std::string_view NULL_PATH = "<>";
constexpr std::string_view EXPIRED = "4.4.7";

// Which part of the transport tells of an event.
constexpr std::string_view SMTP = "SMTP";
constexpr std::string_view STORE_DRIVER = "STOREDRIVER";
constexpr std::string_view DSN = "DSN";
constexpr std::string_view ROUTING = "ROUTING";
constexpr std::string_view QUEUE = "QUEUE";
constexpr std::string_view DNS = "DNS";

/// One row; empty members give empty fields.
struct TrackingRow
{
    SimTime time{};
    std::string_view source = SMTP;
    std::string_view event = "RECEIVE";
    std::uint64_t internalId = 0; //!< InternalId of the 250 reply.
    std::string messageId;
    std::string client;         //!< RECEIVE: the sending host.
    std::string clientHostname; //!< RECEIVE: its HELO name.
    std::string server;
    std::string serverHostname;
    std::string sourceContext;
    std::string_view connectorId;
    std::vector<std::string> recipients;
    std::string status;      //!< SEND, DEFER, FAIL: the reply.
    std::uint64_t bytes = 0; //!< Of the message with its header.
    std::string reference;   //!< DSN: Message-ID of what it is about.
    std::string subject;
    std::string sender; //!< From the header, else the envelope.
    std::string returnPath;
    std::string messageInfo; //!< SEND, DELIVER: when the message arrived.
};

/// Which part of the transport gives a recipient up.
std::string_view
FailureSource(const QueueEvent& event)
{
    return event.note.status == EXPIRED            ? QUEUE
           : !event.note.remoteAddress.empty()     ? SMTP
           : event.channel == mail::Channel::Local ? ROUTING
                                                   : DNS;
}

/**
 * MSGTRKyyyymmdd-n.log of Exchange 2010 SP1 (fact F27): follows the messages of a server from
 * their receipt to their end. RECEIVE for what comes in, by SMTP or from a mailbox; SEND, DELIVER,
 * DEFER and FAIL for what becomes of each recipient; DSN for each report that the server makes. A
 * session that is refused before DATA has no message and so no row.
 */
class MessageTrackingLog : public LogWriter
{
  public:
    explicit MessageTrackingLog(const LogPlace& place)
        : m_files(place.folder,
                  fields::tracking::PREFIX,
                  fields::tracking::LOG_TYPE,
                  fields::tracking::FIELD_LIST,
                  {})
        , m_clock(place.clock)
        , m_name(place.FirstLabel())
        , m_address(place.address.ToString())
    {
    }

    void OnEvent(const host::Event& event) override
    {
        if (const auto* queued = event.As<connector::QueuedEvent>())
        {
            Receive(*event.session, *queued);
        }
        else if (const auto* queue = event.As<QueueEvent>())
        {
            Follow(*queue);
        }
    }

    void Close() override { m_files.Close(); }

  private:
    /// What later rows need of a message.
    struct Message
    {
        std::uint64_t internalId = 0;
        SimTime arrived{};
        std::string messageId;
        std::string subject;
        std::string from; //!< Of the header; else the envelope's sender.
        std::string returnPath;
        std::uint64_t bytes = 0;
    };

    void Receive(const connector::SessionInfo& session, const connector::QueuedEvent& event);
    void Follow(const QueueEvent& event);
    void Arrived(const QueueEvent& info, Message& message);
    void Ended(const QueueEvent& event, const Message& message);
    TrackingRow RowOf(const Message& message, SimTime time) const;
    void Write(const TrackingRow& row);

    RollingLog m_files;
    HostClock m_clock;
    std::string m_name;
    std::string m_address;
    std::set<std::uint64_t> m_bySmtp;               //!< Queued next, by their internal numbers.
    std::map<std::uint64_t, Message> m_messages;    //!< In the queue, by serial.
    std::map<std::uint64_t, std::string> m_reports; //!< Serial to what it is about.
};

void
MessageTrackingLog::Receive(const connector::SessionInfo& session,
                            const connector::QueuedEvent& event)
{
    m_bySmtp.insert(event.internalId);
    TrackingRow row;
    row.time = SimTime(event.time);
    row.internalId = event.internalId;
    row.messageId = event.messageId;
    row.client = session.connection->client.ToString();
    row.clientHostname = session.hello;
    row.server = session.connection->server.ToString();
    row.serverHostname = m_name;
    row.sourceContext = SessionContext(m_clock, session, 0);
    row.connectorId = session.connector;
    for (const smtp::EnvelopeEntry& recipient : event.envelope->recipients)
    {
        row.recipients.push_back(recipient.path.Mailbox());
    }
    row.bytes = event.size;
    row.subject = event.subject;
    row.sender = event.envelope->sender.path.Mailbox();
    row.returnPath = row.sender.empty() ? NULL_PATH : std::string_view(row.sender);
    Write(row);
}

void
MessageTrackingLog::Follow(const QueueEvent& event)
{
    using Kind = QueueEvent::Kind;
    if (event.kind == Kind::NewMessage)
    {
        const connector::HeaderFacts header = connector::ReadHeader(*event.content, m_name);
        Message& message = m_messages[event.serial];
        message.internalId = event.internalId;
        message.arrived = event.time;
        message.messageId = header.messageId;
        message.subject = header.subject;
        return;
    }
    const auto found = m_messages.find(event.serial);
    if (found == m_messages.end())
    {
        return;
    }
    Message& message = found->second;
    if (event.kind == Kind::MessageInfo)
    {
        Arrived(event, message);
    }
    else if (event.kind == Kind::DeliveryResult)
    {
        Ended(event, message);
    }
    else if (event.kind == Kind::Bounced)
    {
        m_reports[event.bounceSerial] = message.messageId;
    }
    else if (event.EndsMessage())
    {
        m_messages.erase(found);
    }
}

void
MessageTrackingLog::Arrived(const QueueEvent& info, Message& message)
{
    message.bytes = info.bytes;
    message.from = info.sender;
    message.returnPath = info.sender.empty() ? NULL_PATH : std::string_view(info.sender);
    const auto report = m_reports.find(info.serial);
    TrackingRow row = RowOf(message, info.time);
    row.recipients = info.recipients;
    if (report != m_reports.end())
    {
        row.source = DSN;
        row.event = DSN;
        row.reference = report->second;
        Write(row);
        m_reports.erase(report);
    }
    else if (m_bySmtp.erase(message.internalId) == 0)
    {
        row.source = STORE_DRIVER;
        row.client = m_address;
        row.clientHostname = m_name;
        Write(row);
    }
}

void
MessageTrackingLog::Ended(const QueueEvent& event, const Message& message)
{
    const bool isRemote = !event.note.remoteAddress.empty();
    TrackingRow row = RowOf(message, event.time);
    row.recipients = {event.recipient};
    row.status = OneLine(TrimEnd(event.text, "\r\n"));
    if (isRemote)
    {
        row.client = m_address;
        row.clientHostname = m_name;
        row.server = event.note.remoteAddress;
        row.serverHostname = event.note.remoteName;
    }
    switch (event.outcome)
    {
    case mail::DeliveryOutcome::Success:
        row.source = isRemote ? SMTP : STORE_DRIVER;
        row.event = isRemote ? "SEND" : "DELIVER";
        row.status = isRemote ? row.status : std::string();
        row.messageInfo += UtcStamp(m_clock.Read(message.arrived));
        break;
    case mail::DeliveryOutcome::Deferral:
        row.source = event.channel == mail::Channel::Local ? STORE_DRIVER : SMTP;
        row.event = "DEFER";
        break;
    case mail::DeliveryOutcome::Failure:
        row.source = FailureSource(event);
        row.event = "FAIL";
        break;
    }
    Write(row);
}

TrackingRow
MessageTrackingLog::RowOf(const Message& message, SimTime time) const
{
    TrackingRow row;
    row.time = time;
    row.internalId = message.internalId;
    row.messageId = message.messageId;
    row.server = m_address;
    row.serverHostname = m_name;
    row.bytes = message.bytes;
    row.subject = message.subject;
    row.sender = message.from;
    row.returnPath = message.returnPath;
    return row;
}

void
MessageTrackingLog::Write(const TrackingRow& row)
{
    const WallTime reading = m_clock.Read(row.time);
    std::string line;
    line += UtcStamp(reading);
    const auto put = [&line](std::string_view field)
    {
        line += ',';
        AppendCsv(line, field);
    };
    for (const std::string_view field : {std::string_view(row.client),
                                         std::string_view(row.clientHostname),
                                         std::string_view(row.server),
                                         std::string_view(row.serverHostname),
                                         std::string_view(row.sourceContext),
                                         row.connectorId,
                                         row.source,
                                         row.event})
    {
        put(field);
    }
    Print(line, ",{}", row.internalId);
    put(row.messageId);
    put(fmt::format("{}", fmt::join(row.recipients, ";")));
    put(row.status);
    Print(line, ",{},{},", row.bytes, row.recipients.size()); // No related recipient.
    put(row.reference);
    put(row.subject);
    put(row.sender);
    put(row.returnPath);
    put(row.messageInfo);
    line += ",,,,,\r\n"; // Directionality, tenant, original addresses, custom data.
    m_files.Write(reading, line);
}

} // namespace bouncelab::evidence::tracking

bouncelab::dialects::WriterPtr
bouncelab::dialects::ExchangeTracking::Writer(const evidence::LogPlace& place)
{
    return std::make_unique<evidence::tracking::MessageTrackingLog>(place);
}
