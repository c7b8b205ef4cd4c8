#ifndef BOUNCELAB_LAB_RUN_PACKET_PRINTER_H
#define BOUNCELAB_LAB_RUN_PACKET_PRINTER_H

#include "formats/clock.h"
#include "lab/evidence/output-file.h"
#include "lab/evidence/tcpdump-text.h"
#include "lab/run/frame-tap.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// tcpdump at work: prints frames in their order, and asks for the name of each address that it has
/// not met, one after the other; what is to be printed waits for the answer.
class PacketPrinter
{
  public:
    using NameHandler = std::function<void(const std::string& name)>;

    /// Finds what an address is called: calls back once, now or later; empty = it has no name.
    using NameFinder = std::function<void(IpAddress address, NameHandler onName)>;

    /// \param out null: what is printed is lost, and the names are asked for all the same
    PacketPrinter(const scenario::VantageConfig& config,
                  DrawKey draws,
                  const HostClock& clock,
                  path::Direction receives,
                  evidence::OutputFile* out,
                  NameFinder findName);

    FrameTap& Tap() { return m_tap; } //!< To be shown what passes.

    void Close(); //!< Prints what is left, with the names that are known.

  private:
    struct Waiting
    {
        std::vector<std::uint8_t> octets;
        WallTime reading;
    };

    void Drain();
    void Ask();

    HostClock m_clock;
    FrameTap m_tap;
    evidence::OutputFile* m_out;
    NameFinder m_findName;
    std::map<IpAddress, std::string> m_names;
    std::optional<IpAddress> m_missing; //!< Of the line that was tried last.
    bool m_asks = false;
    evidence::TcpdumpText m_text;
    std::deque<Waiting> m_waiting;
    std::string m_line;
};

} // namespace bouncelab::run

#endif // BOUNCELAB_LAB_RUN_PACKET_PRINTER_H
