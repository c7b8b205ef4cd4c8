#ifndef BOUNCELAB_MODELS_PROVENANCE_LEDGER_H
#define BOUNCELAB_MODELS_PROVENANCE_LEDGER_H

#include "formats/clock.h"
#include "formats/truth-event.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bouncelab::provenance
{

/// Index of an actor or a cause in the ledger; 0 means none.
using ActorId = std::uint16_t;
using CauseId = std::uint32_t;

/// Where a packet comes from. It travels with the packet from birth to every tap.
struct Origin
{
    std::uint64_t serial = 0; //!< Counts packets in order of birth, from 1.
    ActorId actor = 0;        //!< Who made it.
    CauseId cause = 0;        //!< The forging or the accident that it belongs to; 0 = ordinary.
    bool forged = false;      //!< It claims a sender that did not send it.
};

/// One thing that an actor did, written when it did it.
struct Action
{
    SimTime time{};
    std::string kind;       //!< "packet", "flow", "message" or "event".
    std::string classLabel; //!< Dotted class, such as "forged.reply" (formats/vocabulary.h).
    CauseId cause = 0;
    ActorId actor = 0;
    std::optional<TruthEvent> did; //!< Kinds "flow" and "event" have it.
    std::uint64_t packet = 0;      //!< Serial of the packet that it is about; 0 = none.
    bool displaced = false; //!< That packet is genuine, and was not used because of the cause.
    std::vector<std::pair<std::string, std::string>> params; //!< Further ones, in order.
};

/// Receives the truth as it happens. lab/truth writes it; a test may collect it.
class ActionSink
{
  public:
    virtual ~ActionSink() = default;
    virtual void Record(const Action& action) = 0;
};

/**
 * The book in which every actor of one run signs: it names actors, numbers packets and causes, and
 * passes actions on to the truth writer. Nothing in it is reconstructed from evidence.
 */
class Ledger
{
  public:
    /// \param sink where actions go; may be null (they are not kept). Not owned.
    explicit Ledger(ActionSink* sink = nullptr)
        : m_sink(sink)
    {
    }

    /// Registers an actor ("mail-host", "injector") and returns its id; a known name keeps its id.
    ActorId RegisterActor(std::string_view name);
    const std::string& ActorName(ActorId actor) const; //!< Empty for id 0.

    CauseId NewCause() { return ++m_causes; }

    /// The origin of a packet that is being born now.
    Origin Born(ActorId actor, CauseId cause = 0, bool forged = false)
    {
        return Origin{++m_packets, actor, cause, forged};
    }

    void Record(const Action& action)
    {
        if (m_sink)
        {
            m_sink->Record(action);
        }
    }

  private:
    ActionSink* m_sink;
    std::uint64_t m_packets = 0;
    CauseId m_causes = 0;
    std::deque<std::string> m_actors{std::string()};
};

} // namespace bouncelab::provenance

#endif // BOUNCELAB_MODELS_PROVENANCE_LEDGER_H
