#include "models/kerberos/replica.h"

#include "formats/text.h"

namespace bouncelab::kerberos
{

namespace
{

ServiceNames
Lowered(const ServiceNames& names)
{
    ServiceNames lowered;
    for (const std::string& name : names)
    {
        lowered.insert(InLowerCase(name));
    }
    return lowered;
}

} // namespace

const Account*
Replica::Find(std::string_view name) const
{
    const auto found = m_accounts.find(InLowerCase(name));
    return found == m_accounts.end() ? nullptr : &found->second;
}

Account&
Replica::At(std::string_view name)
{
    return m_accounts.at(InLowerCase(name));
}

std::vector<const Account*>
Replica::HoldersOf(std::string_view serviceName) const
{
    const std::string wanted = InLowerCase(serviceName);
    std::vector<const Account*> holders;
    for (const auto& [name, account] : m_accounts)
    {
        if (account.serviceNames.value.count(wanted) > 0)
        {
            holders.push_back(&account);
        }
    }
    return holders;
}

void
Replica::Add(const Account& account)
{
    Account& added = m_accounts[InLowerCase(account.name)] = account;
    added.serviceNames.value = Lowered(account.serviceNames.value);
}

Secret
Replica::SetSecret(std::string_view account, Secret secret, Nanoseconds now)
{
    auto& known = At(account).secret;
    secret.version = known.version + 1;
    known.Set(secret, now, m_controller);
    return secret;
}

void
Replica::SetServiceNames(std::string_view account, const ServiceNames& names, Nanoseconds now)
{
    At(account).serviceNames.Set(Lowered(names), now, m_controller);
}

void
Replica::SetDisabled(std::string_view account, bool disabled, Nanoseconds now)
{
    At(account).disabled.Set(disabled, now, m_controller);
}

void
Replica::Merge(const Replica& other)
{
    for (const auto& [name, account] : other.m_accounts)
    {
        const auto [mine, isNew] = m_accounts.emplace(name, account);
        if (!isNew)
        {
            mine->second.secret.Merge(account.secret);
            mine->second.serviceNames.Merge(account.serviceNames);
            mine->second.disabled.Merge(account.disabled);
        }
    }
}

} // namespace bouncelab::kerberos
