#ifndef BOUNCELAB_DETECTORS_READERS_PRINTED_PACKET_H
#define BOUNCELAB_DETECTORS_READERS_PRINTED_PACKET_H

#include "formats/address.h"
#include "formats/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

constexpr std::size_t SMALLEST_FRAME =
    60; //!< Of Ethernet, without its checksum: what is shorter is filled up.

/// A packet that is no TCP segment, as far as evidence shows it.
struct SeenDatagram
{
    enum class Kind : std::uint8_t
    {
        Dns,
        Ntp,
        Arp,
        Icmp,
        Udp, //!< Any other.
    };

    std::uint32_t line = 0; //!< Of a text; 0 = a frame.
    std::uint64_t frame = 0;
    WallTime time{};
    Kind kind = Kind::Udp;
    HostAddress source; //!< ARP: who speaks.
    HostAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    bool isQuery = false;      //!< DNS, ARP: asks.
    std::uint16_t queryId = 0; //!< DNS.
    std::string queryType;     //!< DNS: "A"; of an answer that does not repeat it, of its data.
    std::string queryName;     //!< DNS, in lower case, without the last dot.
    std::string text;          //!< As it stands.
};

/// "DNS", "ARP"
std::string_view NameOf(SeenDatagram::Kind kind);

/// A port as programs print it: "25", "smtp".
std::optional<std::uint16_t> PrintedPort(std::string_view text);

/**
 * An end as tcpdump prints it: "198.51.100.7.1284", "2001:db8::1.smtp", "mx.example.25".
 * \return whether it is one
 */
bool TakePrintedEnd(std::string_view text, HostAddress& address, std::uint16_t& port);

/// A packet behind its stamp that is DNS, NTP, ARP, ICMP or other UDP, of old and of today's form.
std::optional<SeenDatagram> ParsePrintedDatagram(std::string_view text);

/// How much of a line, behind its stamp, is what tcpdump prints without -v.
enum class PrintedForm
{
    None,
    Cut, //!< Its ends, and the first letters of what follows.
    Whole,
};

/// Holds a line against tcpdump's grammar, every word of it.
PrintedForm FormOf(std::string_view text);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_PRINTED_PACKET_H
