#ifndef BOUNCELAB_LAB_EVIDENCE_OUTPUT_FILE_H
#define BOUNCELAB_LAB_EVIDENCE_OUTPUT_FILE_H

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace bouncelab::evidence
{

/**
 * A file that is written from start to end through a buffer. Nothing fails silently: every error
 * (a full disk, a folder that is not there) throws std::runtime_error with one line that names the
 * file and the reason.
 */
class OutputFile
{
  public:
    /// Creates or truncates the file, or with append continues it. Throws std::runtime_error.
    explicit OutputFile(std::filesystem::path path, bool append = false);
    /// Closes without a word when Close() was not called: the run has failed already by then.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    void Write(std::string_view bytes)
    {
        if (m_buffer.size() + bytes.size() > BUFFER_BYTES)
        {
            Flush();
        }
        m_buffer.append(bytes);
    }

    void Flush();
    void Close(); //!< Flushes and closes; throws when any byte may not have reached the file.

    bool IsOpen() const { return m_descriptor >= 0; }

    /// Bytes written so far, those in the buffer included.
    std::uint64_t GetSize() const { return m_flushed + m_buffer.size(); }

    const std::filesystem::path& GetPath() const { return m_path; }

  private:
    static constexpr std::size_t BUFFER_BYTES = 1 << 16;

    [[noreturn]] void Fail(std::string_view what) const;

    std::filesystem::path m_path;
    std::string m_buffer;
    std::uint64_t m_flushed = 0;
    int m_descriptor = -1;
};

} // namespace bouncelab::evidence

#endif // BOUNCELAB_LAB_EVIDENCE_OUTPUT_FILE_H
