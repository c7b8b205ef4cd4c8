#ifndef BOUNCELAB_DETECTORS_ANALYSIS_RESET_HISTORY_H
#define BOUNCELAB_DETECTORS_ANALYSIS_RESET_HISTORY_H

#include "detectors/flow/flow.h"

#include <cstdint>
#include <optional>

namespace bouncelab::detectors
{

/// What a flow shows of a reset's two sides, and what makes a reset a host's ordinary one.
class ResetHistory
{
  public:
    /// What one side had done before the reset.
    struct Before
    {
        std::int64_t highest = 0;      //!< Behind all that it had sent.
        std::uint32_t highestIn = 0;   //!< The segment that ends there.
        std::int64_t acknowledged = 0; //!< Of the other side's.
        bool opened = false;           //!< A SYN or SYN-ACK.
        bool spoke = false;            //!< More than that.
        std::optional<std::uint32_t> last;
    };

    /// \param flow has to outlive the history. \param index of the reset
    ResetHistory(const Flow& flow, std::uint32_t index);

    const Before& Own() const { return m_before[m_reset.side]; }

    const Before& Peer() const { return m_before[Other(m_reset.side)]; }

    /// Whether a segment is of the reset's side, and none.
    bool IsOwn(const Segment& segment) const;

    /**
     * Whether a host resets so for good reason: either side had closed or reset before, the ports
     * are used again, it refuses what it never asked for (RFC 9293, section 3.10.7) or cannot know
     * any more, or there was no session.
     */
    bool IsOrdinary() const;

    /// Whether it refuses a handshake that its side completes all the same.
    bool IsHalfOpen() const { return RefusesHandshake() && SideGoesOn(); }

    /// Whether the peer had spoken so shortly before.
    bool AnswersWithin(Nanoseconds span) const;

    /// Whether it bears the number that the peer expects in one of the segments [first, last), as a
    /// kernel's answer to a segment of no connection does (RFC 9293, section 3.10.7.1).
    /// \param reset this one, or a later one of its side
    bool HasNumberOfPeer(const Segment& reset, std::uint32_t first, std::uint32_t last) const;

    /// How long the session had been idle before, where it did not come to life again: nothing that
    /// the client has said since is ever acknowledged.
    std::optional<Nanoseconds> SilenceBefore() const;

    /// Whether it cuts off a dialog of mail in a text that tells nothing to know its sender by.
    bool CutsOffBlindly() const;

    /// A later reset that looks the same and answers the other side's FIN.
    std::optional<std::uint32_t> RefusalOfFin() const;

    /// Whether its side sends data behind it.
    bool HasDataBehind() const;

    /// Whether whoever answered the SYN resets, and another stack behind it had data under way.
    bool IsFrontEndOf(const Segment& later) const;

  private:
    bool SideGoesOn() const;
    bool RefusesHandshake() const;
    bool RefusesStray() const;
    bool NeverTookPart() const;

    const Flow& m_flow;
    const Segment& m_reset;
    std::uint32_t m_index;
    Before m_before[2];
    bool m_ended = false;    //!< Either side had closed or reset.
    bool m_isReused = false; //!< A second connection between these ports.
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_RESET_HISTORY_H
