#ifndef BOUNCELAB_DETECTORS_ANALYSIS_TRAFFIC_TALLY_H
#define BOUNCELAB_DETECTORS_ANALYSIS_TRAFFIC_TALLY_H

#include "detectors/evidence.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

/// What one capture holds: a file, or a run of printed packets with nothing else between them.
struct TrafficPiece
{
    std::string file;
    bool isText = false;
    std::uint32_t firstLine = 0; //!< Text only.
    std::uint32_t lastLine = 0;
    std::uint64_t firstFrame = 0; //!< Captures only.
    WallTime first{};
    WallTime last{};
    std::uint64_t packets = 0;
    std::uint64_t mail = 0;                        //!< To or from a mail port.
    std::map<std::string, std::uint64_t> services; //!< "port 443", "DNS"
};

/// Packets by capture and service.
class TrafficTally
{
  public:
    void Add(const Flow& flow);

    /// Of packets other than TCP's, where the readers tell them.
    void Add(const std::string& file, const SeenDatagram& seen);

    /// In order of files and lines.
    std::vector<TrafficPiece> Pieces() const;

    /// Client ports of printed connections to port 25.
    const std::set<std::uint16_t>& PrintedClientPorts() const { return m_clientPorts; }

    /// Lines of printed packets that are not in them as there were too many.
    std::uint64_t LeftOut() const { return m_leftOut; }

  private:
    struct Line
    {
        WallTime time{};
        bool isMail = false;
        std::string service;
    };

    static void Count(TrafficPiece& piece, const Line& line);
    void CountFrame(const std::string& file, std::uint64_t frame, const Line& line);
    void CountLine(const std::string& file, std::uint32_t number, const Line& line);

    std::map<std::string, TrafficPiece> m_captures;
    std::map<std::pair<std::string, std::uint32_t>, Line> m_lines; //!< Printed packets.
    std::set<std::uint16_t> m_clientPorts;
    std::uint64_t m_leftOut = 0;
};

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_ANALYSIS_TRAFFIC_TALLY_H
