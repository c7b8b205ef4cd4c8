#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H

#include "models/connector/access.h"
#include "models/connector/filter-agent.h"
#include "models/service/directory-client.h"
#include "models/smtp/server-policy.h"
#include "models/smtp/session.h"

#include "formats/duration.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

namespace bouncelab::connector
{

/// Which session an event belongs to, and how far it has come; the same object in all of its
/// events.
struct SessionInfo
{
    std::uint64_t id = 0; //!< SessionIds::Text() writes it; 0 before it is opened.
    const smtp::ConnectionInfo* connection = nullptr;
    std::string_view connector; //!< As logs name it: `SERVER\Default SERVER`.
    Nanoseconds opened{0};
    std::string hello;           //!< What the client calls itself in HELO or EHLO.
    std::string user;            //!< Who has logged on; empty while anonymous.
    std::string clientName = {}; //!< By reverse DNS, where that has been asked; empty = none.
};

struct OpenedEvent
{
    Nanoseconds time{0};
};

struct PermissionsEvent
{
    Nanoseconds time{0};
    Permissions permissions;
};

/// The session's user has just logged on.
struct LogonEvent
{
    Nanoseconds time{0};
};

/// A client did not prove who it is, in the words of the server's event log.
struct LogonFailureEvent
{
    Nanoseconds time{0};
    std::string_view error;     //!< "LogonDenied"
    std::string_view mechanism; //!< "ExchangeAuth"
};

/// MAIL begins message number `count` of the session (`id;opened;count`, receiving message).
struct ReceivingEvent
{
    Nanoseconds time{0};
    std::uint32_t count = 0;
};

/// Why a reply is delayed, as the protocol log names it.
enum class TarpitCause
{
    Reply,      //!< `due to '550 5.1.1 User unknown'`
    DelayedAck, //!< With context Delivered or Expired.
    BackPressure,
};

/// Told when the delay begins; for DelayedAck when it is over and its length known.
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
    Blacklisted,
    ReverseName,
    Hello,
    Spf,
    TokenRefused,
    TlsRate,
    DiskFull,
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

struct ClosedEvent
{
    Nanoseconds time{0};
    ClosedBy by = ClosedBy::Local;
};

/// Everything that happens in one session of a connector: what the connector does, in the order of
/// its protocol log, and the dialogue. The first is OpenedEvent; smtp::EndEvent follows ClosedEvent
/// and is the last.
using ConnectorEvent = std::variant<const OpenedEvent*,
                                    const PermissionsEvent*,
                                    const TarpitEvent*,
                                    const LogonEvent*,
                                    const LogonFailureEvent*,
                                    const ReceivingEvent*,
                                    const RefusalEvent*,
                                    const QueuedEvent*,
                                    const FilterEvent*,
                                    const LookupEvent*,
                                    const ClosedEvent*,
                                    const smtp::CommandEvent*,
                                    const smtp::ReplyEvent*,
                                    const smtp::ViolationEvent*,
                                    const smtp::MessageEvent*,
                                    const smtp::AuthEvent*,
                                    const smtp::TlsEvent*,
                                    const smtp::EndEvent*>;

/// Hears the events of one session. They are valid during the call only.
using ConnectorObserver = std::function<void(const SessionInfo&, ConnectorEvent)>;

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_OBSERVER_H
