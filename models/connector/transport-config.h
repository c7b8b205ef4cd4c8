#ifndef BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H

#include "formats/describe.h"

#include <cstdint>

namespace bouncelab::connector
{

/// Where the counters of a server's transport service stand; its connectors share them.
struct TransportConfig
{
    Nanoseconds uptime{0};
    std::uint64_t sessionsBefore = 0;
    std::uint64_t messagesBefore = 0;
    std::uint32_t queueCapacity = 0;
};

template <class Visitor>
void
Describe(Visitor& v, TransportConfig& t)
{
    v.Field("uptime",
            t.uptime,
            {"How long the service has run when the run starts; session ids begin with its start.",
             "",
             0,
             1e18});
    v.Field("sessions-before",
            t.sessionsBefore,
            {"Sessions that it has numbered before the run.", "", 0, 1e15});
    v.Field("messages-before",
            t.messagesBefore,
            {"Messages that it has numbered before the run (InternalId).", "", 0, 1e15});
    v.Field(
        "queue-capacity",
        t.queueCapacity,
        {"Messages that fill the disk of the queue's database; those that are queued take their "
         "part of it (`back-pressure.database-disk`). 0 = the disk does not fill up.",
         "messages",
         0,
         1e9});
}

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_TRANSPORT_CONFIG_H
