#ifndef BOUNCELAB_LAB_EVIDENCE_CAPTURE_WRITER_H
#define BOUNCELAB_LAB_EVIDENCE_CAPTURE_WRITER_H

#include "formats/clock.h"
#include "lab/evidence/anonymizer.h"
#include "lab/evidence/frame.h"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

struct pcap;
struct pcap_dumper;

namespace bouncelab::evidence
{

/**
 * Writes a classic capture file with nanosecond stamps and link type Ethernet, in the order of
 * calls. The stamp is the reading of the vantage's clock, so its offset and resolution show.
 * Errors throw std::runtime_error with the file's name.
 */
class CaptureWriter
{
  public:
    /// \param snapLength octets kept of a frame; 0 = all. \param anonymizer what it does to frames
    CaptureWriter(std::filesystem::path path,
                  const HostClock& clock,
                  std::uint32_t snapLength = 0,
                  std::optional<Anonymizer> anonymizer = std::nullopt);
    ~CaptureWriter();
    CaptureWriter(const CaptureWriter&) = delete;
    CaptureWriter& operator=(const CaptureWriter&) = delete;

    /// Appends a frame and returns its number in the file, from 1.
    std::uint64_t Write(const Frame& frame);

    void Close(); //!< Flushes and closes; throws when any byte may not have reached the file.

  private:
    void Check(bool good) const;

    std::filesystem::path m_path;
    HostClock m_clock;
    std::uint32_t m_snapLength;
    std::optional<Anonymizer> m_anonymizer;
    std::vector<char> m_fileBuffer;
    std::vector<std::uint8_t> m_frame;
    pcap* m_handle = nullptr;
    pcap_dumper* m_dumper = nullptr;
    std::FILE* m_file = nullptr;
    std::uint64_t m_frames = 0;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_CAPTURE_WRITER_H
