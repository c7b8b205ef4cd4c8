#ifndef BOUNCELAB_LAB_EVIDENCE_MESSAGE_TRACKING_LOG_H
#define BOUNCELAB_LAB_EVIDENCE_MESSAGE_TRACKING_LOG_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/describe.h"
#include "lab/evidence/rolling-log.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::evidence
{

/// What happened to a message; the log's event-id.
enum class TrackingEvent
{
    Receive,
    Submit,
    Transfer,
    Send,
    Deliver,
    Defer,
    Fail,
    Dsn,
};

constexpr std::array<EnumName<TrackingEvent>, 8>
EnumNames(TrackingEvent)
{
    return {{{"RECEIVE", TrackingEvent::Receive},
             {"SUBMIT", TrackingEvent::Submit},
             {"TRANSFER", TrackingEvent::Transfer},
             {"SEND", TrackingEvent::Send},
             {"DELIVER", TrackingEvent::Deliver},
             {"DEFER", TrackingEvent::Defer},
             {"FAIL", TrackingEvent::Fail},
             {"DSN", TrackingEvent::Dsn}}};
}

/// Which part of the transport tells of it.
enum class TrackingSource
{
    Smtp,
    StoreDriver,
    Dsn,
    Routing,
    Queue,
    Agent,
    Dns,
};

constexpr std::array<EnumName<TrackingSource>, 7>
EnumNames(TrackingSource)
{
    return {{{"SMTP", TrackingSource::Smtp},
             {"STOREDRIVER", TrackingSource::StoreDriver},
             {"DSN", TrackingSource::Dsn},
             {"ROUTING", TrackingSource::Routing},
             {"QUEUE", TrackingSource::Queue},
             {"AGENT", TrackingSource::Agent},
             {"DNS", TrackingSource::Dns}}};
}

/**
 * One event of a message that the server has taken over. A session that is refused before DATA has
 * no message and so no record (fact F27). Empty members give empty fields; views have to live
 * during the call only.
 */
struct MessageTrackingRecord
{
    std::int64_t timeNs = 0; //!< Simulated.
    TrackingSource source = TrackingSource::Smtp;
    TrackingEvent event = TrackingEvent::Receive;
    std::uint64_t internalMessageId = 0; //!< InternalId of the 250 reply; 1 or more.
    std::string_view messageId;          //!< "<...>", from the message's header.
    std::optional<Ipv4> clientIp;        //!< RECEIVE: the sending host.
    std::string_view clientHostname;     //!< RECEIVE: its HELO name.
    std::optional<Ipv4> serverIp;
    std::string_view serverHostname;
    std::string_view sourceContext; //!< RECEIVE: "08CE6E5DA8B26408;2011-11-16T04:11:55.890Z;0"
    std::string_view connectorId;
    std::vector<std::string_view> recipients; //!< Mailboxes.
    /// SEND, DEFER, FAIL: the reply of each, in their order; else empty.
    std::vector<std::string_view> recipientStatus;
    std::uint64_t totalBytes = 0; //!< Of the message with its header.
    std::string_view relatedRecipient;
    std::string_view reference; //!< DSN: message-id of what it is about.
    std::string_view subject;
    std::string_view sender;         //!< From the header, else the envelope.
    std::string_view returnPath;     //!< Envelope sender; the null path is "<>".
    std::string_view messageInfo;    //!< SEND, DELIVER: StampOf() the message's arrival.
    std::string_view directionality; //!< "Incoming", "Originating" or "Undefined".
    std::optional<Ipv4> originalClientIp;
    std::optional<Ipv4> originalServerIp;
    std::string_view customData;
};

/// MSGTRKyyyymmdd-n.log of Exchange 2010 SP1.
class MessageTrackingLog
{
  public:
    /// \param vantage not owned.
    MessageTrackingLog(VantageFolder& vantage,
                       const HostClock& clock,
                       const RollingLogOptions& options = {});

    /// Aborts on a record without a message: internalMessageId 0.
    void Write(const MessageTrackingRecord& record);

    /// A time as the log has it, for fields that name another time than the row's.
    std::string StampOf(std::int64_t timeNs) const;

    void Close() { m_files.Close(); }

  private:
    RollingLog m_files;
    HostClock m_clock;
    std::string m_line;
    std::string m_field;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_MESSAGE_TRACKING_LOG_H
