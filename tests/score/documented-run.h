#ifndef BOUNCELAB_TESTS_SCORE_DOCUMENTED_RUN_H
#define BOUNCELAB_TESTS_SCORE_DOCUMENTED_RUN_H

#include "formats/label.h"
#include "formats/packet.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::score
{

/// One packet of the session, as the table in S003 prints it.
struct TablePacket
{
    std::int64_t microseconds = 0; //!< Since P1.
    bool outward = false;
    std::uint8_t ttl = 0;
    std::uint16_t ipId = 0;
    bool dontFragment = true;
    std::uint8_t flags = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    std::uint16_t window = 0;
    std::vector<TcpOptionKind> options;
    std::uint32_t timestamp = 0;
    std::uint32_t echo = 0;
    std::string text;
    bool forged = false;
    bool affected = false;
    std::uint16_t clientPort = 60661;
};

/// A folder in the temporary place that goes when the test does.
class TemporaryFolder
{
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& Path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

/// P1 to P9 of S003 and, between P5 and P6, what the arithmetic of the table says must have been.
std::vector<TablePacket> DocumentedPackets();

/// The traceroute that S003 prints, the log line and bounce, written as files of a run's folder.
struct DocumentedRun
{
    std::vector<TablePacket> packets = DocumentedPackets();
    std::vector<Label> furtherLabels;
    std::string manifestExtra; //!< JSON members with a comma behind each.

    /// Frame numbers begin behind one unrelated frame.
    void Write(const std::filesystem::path& root) const;
};

/// Number of the packet in the capture that Write() makes, by its index.
std::uint64_t FrameOf(std::size_t packet);

} // namespace bouncelab::score

#endif // BOUNCELAB_TESTS_SCORE_DOCUMENTED_RUN_H
