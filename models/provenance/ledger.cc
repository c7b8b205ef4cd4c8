#include "models/provenance/ledger.h"

namespace bouncelab::provenance
{

ActorId
Ledger::RegisterActor(std::string_view name)
{
    for (std::size_t i = 1; i < m_actors.size(); ++i)
    {
        if (m_actors[i] == name)
        {
            return static_cast<ActorId>(i);
        }
    }
    m_actors.emplace_back(name);
    return static_cast<ActorId>(m_actors.size() - 1);
}

const std::string&
Ledger::ActorName(ActorId actor) const
{
    return m_actors.at(actor);
}

} // namespace bouncelab::provenance
