#ifndef BOUNCELAB_LAB_SPEC_MAIL_PROGRAM_CONFIG_H
#define BOUNCELAB_LAB_SPEC_MAIL_PROGRAM_CONFIG_H

#include "formats/address.h"
#include "formats/describe.h"
#include "formats/persona-ref.h"
#include "models/connector/filter-config.h"
#include "models/connector/receive-connector-config.h"

#include <optional>
#include <string>

namespace bouncelab::spec
{

/// Where a mail program that does not look up exchangers hands everything to: a submission client's
/// server, or a smarthost.
struct RelayConfig
{
    Ipv4 address;
    std::uint16_t port = 25;
    std::string name;
};

template <class Visitor>
void
Describe(Visitor& v, RelayConfig& r)
{
    v.Field("address", r.address, {"Address of the server, as its user typed it.", "", 0, 0, true});
    v.Field("port", r.port, {"Port of the server.", "", 1, 65535});
    v.Field("name", r.name, {"Name under which the program knows the server."});
}

/// A receive connector: a port that a server listens to, and its policy.
struct ConnectorConfig
{
    std::uint16_t port = 25;
    PersonaRef<connector::ReceiveConnectorConfig> policy;
    std::optional<PersonaRef<connector::FilterConfig>> filter;
};

template <class Visitor>
void
Describe(Visitor& v, ConnectorConfig& c)
{
    v.Field("port", c.port, {"TCP port.", "", 1, 65535});
    v.Field("policy",
            c.policy,
            {"Connector persona: who may do what, and how fast.", "", 0, 0, true});
    v.Field("filter", c.filter, {"Filter persona, for a server with a filter agent."});
}

} // namespace bouncelab::spec

#endif // BOUNCELAB_LAB_SPEC_MAIL_PROGRAM_CONFIG_H
