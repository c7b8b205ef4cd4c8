#ifndef BOUNCELAB_TESTS_PATH_PATH_RIG_H
#define BOUNCELAB_TESTS_PATH_PATH_RIG_H

#include "models/path/path.h"
#include "tests/draw-sequence.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bouncelab::path
{

inline const Ipv4 MailHost{0x0A010104};       // 10.1.1.4
inline const Ipv4 GatewayInside{0x0A010101};  // 10.1.1.1
inline const Ipv4 GatewayOutside{0xC6336401}; // 198.51.100.1
inline const Ipv4 Server{0xCB00710A};         // 203.0.113.10

/// Turns on what the routers form needs; once a process.
void EnableChecksums();

/// A hop with an address of its own.
HopConfig MakeHop(std::uint32_t number);

/// A chain whose last hop is Server.
std::vector<HopConfig> MakeHops(std::uint32_t count);

/// The same with random delays (some of them 0), rates, jitter, and loss and slow ICMP if asked.
std::vector<HopConfig> RandomHops(tests::DrawSequence& draws, std::uint32_t count, bool lossy);

/// A packet with valid headers and random payload, signed in the ledger.
WirePacket MakePacket(provenance::Ledger& ledger,
                      provenance::ActorId actor,
                      IpAddress source,
                      IpAddress destination,
                      std::uint8_t protocol,
                      std::uint32_t payloadBytes,
                      std::uint8_t ttl);

/// The bytes of a packet, as a capture would have them.
std::string Bytes(const WirePacket& packet);

/// One record a packet seen: place, simulated time, origin and bytes, in order.
class PacketRecorder
{
  public:
    WireHandler Handler(std::string place);
    WireObserver Observer(std::string place);

    const std::vector<std::string>& Records() const { return m_records; }

  private:
    void Write(const std::string& place, const WirePacket& packet);

    std::vector<std::string> m_records;
};

} // namespace bouncelab::path

#endif // BOUNCELAB_TESTS_PATH_PATH_RIG_H
