#ifndef BOUNCELAB_MODELS_PROBE_PATH_PROBER_H
#define BOUNCELAB_MODELS_PROBE_PATH_PROBER_H

#include "formats/address.h"
#include "formats/clock.h"
#include "formats/packet.h"
#include "formats/random.h"
#include "models/probe/path-prober-config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::probe
{

enum class PathReplyKind
{
    TimeExceeded,
    Reset,
    Finish,
    Acknowledgment, //!< Of what the probe said, with words of the server's or without.
};

/// What came for a probe.
struct PathReply
{
    IpAddress from;
    PathReplyKind kind = PathReplyKind::Acknowledgment;
    std::string payload;
};

struct PathProbeResult
{
    std::uint8_t ttl = 0;
    bool isConnected = false; //!< Else the probe was never sent.
    std::vector<PathReply> replies;
};

using PathTrace = std::vector<PathProbeResult>; //!< One run.

/// A run with the keyword, and the control run of the same number.
struct PathMeasurement
{
    IpAddress server;
    std::string keyword;
    PathTrace test;
    PathTrace control;
};

/// A segment that leaves; its payload lives as long as the call.
struct ProbePacket
{
    TcpSegment segment;
    std::uint8_t ttl = 0;
    std::uint16_t ipId = 0;
};

class PathProberObserver
{
  public:
    virtual ~PathProberObserver() = default;
    virtual void OnSend(const ProbePacket& packet) = 0;
    virtual void OnMeasured(const PathMeasurement& measurement) = 0;
};

/**
 * Probes a path in CenTrace's manner (Raman et al., CoNEXT 2022): each probe is a TCP connection of
 * its own, opened and closed with a TTL that reaches the server, over which one segment with a
 * payload goes with a limited TTL. A run raises the TTL from probe to probe and ends with the first
 * probe that no router answers and somebody else does. It brings a TCP of its own, without options,
 * as a program on a raw socket does: nothing is ever sent again.
 *
 * Segments, ICMP and the time go in; segments and results come out.
 */
class PathProber
{
  public:
    /// \param observer has to outlive it
    PathProber(PathProberConfig config,
               IpAddress server,
               std::uint16_t port,
               DrawKey draws,
               PathProberObserver& observer);

    /// The first probe is sent now. Called once.
    void Start(Nanoseconds now);

    /// When Advance() is due; nothing when it is all over.
    std::optional<Nanoseconds> Due() const;

    void Advance(Nanoseconds now);

    /// Whether a local port is one of its connections', of whatever run.
    bool Owns(std::uint16_t localPort) const;

    /// A segment came from the server. \pre Owns() its destination port
    void Receive(Nanoseconds now, const TcpSegment& segment);

    /// ICMP says that the TTL of a segment from that port ended at a router.
    void Expired(IpAddress router, std::uint16_t localPort);

  private:
    enum class State
    {
        Pausing,
        Opening,
        Greeted, //!< Waits for the greeting.
        Asked,
        Closing,
        Over,
    };

    void Open(Nanoseconds now);
    void Established(Nanoseconds now);
    void Ask(Nanoseconds now);
    void Close(Nanoseconds now);
    void EndProbe(Nanoseconds now);
    bool EndsRun() const;
    void EndRun();
    void Note(const TcpSegment& segment);
    void Take(const TcpSegment& segment);
    void Send(std::uint8_t flags, std::uint8_t ttl, std::string_view payload = {});
    std::uint16_t LocalPort() const;

    bool IsControl() const { return m_run < m_config.repetitions; }

    PathProberConfig m_config;
    IpAddress m_server;
    std::uint16_t m_port;
    DrawKey m_draws;
    PathProberObserver& m_observer;
    std::uint16_t m_basePort;
    std::uint32_t m_run = 0; //!< From 0; the control's first.
    std::uint64_t m_opened = 0;
    State m_state = State::Pausing;
    Nanoseconds m_due{0};
    PathTrace m_trace; //!< The last probe is the one under way.
    std::vector<PathTrace> m_controls;
    std::uint32_t m_sequence = 0; //!< What the server has acknowledged.
    std::uint32_t m_asked = 0;    //!< Where the payload begins.
    std::uint32_t m_next = 0;     //!< What the server sends next.
    std::uint16_t m_ipId = 0;
};

} // namespace bouncelab::probe

#endif // BOUNCELAB_MODELS_PROBE_PATH_PROBER_H
