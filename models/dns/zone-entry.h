#ifndef BOUNCELAB_MODELS_DNS_ZONE_ENTRY_H
#define BOUNCELAB_MODELS_DNS_ZONE_ENTRY_H

#include "models/dns/zone-config.h"

#include "formats/address.h"

#include <string>
#include <vector>

namespace bouncelab::dns
{

/// One line of a zone, as far as others can contradict it.
struct ZoneEntry
{
    std::string owner;
    std::string type;   //!< "MX"
    std::string target; //!< The name that it leads to; empty if to none.
    IpAddress address;  //!< Of an A or AAAA.
};

/// The lines of a zone, in their order. \pre CheckZone() finds no fault
std::vector<ZoneEntry> EntriesOf(const std::string& name, const ZoneConfig& config);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_ZONE_ENTRY_H
