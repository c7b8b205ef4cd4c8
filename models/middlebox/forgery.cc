#include "models/middlebox/forgery.h"

#include "formats/vocabulary.h"

namespace bouncelab::middlebox
{

namespace
{

constexpr std::size_t MAX_SEGMENT = 1460;
constexpr std::size_t MAX_VOLLEY = 16;

std::uint8_t
FlagsOf(const ForgedPacketConfig& config)
{
    switch (config.kind)
    {
    case ForgedKind::Data:
        return static_cast<std::uint8_t>(tcp::ACK | (config.push ? tcp::PSH : 0));
    case ForgedKind::Reset:
        return tcp::RST;
    case ForgedKind::ResetAck:
        return tcp::RST | tcp::ACK;
    case ForgedKind::Finish:
        return tcp::FIN | tcp::ACK;
    case ForgedKind::SynAck:
        return tcp::SYN | tcp::ACK;
    }
    return 0;
}

/// A TTL that counts up from the config's, and begins there again beyond 255.
std::uint8_t
CountedTtl(const ForgedPacketConfig& config, std::uint64_t number, std::uint32_t copy)
{
    const std::uint64_t room = 256U - config.ttl;
    const std::uint64_t steps =
        (number - 1) * config.ttlStep + static_cast<std::uint64_t>(copy) * config.ttlCopyStep;
    return static_cast<std::uint8_t>(config.ttl + steps % room);
}

std::uint8_t
TtlOf(const ForgedPacketConfig& config,
      const Trigger& trigger,
      std::uint8_t counted,
      Draw scattered)
{
    const std::uint8_t sender =
        config.toward == ForgedToward::Client ? trigger.serverTtl : trigger.clientTtl;
    switch (config.ttlRule)
    {
    case TtlRule::Trigger:
        return trigger.ttl;
    case TtlRule::Sender:
        return sender != 0 ? sender : counted;
    case TtlRule::Scattered:
        return static_cast<std::uint8_t>(scattered.Between(config.ttl, 255));
    case TtlRule::Value:
        break;
    }
    return counted;
}

std::uint16_t
Swapped(std::int64_t number)
{
    const auto low = static_cast<std::uint16_t>(number);
    return static_cast<std::uint16_t>(low << 8 | low >> 8);
}

/// \param made packets that the device has forged before
std::uint16_t
IpIdOf(const ForgedPacketConfig& config,
       const Trigger& trigger,
       std::uint32_t copy,
       std::uint64_t made,
       Draw random)
{
    const std::int64_t counted = config.ipId + static_cast<std::int64_t>(made);
    std::int64_t first = config.ipId;
    switch (config.ipIdRule)
    {
    case IpIdRule::Counter:
        return static_cast<std::uint16_t>(counted);
    case IpIdRule::SwappedCounter:
        return Swapped(counted);
    case IpIdRule::Trigger:
        first += trigger.ipId;
        break;
    case IpIdRule::Random:
        first = random.Between(0, 65535);
        break;
    case IpIdRule::Value:
        break;
    }
    return static_cast<std::uint16_t>(first + std::int64_t{copy} * config.ipIdStep);
}

std::uint16_t
WindowOf(const ForgedPacketConfig& config,
         const Trigger& trigger,
         std::uint32_t copy,
         std::uint64_t made,
         std::uint8_t ttl)
{
    const std::uint32_t first = config.windowRule == WindowRule::Trigger ? trigger.window
                                : config.windowRule == WindowRule::Ttl   ? config.window + ttl
                                                                         : config.window;
    const std::uint64_t steps = config.windowRule == WindowRule::Counter ? made : copy;
    return static_cast<std::uint16_t>(first + steps * config.windowStep);
}

void
PutTimestamps(const ForgedPacketConfig& config, const TimestampPair& last, TcpOptions& options)
{
    const bool toClient = config.toward == ForgedToward::Client;
    if (config.timestampRule == TimestampRule::Value)
    {
        options.timestamp = true;
        options.timestampValue = config.timestamp;
    }
    if (config.timestampRule == TimestampRule::Sender)
    {
        options.timestampValue = toClient ? last.server : last.client;
        options.timestampEcho = toClient ? last.client : last.server;
        options.timestamp = options.timestampValue != 0;
    }
}

} // namespace

ForgedPacket
Forge(const ForgedPacketConfig& config,
      const Trigger& trigger,
      std::uint64_t number,
      std::uint32_t copy,
      DrawKey draws,
      std::uint64_t packet)
{
    const bool toClient = config.toward == ForgedToward::Client;
    ForgedPacket forged;
    forged.ttl = TtlOf(config, trigger, CountedTtl(config, number, copy), draws("ttl", packet));
    forged.ipId = IpIdOf(config, trigger, copy, packet - 1, draws("ip-id", packet));
    forged.flowLabel = config.flowLabelRule == FlowLabelRule::Zero ? 0
                       : toClient                                  ? trigger.serverLabel
                                                                   : trigger.clientLabel;
    TcpSegment& segment = forged.segment;
    segment.flags = FlagsOf(config);
    segment.sequence = (toClient ? trigger.serverNext - trigger.serverKept
                                 : trigger.clientNext - trigger.clientKept) +
                       static_cast<std::uint32_t>(config.sequenceOffset) +
                       copy * config.sequenceStep;
    if (segment.Has(tcp::ACK) && config.ackRule == AckRule::TriggerEnd)
    {
        segment.acknowledgment = toClient ? trigger.triggerEnd : trigger.serverNext;
    }
    segment.window = WindowOf(config, trigger, copy, packet - 1, forged.ttl);
    PutTimestamps(config, trigger.timestamps, segment.options);
    segment.reserved = config.reservedBits;
    if (config.kind == ForgedKind::Data || config.carries)
    {
        segment.payload = ViewOf(config.payload);
    }
    return forged;
}

void
CheckForgedPackets(const std::vector<ForgedPacketConfig>& packets,
                   const std::string& key,
                   std::vector<std::string>& faults)
{
    if (packets.size() > MAX_VOLLEY)
    {
        faults.push_back(key + ": found " + std::to_string(packets.size()) +
                         " packets, expected at most " + std::to_string(MAX_VOLLEY));
    }
    for (const ForgedPacketConfig& packet : packets)
    {
        if (packet.payload.empty() || packet.payload.size() > MAX_SEGMENT)
        {
            faults.push_back((key.empty() ? "" : key + ": ") + "payload: found " +
                             std::to_string(packet.payload.size()) + " bytes, expected 1 to " +
                             std::to_string(MAX_SEGMENT) + ", one segment");
        }
    }
}

std::string_view
ClassOf(const ForgedPacketConfig& config)
{
    switch (config.kind)
    {
    case ForgedKind::Reset:
    case ForgedKind::ResetAck:
        return classes::FORGED_RESET;
    case ForgedKind::Data:
        return config.toward == ForgedToward::Client ? classes::FORGED_REPLY : classes::FORGED_DATA;
    default:
        return classes::FORGED_DATA;
    }
}

} // namespace bouncelab::middlebox
