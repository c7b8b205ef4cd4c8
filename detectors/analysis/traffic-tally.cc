#include "detectors/analysis/traffic-tally.h"

#include "detectors/readers/caps.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::uint32_t SAME_PASTE = 3; //!< Lines apart: a paste has blank lines, not paragraphs.

/// A flow of one octet now and then keeps a connection open, and carries nothing.
std::string
ServiceOf(const Flow& flow)
{
    const bool isKeepAlive =
        std::any_of(flow.segments.begin(),
                    flow.segments.end(),
                    [](const Segment& segment) { return segment.payloadLength == 1; }) &&
        std::all_of(flow.segments.begin(),
                    flow.segments.end(),
                    [](const Segment& segment) { return segment.payloadLength <= 1; });
    return fmt::format("port {}{}",
                       flow.port[SERVER],
                       isKeepAlive ? " (keep-alives of one octet)" : "");
}

} // namespace

void
TrafficTally::Count(TrafficPiece& piece, const Line& line)
{
    piece.first = piece.packets == 0 ? line.time : std::min(piece.first, line.time);
    piece.last = piece.packets == 0 ? line.time : std::max(piece.last, line.time);
    ++piece.packets;
    piece.mail += line.isMail ? 1 : 0;
    ++piece.services[line.service];
}

void
TrafficTally::CountFrame(const std::string& file, std::uint64_t frame, const Line& line)
{
    TrafficPiece& piece = m_captures[file];
    piece.file = file;
    piece.firstFrame = piece.packets == 0 ? frame : std::min(piece.firstFrame, frame);
    Count(piece, line);
}

void
TrafficTally::CountLine(const std::string& file, std::uint32_t number, const Line& line)
{
    if (m_lines.size() < GetCaps().printedLines)
    {
        m_lines[{file, number}] = line;
    }
    else
    {
        ++m_leftOut;
    }
}

void
TrafficTally::Add(const Flow& flow)
{
    const bool isMail = IsMailPort(flow.port[SERVER]) || flow.IsSmtp();
    const std::string service = ServiceOf(flow);
    const bool isText = flow.source && flow.source->isText;
    const std::string file = flow.source ? flow.source->name : std::string();
    if (isText && flow.port[SERVER] == 25 && flow.port[CLIENT] > 1023)
    {
        m_clientPorts.insert(flow.port[CLIENT]);
    }
    for (const Segment& segment : flow.segments)
    {
        if (!flow.window.Judges(segment.frame))
        {
            continue;
        }
        const Line line{segment.time, isMail, service};
        if (!isText)
        {
            CountFrame(file, segment.frame, line);
        }
        else
        {
            CountLine(file, segment.line, line);
        }
    }
}

void
TrafficTally::Add(const std::string& file, const SeenDatagram& seen)
{
    const Line line{seen.time, false, std::string(NameOf(seen.kind))};
    if (seen.line == 0)
    {
        CountFrame(file, seen.frame, line);
    }
    else
    {
        CountLine(file, seen.line, line);
    }
}

std::vector<TrafficPiece>
TrafficTally::Pieces() const
{
    std::vector<TrafficPiece> pieces;
    for (const auto& [file, piece] : m_captures)
    {
        pieces.push_back(piece);
    }
    bool begun = false;
    for (const auto& [place, line] : m_lines)
    {
        const auto& [file, number] = place;
        if (!begun || pieces.back().file != file || number > pieces.back().lastLine + SAME_PASTE)
        {
            begun = true;
            TrafficPiece& fresh = pieces.emplace_back();
            fresh.file = file;
            fresh.isText = true;
            fresh.firstLine = number;
        }
        pieces.back().lastLine = number;
        Count(pieces.back(), line);
    }
    return pieces;
}

} // namespace bouncelab::detectors
