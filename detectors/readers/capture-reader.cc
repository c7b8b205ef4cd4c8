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

/// A damaged file may hold any number.
WallTime
TimeOf(std::int64_t seconds, std::int64_t nanoseconds)
{
    constexpr std::int64_t LATEST = 9000000000; // 2255
    return WallTime(
        std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, LATEST)) +
        Nanoseconds(std::clamp<std::int64_t>(nanoseconds, 0, NANOSECONDS_PER_SECOND - 1)));
}

// Link types as files number them, where DLT_ numbers differ between systems.
constexpr int LINKTYPE_RAW = 101;
constexpr int LINKTYPE_IPV4 = 228;
constexpr int LINKTYPE_IPV6 = 229;
constexpr int LINKTYPE_LOOP = 108;
constexpr int LINKTYPE_SLL2 = 276;
constexpr int LINKTYPE_PPP_HDLC = 50;

bool
IsKnownLinkType(int linkType)
{
    switch (linkType)
    {
    case DLT_EN10MB:
    case DLT_RAW:
    case LINKTYPE_RAW:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
    case DLT_LINUX_SLL:
    case LINKTYPE_SLL2:
    case DLT_PPP:
    case LINKTYPE_PPP_HDLC:
    case DLT_NULL:
    case LINKTYPE_LOOP:
        return true;
    default:
        return false;
    }
}

/// A loopback frame's family is in the byte order of the capturing machine, and IPv6's number
/// differs between systems.
CarriedOctets
InLoopback(ByteView frame)
{
    if (frame.size <= 4)
    {
        return {};
    }
    const std::uint8_t family = std::max(frame.data[0], frame.data[3]);
    const bool known = family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
    return known ? AsIp(frame.From(4)) : CarriedOctets{};
}

CarriedOctets
InFrame(int linkType, ByteView frame)
{
    constexpr std::size_t COOKED = 16;
    constexpr std::size_t COOKED_2 = 20;
    const auto type = [&](std::size_t at)
    { return frame.size > at + 1 ? Read16(frame.data + at) : CarriedOctets::NOTHING; };
    switch (linkType)
    {
    case DLT_EN10MB:
        return {CarriedOctets::ETHERNET, frame};
    case DLT_RAW:
    case LINKTYPE_RAW:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
        return AsIp(frame);
    case DLT_LINUX_SLL:
        return {type(14), frame.From(COOKED)};
    case LINKTYPE_SLL2:
        return {type(0), frame.From(COOKED_2)};
    case DLT_PPP:
    case LINKTYPE_PPP_HDLC:
        return {CarriedOctets::PPP, frame};
    case DLT_NULL:
    case LINKTYPE_LOOP:
        return InLoopback(frame);
    default:
        return {};
    }
}

void
Count(CaptureSummary& summary, const CapturedFrame& frame)
{
    const bool isWhole = frame.bytes.size >= frame.wireLength;
    summary.truncated += isWhole ? 0 : 1;
    summary.cutInside += isWhole && frame.inner.isCut ? 1 : 0;
    for (std::size_t kind = 0; kind < summary.stripped.size(); ++kind)
    {
        summary.stripped[kind] += frame.inner.stripped[kind] ? 1 : 0;
    }
    summary.first = std::min(summary.first.value_or(frame.time), frame.time);
    summary.last = std::max(summary.last.value_or(frame.time), frame.time);
}

/**
 * The blocks of a pcapng file (draft-ietf-opsawg-pcapng). libpcap refuses files whose interfaces
 * differ, which captures on several interfaces are.
 */
class PcapngReading
{
  public:
    PcapngReading(std::FILE* file, const std::function<void(const CapturedFrame&)>& handler)
        : m_file(file)
        , m_handler(handler)
    {
    }

    CaptureSummary Run()
    {
        m_summary.format = "pcapng";
        while (ReadBlock())
        {
        }
        m_summary.interfaces = std::max<std::size_t>(m_seen, 1);
        return std::move(m_summary);
    }

  private:
    struct Interface
    {
        int linkType = 0;
        std::uint32_t snapLength = 0;
        std::uint64_t perSecond = 1000000;
        std::int64_t offset = 0; //!< Seconds.
    };

