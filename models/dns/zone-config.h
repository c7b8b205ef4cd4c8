#ifndef BOUNCELAB_MODELS_DNS_ZONE_CONFIG_H
#define BOUNCELAB_MODELS_DNS_ZONE_CONFIG_H

#include "formats/field.h"

#include <string>
#include <vector>

namespace bouncelab::dns
{

/// The content of a zone.
struct ZoneConfig
{
    Nanoseconds ttl = Field(&ttl, "ttl", std::chrono::hours(1)).Range(0, 2147483647e9) |
                      "Of records that name none.";
    Nanoseconds negativeTtl =
        Field(&negativeTtl, "negative-ttl", std::chrono::minutes(15)).Range(0, 2147483647e9) |
        "How long others may keep a \"no\", where the records have no SOA that says so.";
    bool expired = Field(&expired, "expired") |
                   "The server's copy of the zone is too old to be used: SERVFAIL for every name.";
    std::vector<std::string> records =
        Field(&records, "records") |
        "Lines of a zone file (RFC 1035 5.1), one record each: `@ MX 10 mail`, `mail 300 A "
        "192.0.2.1`. Names without a final dot are below the zone, `@` is the zone itself; A, "
        "AAAA, CNAME, MX, NS, PTR, SOA and TXT. Without an SOA the zone gets one.";
};

/// What is wrong with a zone, beyond single values, one clear line each ("records.3: ..."), empty
/// if nothing is: lines that are no record, names outside the zone, and records that contradict one
/// another or the standards. \param name as the zone is configured
std::vector<std::string> CheckZone(const std::string& name, const ZoneConfig& config);

} // namespace bouncelab::dns

#endif // BOUNCELAB_MODELS_DNS_ZONE_CONFIG_H
