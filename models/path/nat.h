#ifndef BOUNCELAB_MODELS_PATH_NAT_H
#define BOUNCELAB_MODELS_PATH_NAT_H

#include "models/path/nat-table.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace bouncelab::path
{

struct NatCounts
{
    std::uint64_t outbound = 0; //!< Translated on the way out.
    std::uint64_t inbound = 0;  //!< Translated on the way in.
    std::uint64_t refused = 0; //!< On the way out, and dropped: no room, no port, not translatable.
};

/**
 * Translates addresses between a site and the outside (RFC 3022 with port forwarding): TCP, UDP,
 * ICMP echo, and ICMP errors with what they quote. Fragments, of which it could not know the port,
 * and other protocols do not get out. Packets keep their origin.
 */
class Nat
{
  public:
    /// What to do with a packet.
    enum class Translation
    {
        Translated,
        Untouched, //!< Not the NAT's: inbound for the gateway itself, outbound as it is.
        Refused,   //!< Dropped.
    };

    /// \param gateway its outside address. \param name of the draws.
    Nat(NatConfig config, IpAddress gateway, std::uint64_t seed, const std::string& name);

    /// Hears of every conversation as it begins.
    void OnOpened(std::function<void(const NatFlow&)> handler) { m_onOpened = std::move(handler); }

    /// A packet from outside. It is the NAT's if it belongs to a live flow, quotes one, or is for a
    /// forwarded port. Refused: for a forwarded port, but the table is full.
    Translation Inbound(WirePacket& packet, std::int64_t nowNs);

    /// A packet from inside that is to leave.
    Translation Outbound(WirePacket& packet, std::int64_t nowNs);

    /// TTL, DF and options of a packet that it has translated, as the configuration has them.
    void Rewrite(WirePacket& packet) const;

    Ipv4 PublicAddress() const { return m_config.publicAddress; }

    const NatCounts& Counts() const { return m_counts; }

    NatTable& Table() { return m_table; }

  private:
    const PortForward* ForwardOf(std::uint8_t protocol, std::uint16_t port) const;
    const PortForward* ForwardTo(std::uint8_t protocol, Endpoint inside) const;
    NatFlow* Open(std::uint8_t protocol,
                  Endpoint inside,
                  Endpoint remote,
                  std::uint16_t publicPort,
                  std::int64_t nowNs);
    Translation InboundError(WirePacket& packet, const Endpoints& quoted, std::int64_t nowNs);
    Translation OutboundError(WirePacket& packet, const Endpoints& quoted, std::int64_t nowNs);

    NatConfig m_config;
    NatTable m_table;
    std::function<void(const NatFlow&)> m_onOpened;
    NatCounts m_counts;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_NAT_H
