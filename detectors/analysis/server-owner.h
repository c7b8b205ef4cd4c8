#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H

#include "formats/address.h"

#include <string>

namespace bouncelab::detectors
{

/**
 * Whose server it is: the last two labels of its name, or its address; empty where neither is told.
 */
inline std::string
ServerOwner(const std::string& host, const HostAddress& address)
{
    if (host.empty() || HostAddress::Parse(host))
    {
        return address.IsKnown() ? address.ToString() : host;
    }
    const std::size_t last = host.rfind('.');
    const std::size_t before =
        last == host.npos || last == 0 ? host.npos : host.rfind('.', last - 1);
    return before == host.npos ? host : host.substr(before + 1);
}

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H
