#ifndef BOUNCELAB_LAB_RUN_FRAME_TAP_H
#define BOUNCELAB_LAB_RUN_FRAME_TAP_H

#include "formats/clock.h"
#include "formats/random.h"
#include "lab/evidence/frame.h"
#include "lab/evidence/wire-serializer.h"
#include "lab/scenario/capture-filter.h"
#include "lab/scenario/scenario.h"
#include "models/path/ethernet-frame.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace bouncelab::run
{

/// What passes one place, as frames: those that a vantage's filter takes while it captures.
class FrameTap
{
  public:
    /// \param octets of the whole frame
    using Handler = std::function<
        void(const evidence::Frame& frame, ByteView octets, const path::WirePacket& packet)>;

    /// \param draws of what the capture misses. \param receives the direction of the frames that
    /// the capturing machine takes off its wire:
    ///        short ones show Ethernet's padding
    FrameTap(const scenario::VantageConfig& config,
             DrawKey draws,
             path::Direction receives,
             Handler handler);

    /// At a line.
    void Pass(path::Direction direction, const path::WirePacket& packet);

    /// On an Ethernet segment. \param received it comes off the wire
    void Pass(const path::EthernetFrame& frame, bool received);

  private:
    void Take(evidence::Frame& frame, path::Direction direction, const path::WirePacket& packet);
    bool Misses(SimTime time);

    evidence::LinkHeader m_outbound;
    evidence::LinkHeader m_inbound;
    scenario::CaptureFilter m_filter;
    SimTime m_from;
    SimTime m_until;
    scenario::CaptureFlaws m_flaws;
    DrawKey m_draws;
    std::uint64_t m_passed = 0; //!< Frames that the filter took.
    Handler m_handler;
    evidence::WireSerializer m_serializer;
    std::vector<std::uint8_t> m_frame;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_FRAME_TAP_H
