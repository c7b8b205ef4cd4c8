#ifndef BOUNCELAB_FORMATS_ENCAPSULATION_H
#define BOUNCELAB_FORMATS_ENCAPSULATION_H

#include "formats/packet.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bouncelab
{

/// What carries packets inside of packets or frames, or tags them.
enum class Encapsulation : std::uint8_t
{
    Vlan,
    StackedVlan, //!< Two tags or more (IEEE 802.1ad, and its forerunners).
    Mpls,        //!< RFC 3032; with IP or Ethernet inside (RFC 4448).
    Pppoe,       //!< RFC 2516
    IpInIp,      //!< RFC 2003, RFC 4213 (6in4, 6to4), RFC 2473
    Gre,         //!< RFC 2784, RFC 2890, RFC 2637 (PPTP)
    Erspan,      //!< Types I, II and III.
    EtherIp,     //!< RFC 3378
    Vxlan,       //!< RFC 7348
    Geneve,      //!< RFC 8926
    Gtp,         //!< GTP-U, version 1 (3GPP TS 29.281).
    L2tp,        //!< Version 2 (RFC 2661).
    Tzsp,        //!< What sniffers stream.
};

constexpr std::array<std::string_view, 13> ENCAPSULATION_NAMES{"VLAN",
                                                               "stacked VLANs",
                                                               "MPLS",
                                                               "PPPoE",
                                                               "IP in IP",
                                                               "GRE",
                                                               "ERSPAN",
                                                               "EtherIP",
                                                               "VXLAN",
                                                               "GENEVE",
                                                               "GTP-U",
                                                               "L2TP",
                                                               "TZSP"};

constexpr std::string_view
NameOf(Encapsulation kind)
{
    return ENCAPSULATION_NAMES[static_cast<std::size_t>(kind)];
}

/// Octets, and what they are by their Ethernet type; a whole Ethernet frame has one, too.
struct CarriedOctets
{
    static constexpr std::uint16_t NOTHING = 0; //!< None that is known.
    static constexpr std::uint16_t PPP = 0x880B;
    static constexpr std::uint16_t ETHERNET = 0x6558;

    std::uint16_t type = NOTHING;
    ByteView bytes;
};

/// The IP packet of a frame, tunnels and tags taken off.
struct InnerPacket
{
    ByteView network; //!< The innermost one of either version; empty if there is none.
    std::array<bool, ENCAPSULATION_NAMES.size()> stripped{}; //!< What stood around it, by kind.
    /// What the innermost packet carries and shows no IP packet: another protocol's, encrypted, or
    /// cut off within a header.
    std::optional<Encapsulation> closed;
    /// A tunnel's packet has less than its own header tells.
    bool isCut = false;
};

/// IP of the version that its first octet tells.
CarriedOctets AsIp(ByteView bytes);

/**
 * Takes off, one by one, what stands around the innermost IP packet: at most 16 headers. Of a
 * packet whose first fragment carries another one, what that fragment has of it is the inner
 * packet; later fragments are not looked into.
 */
InnerPacket Decapsulate(CarriedOctets outer);

} // namespace bouncelab

#endif // BOUNCELAB_FORMATS_ENCAPSULATION_H
