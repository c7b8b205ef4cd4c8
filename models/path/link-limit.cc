#include "models/path/link-limit.h"

#include <algorithm>
#include <utility>

namespace bouncelab::path
{

LinkLimit::LinkLimit(const HopConfig& hop, LinkModel link)
    : m_mtu(hop.mtu)
    , m_queuePackets(hop.queuePackets)
    , m_queueBytes(hop.queueBytes)
    , m_link(std::move(link))
{
}

LinkLimit::Verdict
LinkLimit::Take(std::uint32_t ipBytes, std::int64_t nowNs)
{
    if (m_mtu > 0 && ipBytes > m_mtu)
    {
        return Verdict::TooBig;
    }
    while (!m_waiting.empty() && m_waiting.front().startNs <= nowNs)
    {
        m_waitingBytes -= m_waiting.front().bytes;
        m_waiting.pop_front();
    }
    const bool waits = m_freeNs > nowNs;
    if (waits && ((m_queuePackets > 0 && m_waiting.size() >= m_queuePackets) ||
                  (m_queueBytes > 0 && m_waitingBytes + ipBytes > m_queueBytes)))
    {
        return Verdict::Full;
    }
    const std::int64_t start = std::max(nowNs, m_freeNs);
    if (waits)
    {
        m_waiting.push_back({start, ipBytes});
        m_waitingBytes += ipBytes;
    }
    m_freeNs = start + m_link.Transmission(ipBytes);
    return Verdict::Takes;
}

} // namespace bouncelab::path
