#ifndef BOUNCELAB_MODELS_KERBEROS_DOMAIN_H
#define BOUNCELAB_MODELS_KERBEROS_DOMAIN_H

#include "formats/random.h"
#include "models/kerberos/domain-config.h"
#include "models/kerberos/replica.h"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::kerberos
{

/// What a controller knows of one from which it fetches, as `repadmin /showrepl` has it.
struct Neighbor
{
    ReplicationConfig link;
    bool running = true;
    std::optional<Nanoseconds> lastAttempt;
    std::optional<Nanoseconds> lastSuccess;
    std::uint32_t failures = 0; //!< Without a success between them.
};

/**
 * The copies of a domain, and the replication between them: time goes in, and what each controller
 * knows follows. The caller calls Advance() at NextTimer(); times are those since any fixed start
 * and never run backwards.
 */
class Domain
{
  public:
    /// \pre the config is without fault (CheckDomain)
    Domain(const DomainConfig& config, DrawKey draws);

    const std::string& Realm() const { return m_realm; }

    /// The copy of a controller. \throws std::out_of_range where there is no such controller
    Replica& At(const std::string& controller) { return m_replicas.at(controller); }

    const Replica& At(const std::string& controller) const { return m_replicas.at(controller); }

    /// A machine, or the domain for its krbtgt, takes a new password, and tells one controller.
    Secret ChangeSecret(const std::string& controller, std::string_view account, Nanoseconds now);

    const std::vector<Neighbor>& Neighbors() const { return m_neighbors; }

    void SetReplication(std::size_t neighbor, bool running) //!< By its place in Neighbors().
    {
        m_neighbors[neighbor].running = running;
    }

    /// All of them at once, along the connections that run, until nobody learns anything new.
    void ReplicateAll(Nanoseconds now);

    void Advance(Nanoseconds now);
    std::optional<Nanoseconds> NextTimer() const;

    /**
     * The controllers in the order in which a host asks them: those of its own site first, in an
     * order that is drawn for the host, then the others.
     */
    std::vector<std::string> OrderFor(std::string_view site, DrawKey host) const;

  private:
    /// What a controller has fetched and not yet written.
    struct Transfer
    {
        std::size_t neighbor;
        Replica copy;
    };

    void Fetch(std::size_t neighbor, Nanoseconds now);
    Nanoseconds NextFetch(const Neighbor& neighbor) const;

    std::string m_realm;
    DrawKey m_draws;
    std::map<std::string, std::string> m_sites; //!< By controller.
    std::map<std::string, Replica> m_replicas;
    std::vector<Neighbor> m_neighbors;
    std::multimap<Nanoseconds, Transfer> m_transfers;
};

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_DOMAIN_H
