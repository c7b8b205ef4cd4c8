#include "detectors/analysis/tcp-opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace bouncelab::detectors
{

namespace
{

int
UsualTtl(const Flow& flow)
{
    std::array<std::uint32_t, 256> count{};
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == SERVER && !segment.Has(tcp::RST))
        {
            ++count[segment.ttl];
        }
    }
    return static_cast<int>(std::max_element(count.begin(), count.end()) - count.begin());
}

std::optional<std::int64_t>
FastestAck(const Flow& flow)
{
    struct Sent
    {
        std::int64_t end;
        WallTime time;
        bool again;
    };

    std::vector<Sent> open;
    std::int64_t highest = 0;
    std::optional<std::int64_t> fastest;
    for (const Segment& segment : flow.segments)
    {
        if (segment.side == CLIENT)
        {
            if (segment.payloadLength == 0)
            {
                continue;
            }
            if (segment.End() > highest)
            {
                highest = segment.End();
                open.push_back({highest, segment.time, false});
                continue;
            }
            for (Sent& sent : open)
            {
                sent.again = sent.again || sent.end > segment.start;
            }
            continue;
        }
        std::size_t covered = 0;
        while (covered < open.size() && open[covered].end <= segment.acknowledged)
        {
            ++covered;
        }
        if (covered > 0 && segment.Has(tcp::ACK))
        {
            const Sent& last = open[covered - 1];
            if (!last.again && segment.time > last.time)
            {
                const std::int64_t elapsed = (segment.time - last.time).count();
                fastest = fastest ? std::min(*fastest, elapsed) : elapsed;
            }
            open.erase(open.begin(), open.begin() + static_cast<std::ptrdiff_t>(covered));
        }
    }
    return fastest;
}

} // namespace

std::optional<std::int64_t>
TcpOpening::RoundTripNs() const
{
    if (handshakeNs && fastestAckNs)
    {
        return std::min(*handshakeNs, *fastestAckNs);
    }
    return handshakeNs ? handshakeNs : fastestAckNs;
}

std::string
TcpOpening::StackText() const
{
    return fmt::format("TTL {}, window {}{}{}{}{}",
                       ttl,
                       window,
                       maximumSegmentSize ? fmt::format(", MSS {}", maximumSegmentSize) : "",
                       sackPermitted ? ", SACK" : "",
                       windowScale >= 0 ? fmt::format(", scale {}", windowScale) : "",
                       timestamps ? ", timestamps" : "");
}

std::optional<TcpOpening>
OpeningOf(const Flow& flow)
{
    TcpOpening opening;
    int asked = 0;
    int answered = 0;
    for (const Segment& segment : flow.segments)
    {
        if (!segment.Has(tcp::SYN))
        {
            continue;
        }
        if (segment.side == CLIENT && answered == 0)
        {
            ++asked;
            opening.asked = segment.time;
            opening.askedFrame = segment.frame;
            opening.initialSequence[CLIENT] = segment.sequence;
        }
        else if (segment.side == SERVER && segment.Has(tcp::ACK) && ++answered == 1)
        {
            opening.answered = segment.time;
            opening.answeredFrame = segment.frame;
            opening.initialSequence[SERVER] = segment.sequence;
            opening.window = segment.window;
            opening.maximumSegmentSize = segment.maximumSegmentSize;
            opening.windowScale = segment.windowScale;
            opening.sackPermitted = segment.sackPermitted;
            opening.timestamps = segment.timestamp;
            opening.dontFragment = segment.dontFragment;
        }
    }
    if (asked == 0 || answered == 0)
    {
        return std::nullopt;
    }
    if (asked == 1 && opening.answered >= opening.asked)
    {
        opening.handshakeNs = (opening.answered - opening.asked).count();
    }
    opening.file = flow.source->name;
    opening.client = flow.address[CLIENT];
    opening.server = flow.address[SERVER];
    opening.clientPort = flow.port[CLIENT];
    opening.serverPort = flow.port[SERVER];
    opening.ttl = UsualTtl(flow);
    opening.fastestAckNs = FastestAck(flow);
    return opening;
}

std::string
StackDifference(const TcpOpening& a, const TcpOpening& b)
{
    std::vector<std::string> found;
    int weight = 0;
    const auto scale = [](int value) { return value < 0 ? "none" : fmt::format("{}", value); };
    if (a.timestamps != b.timestamps)
    {
        found.emplace_back(a.timestamps ? "timestamps against none" : "no timestamps");
        weight += 2;
    }
    if (a.windowScale != b.windowScale)
    {
        found.push_back(
            fmt::format("window scale {} against {}", scale(a.windowScale), scale(b.windowScale)));
        weight += 2;
    }
    if (a.sackPermitted != b.sackPermitted)
    {
        found.emplace_back(a.sackPermitted ? "SACK against none" : "no SACK");
        weight += 2;
    }
    if (a.window != b.window)
    {
        found.push_back(fmt::format("window {} against {}", a.window, b.window));
        weight += 1;
    }
    if (a.dontFragment != b.dontFragment)
    {
        found.emplace_back(a.dontFragment ? "DF against none" : "no DF");
        weight += 1;
    }
    if (weight < 2)
    {
        return {};
    }
    std::string text;
    for (const std::string& one : found)
    {
        text += (text.empty() ? "" : ", ") + one;
    }
    return text;
}

std::string
TtlDifference(const TcpOpening& a, const TcpOpening& b)
{
    const int hopsA = InitialTtl(a.ttl) - a.ttl;
    const int hopsB = InitialTtl(b.ttl) - b.ttl;
    if (InitialTtl(a.ttl) == InitialTtl(b.ttl) && std::abs(hopsA - hopsB) < HOPS_APART)
    {
        return {};
    }
    return fmt::format("TTL {} against {}", a.ttl, b.ttl);
}

} // namespace bouncelab::detectors
