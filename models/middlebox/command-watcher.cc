#include "models/middlebox/command-watcher.h"

#include "formats/sequence.h"

namespace bouncelab::middlebox
{

void
CommandWatcher::Hold(std::uint32_t sequence, std::string_view payload)
{
    std::int64_t at = m_taken + SequenceDistance(m_next, sequence);
    if (at < m_taken)
    {
        const auto old = static_cast<std::size_t>(m_taken - at);
        if (old >= payload.size())
        {
            return;
        }
        payload.remove_prefix(old);
        at = m_taken;
    }
    if (payload.empty() || m_heldBytes + payload.size() > MAX_HELD)
    {
        return;
    }
    const auto [slot, fresh] = m_held.try_emplace(at, payload);
    if (fresh)
    {
        m_heldBytes += payload.size();
    }
    else if (slot->second.size() < payload.size())
    {
        m_heldBytes += payload.size() - slot->second.size();
        slot->second.assign(payload);
    }
}

bool
CommandWatcher::TakeContiguous(std::string_view& bytes)
{
    while (!m_held.empty() && m_held.begin()->first <= m_taken)
    {
        const std::int64_t at = m_held.begin()->first;
        m_current = std::move(m_held.begin()->second);
        m_held.erase(m_held.begin());
        m_heldBytes -= m_current.size();
        const auto old = static_cast<std::size_t>(m_taken - at);
        if (old < m_current.size())
        {
            bytes = std::string_view(m_current).substr(old);
            m_taken += static_cast<std::int64_t>(bytes.size());
            return true;
        }
    }
    return false;
}

} // namespace bouncelab::middlebox
