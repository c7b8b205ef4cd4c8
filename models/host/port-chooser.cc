#include "models/host/port-chooser.h"

#include <utility>

namespace bouncelab::host
{

PortChooser::PortChooser(const StackProfile& profile,
                         std::uint16_t counter,
                         std::optional<std::uint16_t> given,
                         DrawKey draws)
    : m_habit(profile.ephemeralPorts)
    , m_first(profile.firstEphemeralPort)
    , m_size(profile.lastEphemeralPort - m_first + 1)
    , m_counter((counter + m_size - m_first % m_size) % m_size)
    , m_given(given)
    , m_draws(draws)
{
}

std::uint32_t
PortChooser::Offset(std::uint64_t destination) const
{
    switch (m_habit)
    {
    case EphemeralPorts::PerDestination:
        return static_cast<std::uint32_t>(m_draws("offset", destination).Below(m_size));
    case EphemeralPorts::Random:
        return static_cast<std::uint32_t>(m_draws("port", m_choices).Below(m_size));
    case EphemeralPorts::Sequential:
        break;
    }
    return 0;
}

std::optional<std::uint16_t>
PortChooser::Next(std::uint64_t destination, const std::function<bool(std::uint16_t)>& isFree)
{
    ++m_choices;
    const std::uint32_t offset = Offset(destination);
    const auto given = std::exchange(m_given, std::nullopt);
    if (given && isFree(*given))
    {
        m_counter = (*given + 2 * m_size - m_first % m_size - offset + 1) % m_size;
        return given;
    }
    for (std::uint32_t tried = 0; tried < m_size; ++tried)
    {
        const auto port = static_cast<std::uint16_t>(m_first + (offset + m_counter) % m_size);
        m_counter = (m_counter + 1) % m_size;
        if (isFree(port))
        {
            return port;
        }
    }
    return std::nullopt;
}

} // namespace bouncelab::host
