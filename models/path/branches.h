#ifndef BOUNCELAB_MODELS_PATH_BRANCHES_H
#define BOUNCELAB_MODELS_PATH_BRANCHES_H

#include "models/path/path.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

class InPathStation;

/**
 * The chains that lead outbound from one node (the gateway, or an in-path station), and which
 * address lies behind which of them. The node takes every chain's End::Near. Built before the
 * simulation starts.
 */
class Branches
{
  public:
    /// Told of an address that has appeared behind the node.
    using Announcer = std::function<void(Ipv4)>;

    /// \param arrived takes what arrives from the chains. \param announce may be empty.
    Branches(std::uint64_t seed,
             PathForm form,
             provenance::Ledger* ledger,
             WireHandler arrived,
             Announcer announce = {});
    ~Branches();
    Branches(const Branches&) = delete;
    Branches& operator=(const Branches&) = delete;

    /// Adds a host behind a chain of hops; it has the last hop's address, and takes End::Far.
    NetworkPath& AddHost(const std::string& name, std::vector<HopConfig> hops);

    /// Adds a station behind a chain of hops; it is the last of them. \param name of the chain, and
    /// of the station as an actor.
    InPathStation& AddStation(const std::string& name, std::vector<HopConfig> hops);

    /// The chain that leads to an address; null if there is none.
    NetworkPath* To(Ipv4 address) const
    {
        const auto found = m_byAddress.find(address.value);
        return found == m_byAddress.end() ? nullptr : found->second;
    }

  private:
    NetworkPath& MakeChain(const std::string& name, std::vector<HopConfig> hops);
    void Learn(Ipv4 address, NetworkPath& chain);

    std::uint64_t m_seed;
    PathForm m_form;
    provenance::Ledger* m_ledger;
    WireHandler m_arrived;
    Announcer m_announce;
    std::vector<std::unique_ptr<NetworkPath>> m_chains;
    std::vector<std::unique_ptr<InPathStation>> m_stations;
    std::unordered_map<std::uint32_t, NetworkPath*> m_byAddress; //!< Looked up, never walked.
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_BRANCHES_H
