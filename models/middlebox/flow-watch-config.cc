#include "models/middlebox/flow-watch-config.h"

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
    return faults;
}

} // namespace bouncelab::middlebox
