#include "models/connector/organization.h"

#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

std::string_view
WithoutDomain(std::string_view user)
{
    const std::size_t slash = user.find('\\');
    return slash == user.npos ? user : user.substr(slash + 1);
}

void
CheckMailbox(const std::string& key, const std::string& text, std::vector<std::string>& faults)
{
    const std::size_t at = text.rfind('@');
    if (at == text.npos || at == 0 || at + 1 == text.size())
    {
        faults.push_back(fmt::format("{}: found \"{}\", expected user@domain", key, text));
    }
}

} // namespace

std::vector<std::string>
CheckOrganization(const OrganizationConfig& config)
{
    std::vector<std::string> faults;
    for (std::size_t i = 0; i < config.mailboxes.size(); ++i)
    {
        CheckMailbox(fmt::format("mailboxes.{}", i + 1), config.mailboxes[i], faults);
    }
    for (std::size_t i = 0; i < config.relayClients.size(); ++i)
    {
        if (!IpPrefix::Parse(config.relayClients[i]))
        {
            faults.push_back(fmt::format("relay-clients.{}: found \"{}\", expected an address or a "
                                         "network such as 192.168.1.0/24",
                                         i + 1,
                                         config.relayClients[i]));
        }
    }
    std::unordered_set<std::string> names;
    for (std::size_t i = 0; i < config.accounts.size(); ++i)
    {
        const AccountConfig& account = config.accounts[i];
        const std::string key = fmt::format("accounts.{}", i + 1);
        const std::string bare = InLowerCase(WithoutDomain(account.name));
        if (bare.empty())
        {
            faults.push_back(
                fmt::format("{}.name: found \"{}\", expected a name", key, account.name));
        }
        if (!names.insert(bare).second)
        {
            faults.push_back(
                fmt::format("{}.name: found \"{}\" twice, expected it once", key, bare));
        }
        for (std::size_t j = 0; j < account.addresses.size(); ++j)
        {
            CheckMailbox(fmt::format("{}.addresses.{}", key, j + 1), account.addresses[j], faults);
        }
    }
    return faults;
}

Organization::Organization(OrganizationConfig config)
    : m_config(std::move(config))
{
    for (const std::string& domain : m_config.acceptedDomains)
    {
        m_authoritative.insert(InLowerCase(domain));
    }
    for (const std::string& domain : m_config.relayDomains)
    {
        m_relayed.insert(InLowerCase(domain));
    }
    for (const std::string& mailbox : m_config.mailboxes)
    {
        m_mailboxes.insert(InLowerCase(mailbox));
    }
    for (const std::string& network : m_config.relayClients)
    {
        m_relayClients.push_back(*IpPrefix::Parse(network));
    }
    for (const AccountConfig& account : m_config.accounts)
    {
        m_accounts.emplace(InLowerCase(WithoutDomain(account.name)), &account);
        for (const std::string& address : account.addresses)
        {
            m_mailboxes.insert(InLowerCase(address));
            m_accounts.emplace(InLowerCase(address), &account);
        }
    }
}

bool
Organization::IsAuthoritative(std::string_view domain) const
{
    return m_authoritative.count(InLowerCase(domain)) > 0;
}

bool
Organization::Accepts(std::string_view domain) const
{
    return IsAuthoritative(domain) || m_relayed.count(InLowerCase(domain)) > 0;
}

bool
Organization::HasMailbox(std::string_view mailbox) const
{
    return m_mailboxes.count(InLowerCase(mailbox)) > 0;
}

bool
Organization::RelaysFor(const IpAddress& client) const
{
    return std::any_of(m_relayClients.begin(),
                       m_relayClients.end(),
                       [&client](const IpPrefix& network) { return network.Contains(client); });
}

bool
Organization::IsUnknown(std::string_view domain, std::string_view mailbox) const
{
    return IsAuthoritative(domain) && !HasMailbox(mailbox);
}

const AccountConfig*
Organization::FindAccount(std::string_view user) const
{
    const auto found = m_accounts.find(InLowerCase(WithoutDomain(user)));
    return found == m_accounts.end() ? nullptr : found->second;
}

} // namespace bouncelab::connector
