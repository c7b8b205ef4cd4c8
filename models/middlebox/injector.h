#ifndef BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
#define BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H

#include "models/middlebox/block-table.h"
#include "models/middlebox/flow-watcher.h"
#include "models/middlebox/forger.h"
#include "models/middlebox/injector-config.h"

#include <string>

namespace bouncelab::middlebox
{

/**
 * An on-path injector: it sees copies of what passes its place on a path, follows flows, and when
 * its trigger passes it forges, after its processing delay, what its config says in the name of
 * either side (S003, fact I06). By its type it can only observe and add: the path hands it no way
 * to hold, change or drop a packet. It knows its own packets and does not act on them.
 */
class Injector final : public Middlebox
{
  public:
    /**
     * \param name its actor's name
     * \param config copied
     * \param path where it stands, at config.atHop; has to outlive the injector
     * \param start true time at the start of the run
     * \param ledger has to outlive the injector
     */
    Injector(const std::string& name,
             const InjectorConfig& config,
             path::PathTap& path,
             std::uint64_t seed,
             provenance::Ledger& ledger,
             WallTime start = WallTime());

    std::size_t FlowCount() const { return m_watcher.FlowCount(); }

  private:
    void Observe(path::Direction direction, const path::WirePacket& packet);
    bool IsBlocked(const FlowWatcher::Seen& seen, const Sight& sight);
    void Answer(const FlowWatcher::Seen& seen,
                const Trigger& trigger,
                std::string text,
                std::uint64_t number,
                const std::vector<ForgedPacketConfig>& packets,
                Draw jitter);

    InjectorConfig m_config;
    DrawKey m_draws;
    Forger m_forger;
    FlowWatcher m_watcher;
    BlockTable m_blocks;
    std::uint64_t m_residuals = 0; //!< Volleys of blocks so far.
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_INJECTOR_H
