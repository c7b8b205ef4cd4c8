#ifndef BOUNCELAB_MODELS_PATH_GATEWAY_H
#define BOUNCELAB_MODELS_PATH_GATEWAY_H

#include "models/path/branches.h"
#include "models/path/icmp-responder.h"
#include "models/path/nat.h"
#include "models/path/path.h"

#include <cstdint>
#include <memory>
#include <optional>
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
    std::optional<NatConfig> nat = std::nullopt; //!< None: it routes and translates nothing.
};

struct GatewayCounts
{
    std::uint64_t outbound = 0;   //!< Forwarded to a server's chain.
    std::uint64_t inbound = 0;    //!< Forwarded to the mail host.
    std::uint64_t own = 0;        //!< Made by the gateway.
    std::uint64_t local = 0;      //!< Addressed to the gateway.
    std::uint64_t unroutable = 0; //!< No host has the destination: dropped.
    std::uint64_t expired = 0;    //!< Dropped because of the TTL.
    std::uint64_t refused = 0;    //!< Dropped by the NAT.
    std::uint64_t tunneled = 0;   //!< Forwarded into a tunnel.
};

/**
 * The router between a site and the world: the site's inside line on one side, a chain of hops to
 * every remote host on the other, and tunnels that end at it. Forwards by destination, decrements
 * the TTL, answers expired packets; translates addresses if it is told to.
 *
 * The vantage gateway-inside is its inside interface: an outbound packet is seen as it arrives, an
 * inbound one after the gateway has decremented it, when it is handed to the inside link. The
 * vantage gateway-outside is all of its outside interfaces: an inbound packet is seen as it
 * arrives, an outbound one when it is handed to a chain, both under public addresses.
 */
class Gateway
{
  public:
    explicit Gateway(GatewaySetup setup);
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// Mail host (End::Near) - inside routers - gateway (End::Far, taken by the gateway).
    NetworkPath& Inside() { return *m_inside; }

    /// Adds a remote host behind a chain of hops; it has the last hop's address. Before the
    /// simulation starts. The gateway takes End::Near; the host takes End::Far.
    /// \return the chain, owned by the gateway.
    NetworkPath& AddServer(const std::string& name, std::vector<HopConfig> hops);

    /// Adds an in-path station as the last hop of a chain; the hosts behind it are added to it.
    InPathStation& AddStation(const std::string& name, std::vector<HopConfig> hops);

    /// The chain that leads to a remote address, the first one if there are stations on the way;
    /// null if there is none.
    NetworkPath* ChainTo(Ipv4 remote) const { return m_outside.To(remote); }

    /// See what passes the inside and the outside interfaces, in order of registration.
    void ObserveInside(WireObserver observer);
    void ObserveOutside(WireObserver observer);

    /// Adds a tunnel: packets for the address are handed to it, one TTL less.
    void AddTunnel(Ipv4 insideAddress, WireHandler into);

    /// Takes a packet out of a tunnel, to be forwarded like one from inside.
    void TakeFromTunnel(const WirePacket& packet);

    /// The gateway itself uses this port of its address: its NAT does not assign it.
    void ReservePort(std::uint8_t protocol, std::uint16_t port);

    /// Takes packets that are addressed to the gateway (any of its addresses) and are not the
    /// NAT's; all of the handlers are called.
    void AddLocalHandler(WireHandler handler);

    /// Sends a packet that the gateway itself made, with the TTL as it is.
    void Send(const WirePacket& packet);

    const GatewayCounts& Counts() const { return m_counts; }

    /// Null if it translates nothing.
    Nat* Translation() { return m_nat ? &*m_nat : nullptr; }

    Ipv4 OutsideAddress() const { return m_setup.outsideAddress; }

    Ipv4 InsideAddress() const { return m_setup.inside.back().address; }

  private:
    /// Writes into the truth which connection inside is which one outside.
    void SignTranslation(const NatFlow& flow);
    enum class GatewaySide
    {
        Inside,
        Outside,
        Tunnel,
    };

    void Take(GatewaySide from, const WirePacket& packet);
    bool Route(const WirePacket& packet);
    bool IsOwn(ns3::Ipv4Address address) const;
    bool Translate(GatewaySide from, WirePacket& packet);
    void AnswerExpired(GatewaySide from, const WirePacket& packet);
    void ToInside(const WirePacket& packet);

    GatewaySetup m_setup;
    std::unique_ptr<NetworkPath> m_inside;
    Branches m_outside;
    std::optional<Nat> m_nat;
    std::unordered_map<std::uint32_t, WireHandler> m_tunnels; //!< Looked up, never walked.
    std::vector<WireObserver> m_insideObservers;
    std::vector<WireObserver> m_outsideObservers;
    std::vector<WireHandler> m_localHandlers;
    IcmpResponder m_icmp;
    GatewayCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_GATEWAY_H
