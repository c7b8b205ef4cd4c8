#include "models/middlebox/censor-config.h"

#include "models/middlebox/forgery.h"

namespace bouncelab::middlebox
{

std::vector<std::string>
Faults(const CensorConfig& config)
{
    std::vector<std::string> faults = Faults(config.watch);
    CheckForgedPackets(config.volley, "volley", faults);
    CheckForgedPackets(config.instead, "instead", faults);
    if (!config.instead.empty() && config.action != CensorAction::Drop)
    {
        faults.emplace_back("instead: found packets in the place of dropped ones, expected the "
                            "action `drop`");
    }
    return faults;
}

} // namespace bouncelab::middlebox
