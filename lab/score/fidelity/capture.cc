#include "lab/score/fidelity/capture.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <memory>
#include <stdexcept>

namespace bouncelab::score
{

namespace
{

constexpr std::size_t ETHERNET_HEADER = 14;
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
    if (ethernet->type != ethertype::IPV4)
    {
        return;
    }
    frame.ip = ParseIpv4(ethernet->payload);
    if (frame.ip && frame.ip->protocol == protocol::TCP && frame.ip->fragmentOffset == 0)
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
    char problem[PCAP_ERRBUF_SIZE] = "";
    const std::unique_ptr<pcap_t, void (*)(pcap_t*)> file(
        pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, problem),
        pcap_close);
    if (!file)
    {
        throw std::runtime_error(fmt::format("{}: {}", path.string(), problem));
    }
    if (pcap_datalink(file.get()) != DLT_EN10MB)
    {
        throw std::runtime_error(fmt::format("{}: not an Ethernet capture", path.string()));
    }
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    int result = 0;
    while ((result = pcap_next_ex(file.get(), &header, &bytes)) == 1)
    {
        CaptureFrame& frame = m_frames.emplace_back();
        frame.number = m_frames.size();
        frame.timeNs = static_cast<std::int64_t>(header->ts.tv_sec) * 1000000000 +
                       static_cast<std::int64_t>(header->ts.tv_usec);
        frame.wireLength = header->len;
        frame.bytes.assign(bytes, bytes + header->caplen);
        Parse(frame);
    }
    if (result == PCAP_ERROR)
    {
        throw std::runtime_error(fmt::format("{}: {}", path.string(), pcap_geterr(file.get())));
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
