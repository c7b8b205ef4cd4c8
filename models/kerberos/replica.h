#ifndef BOUNCELAB_MODELS_KERBEROS_REPLICA_H
#define BOUNCELAB_MODELS_KERBEROS_REPLICA_H

#include "formats/duration.h"
#include "models/kerberos/key.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace bouncelab::kerberos
{

/// An attribute with what decides between two copies of it: the higher number of writes, then the
/// later one, then the name of where it was written (MS-DRSR 4.1.10.6.11).
template <class T>
struct Replicated
{
    T value{};
    std::uint32_t version = 0;
    Nanoseconds written{0};
    std::string origin;

    void Set(T changed, Nanoseconds now, const std::string& at)
    {
        value = std::move(changed);
        ++version;
        written = now;
        origin = at;
    }

    void Merge(const Replicated& other)
    {
        if (std::tie(version, written, origin) <
            std::tie(other.version, other.written, other.origin))
        {
            *this = other;
        }
    }
};

constexpr std::string_view TICKET_ACCOUNT = "krbtgt"; //!< Seals tickets for tickets.

using ServiceNames = std::set<std::string>;

struct Account
{
    std::string name;
    bool machine = false;
    std::uint32_t pacSize = 0;
    Replicated<Secret> secret;
    Replicated<ServiceNames> serviceNames; //!< In lower case.
    Replicated<bool> disabled;
};

/// One controller's copy of the domain. Names are compared without case.
class Replica
{
  public:
    explicit Replica(std::string controller)
        : m_controller(std::move(controller))
    {
    }

    const std::string& Controller() const { return m_controller; }

    const std::map<std::string, Account>& Accounts() const { return m_accounts; }

    const Account* Find(std::string_view name) const; //!< Null if there is none.

    /// Those that have a service name: one where all is well.
    std::vector<const Account*> HoldersOf(std::string_view serviceName) const;

    void Add(const Account& account);

    // Writes at this copy, which replication carries to the others. \pre the account is there

    /// \param secret its version is counted here.
    /// \return with its version
    Secret SetSecret(std::string_view account, Secret secret, Nanoseconds now);
    void SetServiceNames(std::string_view account, const ServiceNames& names, Nanoseconds now);
    void SetDisabled(std::string_view account, bool disabled, Nanoseconds now);

    /// Takes over whatever is newer in another copy.
    void Merge(const Replica& other);

  private:
    Account& At(std::string_view name);

    std::string m_controller;
    std::map<std::string, Account> m_accounts; //!< By name in lower case.
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_REPLICA_H
