#ifndef BOUNCELAB_MODELS_PATH_PACKET_FILTER_H
#define BOUNCELAB_MODELS_PATH_PACKET_FILTER_H

#include "formats/prefix.h"
#include "models/path/filter-config.h"
#include "models/path/rewrite.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace bouncelab::path
{

/**
 * An ordered list of rules: the first one that a conversation's first packet fits decides about the
 * conversation; what fits none is accepted. Both directions of an accepted conversation pass, and
 * the ICMP errors about it, until it is forgotten.
 */
class PacketFilter
{
  public:
    /// \param rules their addresses are addresses
    explicit PacketFilter(std::vector<FilterRule> rules, const FilterState& state = {});

    /// The rule that decides about a packet: each time where it does not pass; where it does, at
    /// the first packet of its conversation, and UNRULED where no rule fits. Null for what just
    /// passes.
    const FilterRule* Decide(FilterDirection direction, const WirePacket& packet, std::int64_t now);

    /// Takes the conversation of a packet for accepted: the machine's own passes no rule.
    void Accept(const WirePacket& packet, std::int64_t now);

    /// Accepts what no rule fits; has no name.
    static const FilterRule UNRULED;

  private:
    struct Matcher
    {
        FilterRule rule;
        IpPrefix source;
        IpPrefix destination;
    };

    /// The two ends in order, so that both directions have one.
    struct Key
    {
        std::uint8_t protocol = 0;
        Endpoint lower;
        Endpoint upper;

        friend bool operator==(const Key& a, const Key& b)
        {
            return a.protocol == b.protocol && a.lower == b.lower && a.upper == b.upper;
        }
    };

    struct Hash
    {
        std::size_t operator()(const Key& key) const;
    };

    struct Conversation
    {
        std::int64_t expiry = 0;
        bool isClosing = false; //!< A FIN or a reset has passed.
    };

    static Key KeyOf(const Endpoints& endpoints);
    bool IsKnown(const Key& key, const WirePacket& packet, std::int64_t now);
    void Remember(const Key& key, const WirePacket& packet, std::int64_t now);
    std::int64_t LifetimeOf(const Conversation& conversation, std::uint8_t protocol) const;

    std::vector<Matcher> m_rules;
    FilterState m_state;
    std::unordered_map<Key, Conversation, Hash> m_known; //!< Looked up; walked to clear only.
    std::size_t m_sweepAt = 4096;
};

/// The answer to a rejected TCP segment, as its destination would refuse it; nothing for a reset
/// and for what is no TCP. TTL and origin are the caller's.
std::optional<WirePacket> ResetTo(const WirePacket& packet);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_PACKET_FILTER_H