    static constexpr std::uint32_t SECTION = 0x0A0D0D0A;
    static constexpr std::uint32_t INTERFACE = 1;
    static constexpr std::uint32_t OLD_PACKET = 2;
    static constexpr std::uint32_t SIMPLE_PACKET = 3;
    static constexpr std::uint32_t STATISTICS = 5;
    static constexpr std::uint32_t ENHANCED_PACKET = 6;
    static constexpr std::uint32_t LONGEST_BLOCK = 16 << 20;

    std::uint32_t Number(std::size_t at, std::size_t size = 4) const
    {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
        {
            const std::size_t from = m_bigEndian ? i : size - 1 - i;
            value = value << 8 | m_block[at + from];
        }
        return value;
    }

    bool Damaged(std::string_view what)
    {
        m_summary.problem =
            m_summary.frames == 0 && m_interfaces.empty()
                ? fmt::format("no capture that can be read: {}", what)
                : fmt::format("reading ended after frame {}: {}", m_summary.frames, what);
        return false;
    }

    /// Of a packet that is no packet for anybody; the blocks behind it are sound.
    bool LeaveOut(const char* why)
    {
        ++m_summary.frames;
        ++m_summary.leftOut[why];
        return true;
    }

    /// What the capture missed by its own count: the last that an interface has.
    void AddDrops()
    {
        constexpr std::uint32_t BY_INTERFACE = 5, BY_SYSTEM = 7;
        for (std::size_t at = 20; at + 4 <= m_block.size() - 4;)
        {
            const std::uint32_t code = Number(at, 2);
            const std::uint32_t length = Number(at + 2, 2);
            if (code == 0 || at + 4 + length > m_block.size() - 4)
            {
                break;
            }
            if ((code == BY_INTERFACE || code == BY_SYSTEM) && length == 8)
            {
                const std::uint64_t low = Number(at + (m_bigEndian ? 8 : 4));
                const std::uint64_t high = Number(at + (m_bigEndian ? 4 : 8));
                m_summary.dropped[{Number(8), code}] = high << 32 | low;
            }
            at += 4 + (length + 3) / 4 * 4;
        }
    }

    bool ReadBlock()
    {
        m_block.resize(12);
        const std::size_t got = std::fread(m_block.data(), 1, 8, m_file);
        if (got < 8)
        {
            return got == 0 ? false : Damaged("the file ends within a block");
        }
        if (Number(0) == SECTION) // the same in both orders
        {
            if (std::fread(m_block.data() + 8, 1, 4, m_file) < 4)
            {
                return Damaged("the file ends within its header");
            }
            constexpr std::uint32_t ORDER = 0x1A2B3C4D;
            m_bigEndian = true;
            m_bigEndian = Number(8) == ORDER;
            if (Number(8) != ORDER)
            {
                return Damaged("its header has no known byte order");
            }
            m_interfaces.clear();
            return ReadRest(12);
        }
        return ReadRest(8) && Handle();
    }

    bool ReadRest(std::size_t have)
    {
        const std::uint32_t length = Number(4);
        if (length < 12 || length > LONGEST_BLOCK || length % 4 != 0)
        {
            return Damaged(fmt::format("a block has the length {}", length));
        }
        m_block.resize(std::max<std::size_t>(length, have));
        const std::size_t wanted = length - std::min<std::size_t>(length, have);
        if (std::fread(m_block.data() + have, 1, wanted, m_file) < wanted)
        {
            return Damaged("the file ends within a block");
        }
        return true;
    }

    bool Handle()
    {
        switch (Number(0))
        {
        case INTERFACE:
            if (m_block.size() >= 20)
            {
                AddInterface();
            }
            return true;
        case ENHANCED_PACKET:
        case OLD_PACKET:
            if (m_block.size() < 32)
            {
                return LeaveOut("a packet's block that is too short for one");
            }
            return HandOn(Number(8, Number(0) == OLD_PACKET ? 2 : 4),
                          12,
                          Number(20),
                          Number(24),
                          28);
        case STATISTICS:
            AddDrops();
            return true;
        case SIMPLE_PACKET:
            if (m_block.size() >= 16 && !m_interfaces.empty())
            {
                const std::uint32_t limit = m_interfaces[0].snapLength;
                const std::uint32_t length = Number(8);
                const std::uint32_t captured =
                    std::min<std::uint32_t>(limit == 0 ? length : std::min(length, limit),
                                            static_cast<std::uint32_t>(m_block.size() - 16));
                return HandOn(0, 0, captured, length, 12);
            }
            return true;
        default:
            return true;
        }
    }

