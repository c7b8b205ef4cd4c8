#include "lab/score/artifact-probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bouncelab::score
{

namespace
{

/// S003-43 and what follows from it: options are missing where timestamps are, and other text has
/// another length. Early time and overlap are no header features.
constexpr std::string_view DOCUMENTED[] = {"ip.ttl",
                                           "ip.id",
                                           "ip.df",
                                           "tcp.window",
                                           "tcp.options",
                                           "tcp.header-length",
                                           "tcp.timestamp",
                                           "text.length",
                                           "text.start"};

constexpr std::size_t ETHERNET_HEADER = 14;

std::string
Paddings(const CaptureFrame& frame)
{
    const std::size_t end = ETHERNET_HEADER + frame.ip->v4->totalLength;
    const bool blank = frame.bytes.size() <= end ||
                       std::all_of(frame.bytes.begin() + static_cast<std::ptrdiff_t>(end),
                                   frame.bytes.end(),
                                   [](std::uint8_t byte) { return byte == 0; });
    return blank ? "zero" : "not zero";
}

/// What is right about padding: a frame below the least size has some, and no other.
std::string
PaddingState(const CaptureFrame& frame)
{
    constexpr std::size_t LEAST = 60;
    const std::size_t bare = ETHERNET_HEADER + frame.ip->v4->totalLength;
    return frame.wireLength == bare                    ? bare < LEAST ? "short" : "none"
           : frame.wireLength == std::max(bare, LEAST) ? "to the least size"
                                                       : "odd";
}

std::string
Word(const CaptureFrame& frame, std::size_t offset)
{
    const ByteView header = frame.ip->payload;
    return offset + 1 < header.size
               ? std::to_string(header.data[offset] << 8 | header.data[offset + 1])
               : "none";
}

} // namespace

std::vector<Feature>
FeaturesOf(const CaptureFrame& frame)
{
    std::vector<Feature> features;
    const auto add = [&](std::string name, auto value)
    { features.emplace_back(std::move(name), fmt::format("{}", value)); };
    const Ipv4Fields& ip = *frame.ip->v4;
    const TcpSegment& tcp = *frame.tcp;
    const std::uint8_t* header = frame.ethernet.payload.data;
    add("eth.source", frame.ethernet.source.ToString());
    add("eth.destination", frame.ethernet.destination.ToString());
    add("eth.padding", PaddingState(frame));
    add("eth.padding-bytes", Paddings(frame));
    add("capture.cut", frame.wireLength != frame.bytes.size());
    add("capture.nanoseconds", SecondFraction(frame.time) % 1000);
    add("ip.header-length", ip.headerLength);
    add("ip.tos", ip.tos);
    add("ip.id", ip.id);
    add("ip.reserved", header[6] >> 7);
    add("ip.df", ip.dontFragment);
    add("ip.mf", ip.moreFragments);
    add("ip.offset", ip.fragmentOffset);
    add("ip.ttl", ip.ttl);
    add("ip.checksum", InternetChecksum({header, ip.headerLength}) == 0 ? "good" : "bad");
    add("ip.surplus",
        static_cast<int>(ip.totalLength) - ip.headerLength - tcp.headerLength -
            static_cast<int>(tcp.payload.size));
    add("tcp.header-length", tcp.headerLength);
    add("tcp.reserved", tcp.reserved);
    add("tcp.flags", FlagLetters(tcp.flags));
    add("tcp.window", tcp.window);
    add("tcp.urgent", Word(frame, 18));
    add("tcp.checksum", frame.tcpChecksumGood ? "good" : "bad");
    add("tcp.checksum-zero", tcp.checksum == 0);
    add("tcp.options", OptionLayout(frame));
    add("tcp.timestamp", tcp.options.timestamp);
    add("tcp.mss", tcp.options.mss.value_or(0));
    add("tcp.scale", tcp.options.windowScale.value_or(0));
    add("text.length", tcp.payload.size);
    add("text.start", frame.Payload().substr(0, 4));
    add("text.line-end",
        tcp.payload.size == 0                                        ? "none"
        : frame.Payload().substr(frame.Payload().size() - 1) != "\n" ? "open"
        : frame.Payload().size() > 1 && frame.Payload()[frame.Payload().size() - 2] == '\r'
            ? "CR LF"
            : "LF");
    return features;
}

void
ArtifactProbe::Add(const RunFolder& run)
{
    for (const std::string& vantage : run.Vantages())
    {
        const std::filesystem::path file = run.EvidenceOf(vantage) / "capture.pcap";
        if (!std::filesystem::exists(file))
        {
            continue;
        }
        std::set<std::uint64_t> forged;
        for (const Label& label : run.Labels())
        {
            if (label.kind == "packet" && label.forged && label.vantage == vantage)
            {
                forged.insert(label.frame);
            }
        }
        const Capture capture(file);
        for (const CaptureFrame& frame : capture.Frames())
        {
            if (frame.tcp && frame.ip->v4)
            {
                Add(frame, forged.count(frame.number) != 0);
            }
        }
    }
}

void
ArtifactProbe::Add(const CaptureFrame& frame, bool forged)
{
    ++(forged ? m_forged : m_genuine);
    for (Feature& feature : FeaturesOf(frame))
    {
        Counts& counts = m_counts[std::move(feature)];
        ++(forged ? counts.forged : counts.genuine);
    }
}

std::vector<Separator>
ArtifactProbe::Separators() const
{
    std::vector<Separator> separators;
    for (const auto& [feature, counts] : m_counts)
    {
        if (counts.forged > 0 && counts.genuine == 0)
        {
            const bool documented =
                std::find(std::begin(DOCUMENTED), std::end(DOCUMENTED), feature.first) !=
                std::end(DOCUMENTED);
            separators.push_back({feature.first, feature.second, counts.forged, documented});
        }
    }
    return separators;
}

} // namespace bouncelab::score
