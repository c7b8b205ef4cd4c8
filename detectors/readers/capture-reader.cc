#include "detectors/readers/capture-reader.h"

#include "formats/clock.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <memory>

namespace bouncelab::detectors
{

namespace
{

struct PcapCloser
{
    void operator()(pcap_t* capture) const { pcap_close(capture); }
};

/// A stamp that libpcap gives in nanoseconds. A damaged file may hold any number.
WallTime
TimeOf(const timeval& stamp)
{
    constexpr std::int64_t LATEST = 9000000000; // 2255
    const std::chrono::seconds seconds(std::clamp<std::int64_t>(stamp.tv_sec, 0, LATEST));
    return WallTime(
        seconds +
        Nanoseconds(std::clamp<std::int64_t>(stamp.tv_usec, 0, NANOSECONDS_PER_SECOND - 1)));
}

bool
IsKnownLinkType(int linkType)
{
    switch (linkType)
    {
    case DLT_EN10MB:
    case DLT_RAW:
#ifdef DLT_IPV4
    case DLT_IPV4:
#endif
    case DLT_LINUX_SLL:
#ifdef DLT_LINUX_SLL2
    case DLT_LINUX_SLL2:
#endif
    case DLT_PPP:
    case DLT_PPP_SERIAL:
    case DLT_NULL:
    case DLT_LOOP:
        return true;
    default:
        return false;
    }
}

/// The IPv4 packet inside a frame; empty when there is none.
ByteView
NetworkLayer(int linkType, ByteView frame)
{
    constexpr std::size_t COOKED = 16;
    constexpr std::size_t COOKED_2 = 20;
    constexpr std::uint32_t FAMILY_INET = 2;
    const auto type = [&](std::size_t at)
    { return frame.size > at + 1 ? frame.data[at] << 8 | frame.data[at + 1] : 0; };
    switch (linkType)
    {
    case DLT_EN10MB:
        if (const auto ethernet = ParseEthernet(frame);
            ethernet && ethernet->type == ethertype::IPV4)
        {
            return ethernet->payload;
        }
        return {};
    case DLT_RAW:
#ifdef DLT_IPV4
    case DLT_IPV4:
#endif
        return frame;
    case DLT_LINUX_SLL:
        return type(14) == ethertype::IPV4 ? frame.From(COOKED) : ByteView{};
#ifdef DLT_LINUX_SLL2
    case DLT_LINUX_SLL2:
        return type(0) == ethertype::IPV4 ? frame.From(COOKED_2) : ByteView{};
#endif
    case DLT_PPP:
    case DLT_PPP_SERIAL:
    {
        if (type(0) == 0xFF03)
        {
            frame = frame.From(2);
        }
        if (type(0) == 0x0021)
        {
            return frame.From(2);
        }
        return frame.size > 1 && frame.data[0] == 0x21 ? frame.From(1) : ByteView{};
    }
    case DLT_NULL:
    case DLT_LOOP:
    {
        // The family is in the byte order of the capturing machine.
        const bool inet =
            frame.size > 4 && (frame.data[0] == FAMILY_INET || frame.data[3] == FAMILY_INET);
        return inet ? frame.From(4) : ByteView{};
    }
    default:
        return {};
    }
}

} // namespace

bool
LooksLikeCapture(const unsigned char* bytes, std::size_t size)
{
    if (size < 4)
    {
        return false;
    }
    const std::uint32_t magic =
        static_cast<std::uint32_t>(bytes[0]) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    for (const std::uint32_t known : {0xA1B2C3D4u,
                                      0xD4C3B2A1u,
                                      0xA1B23C4Du,
                                      0x4D3CB2A1u,
                                      0xA1B2CD34u,
                                      0x34CDB2A1u,
                                      0x0A0D0D0Au})
    {
        if (magic == known)
        {
            return true;
        }
    }
    return false;
}

std::string_view
NameOfContent(const unsigned char* bytes, std::size_t size)
{
    const std::string_view head(reinterpret_cast<const char*>(bytes), size);
    const auto begins = [&](std::string_view magic)
    { return head.substr(0, magic.size()) == magic; };
    using namespace std::string_view_literals;
    if (begins("\x1F\x8B"sv))
    {
        return "is compressed by gzip, unpack it first";
    }
    if (begins("\xFD"
               "7zXZ"sv))
    {
        return "is compressed by xz, unpack it first";
    }
    if (begins("BZh"sv))
    {
        return "is compressed by bzip2, unpack it first";
    }
    if (begins("\x28\xB5\x2F\xFD"sv))
    {
        return "is compressed by zstd, unpack it first";
    }
    if (begins("PK\x03\x04"sv))
    {
        return "is a ZIP archive, unpack it first";
    }
    return "neither a capture nor a text";
}

CaptureSummary
ReadFrames(std::FILE* file, const std::function<void(const CapturedFrame&)>& handler)
{
    CaptureSummary summary;
    char error[PCAP_ERRBUF_SIZE] = "";
    const std::unique_ptr<pcap_t, PcapCloser> capture(
        pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, error));
    if (!capture)
    {
        std::fclose(file);
        summary.problem = fmt::format("no capture that can be read: {}", error);
        return summary;
    }
    const int linkType = pcap_datalink(capture.get());
    if (!IsKnownLinkType(linkType))
    {
        const char* name = pcap_datalink_val_to_name(linkType);
        summary.problem = fmt::format("no capture that can be judged: its link type is {} ({}), "
                                      "expected Ethernet, raw IPv4, Linux cooked, PPP or null",
                                      linkType,
                                      name ? name : "unknown");
        return summary;
    }
    pcap_pkthdr* header = nullptr;
    const unsigned char* bytes = nullptr;
    int status = 0;
    while ((status = pcap_next_ex(capture.get(), &header, &bytes)) == 1)
    {
        const ByteView all{bytes, header->caplen};
        handler(
            {++summary.frames, TimeOf(header->ts), header->len, all, NetworkLayer(linkType, all)});
    }
    if (status == PCAP_ERROR)
    {
        summary.problem = fmt::format("reading ended after frame {}: {}",
                                      summary.frames,
                                      pcap_geterr(capture.get()));
    }
    return summary;
}

CaptureSummary
ReadCapture(std::FILE* file, const std::function<void(const Packet&)>& handler)
{
    Packet packet;
    std::uint64_t tcpPackets = 0;
    CaptureSummary summary =
        ReadFrames(file,
                   [&](const CapturedFrame& frame)
                   {
                       const auto ip = ParseIpv4(frame.network);
                       if (!ip || ip->protocol != protocol::TCP || ip->fragmentOffset != 0)
                       {
                           return;
                       }
                       const auto tcp = ParseTcp(ip->payload);
                       if (!tcp || frame.number > 0xFFFFFFFFu)
                       {
                           return;
                       }
                       packet.time = frame.time;
                       packet.frame = static_cast<std::uint32_t>(frame.number);
                       packet.ip = *ip;
                       packet.tcp = *tcp;
                       ++tcpPackets;
                       handler(packet);
                   });
    summary.tcpPackets = tcpPackets;
    summary.skipped = summary.frames - tcpPackets;
    if (summary.problem.empty() && tcpPackets == 0)
    {
        summary.problem = summary.frames == 0
                              ? std::string("no capture that can be judged: it holds no frame")
                              : fmt::format("no capture that can be judged: none of its {} frames "
                                            "holds TCP over IPv4",
                                            summary.frames);
    }
    return summary;
}

} // namespace bouncelab::detectors
