#include "models/middlebox/flow-watch-config.h"

#include <fmt/format.h>

namespace bouncelab::middlebox
{

namespace
{

constexpr std::size_t HOURS = 24;
constexpr std::uint32_t MILLION = 1000000;

} // namespace

std::vector<std::string>
Faults(const FlowWatchConfig& config)
{
    std::vector<std::string> faults;
    if (!config.missByHour.empty() && config.missByHour.size() != HOURS)
    {
        faults.push_back("miss-per-million-by-hour: found " +
                         std::to_string(config.missByHour.size()) + " numbers, expected 24");
    }
    for (const std::uint32_t rate : config.missByHour)
    {
        if (rate > MILLION)
        {
            faults.push_back("miss-per-million-by-hour: found " + std::to_string(rate) +
                             ", expected 0 to 1000000");
        }
    }
    const bool opens = config.trigger == TriggerKind::Syn || config.trigger == TriggerKind::SynAck;
    if (config.needsHandshake && (opens || config.sees != WatchedDirection::Both))
    {
        faults.push_back(fmt::format(
            "needs-handshake: found true with {}, expected it of a device that acts behind the "
            "handshake and sees both directions",
            opens ? fmt::format("the trigger `{}`", NameOf(config.trigger))
                  : fmt::format("`sees` {}", NameOf(config.sees))));
    }
    if (config.actsAfter.count() > 0 && config.trigger != TriggerKind::None)
    {
        faults.push_back(fmt::format("acts-after: found with the trigger `{}`, expected `none`",
                                     NameOf(config.trigger)));
    }
    return faults;
}

} // namespace bouncelab::middlebox
