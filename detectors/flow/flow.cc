#include "detectors/flow/flow.h"

#include "formats/sequence.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace bouncelab::detectors
{

namespace
{

/// How many earlier segments one segment is compared with: more is no traffic but an attack.
constexpr std::size_t COMPARISONS = 16;

/// How many pieces a late one may be behind: bounds the work on streams sent backwards.
constexpr std::ptrdiff_t LATE_PIECES = 4096;

bool
IsWellKnown(std::uint16_t port)
{
    return port < 1024;
}

/// Whether two segments of one side disagree on a byte that both brought.
bool
Disagree(const Flow& flow, const Segment& a, const Segment& b, std::int64_t from, std::int64_t to)
{
    const std::int64_t limit =
        std::min({to, a.DataStart() + a.payloadCaptured, b.DataStart() + b.payloadCaptured});
    if (limit <= from)
    {
        return false;
    }
    const std::uint8_t* left = flow.Payload(a).data + (from - a.DataStart());
    const std::uint8_t* right = flow.Payload(b).data + (from - b.DataStart());
    return std::memcmp(left, right, static_cast<std::size_t>(limit - from)) != 0;
}

/**
 * Whether a packet in print that shows no octets is shorter than the one before it whose octets it
 * repeats. Nobody cuts up again what fits into the smallest segment; one octet is a probe.
 */
bool
IsCutShort(const Segment& first, const Segment& again)
{
    constexpr std::uint32_t SMALLEST_SEGMENT = 536;
    return again.DataStart() == first.DataStart() && again.payloadCaptured == 0 &&
           first.payloadCaptured == first.payloadLength && first.payloadLength < SMALLEST_SEGMENT &&
           again.payloadLength > 1 && again.payloadLength < first.payloadLength;
}

/// One byte in front of what was sent already: a keep-alive, whose byte is garbage by custom.
bool
IsKeepAlive(const Segment& segment, std::int64_t highestBefore)
{
    return segment.payloadLength == 1 && segment.End() == highestBefore;
}

} // namespace

bool
Flow::IsSmtp() const
{
    if (!window.IsFirst())
    {
        return window.isSmtp;
    }
    for (const std::uint16_t known : {25, 587, 2525, 465})
    {
        if (port[SERVER] == known)
        {
            return true;
        }
    }
    bool greeted = false;
    std::size_t looked = 0;
    for (const Segment& segment : segments)
    {
        if (segment.payloadLength == 0)
        {
            continue;
        }
        const std::string_view text = Text(segment);
        if (segment.side == CLIENT && !greeted)
        {
            return false; // The server speaks first (RFC 5321 3.1): something else, or a tunnel.
        }
        greeted = greeted || (segment.side == SERVER && text.substr(0, 3) == "220");
        if (greeted && segment.side == CLIENT)
        {
            const std::string_view verb = text.substr(0, 4);
            return verb == "HELO" || verb == "EHLO" || verb == "helo" || verb == "ehlo";
        }
        if (++looked > 4)
        {
            break;
        }
    }
    return false;
}

bool
Flow::OneSided(Side& missingSide) const
{
    for (const Side side : {CLIENT, SERVER})
    {
        if (stream[side].segments == 0 && stream[side].acknowledged > 1)
        {
            missingSide = side;
            return true;
        }
    }
    return false;
}

void
Flow::Complete()
{
    DecideSides();
    AssignPositions();
    Reassemble(CLIENT);
    Reassemble(SERVER);
    CountMissing();
}

void
Flow::DecideSides()
{
    int votes = window.IsFirst() ? 0 : window.isSwapped ? -1 : 1;
    for (const Segment& segment : segments)
    {
        if (votes == 0 && segment.Has(tcp::SYN))
        {
            const bool fromClient = !segment.Has(tcp::ACK);
            votes = (segment.side == CLIENT) == fromClient ? 1 : -1;
            break;
        }
    }
    if (votes == 0)
    {
        votes = IsWellKnown(port[CLIENT]) && !IsWellKnown(port[SERVER]) ? -1 : 1;
    }
    window.isSwapped = votes < 0;
    if (window.isSwapped)
    {
        std::swap(address[CLIENT], address[SERVER]);
        std::swap(port[CLIENT], port[SERVER]);
        for (Segment& segment : segments)
        {
            segment.side = Other(segment.side);
        }
    }
}

void
Flow::AssignPositions()
{
    bool known[2]{};
    std::uint32_t base[2]{};
    for (const Segment& segment : segments)
    {
        const Side side = segment.side;
        if (!segment.Has(tcp::RST) && (!known[side] || segment.Has(tcp::SYN)) &&
            !stream[side].sawSyn)
        {
            base[side] = segment.sequence;
            known[side] = true;
            stream[side].sawSyn = segment.Has(tcp::SYN);
        }
    }
    // A side that was not captured, or not in time, still has positions: by what the peer
    // acknowledged first. A first data byte then stands at 1, as after a SYN.
    for (const Segment& segment : segments)
    {
        const Side peer = Other(segment.side);
        if (!known[peer] && segment.Has(tcp::ACK) && !segment.Has(tcp::RST))
        {
            base[peer] = segment.ack - 1;
            known[peer] = true;
        }
    }
    std::int64_t latest[2]{};
    std::uint32_t latestNumber[2]{base[CLIENT], base[SERVER]};
    for (Segment& segment : segments)
    {
        const Side side = segment.side;
        const Side peer = Other(side);
        segment.start = latest[side] + SequenceDistance(latestNumber[side], segment.sequence);
        Stream& own = stream[side];
        ++own.segments;
        own.dataSegments += segment.payloadLength > 0 ? 1 : 0;
        if (segment.Has(tcp::ACK))
        {
            segment.acknowledged = latest[peer] + SequenceDistance(latestNumber[peer], segment.ack);
        }
        if (!segment.Has(tcp::RST))
        {
            if (segment.start > latest[side])
            {
                latest[side] = segment.start;
                latestNumber[side] = segment.sequence;
            }
            own.highest = std::max(own.highest, segment.End());
            if (segment.Has(tcp::ACK))
            {
                stream[peer].acknowledged =
                    std::max(stream[peer].acknowledged, segment.acknowledged);
                if (segment.acknowledged > latest[peer])
                {
                    latest[peer] = segment.acknowledged;
                    latestNumber[peer] = segment.ack;
                }
            }
        }
    }
    stream[CLIENT].initialSequence = base[CLIENT];
    stream[SERVER].initialSequence = base[SERVER];
}

void
Flow::Reassemble(Side side)
{
    Stream& own = stream[side];
    // Pieces end in ascending order too, so those that a segment meets lie together.
    std::vector<std::uint32_t> recent;
    std::int64_t highest = 0;
    for (std::uint32_t index = 0; index < segments.size(); ++index)
    {
        const Segment& segment = segments[index];
        if (segment.side != side || segment.Has(tcp::RST))
        {
            continue;
        }
        if (segment.payloadLength == 0)
        {
            highest = std::max(highest, segment.End());
            continue;
        }
        const std::int64_t from = segment.DataStart();
        const std::int64_t to = from + segment.payloadLength;
        if (own.pieces.empty() || from >= own.pieces.back().end)
        {
            own.pieces.push_back({from, to, index});
        }
        else if (!IsKeepAlive(segment, highest))
        {
            auto meets = std::upper_bound(own.pieces.begin(),
                                          own.pieces.end(),
                                          from,
                                          [](std::int64_t position, const Piece& piece)
                                          { return position < piece.end; });
            std::int64_t at = from;
            recent.clear();
            std::vector<Piece> fresh;
            for (; meets != own.pieces.end() && meets->start < to; ++meets)
            {
                if (at < meets->start)
                {
                    fresh.push_back({at, meets->start, index});
                }
                at = meets->end;
                if (recent.size() < COMPARISONS &&
                    std::find(recent.begin(), recent.end(), meets->segment) == recent.end())
                {
                    recent.push_back(meets->segment);
                }
            }
            if (at < to)
            {
                fresh.push_back({at, to, index});
            }
            for (const std::uint32_t earlier : recent)
            {
                const Segment& other = segments[earlier];
                const std::int64_t first = std::max(from, other.DataStart());
                const std::int64_t last = std::min(to, other.DataStart() + other.payloadLength);
                if (Disagree(*this, other, segment, first, last) ||
                    (source && source->isText && IsCutShort(other, segment)))
                {
                    own.conflicts.push_back({earlier, index, first, last});
                }
            }
            for (const Piece& piece : fresh)
            {
                const auto place = std::upper_bound(own.pieces.begin(),
                                                    own.pieces.end(),
                                                    piece.start,
                                                    [](std::int64_t position, const Piece& other)
                                                    { return position < other.start; });
                if (own.pieces.end() - place <= LATE_PIECES)
                {
                    own.pieces.insert(place, piece);
                }
            }
        }
        highest = std::max(highest, segment.End());
    }
}

void
Flow::CountMissing()
{
    for (const Side side : {CLIENT, SERVER})
    {
        Stream& own = stream[side];
        if (own.segments == 0)
        {
            continue;
        }
        std::int64_t at = own.sawSyn ? 1 : (own.pieces.empty() ? 0 : own.pieces.front().start);
        for (const Piece& piece : own.pieces)
        {
            own.missing += std::max<std::int64_t>(0, piece.start - at);
            at = std::max(at, piece.end);
        }
    }
}

} // namespace bouncelab::detectors
