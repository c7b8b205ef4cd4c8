#ifndef BOUNCELAB_MODELS_KERBEROS_DOMAIN_CONFIG_H
#define BOUNCELAB_MODELS_KERBEROS_DOMAIN_CONFIG_H

#include "formats/field.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bouncelab::kerberos
{

/// A user, a machine or a service as every controller has it at the start.
struct DomainAccountConfig
{
    bool machine = Field(&machine, "machine") |
                   "Its password is drawn and changed by the machine itself; else a person's.";
    std::string password = Field(&password, "password") | "Of a person or a service.";
    std::vector<std::string> serviceNames =
        Field(&serviceNames, "service-names") |
        "What it runs, as `SERVICE/host`; a name that two accounts have is found by neither.";
    bool disabled = Field(&disabled, "disabled") | "May not log on (18).";
    std::uint32_t pacSize = Field(&pacSize, "pac-size", 600).Unit("octets").Range(0, 40000) |
                            "Of the authorization data in its tickets; grows with its groups.";
};

struct ControllerConfig
{
    std::string site = Field(&site, "site").Required() | "Where it stands.";
};

/// One controller fetches what another one has.
struct ReplicationConfig
{
    std::string from = Field(&from, "from").Required() | "The controller that is asked.";
    std::string to = Field(&to, "to").Required() | "The one that asks.";
    Nanoseconds interval =
        Field(&interval, "interval", std::chrono::minutes(15)).Range(1e6, 1e18) | "How often.";
    Nanoseconds lag = Field(&lag, "lag").Range(0, 1e18) | "Until what it fetched is in its copy.";
    bool stopped = Field(&stopped, "stopped") |
                   "Fetches nothing from the start on, until somebody starts it; attempts fail.";
};

/// A domain: its accounts, and the controllers that each hold a copy of them.
struct DomainConfig
{
    std::string realm = Field(&realm, "realm").Required() | "In capitals: `EXAMPLE.COM`.";
    std::map<std::string, ControllerConfig> controllers =
        Field(&controllers, "controllers") | "By their host's names.";
    std::map<std::string, DomainAccountConfig> accounts =
        Field(&accounts, "accounts") | "By name; those of machines end in `$`.";
    std::vector<ReplicationConfig> replication =
        Field(&replication, "replication") | "Who fetches from whom; each way is one entry.";
};

/// What is wrong with a domain beyond single values, one clear line each; empty if nothing is.
std::vector<std::string> CheckDomain(const DomainConfig& config);

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_DOMAIN_CONFIG_H
