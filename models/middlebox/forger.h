#ifndef BOUNCELAB_MODELS_MIDDLEBOX_FORGER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_FORGER_H

#include "formats/random.h"
#include "models/middlebox/connection.h"
#include "models/middlebox/forgery.h"
#include "models/path/path.h"
#include "models/provenance/ledger.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bouncelab::middlebox
{

/// Sends forged packets from a place on a path, and tells the truth of them: an event for each
/// class of a volley (`did=forged`).
class Forger
{
  public:
    /// What is forged for one trigger.
    struct Volley
    {
        Connection connection;
        path::Direction fromClient;
        Trigger trigger;
        std::string text;         //!< Of the trigger, as truth names it.
        std::uint64_t number = 0; //!< Of what it answers, from 1.
    };

    /// \param name its actor's name; \param path where it stands, at the hop; has to outlive it, as
    /// the ledger has
    Forger(const std::string& name,
           path::PathTap& path,
           std::uint32_t hop,
           DrawKey draws,
           provenance::Ledger& ledger);

    /// \param packets have to outlive the forger
    void Schedule(Volley volley, const std::vector<ForgedPacketConfig>& packets, Nanoseconds delay);

    provenance::ActorId Actor() const { return m_actor; }

  private:
    struct Task
    {
        Volley volley;
        std::map<std::string_view, provenance::CauseId> causes; //!< By class.
    };

    void Send(Task& task, const ForgedPacketConfig& config, std::uint32_t copy);
    void Record(const Volley& volley,
                const ForgedPacketConfig& config,
                const ForgedPacket& forged,
                const provenance::Origin& origin);

    path::PathTap& m_path;
    std::uint32_t m_hop;
    DrawKey m_draws;
    provenance::Ledger& m_ledger;
    provenance::ActorId m_actor;
    std::uint64_t m_forged = 0; //!< Packets so far.
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_FORGER_H
