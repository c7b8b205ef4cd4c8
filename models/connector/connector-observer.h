#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H

#include "models/connector/access.h"
#include "models/connector/filter-agent.h"
#include "models/service/directory-client.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"

#include "formats/describe.h"

#include <cstdint>
#include <string_view>

namespace bouncelab::connector
{

/// Which session an event belongs to; the same object in all of its events.
struct SessionInfo
{
    std::uint64_t id = 0; //!< SessionIds::Text() writes it.
    const smtp::ConnectionInfo* connection = nullptr;
    Nanoseconds opened{0};
};

/// Why a reply is delayed, as the protocol log names it.
enum class TarpitCause
{
    Reply,      //!< `due to '550 5.1.1 User unknown'`
    DelayedAck, //!< With context Delivered or Expired.
    BackPressure,
};

struct TarpitEvent
{
    Nanoseconds time{0};
    Nanoseconds delay{0};
    TarpitCause cause = TarpitCause::Reply;
    std::string_view reply; //!< With its code, one line.
    bool expired = false;   //!< DelayedAck: the maximum was reached before the delivery.
};

/// Why a connector refused something, in its own terms.
enum class Refusal
{
    ConnectionLimit,
    SourceLimit,
    ConnectionRate,
    MessageRate,
    BackPressure,
    NotAuthenticated,
    SendAsDenied,
    RelayDenied,
    UserUnknown,
    HopCount,
    AuthFailed,
    Filter,
    DirectoryDown,
};

std::string_view NameOfRefusal(Refusal refusal); //!< "relay-denied"

struct RefusalEvent
{
    Nanoseconds time{0};
    Refusal refusal = Refusal::Filter;
    smtp::Step step = smtp::Step::Neutral;
    std::string_view reply; //!< Template, with its code.
};

/// A message that the server has taken.
struct QueuedEvent
{
    Nanoseconds time{0};
    std::uint64_t internalId = 0;
    std::string_view messageId; //!< In its angle brackets.
    std::string_view subject;
    std::string_view user; //!< Empty if it is anonymous.
    const smtp::Envelope* envelope = nullptr;
    std::size_t size = 0; //!< Octets of content.
};

/// A recipient has been looked up in the directory, or could not be.
struct LookupEvent
{
    Nanoseconds time{0};
    Nanoseconds waited{0};
    service::LookupStatus status = service::LookupStatus::Answered;
    std::string_view recipient;
};

/// Which side closed: the last word of the protocol log.
enum class ClosedBy
{
    Local,
    Remote,
};

/**
 * Hears what a connector does beside the dialogue, in the order of its protocol log; a log writer
 * is both this and the session's observer. Views are valid during the call only.
 */
class ConnectorObserver
{
  public:
    virtual ~ConnectorObserver() = default;

    virtual void OnOpened(const SessionInfo&, Nanoseconds) {}

    virtual void OnPermissions(const SessionInfo&, Nanoseconds, Permissions) {}

    /// At the moment when the delay begins; for DelayedAck when it is over and its length known.
    virtual void OnTarpit(const SessionInfo&, const TarpitEvent&) {}

    virtual void OnAuthenticated(const SessionInfo&, Nanoseconds, std::string_view /* user */) {}

    /// MAIL begins message number `count` of the session (`id;opened;count`, receiving message).
    virtual void OnReceiving(const SessionInfo&, Nanoseconds, std::uint32_t /* count */) {}

    virtual void OnRefusal(const SessionInfo&, const RefusalEvent&) {}

    virtual void OnQueued(const SessionInfo&, const QueuedEvent&) {}

    virtual void OnFilter(const SessionInfo&, const FilterEvent&) {}

    virtual void OnLookup(const SessionInfo&, const LookupEvent&) {}

    virtual void OnClosed(const SessionInfo&, Nanoseconds, ClosedBy, smtp::EndReason) {} //!< Last.
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H
