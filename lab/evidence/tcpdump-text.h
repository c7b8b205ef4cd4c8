#ifndef BOUNCELAB_LAB_EVIDENCE_TCPDUMP_TEXT_H
#define BOUNCELAB_LAB_EVIDENCE_TCPDUMP_TEXT_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace bouncelab::evidence
{

/**
 * Writes what tcpdump 4.99 prints without -v, a line for each frame: TCP, DNS, NTP and other UDP,
 * ICMP's echoes and errors, ARP. Ports are numbers, as where it finds no /etc/services. Sequence
 * numbers are counted from the first packet with ACK of a connection on, as tcpdump does.
 */
class TcpdumpText
{
  public:
    /// Nothing = it is not known yet.
    using ReverseName = std::function<std::optional<std::string>(const IpAddress&)>;

    /// \param names what reverse DNS calls an address; empty = the address is printed
    explicit TcpdumpText(ReverseName names = {});

    /**
     * Appends the line of an Ethernet frame, with its line end; nothing for other than IP and
     * ARP. \param reading the capturing machine's clock; printed in microseconds. \param
     * zoneSeconds what its local time is ahead of UTC. \return whether the names of its ends are
     * known; else nothing is appended, and it may be tried again.
     */
    bool Append(std::string& out, ByteView frame, WallTime reading, std::int64_t zoneSeconds);

  private:
    /// Smaller end, larger end.
    using Connection = std::tuple<IpAddress, std::uint16_t, IpAddress, std::uint16_t>;

    /// What its numbers are counted from.
    struct Bases
    {
        std::uint32_t smaller = 0;
        std::uint32_t larger = 0;
    };

    /// What is printed of either family.
    struct Ip
    {
        IpAddress source;
        IpAddress destination;
        std::uint8_t protocol = 0;
        bool isFragment = false;
        ByteView payload;
        std::size_t payloadLength = 0;
    };

    static std::optional<Ip> ReadIp(const EthernetFields& frame);
    void AppendArp(std::string& out, ByteView arp) const;
    void AppendIp(std::string& out, const Ip& ip);
    void AppendTcp(std::string& out, const Ip& ip, const TcpSegment& tcp);
    void AppendUdp(std::string& out, const Ip& ip, const UdpFields& udp) const;
    void AppendIcmp(std::string& out, const Ip& ip, const IcmpFields& icmp) const;
    void AppendIcmpv6(std::string& out, const Ip& ip, const IcmpFields& icmp) const;
    std::string NameOf(const IpAddress& address) const;
    std::string EndOf(const IpAddress& address, std::uint16_t port) const;

    ReverseName m_names;
    mutable bool m_namesAreKnown = true; //!< All that a line has asked for.
    std::map<Connection, Bases> m_bases;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_TCPDUMP_TEXT_H
