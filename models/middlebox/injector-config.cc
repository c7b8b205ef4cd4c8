#include "models/middlebox/injector-config.h"

namespace bouncelab::middlebox
{

namespace
{

constexpr std::size_t MAX_SEGMENT = 1460;
constexpr std::size_t MAX_VOLLEY = 16;

void
CheckPackets(const std::vector<ForgedPacketConfig>& packets,
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

} // namespace

std::vector<std::string>
Faults(const InjectorConfig& config)
{
    std::vector<std::string> faults;
    CheckPackets({config.packet}, "", faults);
    CheckPackets(config.volley, "volley", faults);
    CheckPackets(config.residualVolley, "residual-volley", faults);
    return faults;
}

} // namespace bouncelab::middlebox
