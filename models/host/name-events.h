#ifndef BOUNCELAB_MODELS_HOST_NAME_EVENTS_H
#define BOUNCELAB_MODELS_HOST_NAME_EVENTS_H

#include "formats/address.h"
#include "models/dns/message.h"
#include "models/dns/resolver.h"

#include <cstdint>

namespace bouncelab::host
{

/// A question that came to a name server.
struct NameQuery
{
    IpAddress client;
    std::uint16_t clientPort = 0;
    bool overTcp = false;
    const dns::Message& message;
};

/// A question of a program of a host, and what it came to.
struct NameLookup
{
    const dns::Question& question;
    const dns::Answer& answer;
    Nanoseconds asked{0};
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_NAME_EVENTS_H
