#ifndef BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H

#include "models/connector/access.h"

#include "formats/field.h"

#include <string>
#include <vector>

namespace bouncelab::connector
{

/// A user who can log on.
struct AccountConfig
{
    std::string name = Field(&name, "name").Required() |
                       "Log-on name as the log shows it, such as `ABC\\jia`; a client may leave "
                       "the domain away, and case does not matter.";
    std::string password = Field(&password, "password").Required() | "Its password.";
    PermissionGroup group =
        Field(&group, "group", PermissionGroup::ExchangeUsers) | "Whose rights it gets.";
    std::vector<std::string> addresses =
        Field(&addresses, "addresses") |
        "Senders that it may use, if its group may not use any; the first is its own.";
};

/// What the servers of one organization know in common.
struct OrganizationConfig
{
    std::vector<std::string> acceptedDomains =
        Field(&acceptedDomains, "accepted-domains") |
        "Authoritative domains: their mailboxes are known here.";
    std::vector<std::string> relayDomains =
        Field(&relayDomains, "relay-domains") |
        "Domains whose mail is taken and passed on; their mailboxes are not known.";
    std::vector<std::string> relayClients =
        Field(&relayClients, "relay-clients") |
        "Addresses and networks whose clients may relay without logging on, such as "
        "192.168.1.0/24: mynetworks of Postfix, and what a hosted relay knows its customers by.";
    std::vector<std::string> mailboxes =
        Field(&mailboxes, "mailboxes") | "Addresses that exist; those of accounts do, too.";
    std::vector<AccountConfig> accounts = Field(&accounts, "accounts") | "Who can log on.";
};

/// What is wrong with an organization beyond single values, one clear line each.
std::vector<std::string> CheckOrganization(const OrganizationConfig& config);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H
