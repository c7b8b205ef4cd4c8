#ifndef BOUNCELAB_LAB_TRUTH_ANNOTATED_CAPTURE_H
#define BOUNCELAB_LAB_TRUTH_ANNOTATED_CAPTURE_H

#include "formats/clock.h"
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace bouncelab::truth
{

/**
 * Writes a pcapng file (draft-ietf-opsawg-pcapng: section header, one Ethernet interface with
 * nanosecond stamps, enhanced packets) whose packets may carry a comment, which Wireshark shows and
 * filters with `frame.comment contains "forged"`. Errors throw std::runtime_error.
 */
class AnnotatedCapture
{
  public:
    explicit AnnotatedCapture(std::filesystem::path path);
    ~AnnotatedCapture();
    AnnotatedCapture(const AnnotatedCapture&) = delete;
    AnnotatedCapture& operator=(const AnnotatedCapture&) = delete;

    /**
     * \param reading the vantage's clock, 1970 or later.
     * \param frame the Ethernet frame.
     * \param comment UTF-8, at most 65535 bytes; empty = none.
     */
    void Write(WallTime reading,
               const std::uint8_t* frame,
               std::size_t size,
               std::string_view comment);

    void Close(); //!< Flushes and closes; throws when any byte may not have reached the file.

  private:
    void Put16(std::uint16_t value);
    void Put32(std::uint32_t value);
    void PutPadded(const void* bytes, std::size_t size);
    void BeginBlock(std::uint32_t type);
    void EndBlock();
    void Check(bool good) const;

    std::filesystem::path m_path;
    std::FILE* m_file = nullptr;
    std::string m_block;
};

} // namespace bouncelab::truth

#endif // BOUNCELAB_LAB_TRUTH_ANNOTATED_CAPTURE_H
