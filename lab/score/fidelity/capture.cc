#include "lab/score/fidelity/capture.h"

#include "detectors/readers/capture-reader.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

constexpr std::size_t TCP_FIXED_HEADER = 20;

void
Parse(CaptureFrame& frame)
{
    const auto ethernet = ParseEthernet({frame.bytes.data(), frame.bytes.size()});
    if (!ethernet)
    {
        return;
    }
    frame.ethernet = *ethernet;
    bool isFragment = false;
    if (ethernet->type == ethertype::IPV4)
    {
        if (const auto ip = ParseIpv4(ethernet->payload))
        {
            isFragment = ip->fragmentOffset != 0;
            frame.ip =
                {ip->source, ip->destination, ip->protocol, ip->payload, ip->payloadLength, ip};
        }
    }
    else if (ethernet->type == ethertype::IPV6)
    {
        if (const auto ip = ParseIpv6(ethernet->payload))
        {
            isFragment = ip->isFragment;
            frame.ip = {ip->source,
                        ip->destination,
                        ip->protocol,
                        ip->payload,
                        ip->payloadLength,
                        std::nullopt};
        }
    }
    if (frame.ip && frame.ip->protocol == protocol::TCP && !isFragment)
    {
        frame.tcp = ParseTcp(frame.ip->payload);
        frame.tcpChecksumGood = TransportChecksum(frame.ip->source,
                                                  frame.ip->destination,
                                                  protocol::TCP,
                                                  frame.ip->payload) == 0;
    }
}

} // namespace

std::uint32_t
CaptureFrame::EndSequence() const
{
    return tcp->sequence + static_cast<std::uint32_t>(tcp->payload.size) +
           ((tcp->flags & tcp::SYN) != 0 ? 1 : 0) + ((tcp->flags & tcp::FIN) != 0 ? 1 : 0);
}

Capture::Capture(const std::filesystem::path& path)
{
    std::FILE* file = std::fopen(path.c_str(), "rbe");
    if (!file)
    {
        throw std::runtime_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
    }
    const detectors::CaptureSummary summary = detectors::ReadFrames(
        file,
        [this](const detectors::CapturedFrame& read)
        {
            CaptureFrame& frame = m_frames.emplace_back();
            frame.number = read.number;
            frame.time = read.time;
            frame.wireLength = read.wireLength;
            frame.bytes.assign(read.bytes.data, read.bytes.data + read.bytes.size);
            Parse(frame);
        });
    if (!summary.problem.empty())
    {
        throw std::runtime_error(fmt::format("{}: {}", path.string(), summary.problem));
    }
}

std::string
OptionLayout(const CaptureFrame& frame)
{
    const ByteView header = frame.ip->payload.First(frame.tcp->headerLength);
    std::string layout;
    const auto add = [&](std::string_view name)
    {
        layout += layout.empty() ? "" : " ";
        layout += name;
    };
    for (std::size_t at = TCP_FIXED_HEADER; at < header.size;)
    {
        const std::uint8_t kind = header.data[at];
        if (kind == 0)
        {
            add("EOL");
            break;
        }
        if (kind == 1)
        {
            add("NOP");
            ++at;
            continue;
        }
        switch (kind)
        {
        case 2:
            add("MSS");
            break;
        case 3:
            add("WS");
            break;
        case 4:
            add("SackOK");
            break;
        case 5:
            add("Sack");
            break;
        case 8:
            add("TS");
            break;
        default:
            add(fmt::format("option {}", kind));
        }
        const std::size_t length = at + 1 < header.size ? header.data[at + 1] : 0;
        if (length < 2)
        {
            add("malformed");
            break;
        }
        at += length;
    }
    return layout.empty() ? "none" : layout;
}

std::string
FlagLetters(std::uint8_t flags)
{
    constexpr std::string_view LETTERS = "CEUAPRSF"; // snort writes 1 and 2 for the first two
    std::string text;
    for (int bit = 7; bit >= 0; --bit)
    {
        if ((flags >> bit & 1) != 0)
        {
            text += LETTERS[static_cast<std::size_t>(7 - bit)];
        }
    }
    return text.empty() ? "none" : text;
}

} // namespace bouncelab::score
