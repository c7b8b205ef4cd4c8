#ifndef BOUNCELAB_MODELS_PATH_GATEWAY_H
#define BOUNCELAB_MODELS_PATH_GATEWAY_H

#include "models/path/icmp-responder.h"
#include "models/path/path.h"

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

struct GatewaySetup
{
    std::string name = "gateway"; //!< Its actor; its inside line is "<name>/inside".
    std::uint64_t seed = 0;       //!< The run's seed.
    PathForm form = PathForm::Channel;
    Ipv4 mailHost;                        //!< The host at the near end of the inside line.
    std::vector<HopConfig> inside;        //!< From the mail host: inside routers, last the gateway.
    Ipv4 outsideAddress;                  //!< The gateway's own address on the outside.
    provenance::Ledger* ledger = nullptr; //!< Not owned.
};

struct GatewayCounts
{
    std::uint64_t outward = 0;    //!< Forwarded to a server's chain.
    std::uint64_t inward = 0;     //!< Forwarded to the mail host.
    std::uint64_t own = 0;        //!< Made by the gateway.
    std::uint64_t local = 0;      //!< Addressed to the gateway.
    std::uint64_t unroutable = 0; //!< Nobody has the destination: dropped.
    std::uint64_t expired = 0;    //!< Dropped because of the TTL.
};

/**
 * The router between a site and the world: the site's inside line on one side, a chain of hops to
 * every server on the other. Forwards by destination, decrements the TTL, answers expired packets.
 *
 * The vantage gateway-inside is its inside interface: an outward packet is seen as it arrives, an
 * inward one after the gateway has decremented it, when it is handed to the inside link.
 */
class Gateway
{
  public:
    explicit Gateway(GatewaySetup setup);
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// Mail host (End::Near) - inside routers - gateway (End::Far, taken by the gateway).
    Path& Inside() { return *m_inside; }

    /// Adds a server behind a chain of hops; it has the last hop's address. Before the simulation
    /// starts. The gateway takes End::Near; the server's host takes End::Far.
    /// \return the chain, owned by the gateway.
    Path& AddServer(const std::string& name, std::vector<HopConfig> hops);

    /// The chain to a server's address; null if there is none.
    Path* ChainTo(Ipv4 server) const;

    /// Sees what passes the inside interface, in order of registration.
    void ObserveInside(WireObserver observer);

    /// Takes packets that are addressed to the gateway (either of its addresses); all of the
    /// handlers are called.
    void AddLocalHandler(WireHandler handler);

    /// Sends a packet that the gateway itself made, with the TTL as it is.
    void Send(const WirePacket& packet);

    const GatewayCounts& Counts() const { return m_counts; }

    Ipv4 OutsideAddress() const { return m_setup.outsideAddress; }

    Ipv4 InsideAddress() const { return m_setup.inside.back().address; }

  private:
    enum class Side
    {
        Inside,
        Outside,
    };

    void Take(Side from, const WirePacket& packet);
    bool Route(const WirePacket& packet);
    bool IsOwn(ns3::Ipv4Address address) const;
    void ToInside(const WirePacket& packet);

    GatewaySetup m_setup;
    std::unique_ptr<Path> m_inside;
    std::vector<std::unique_ptr<Path>> m_chains;
    std::unordered_map<std::uint32_t, Path*> m_byServer; //!< Looked up, never walked.
    std::vector<WireObserver> m_observers;
    std::vector<WireHandler> m_localHandlers;
    IcmpResponder m_icmp;
    GatewayCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_GATEWAY_H
