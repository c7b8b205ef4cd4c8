#ifndef BOUNCELAB_DETECTORS_READERS_CENTRACE_READER_H
#define BOUNCELAB_DETECTORS_READERS_CENTRACE_READER_H

#include "detectors/readers/text-line-reader.h"
#include "formats/address.h"
#include "formats/clock.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bouncelab::detectors
{

/// What a TTL-limited probe drew.
enum class ProbeAnswerKind : std::uint8_t
{
    TimeExceeded,
    Reset,
    Finish,
    Speech, //!< A segment of the server's with ACK, with a payload or without.
};

struct ProbeAnswer
{
    ProbeAnswerKind kind = ProbeAnswerKind::Speech;
    HostAddress from;
    int ttl = 0;             //!< As it arrived; 0 = not told.
    std::string text;        //!< Its payload, cut to a few lines.
    std::uint64_t frame = 0; //!< 0 = not captured.
};

/// A probe over a connection of its own.
struct TtlProbe
{
    int ttl = 0;
    bool isConnected = true;          //!< Else no handshake came about, and nothing was asked.
    std::vector<ProbeAnswer> answers; //!< None: silence.

    std::string file; //!< Of the capture that holds it, from here on; empty = none.
    std::uint64_t frame = 0;
    std::uint16_t port = 0; //!< The client's.
    WallTime time{};
};

/// Probes to one server with one payload, by rising TTL.
using ProbeRun = std::vector<TtlProbe>;

/// One measurement by CenTrace.
struct TracedMeasurement
{
    std::uint32_t line = 0; //!< From 1.
    HostAddress server;
    std::string keyword;
    ProbeRun test;
    ProbeRun control;
};

/// Reads the results of CenTrace's `traceroute.py`.
class CenTraceReader : public TextLineReader
{
  public:
    using Handler = std::function<void(const TracedMeasurement&)>;

    explicit CenTraceReader(Handler handler)
        : m_handler(std::move(handler))
    {
    }

    bool Line(std::uint32_t number, std::string_view text) override;

    std::string_view Kind() const override { return "CenTrace measurement"; }

    void End() override {}

    /// Payloads in it are whatever servers say.
    bool IsExclusive() const override { return true; }

  private:
    Handler m_handler;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_CENTRACE_READER_H
