#ifndef BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_H
#define BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_H

#include "formats/prefix.h"
#include "models/connector/organization-config.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace bouncelab::connector
{

/// The directory of an organization, for look-ups at any speed and in any case of letters.
class Organization
{
  public:
    /// \pre the config is without fault (CheckOrganization).
    explicit Organization(OrganizationConfig config);
    Organization(const Organization&) = delete;
    Organization& operator=(const Organization&) = delete;

    bool IsAuthoritative(std::string_view domain) const;
    bool Accepts(std::string_view domain) const; //!< Authoritative or relayed.
    bool HasMailbox(std::string_view mailbox) const;

    /// The mailbox is of an authoritative domain and does not exist.
    bool IsUnknown(std::string_view domain, std::string_view mailbox) const;

    /// Relays for that client whatever the recipient.
    bool RelaysFor(const IpAddress& client) const;

    /// The account that a client calls itself by; null if there is none.
    const AccountConfig* FindAccount(std::string_view user) const;

  private:
    OrganizationConfig m_config;
    std::unordered_set<std::string> m_authoritative; //!< All of these are looked up only,
    std::unordered_set<std::string> m_relayed;       //!< in lower case,
    std::unordered_set<std::string> m_mailboxes;     //!< and never walked through.
    std::unordered_map<std::string, const AccountConfig*> m_accounts;
    std::vector<IpPrefix> m_relayClients;
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_ORGANIZATION_H
