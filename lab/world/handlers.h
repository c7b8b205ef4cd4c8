#ifndef BOUNCELAB_LAB_WORLD_HANDLERS_H
#define BOUNCELAB_LAB_WORLD_HANDLERS_H

#include "models/connector/connector-observer.h"
#include "models/mail/queue-event.h"
#include "models/path/traceroute-result.h"
#include "models/provenance/ledger.h"
#include "models/service/directory.h"
#include "models/smtp/session.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::world
{

/// Who hears what happens in a world, apart from the packets. Everything is optional.
struct WorldHandlers
{
    std::function<void(const std::string& host, const mail::QueueEvent&)> onQueueEvent;

    /// A message lands in a mailbox, which is another than its recipient's where a catch-all took
    /// it.
    std::function<
        void(const std::string& host, const mail::DeliveryOrder&, const std::string& mailbox)>
        onLocalDelivery;
    std::function<void(const std::string& host, std::uint64_t delivery, provenance::CauseId)>
        onBlame;
    std::function<void(const std::string& host, const smtp::MessageEvent&)> onAccepted;
    std::function<void(const std::string& name, const path::TracerouteResult&)> onTraceroute;

    /// A relay tester prints a line, here without its end.
    std::function<void(const std::string& host, const std::string& name, std::string_view line)>
        onTranscript;
    std::function<void(const std::string& host, const service::LoadSample&)> onDirectoryLoad;

    /// A connector stands; `id` is how logs name it.
    std::function<void(const std::string& host, const std::string& name, const std::string& id)>
        onConnector;

    /// What hears a connector of a host, and each of its sessions. Both or none.
    std::function<connector::ConnectorObserver&(const std::string& host, const std::string& name)>
        connectorObserver;
    std::function<std::unique_ptr<smtp::SessionObserver>(const std::string& host,
                                                         const std::string& name,
                                                         const smtp::ConnectionInfo&)>
        sessionObserver;

    /// What hears a session that a mail system begins with another server; null = nobody.
    std::function<std::unique_ptr<smtp::SessionObserver>(const std::string& host,
                                                         Ipv4 server,
                                                         std::uint16_t port)>
        deliveryObserver;
};

} // namespace bouncelab::world

#endif // BOUNCELAB_LAB_WORLD_HANDLERS_H
