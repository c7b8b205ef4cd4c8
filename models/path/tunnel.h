#ifndef BOUNCELAB_MODELS_PATH_TUNNEL_H
#define BOUNCELAB_MODELS_PATH_TUNNEL_H

#include "models/path/router.h"
#include "models/path/tunnel-config.h"
#include "models/path/tunnel-end.h"

#include <ns3/event-id.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace bouncelab::path
{

/**
 * A VPN between a remote host and the gateway: the host sends and receives whole IP packets under
 * an address of the inside, and on the way they are the opaque contents of UDP packets between the
 * host's own address (the last hop of its chain) and the gateway's.
 *
 * The gateway forwards what comes out of it like any other packet, so it is seen at gateway-inside.
 * The remote host takes part in the handshake (IKEv2, UDP ports 500 and 4500) and repeats what is
 * not answered; a packet that finds no tunnel begins the handshake and waits. Contents are hidden
 * from every reader of captures, but this is no cryptography: keys come from the run's seed.
 *
 * Sizes are those of AES-CBC with HMAC-SHA1-96: up to 81 octets more than the packet inside. There
 * is no fragmentation: larger packets travel whole.
 *
 * Wired before the simulation starts; lives until it ends.
 */
class Tunnel
{
  public:
    /**
     * \param gateway its end at the site; not owned. \param address of the gateway, by which the
     * remote host knows it. \param chain from the gateway to the remote host; its End::Far is the
     * tunnel's. Not owned. \param name of the draws and, with "/remote" and "/gateway", of its
     * actors. \param seed of the run.
     */
    Tunnel(Router& gateway,
           Ipv4 address,
           NetworkPath& chain,
           const std::string& name,
           const TunnelConfig& config,
           std::uint64_t seed,
           provenance::Ledger& ledger);
    Tunnel(const Tunnel&) = delete;
    Tunnel& operator=(const Tunnel&) = delete;

    /// Begins the handshake, if it is not done or under way.
    void Connect();

    /// Takes a packet of the remote host, whose address is the inside address. Others are dropped.
    void Send(const WirePacket& inner);

    /// Who takes the packets for the remote host, each as it left the gateway: one hop, TTL as it
    /// is.
    void SetHandler(WireHandler handler) { m_handler = std::move(handler); }

    /// Who takes what arrives at the remote host outside of the tunnel; nothing does by default.
    void SetOuterHandler(WireHandler handler) { m_outerHandler = std::move(handler); }

    bool IsUp() const { return m_phase == Phase::Up; }

    const TunnelEndCounts& RemoteCounts() const { return m_remote.Counts(); }

    const TunnelEndCounts& GatewayCounts() const { return m_site.Counts(); }

  private:
    enum class Phase
    {
        Down,
        Init, //!< IKE_SA_INIT is under way.
        Auth, //!< IKE_AUTH is under way.
        Up,
    };

    // The remote end.
    void AtRemote(const WirePacket& outer);
    bool IsRemotes(const WirePacket& inner) const;
    WirePacket Limited(const WirePacket& inner) const;
    void Request();
    void Unanswered();
    void Establish();
    void Seal(const WirePacket& inner);
    void AwaitSilence();
    void Keepalive();
    // The gateway's end.
    void AtGateway(const WirePacket& outer);
    void Answer(IkeMessage request);
    void FromInside(const WirePacket& inner);

    Router& m_gateway;
    Router::Interface& m_inside; //!< The gateway's, where what comes out arrives.
    NetworkPath& m_chain;
    TunnelConfig m_config;
    IkeSession m_session;
    TunnelEnd m_remote;
    TunnelEnd m_site;
    WireHandler m_handler;
    WireHandler m_outerHandler;
    Phase m_phase = Phase::Down;
    bool m_siteUp = false;
    std::uint8_t m_attempt = 0;
    std::deque<WirePacket> m_waiting;
    ns3::EventId m_retransmission;
    ns3::EventId m_silence;
    std::int64_t m_lastSentNs = 0;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_TUNNEL_H
