#ifndef BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H
#define BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H

#include "formats/address.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

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

/// Whose servers some hosts are. Addresses without names that are neighbors are one owner's: as
/// little as that shows, it shows no two that have nothing to do with one another.
class ServerOwners
{
  public:
    void Add(const std::string& host, const HostAddress& address)
    {
        const std::string owner = ServerOwner(host, address);
        const bool isNameless = owner == address.ToString();
        if (owner.empty() || !m_names.insert(owner).second)
        {
            return;
        }
        const auto isNeighbor = [&](const HostAddress& other)
        { return other.IsNeighborOf(address); };
        const bool isKnown =
            isNameless && std::any_of(m_nameless.begin(), m_nameless.end(), isNeighbor);
        m_count += isKnown ? 0 : 1;
        if (isNameless)
        {
            m_nameless.push_back(address);
        }
    }

    std::size_t Count() const { return m_count; }

    /// Of each, and of each address without a name.
    const std::set<std::string>& Names() const { return m_names; }

  private:
    std::set<std::string> m_names;
    std::vector<HostAddress> m_nameless;
    std::size_t m_count = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_SERVER_OWNER_H
