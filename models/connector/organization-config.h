#ifndef BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H
#define BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H

#include "models/connector/access.h"

#include "formats/describe.h"

#include <string>
#include <vector>

namespace bouncelab::connector
{

/// Somebody who can log on.
struct AccountConfig
{
    std::string name;
    std::string password;
    PermissionGroup group = PermissionGroup::ExchangeUsers;
    std::vector<std::string> addresses;
};

template <class Visitor>
void
Describe(Visitor& v, AccountConfig& a)
{
    v.Field("name",
            a.name,
            {"Log-on name as the log shows it, such as `ABC\\jia`; a client may leave the domain "
             "away, and case does not matter.",
             "",
             0,
             0,
             true});
    v.Field("password", a.password, {"Its password.", "", 0, 0, true});
    v.Field("group", a.group, {"Whose rights it gets."});
    v.Field("addresses",
            a.addresses,
            {"Senders that it may use, if its group may not use any; the first is its own."});
}

/// What the servers of one organization know in common.
struct OrganizationConfig
{
    std::vector<std::string> acceptedDomains;
    std::vector<std::string> relayDomains;
    std::vector<std::string> mailboxes;
    std::vector<AccountConfig> accounts;
};

template <class Visitor>
void
Describe(Visitor& v, OrganizationConfig& o)
{
    v.Field("accepted-domains",
            o.acceptedDomains,
            {"Authoritative domains: their mailboxes are known here."});
    v.Field("relay-domains",
            o.relayDomains,
            {"Domains whose mail is taken and passed on; their mailboxes are not known."});
    v.Field("mailboxes", o.mailboxes, {"Addresses that exist; those of accounts do, too."});
    v.Field("accounts", o.accounts, {"Who can log on."});
}

/// What is wrong with an organization beyond single values, one clear line each.
std::vector<std::string> CheckOrganization(const OrganizationConfig& config);

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_CONFIG_H
