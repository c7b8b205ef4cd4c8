#ifndef BOUNCELAB_TESTS_RUN_RUN_FIXTURE_H
#define BOUNCELAB_TESTS_RUN_RUN_FIXTURE_H

#include "formats/label.h"
#include "formats/packet.h"
#include "lab/run/run-many.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bouncelab::run
{

/// A frame of a capture, as its reader sees it.
struct RecordedFrame
{
    std::uint64_t number = 0;
    std::int64_t ns = 0;
    std::vector<std::uint8_t> bytes;
    Ipv4Fields ip;
    TcpSegment tcp; //!< Meaningful if ip.protocol is TCP.

    std::string Text() const
    {
        return std::string(reinterpret_cast<const char*>(tcp.payload.data), tcp.payload.size);
    }
};

/// Runs scenarios into a folder of their own, which goes away with the fixture.
class Runs
{
  public:
    Runs();
    ~Runs();
    Runs(const Runs&) = delete;
    Runs& operator=(const Runs&) = delete;

    RunSpec Spec(const std::string& variant,
                 std::vector<std::string> overrides = {},
                 std::uint64_t seed = 1);

    /// Runs one variant of forged-reply, which must end well. \return its folder.
    std::filesystem::path Run(const std::string& variant,
                              std::vector<std::string> overrides = {},
                              std::uint64_t seed = 1,
                              bool judged = false);

    static std::filesystem::path Detector();

  private:
    std::filesystem::path m_root;
    int m_count = 0;
};

std::vector<RecordedFrame> ReadCapture(const std::filesystem::path& file);
std::vector<RecordedFrame> GatewayCapture(const std::filesystem::path& run);

/// Frames of the connection of the case message: the first to the server in Japan.
std::vector<RecordedFrame> CaseFrames(const std::filesystem::path& run);

/// The first frame whose payload begins so; fails the test if there is none.
const RecordedFrame& Find(const std::vector<RecordedFrame>& frames, const std::string& prefix);

/// Every file below a folder: its name, and its bytes.
std::vector<std::pair<std::string, std::string>> AllFiles(const std::filesystem::path& folder);

/// The value of a label's parameter; empty if it has none of that name.
std::string Param(const Label& label, const std::string& name);

/// Output of a shell command; the test fails if it fails.
std::string Output(const std::string& command);

} // namespace bouncelab::run

#endif // BOUNCELAB_TESTS_RUN_RUN_FIXTURE_H
