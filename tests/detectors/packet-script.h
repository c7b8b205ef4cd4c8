#ifndef BOUNCELAB_TESTS_DETECTORS_PACKET_SCRIPT_H
#define BOUNCELAB_TESTS_DETECTORS_PACKET_SCRIPT_H

#include "detectors/flow/flow.h"
#include "formats/address.h"
#include "formats/packet.h"
#include "tests/cases/case-file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

/// A packet as a script wrote it; tests may change it before it becomes a frame.
struct ScriptPacket
{
    std::string label; //!< Empty = none.
    std::int64_t timeNs = 0;
    detectors::Side side = detectors::CLIENT; //!< CLIENT = whoever spoke first to the other.
    IpAddress source;
    IpAddress destination;
    std::uint16_t sourcePort = 0;
    std::uint16_t destinationPort = 0;
    int ttl = 64;
    int ipId = 0;                //!< Of IPv4,
    bool dontFragment = true;    //!< as this;
    std::uint32_t flowLabel = 0; //!< of IPv6.
    std::uint8_t flags = tcp::ACK;
    std::uint32_t sequence = 0;
    std::uint32_t ack = 0;
    int window = 65535;
    std::vector<TcpOptionKind> options; //!< As they stand in the header.
    int mss = 1460;
    int windowScale = 0;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 0;
    std::string payload;

    bool HasTimestamp() const;

    /// Without it as if it had never been negotiated.
    void DropTimestamp();
};

/// Packets in the order in which they are captured.
using PacketScript = std::vector<ScriptPacket>;

/**
 * Reads packets as tests/detectors/cases/README.md describes them.
 *
 * \throws std::runtime_error "FILE:LINE: found ..., expected ..."
 */
PacketScript ReadPacketScript(const std::vector<CaseLine>& lines);

/// How a capture is written.
struct PcapForm
{
    bool nanoseconds = true; //!< Else microseconds.
    int linkType = 1;        //!< LINKTYPE_ value: 0, 1, 9, 12, 101, 113 or 276.
    std::size_t snapLength = 65535;
};

/// A classic pcap, with right checksums.
std::string PcapOf(const PacketScript& packets, const PcapForm& form = {});

/// A pcapng with one Ethernet interface in nanoseconds.
std::string PcapNgOf(const PacketScript& packets);

/// The same with an interface for each script, in order of time.
std::string PcapNgOn(const std::vector<PacketScript>& interfaces);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_PACKET_SCRIPT_H
