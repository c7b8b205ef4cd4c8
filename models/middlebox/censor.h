#ifndef BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_H
#define BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_H

#include "models/middlebox/block-table.h"
#include "models/middlebox/censor-config.h"
#include "models/middlebox/flow-watcher.h"
#include "models/middlebox/forger.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace bouncelab::middlebox
{

/**
 * An in-path censor: whatever passes its place on a path passes through it, so that it may drop,
 * hold or throttle a flow from its trigger on, and forge as well. Where an on-path injector races
 * with the genuine reply, here none arrives.
 *
 * The truth: an event `did=blocked` when a block begins, and `did=dropped` for each packet that it
 * keeps, which captures before it show as affected.
 */
class Censor final : public Middlebox
{
  public:
    /// \param name its actor's name; \param config without fault (Faults); copied. Path and ledger
    /// have to outlive it. \param start true time at the start of the run
    Censor(const std::string& name,
           const CensorConfig& config,
           path::NetworkPath& path,
           std::uint64_t seed,
           provenance::Ledger& ledger,
           WallTime start = WallTime());

  private:
    /// A packet, and whose it is.
    struct Passage
    {
        const Sight& sight;
        Connection connection;
        bool fromClient = true;

        path::Direction FromClient() const;
    };

    bool Passes(path::Direction direction, const path::WirePacket& packet);
    bool MeetsTrigger(const Sight& sight, const FlowWatcher::Seen& seen);
    bool Treat(const Passage& passage, const BlockTable::Block& block);
    void Hold(const Sight& sight, std::int64_t forNs);
    bool Throttle(const Passage& passage, const BlockTable::Block& block);
    void Drop(const Passage& passage, const BlockTable::Block& block);
    bool Concerns(bool fromClient) const;
    Nanoseconds Delay(std::string_view purpose, std::uint64_t index) const;
    void RecordBlock(const Connection& connection, const std::string& trigger, std::uint32_t cause);

    CensorConfig m_config;
    path::NetworkPath& m_path;
    provenance::Ledger& m_ledger;
    DrawKey m_draws;
    Forger m_forger;
    FlowWatcher m_watcher;
    BlockTable m_blocks;
    std::uint64_t m_dropped = 0; //!< Packets so far.
    /// Of throttled connections, by client's packets or not: when the next packet's turn is.
    std::map<std::pair<std::uint64_t, bool>, std::int64_t> m_turns;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_CENSOR_H
