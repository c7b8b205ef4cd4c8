#ifndef BOUNCELAB_TESTS_DETECTORS_MADE_CAPTURE_H
#define BOUNCELAB_TESTS_DETECTORS_MADE_CAPTURE_H

#include "detectors/detector.h"
#include "detectors/flow/flow-table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::test
{

constexpr std::int64_t MS = 1000000;

/// One packet of a made session, sequence numbers counted from each side's SYN.
struct MadePacket
{
    std::int64_t timeNs = 0;
    detectors::Side side = detectors::CLIENT;
    std::uint8_t flags = tcpflag::ACK;
    std::uint32_t sequence = 1;
    std::uint32_t ack = 1;
    std::string payload;
    int ttl = 64;
    int ipId = 0;
    bool dontFragment = true;
    bool timestamp = false;
    std::uint32_t timestampValue = 0;
    std::uint32_t timestampEcho = 1;
    int window = 5792;
    int reserved = 0;
};

/// Packets turned into frames, capture files and flows.
class MadeCapture
{
  public:
    MadeCapture& Add(const MadePacket& packet);

    /// Where sequence numbers begin, per side.
    std::uint32_t initial[2]{0x2E68FF24, 0x1527A9A1};
    std::uint16_t serverPort = 25;
    std::uint16_t clientPort = 60661;

    std::vector<MadePacket> packets;

    /// A frame with right checksums.
    std::vector<std::uint8_t> Frame(const MadePacket& packet, int linkType = 1) const;

    /// A classic pcap.
    std::string Pcap(bool nanoseconds = true,
                     int linkType = 1,
                     std::size_t snapLength = 65535) const;

    /// A pcapng with one Ethernet interface in nanoseconds.
    std::string PcapNg() const;

    /// The flow that the capture reader makes of them; there has to be exactly one.
    detectors::Flow ToFlow() const;

    /// What one detector says of the packets, read from a capture.
    std::vector<Alert> Judge(const std::string& detector,
                             const detectors::Surroundings& surroundings = {}) const;
};

/// What one detector says of a capture's bytes.
std::vector<Alert> JudgeCapture(const std::string& bytes,
                                const std::string& detector,
                                const detectors::Surroundings& surroundings = {});

/// Packets that a capture's bytes hold.
std::vector<detectors::Packet> ReadPackets(const std::string& bytes,
                                           std::string* problem = nullptr);

/// How many alerts are alarms.
std::size_t CountFaults(const std::vector<Alert>& alerts);

/// The documented path (S003-51 to S003-65) with its smallest round trips.
detectors::Route DocumentedRoute();

/// What can be turned in the documented session (S003-10 to S003-19).
struct SessionKnobs
{
    bool forged = true;
    int serverTtl = 49;
    int forgedTtl = 57;
    std::int64_t forgedDelayNs = 54053000;   //!< RCPT to the forged reply.
    std::int64_t genuineDelayNs = 105028000; //!< RCPT to the genuine reply.
    std::int64_t roundTripNs = 100783000;    //!< To the server's TCP.
    bool forgedDontFragment = false;
    bool forgedTimestamp = false;
    int forgedIpId = 64;
    int forgedWindow = 0;
    std::string forgedText = "500 error\r\n";
    std::string genuineText = "250 Ok\r\n";
};

/// The documented session with its whole dialogue; RCPT TO is frame 10, the forged reply frame 11.
MadeCapture DocumentedSession(const SessionKnobs& knobs = {});

/// The documented session with a second forged reply, to MAIL FROM: frames 8 and 12 are forged.
MadeCapture TwiceForged();

/// The control session, so that everything in it is genuine.
MadeCapture ControlSession();

/// The control session, whole and with one answer lost on its way, each in turn: the client repeats
/// its command after a second, and shortly after that the server repeats its answer to the first.
std::vector<MadeCapture> LossySessions(bool timestamps);

} // namespace bouncelab::test

#endif // BOUNCELAB_TESTS_DETECTORS_MADE_CAPTURE_H
