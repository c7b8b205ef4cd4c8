#ifndef BOUNCELAB_MODELS_PATH_ICMP_RESPONDER_H
#define BOUNCELAB_MODELS_PATH_ICMP_RESPONDER_H

#include "formats/random.h"
#include "models/path/path-config.h"
#include "models/path/wire-packet.h"
#include "models/provenance/ledger.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::path
{

/**
 * Makes the ICMP error messages of one router or host (RFC 792, RFC 1812 4.3; RFC 4443), and knows
 * how long it takes to make them. An error quotes the IP header as it arrived, and eight octets
 * behind it, or as many as QuoteOctets() says; in IPv6 as much as goes into 1280 octets. IP IDs
 * come from the responder's own counter, which starts at a draw.
 */
class IcmpResponder
{
  public:
    /// \param name actor in the ledger and name of the draws. \param config address and the icmp-*
    /// figures. \param ledger may be null: its messages are then unsigned. Not owned.
    IcmpResponder(std::uint64_t seed,
                  const std::string& name,
                  const HopConfig& config,
                  provenance::Ledger* ledger);

    /// The name under which a router of a path signs: "server-a/hop-7".
    static std::string NameOfHop(std::string_view path, std::uint32_t hop);

    /// How much an error of IPv4 quotes behind the IP header.
    void QuoteOctets(std::size_t count) { m_quotedOctets = count; }

    /// Errors are made about UDP and TCP only, never about ICMP, about fragments behind the first,
    /// or for a source that is no single host (0.0.0.0, broadcast, multicast).
    static bool Answers(const IpHeader& offending);

    /// How long the answer to this packet takes: base, jitter, and now and then the slow path. A
    /// function of the packet's origin serial: the order of answers does not matter.
    Nanoseconds ReplyDelay(const WirePacket& offending) const;

    /// The same for a packet known by its origin serial only.
    Nanoseconds ReplyDelay(std::uint64_t serial) const;

    /// \param offending with the header as it arrived. \param source address that answers, if it is
    /// not the configured one (a router with several).
    WirePacket TimeExceeded(const WirePacket& offending,
                            std::optional<IpAddress> source = std::nullopt);
    WirePacket PortUnreachable(const WirePacket& offending,
                               std::optional<IpAddress> source = std::nullopt);

    /// Fragmentation needed and DF set (RFC 1191), or packet too big. \param mtu of the next link
    WirePacket TooBig(const WirePacket& offending, std::uint16_t mtu);

  private:
    struct Kind
    {
        std::uint8_t type;
        std::uint8_t code;
    };

    WirePacket Error(Kind ipv4,
                     Kind ipv6,
                     const WirePacket& offending,
                     const IpAddress& source,
                     std::uint16_t mtu = 0);
    std::size_t Quoted(const WirePacket& offending) const; //!< Octets, from the IP header on.

    /// Puts IP header and origin on an ICMP message that is complete with its checksum.
    WirePacket Sign(ns3::Ptr<ns3::Packet> message,
                    const WirePacket& offending,
                    const IpAddress& source);

    DrawKey m_draws;
    HopConfig m_config;
    provenance::Ledger* m_ledger;
    provenance::ActorId m_actor = 0;
    std::size_t m_quotedOctets = 8;
    std::uint16_t m_nextId;
};

/// Whether a packet is an ICMP error that says that the TTL, or the hop limit, of another ended.
bool IsTimeExceeded(const WirePacket& packet);

/// The MTU of the next link, of an ICMP error that says that a packet was too big for it.
std::optional<std::uint32_t> NextMtuOf(const WirePacket& packet);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_ICMP_RESPONDER_H
