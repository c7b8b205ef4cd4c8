#ifndef BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H

#include "formats/field.h"

#include <cstdint>

namespace bouncelab::connector
{

/// Where the counters of a server's transport service stand; its connectors share them.
struct TransportConfig
{
    Nanoseconds uptime =
        Field(&uptime, "uptime").Range(0, 1e18) |
        "How long the service has run when the run starts; session ids begin with its start.";
    std::uint64_t sessionsBefore = Field(&sessionsBefore, "sessions-before").Range(0, 1e15) |
                                   "Sessions that it has numbered before the run.";
    std::uint64_t messagesBefore = Field(&messagesBefore, "messages-before").Range(0, 1e15) |
                                   "Messages that it has numbered before the run (InternalId).";
    std::uint32_t queueCapacity =
        Field(&queueCapacity, "queue-capacity").Unit("messages").Range(0, 1e9) |
        "Messages that fill the disk of the queue's database; those that are queued take their "
        "part of it (`back-pressure.database-disk`). 0 = the disk does not fill up.";
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H
