#ifndef BOUNCELAB_LAB_SCENARIO_DOMAIN_CONFIG_H
#define BOUNCELAB_LAB_SCENARIO_DOMAIN_CONFIG_H

#include "formats/field.h"
#include "formats/persona-ref.h"
#include "models/kerberos/domain-config.h"
#include "models/kerberos/kerberos-persona.h"
#include "models/kerberos/time-config.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::scenario
{

/// A host that is a member of the domain; one that is called as a controller is that controller.
struct DomainMember
{
    PersonaRef<kerberos::KerberosPersona> persona =
        Field(&persona, "persona").Required() | "Kerberos persona: how its Kerberos behaves.";
    std::string account = Field(&account, "account").Required() |
                          "Its account, one of the domain's machines: `HUB1$`.";
    std::string site =
        Field(&site, "site").Required() |
        "Where it stands: it asks the controllers of this site before those of others.";
    kerberos::ClockConfig clock = Field(&clock, "clock") | "Its clock at the start.";
    std::optional<kerberos::TimeServiceConfig> timeService =
        Field(&timeService, "time-service") |
        "Its time service, which follows the controllers; without one nothing corrects its clock.";
};

/// A machine takes a new password.
struct PasswordChangeConfig
{
    std::string account = Field(&account, "account").Required() | "The machine's account.";
    std::string controller =
        Field(&controller, "controller").Required() | "The controller that is told.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
};

/// An administrator sets the names of an account (`setspn`).
struct NamesChangeConfig
{
    std::string account = Field(&account, "account").Required() | "The account.";
    std::vector<std::string> serviceNames =
        Field(&serviceNames, "service-names") | "All names that it has from then on.";
    std::string controller =
        Field(&controller, "controller").Required() | "The controller that is told.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
};

/// An administrator has all controllers replicate at once (`repadmin /syncall`).
struct ReplicationStartConfig
{
    Nanoseconds at =
        Field(&at, "at").Range(0, 1e18) | "When; connections that stood still run from then on.";
};

/// An administrator starts a host's time service and has it ask at once (`w32tm /resync`).
struct TimeServiceStartConfig
{
    std::string host = Field(&host, "host").Required() | "The member of the domain.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
};

/// Somebody sets a host's clock, as the host of a virtual machine does.
struct ClockStepConfig
{
    std::string host = Field(&host, "host").Required() | "The member of the domain.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
    Nanoseconds by =
        Field(&by, "by").Range(-1e17, 1e17).Required() | "How far; less than 0 = back.";
};

/// A member is without power for a while.
struct OutageConfig
{
    std::string host = Field(&host, "host").Required() | "The member of the domain.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When it goes off.";
    Nanoseconds down =
        Field(&down, "down", std::chrono::minutes(5)).Range(1e6, 1e17) | "Until it runs again.";
};

/// An administrator looks: what tools print on a member at a moment.
struct InspectionConfig
{
    std::string host =
        Field(&host, "host").Required() | "The member that the administrator sits at.";
    Nanoseconds at = Field(&at, "at").Range(0, 1e18) | "When.";
};

/// A domain of the network: what its servers prove to one another with, and what becomes of it.
struct DomainSection
{
    kerberos::DomainConfig domain = Inline(&domain);
    std::map<std::string, DomainMember> members =
        Field(&members, "members") | "Hosts that are in the domain, by their names.";
    std::string head =
        Field(&head, "head") |
        "The controller whose clock the others follow; empty = the first by its name.";
    std::map<std::string, PasswordChangeConfig> passwordChanges =
        Field(&passwordChanges, "password-changes") | "Machines take new passwords, by name.";
    std::map<std::string, NamesChangeConfig> namesChanges =
        Field(&namesChanges, "names-changes") | "Administrators set service names, by name.";
    std::map<std::string, ReplicationStartConfig> replicationStarts =
        Field(&replicationStarts, "replication-starts") |
        "Administrators have controllers replicate, by name.";
    std::map<std::string, TimeServiceStartConfig> timeServiceStarts =
        Field(&timeServiceStarts, "time-service-starts") |
        "Administrators set clocks by starting the time service, by name.";
    std::map<std::string, ClockStepConfig> clockSteps =
        Field(&clockSteps, "clock-steps") | "Clocks of members are set by others, by name.";
    std::map<std::string, OutageConfig> outages =
        Field(&outages, "outages") | "Members without power, by name.";
    std::map<std::string, InspectionConfig> inspections =
        Field(&inspections, "inspections") | "Administrators look at the domain, by name.";
};

} // namespace bouncelab::scenario

#endif // BOUNCELAB_LAB_SCENARIO_DOMAIN_CONFIG_H
