#include "lab/evidence/capture-writer.h"

#include "formats/machine-error.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace bouncelab::evidence
{

namespace
{

constexpr std::uint32_t SNAP_LENGTH = 262144;
constexpr std::size_t FILE_BUFFER = 1 << 18;

} // namespace

CaptureWriter::CaptureWriter(std::filesystem::path path,
                             const HostClock& clock,
                             std::uint32_t snapLength,
                             std::optional<Anonymizer> anonymizer)
    : m_path(std::move(path))
    , m_clock(clock)
    , m_snapLength(snapLength > 0 ? snapLength : SNAP_LENGTH)
    , m_anonymizer(std::move(anonymizer))
    , m_fileBuffer(FILE_BUFFER)
{
    m_file = std::fopen(m_path.c_str(), "wbe");
    Check(m_file != nullptr);
    std::setvbuf(m_file, m_fileBuffer.data(), _IOFBF, m_fileBuffer.size());
    m_handle = pcap_open_dead_with_tstamp_precision(DLT_EN10MB,
                                                    static_cast<int>(m_snapLength),
                                                    PCAP_TSTAMP_PRECISION_NANO);
    m_dumper = m_handle ? pcap_dump_fopen(m_handle, m_file) : nullptr;
    if (!m_dumper)
    {
        const std::string reason = m_handle ? pcap_geterr(m_handle) : "libpcap is out of memory";
        if (m_handle)
        {
            pcap_close(m_handle);
        }
        std::fclose(m_file);
        throw MachineError(fmt::format("cannot write {}: {}", m_path.string(), reason));
    }
}

CaptureWriter::~CaptureWriter()
{
    if (m_dumper)
    {
        pcap_dump_close(m_dumper);
        pcap_close(m_handle);
    }
}

std::uint64_t
CaptureWriter::Write(const Frame& frame)
{
    const std::size_t size = SerializeFrame(frame, m_frame);
    const WallTime reading = m_clock.Read(frame.time);
    pcap_pkthdr header{};
    header.ts.tv_sec = UnixSeconds(reading);
    header.ts.tv_usec = SecondFraction(reading);
    header.len = static_cast<bpf_u_int32>(size);
    const std::size_t left = m_anonymizer ? m_anonymizer->Apply(m_frame.data(), size) : size;
    header.caplen = std::min(static_cast<bpf_u_int32>(left), m_snapLength);
    pcap_dump(reinterpret_cast<unsigned char*>(m_dumper), &header, m_frame.data());
    return ++m_frames;
}

void
CaptureWriter::Close()
{
    if (!m_dumper)
    {
        return;
    }
    const bool flushed = pcap_dump_flush(m_dumper) == 0 && std::ferror(m_file) == 0;
    const int error = errno;
    pcap_dump_close(m_dumper);
    pcap_close(m_handle);
    m_dumper = nullptr;
    m_handle = nullptr;
    errno = error;
    Check(flushed);
}

void
CaptureWriter::Check(bool good) const
{
    if (!good)
    {
        throw MachineError::FromErrno(fmt::format("cannot write {}", m_path.string()));
    }
}

} // namespace bouncelab::evidence
