#ifndef BOUNCELAB_MODELS_HOST_EVENT_STREAM_H
#define BOUNCELAB_MODELS_HOST_EVENT_STREAM_H

#include "formats/address.h"
#include "formats/clock.h"
#include "models/connector/connector-observer.h"
#include "models/dns/blacklist.h"
#include "models/host/domain-events.h"
#include "models/host/name-events.h"
#include "models/kerberos/client.h"
#include "models/kerberos/kdc.h"
#include "models/mail/queue-event.h"
#include "models/path/filter-config.h"
#include "models/path/traceroute-result.h"
#include "models/probe/path-prober.h"
#include "models/provenance/ledger.h"
#include "models/service/directory.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bouncelab::host
{

/// A session that a mail system began with another server.
struct DeliveryInfo
{
    IpAddress server;
    std::uint16_t port = 25;
    IpAddress client;
    std::uint16_t clientPort = 0;
    std::uint64_t session = 0;       //!< Number of the session at this system.
    bool withinOrganization = false; //!< With a server that it authenticates to.
    Nanoseconds connected{0};        //!< When TCP stood; 0 = it does not, or did not.
};

/// A mail system is about to connect to another server.
struct ConnectingEvent
{
    Nanoseconds time{0};
};

/// The TCP connection is established; no SMTP has been spoken yet.
struct ConnectedEvent
{
    Nanoseconds time{0};
};

/// A message lands in a mailbox, which is not the order's recipient where a catch-all took it.
struct StoredEvent
{
    const mail::DeliveryOrder& order;
    std::string_view mailbox;
};

/// A delivery's connection took forged data.
struct AttributionEvent
{
    std::uint64_t delivery = 0;
    provenance::CauseId cause = 0;
};

/// A relay tester prints a line, here without its end.
struct TranscriptEvent
{
    std::string_view tester; //!< Name of the program in the scenario.
    std::string_view line;
};

/// A path prober has a run with its keyword, and the control run to hold it against.
struct PathMeasuredEvent
{
    std::string_view prober; //!< Name of the program in the scenario.
    const probe::PathMeasurement& measurement;
};

/// A gateway's filter stopped a packet, or accepted the first one of a conversation.
struct PacketFiltered
{
    std::string_view gateway;
    std::string_view rule; //!< Empty where none fits.
    path::FilterAction action = path::FilterAction::Drop;
    path::FilterDirection direction = path::FilterDirection::Any;
    std::uint8_t protocol = 0; //!< Of IP.
    IpAddress source;
    IpAddress destination;
    std::uint16_t sourcePort = 0; //!< Of TCP and UDP, else 0; so the next one.
    std::uint16_t destinationPort = 0;
    std::uint32_t bytes = 0; //!< Of the IP packet.
};

/// A traceroute is over.
struct TracerouteEvent
{
    std::string_view name; //!< Of the traceroute in the scenario.
    const path::TracerouteResult& result;
};

/**
 * Something that a program did: when, where, in whose session, and what. Valid during the call
 * only, as everything that it points to.
 */
struct Event
{
    using Payload = std::variant<const ConnectingEvent*,
                                 const ConnectedEvent*,
                                 const connector::OpenedEvent*,
                                 const connector::PermissionsEvent*,
                                 const connector::TarpitEvent*,
                                 const connector::LogonEvent*,
                                 const connector::LogonFailureEvent*,
                                 const connector::ReceivingEvent*,
                                 const connector::RefusalEvent*,
                                 const connector::QueuedEvent*,
                                 const connector::FilterEvent*,
                                 const connector::LookupEvent*,
                                 const connector::ClosedEvent*,
                                 const smtp::CommandEvent*,
                                 const smtp::ReplyEvent*,
                                 const smtp::ViolationEvent*,
                                 const smtp::MessageEvent*,
                                 const smtp::AuthEvent*,
                                 const smtp::TlsEvent*,
                                 const smtp::EndEvent*,
                                 const mail::QueueEvent*,
                                 const StoredEvent*,
                                 const AttributionEvent*,
                                 const TranscriptEvent*,
                                 const TracerouteEvent*,
                                 const PathMeasuredEvent*,
                                 const PacketFiltered*,
                                 const service::LoadSample*,
                                 const NameQuery*,
                                 const NameLookup*,
                                 const dns::ListingEvent*,
                                 const kerberos::KdcEvent*,
                                 const kerberos::ClientEvent*,
                                 const kerberos::TimeEvent*,
                                 const Inspection*>;

    std::string_view place; //!< The host, or the gateway; of a traceroute its inside interface.
    SimTime time{};
    const connector::SessionInfo* session = nullptr; //!< Of a receive connector of the place.
    const DeliveryInfo* delivery = nullptr;          //!< Of a mail system of the place.
    Payload what;

    /// Null if it is something else.
    template <class T>
    const T* As() const
    {
        const auto* held = std::get_if<const T*>(&what);
        return held ? *held : nullptr;
    }
};

/// Where programs tell what they do, once, for all who want to know.
class EventStream
{
  public:
    using Subscriber = std::function<void(const Event&)>;

    /// Before the simulation runs. Subscribers hear events in the order in which they came.
    void Subscribe(Subscriber subscriber) { m_subscribers.push_back(std::move(subscriber)); }

    void Publish(const Event& event) const
    {
        for (const Subscriber& subscriber : m_subscribers)
        {
            subscriber(event);
        }
    }

  private:
    std::vector<Subscriber> m_subscribers;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_EVENT_STREAM_H
