#include "models/path/branches.h"

#include "models/path/in-path-station.h"

#include <ns3/abort.h>

namespace bouncelab::path
{

Branches::Branches(std::uint64_t seed,
                   PathForm form,
                   provenance::Ledger* ledger,
                   WireHandler arrived,
                   Announcer announce)
    : m_seed(seed)
    , m_form(form)
    , m_ledger(ledger)
    , m_arrived(std::move(arrived))
    , m_announce(std::move(announce))
{
}

Branches::~Branches() = default;

NetworkPath&
Branches::AddHost(const std::string& name, std::vector<HopConfig> hops)
{
    return MakeChain(name, std::move(hops));
}

InPathStation&
Branches::AddStation(const std::string& name, std::vector<HopConfig> hops)
{
    NetworkPath& near = MakeChain(name, std::move(hops));
    m_stations.push_back(std::make_unique<InPathStation>(name,
                                                         near,
                                                         m_form,
                                                         [this, &near](Ipv4 address)
                                                         {
                                                             near.AddAddress(address);
                                                             Learn(address, near);
                                                         }));
    return *m_stations.back();
}

NetworkPath&
Branches::MakeChain(const std::string& name, std::vector<HopConfig> hops)
{
    NS_ABORT_MSG_IF(hops.empty(), "the chain to " << name << " has no hops");
    const Ipv4 address = hops.back().address;
    m_chains.push_back(
        NetworkPath::Make(m_form,
                          {name, m_seed, std::move(hops), address, PathEnd::Far, m_ledger}));
    NetworkPath& chain = *m_chains.back();
    chain.SetHandler(PathEnd::Near, m_arrived);
    Learn(address, chain);
    return chain;
}

void
Branches::Learn(Ipv4 address, NetworkPath& chain)
{
    const bool fresh = m_byAddress.emplace(address.value, &chain).second;
    NS_ABORT_MSG_UNLESS(fresh, "two remote hosts have the address " << address.ToString());
    if (m_announce)
    {
        m_announce(address);
    }
}

} // namespace bouncelab::path
