#include "models/middlebox/injector-config.h"

#include "models/middlebox/forgery.h"

namespace bouncelab::middlebox
{

std::vector<std::string>
Faults(const InjectorConfig& config)
{
    std::vector<std::string> faults = Faults(config.watch);
    CheckForgedPackets({config.packet}, "", faults);
    CheckForgedPackets(config.volley, "volley", faults);
    CheckForgedPackets(config.residualVolley, "residual-volley", faults);
    return faults;
}

} // namespace bouncelab::middlebox