    void AddInterface()
    {
        Interface interface;
        interface.linkType = static_cast<int>(Number(8, 2));
        interface.snapLength = Number(12);
        constexpr std::uint32_t RESOLUTION = 9;
        constexpr std::uint32_t OFFSET = 14;
        for (std::size_t at = 16; at + 4 <= m_block.size() - 4;)
        {
            const std::uint32_t code = Number(at, 2);
            const std::uint32_t length = Number(at + 2, 2);
            if (code == 0 || at + 4 + length > m_block.size() - 4)
            {
                break;
            }
            if (code == RESOLUTION && length >= 1)
            {
                const unsigned power = m_block[at + 4] & 0x7F;
                const bool binary = (m_block[at + 4] & 0x80) != 0;
                interface.perSecond = 1;
                for (unsigned i = 0; i < power && interface.perSecond < (1ull << 40); ++i)
                {
                    interface.perSecond *= binary ? 2 : 10;
                }
            }
            else if (code == OFFSET && length >= 8)
            {
                interface.offset = Number(at + (m_bigEndian ? 8 : 4));
            }
            at += 4 + (length + 3) / 4 * 4;
        }
        m_interfaces.push_back(interface);
        m_seen = std::max(m_seen, m_interfaces.size());
    }

    /// \param time where the stamp stands; 0 = there is none.
    bool HandOn(std::uint32_t which,
                std::size_t time,
                std::uint32_t captured,
                std::uint32_t length,
                std::size_t data)
    {
        if (which >= m_interfaces.size())
        {
            return LeaveOut("of an interface that the file does not describe");
        }
        if (captured > m_block.size() - 4 - data)
        {
            return Damaged("a packet's block contradicts itself");
        }
        const Interface& from = m_interfaces[which];
        CapturedFrame frame;
        frame.number = ++m_summary.frames;
        if (time > 0)
        {
            const std::uint64_t ticks =
                static_cast<std::uint64_t>(Number(time)) << 32 | Number(time + 4);
            const auto part = static_cast<long double>(ticks % from.perSecond) /
                              static_cast<long double>(from.perSecond);
            frame.time = TimeOf(static_cast<std::int64_t>(ticks / from.perSecond) + from.offset,
                                static_cast<std::int64_t>(part * NANOSECONDS_PER_SECOND + 0.5L));
        }
        frame.wireLength = length;
        frame.interface = which;
        frame.bytes = {m_block.data() + data, captured};
        if (!IsKnownLinkType(from.linkType))
        {
            ++m_summary.leftOut[fmt::format("of link type {}", from.linkType)];
        }
        frame.inner = Decapsulate(InFrame(from.linkType, frame.bytes));
        Count(m_summary, frame);
        m_handler(frame);
        return true;
    }

    std::FILE* m_file;
    const std::function<void(const CapturedFrame&)>& m_handler;
    CaptureSummary m_summary;
    std::vector<std::uint8_t> m_block;
    std::vector<Interface> m_interfaces; //!< Of the section.
    std::size_t m_seen = 0;
    bool m_bigEndian = false;
};

bool
IsPcapng(std::FILE* file)
{
    unsigned char magic[4] = {};
    const bool is = std::fread(magic, 1, 4, file) == 4 && Read32(magic) == 0x0A0D0D0A;
    std::rewind(file);
    return is;
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
    if (IsPcapng(file))
    {
        CaptureSummary summary = PcapngReading(file, handler).Run();
        std::fclose(file);
        return summary;
    }
    CaptureSummary summary;
    summary.format = "pcap";
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
                                      "expected Ethernet, raw IP, Linux cooked, PPP or null",
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
        const CapturedFrame frame{++summary.frames,
                                  TimeOf(header->ts.tv_sec, header->ts.tv_usec),
                                  header->len,
                                  all,
                                  Decapsulate(InFrame(linkType, all)),
                                  0};
        Count(summary, frame);
        handler(frame);
    }
    if (status == PCAP_ERROR)
    {
        summary.problem = fmt::format("reading ended after frame {}: {}",
                                      summary.frames,
                                      pcap_geterr(capture.get()));
    }
    return summary;
}

} // namespace bouncelab::detectors
