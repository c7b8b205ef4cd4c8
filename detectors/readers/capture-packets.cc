#include "detectors/readers/capture-reader.h"

#include <fmt/format.h>

namespace bouncelab::detectors
{

namespace
{

/// Why a packet is not one of TCP.
std::string_view
ReasonOf(std::uint8_t number)
{
    switch (number)
    {
    case protocol::UDP:
        return "UDP";
    case protocol::ICMP:
    case protocol::ICMPV6:
        return "ICMP";
    case 4:
    case 41:
    case 47:
    case 97:
    case 137:
        return "later fragments of a tunnel";
    case 50:
    case 51:
        return "in IPsec";
    case 115:
        return "in L2TP over IP";
    default:
        return "of another protocol over IP";
    }
}

} // namespace

std::optional<Packet>
TcpPacketOf(const CapturedFrame& frame, std::string& reason)
{
    Packet packet;
    packet.time = frame.time;
    packet.frame = static_cast<std::uint32_t>(frame.number);
    packet.interface = frame.interface;
    bool isFragment = false;
    if (const auto v4 = ParseIpv4(frame.inner.network))
    {
        packet.ip = *v4;
        packet.source = v4->source;
        packet.destination = v4->destination;
        isFragment = v4->fragmentOffset != 0;
        // Left to the card, the length is the frame's, of which the capture may have less.
        const ByteView& network = frame.inner.network;
        if (v4->totalLength == 0 && frame.wireLength > frame.bytes.size &&
            network.data + network.size == frame.bytes.data + frame.bytes.size)
        {
            packet.ip.payloadLength += frame.wireLength - frame.bytes.size;
        }
    }
    else if (const auto v6 = ParseIpv6(frame.inner.network))
    {
        packet.flowLabel = v6->flowLabel;
        packet.ip.tos = v6->trafficClass;
        packet.ip.ttl = v6->hopLimit;
        packet.ip.protocol = v6->protocol;
        packet.ip.dontFragment = true;
        packet.ip.payload = v6->payload;
        packet.ip.payloadLength = v6->payloadLength;
        packet.source = v6->source;
        packet.destination = v6->destination;
        isFragment = v6->isFragment;
    }
    else
    {
        reason = frame.inner.network.size == 0 ? "not IP" : "cut off within the IP header";
        return std::nullopt;
    }
    if (frame.inner.closed)
    {
        reason =
            fmt::format("in a tunnel ({}) that shows no IP packet", NameOf(*frame.inner.closed));
        return std::nullopt;
    }
    if (packet.ip.protocol != protocol::TCP)
    {
        reason = ReasonOf(packet.ip.protocol);
        return std::nullopt;
    }
    if (isFragment)
    {
        reason = "later fragments";
        return std::nullopt;
    }
    const auto tcp = ParseTcp(packet.ip.payload);
    if (!tcp || frame.number > 0xFFFFFFFFu)
    {
        reason = "cut off within the TCP header";
        return std::nullopt;
    }
    packet.tcp = *tcp;
    return packet;
}

CaptureSummary
ReadCapture(std::FILE* file,
            const std::function<void(const Packet&)>& handler,
            const std::function<void(const KerberosDatagram&)>& kerberos,
            const std::function<void(const TimeExceeded&)>& expired)
{
    const auto handOnExpired = [&expired](const CapturedFrame& frame)
    {
        if (auto seen = expired ? TimeExceededIn(frame.inner.network) : std::nullopt)
        {
            seen->frame = frame.number;
            seen->time = frame.time;
            expired(*seen);
        }
    };
    const auto handOnDatagram = [&kerberos](const CapturedFrame& frame)
    {
        auto seen = kerberos ? KerberosDatagramIn(frame.inner.network) : std::nullopt;
        if (seen)
        {
            seen->frame = frame.number;
            seen->time = frame.time;
            kerberos(*seen);
        }
        return seen.has_value();
    };
    std::uint64_t tcpPackets = 0;
    std::uint64_t datagrams = 0;
    std::map<std::string, std::uint64_t> leftOut;
    CaptureSummary summary = ReadFrames(file,
                                        [&](const CapturedFrame& frame)
                                        {
                                            std::string reason;
                                            if (const auto packet = TcpPacketOf(frame, reason))
                                            {
                                                ++tcpPackets;
                                                handler(*packet);
                                            }
                                            else if (handOnDatagram(frame))
                                            {
                                                ++datagrams;
                                            }
                                            else
                                            {
                                                handOnExpired(frame);
                                                ++leftOut[reason];
                                            }
                                        });
    summary.leftOut.merge(leftOut);
    summary.tcpPackets = tcpPackets;
    summary.datagrams = datagrams;
    if (summary.problem.empty() && tcpPackets + datagrams == 0)
    {
        summary.isOfOtherProtocols = summary.frames > 0;
        summary.problem = summary.frames == 0
                              ? std::string("no capture that can be judged: it holds no frame")
                              : fmt::format("no capture that can be judged: none of its {} frames "
                                            "holds TCP over IP",
                                            summary.frames);
    }
    return summary;
}

} // namespace bouncelab::detectors
