#ifndef BOUNCELAB_MODELS_MIDDLEBOX_FORGERY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_FORGERY_H

#include "formats/packet.h"
#include "formats/random.h"
#include "models/middlebox/forged-packet-config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::middlebox
{

/// The last timestamps of both sides of a connection (RFC 7323); 0: none has passed.
struct TimestampPair
{
    std::uint32_t client = 0;
    std::uint32_t server = 0;
};

/// What a device knows of a connection when its trigger passes.
struct Trigger
{
    std::uint32_t clientNext = 0; //!< Sequence number behind what the client has sent.
    std::uint32_t serverNext = 0; //!< Behind what the server has; 0 before it has sent anything.
    std::uint32_t triggerEnd = 0; //!< Behind the command; in a batch clientNext is further on.
    std::uint8_t ttl = 0;         //!< Of the packet that is the trigger, where the injector stands.
    std::uint16_t ipId = 0;
    std::uint16_t window = 0;
    std::uint8_t clientTtl = 0; //!< Of the last genuine packet of each side; 0: none has passed.
    std::uint8_t serverTtl = 0;
    std::uint32_t clientLabel = 0; //!< Of the same, in IPv6.
    std::uint32_t serverLabel = 0;
    TimestampPair timestamps = {};
    std::uint32_t clientKept = 0; //!< So much before clientNext, and before serverNext, an in-path
    std::uint32_t serverKept = 0; //!< device keeps from its receiver.
};

/// A forged packet but for its addresses and ports.
struct ForgedPacket
{
    TcpSegment segment; //!< Its payload lies in the config.
    std::uint8_t ttl = 0;
    std::uint16_t ipId = 0;      //!< Of IPv4.
    std::uint32_t flowLabel = 0; //!< Of IPv6.
};

/**
 * What an injector forges (facts I19 to I26).
 *
 * \param config of the packet; has to outlive the result
 * \param trigger what it answers
 * \param number of the trigger, from 1: what counts from one trigger to the next goes by it
 * \param copy of the packet, from 0
 * \param draws of the injector; \param packet its packets so far with this one, the index of these
 * draws
 */
ForgedPacket Forge(const ForgedPacketConfig& config,
                   const Trigger& trigger,
                   std::uint64_t number,
                   std::uint32_t copy,
                   DrawKey draws,
                   std::uint64_t packet);

/// What is wrong with forged packets beyond single values, added to faults. \param key theirs
void CheckForgedPackets(const std::vector<ForgedPacketConfig>& packets,
                        const std::string& key,
                        std::vector<std::string>& faults);

/// The class of what somebody does who sends such a packet in another's name.
std::string_view ClassOf(const ForgedPacketConfig& config);

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_FORGERY_H
