#ifndef BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCHER_H
#define BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCHER_H

#include "formats/clock.h"
#include "formats/packet.h"
#include "formats/random.h"
#include "models/middlebox/command-watcher.h"
#include "models/middlebox/connection.h"
#include "models/middlebox/flow-watch-config.h"
#include "models/middlebox/forgery.h"
#include "models/path/wire-packet.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bouncelab::middlebox
{

/// A TCP packet as it passes a device.
struct Sight
{
    path::Direction direction;
    const path::WirePacket& packet;
    const TcpSegment& segment;
    const std::vector<std::uint8_t>& octets; //!< All that the packet carries.

    /// The connection, if its sender is the client.
    Connection Sent() const
    {
        return {packet.header.GetSource(),
                packet.header.GetDestination(),
                segment.sourcePort,
                segment.destinationPort};
    }
};

/**
 * Follows the flows that pass a device, as its config says, and finds its triggers: what injectors
 * and in-path censors have in common. For each packet that passes: Look(), Match(), Finish().
 */
class FlowWatcher
{
  public:
    static constexpr std::size_t MAX_FLOWS = 65536; //!< The oldest flow is forgotten beyond that.

    struct Flow
    {
        CommandWatcher stream; //!< The client's.
        path::Direction fromClient;
        std::uint32_t due = 0; //!< The client's next sequence number.
        std::uint8_t clientTtl = 0;
        std::uint8_t serverTtl = 0;
        std::uint32_t clientLabel = 0; //!< Of IPv6 flows.
        std::uint32_t serverLabel = 0;
        std::int64_t learnedNs = 0;
        TimestampPair timestamps = {}; //!< Of the last packet of each side that had any.
        bool isAnswered = false;       //!< The SYN-ACK was seen,
        bool isOpen = false;           //!< and its acknowledgment.
        bool hasActed = false;         //!< On whatever passed.
        bool isLost = false;           //!< Goes on from the client's next packet.
        bool isForgotten = false;      //!< Of no interest until its next SYN.
    };

    using Flows = std::unordered_map<Connection, Flow, ConnectionHash>;

    /// Whose a packet is. Good until the flow is finished.
    struct Seen
    {
        Flows::value_type* flow = nullptr; //!< Null: of no flow that is watched.
        bool fromClient = true;
    };

    /// Called with what is known, what the trigger says, and its number from 1.
    using OnTrigger = std::function<void(const Trigger&, std::string, std::uint64_t)>;

    /// \param start true time at the start of the run; \param draws of the device
    FlowWatcher(const FlowWatchConfig& config, WallTime start, DrawKey draws)
        : m_config(config)
        , m_start(start)
        , m_draws(draws)
    {
    }

    Seen Look(const Sight& sight);

    /// \return whether there is a trigger in it; of one that is missed nobody is called
    bool Match(const Seen& seen, const Sight& sight, const OnTrigger& onTrigger);

    void Finish(const Seen& seen, const Sight& sight);

    /// What a packet shows of its connection. \param flow null if it is not watched
    static Trigger TriggerOf(const Flow* flow, bool fromClient, const Sight& sight);

    std::size_t FlowCount() const { return m_flows.size(); }

  private:
    Seen Find(const Sight& sight);
    Seen LearnUnseen(const Sight& sight);
    Seen Learn(const Connection& connection, path::Direction fromClient, std::uint32_t due);
    void Resynchronize(Flow& flow, const TcpSegment& segment) const;
    void Forget(const Connection& connection);
    void ForgetBetween(const Connection& ends);
    void NoteHandshake(const Seen& seen, const TcpSegment& segment) const;
    bool Fire(const Flow& flow, const Trigger& trigger, std::string text, const OnTrigger& call);
    bool IsWhateverPasses(const Flow& flow, const TcpSegment& segment) const;
    bool Overlooks(const Sight& sight) const;
    bool Closes(const TcpSegment& segment) const;
    bool MatchesLine(std::string_view line) const;
    bool MatchesSegment(const Seen& seen, const TcpSegment& segment) const;
    std::uint32_t MissRate() const;

    FlowWatchConfig m_config;
    WallTime m_start;
    DrawKey m_draws;
    std::uint64_t m_matches = 0; //!< Triggers so far.
    Flows m_flows;
    std::deque<Connection> m_order;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_FLOW_WATCHER_H
