#ifndef BOUNCELAB_MODELS_HOST_DOMAIN_EVENTS_H
#define BOUNCELAB_MODELS_HOST_DOMAIN_EVENTS_H

#include "formats/address.h"
#include "models/kerberos/domain.h"
#include "models/kerberos/time-service.h"

#include <string>
#include <vector>

namespace bouncelab::host
{

/// The time service of a controller, as `w32tm /monitor` finds it.
struct ControllerClock
{
    std::string hostname;
    IpAddress address;
    bool isHead = false;
    Nanoseconds ahead{0}; //!< Of the clock of the host where the administrator looks.
    std::string source;   //!< Host name of its source; empty = none, or its own clock.
    kerberos::TimeServerState state;
};

/// An administrator looks at a host: what can be seen of the domain there.
struct Inspection
{
    const kerberos::Domain& domain;
    std::string controller; //!< Whose copy is asked.
    std::vector<ControllerClock> clocks;
};

} // namespace bouncelab::host

#endif // BOUNCELAB_MODELS_HOST_DOMAIN_EVENTS_H
