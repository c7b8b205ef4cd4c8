#ifndef BOUNCELAB_DETECTORS_READERS_TEXT_SOURCE_H
#define BOUNCELAB_DETECTORS_READERS_TEXT_SOURCE_H

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace bouncelab::detectors
{

/**
 * The lines of a text file in UTF-8, whatever encoding it has: UTF-8, UTF-16 or UTF-32 with or
 * without a byte-order mark; octets of other encodings stay as they are. Lines end in LF, CRLF or
 * CR. NUL octets are left out.
 */
class TextSource
{
  public:
    static constexpr std::size_t LONGEST_LINE = 64 << 10;

    /// \param file not owned; read from where it stands.
    explicit TextSource(std::FILE* file);

    /// The next line without its end. \return false at the end of the text.
    bool Next(std::string& line);

    /// "UTF-16", "UTF-32"; empty for UTF-8 and what looks like it.
    std::string_view Encoding() const;

    std::uint64_t Nuls() const { return m_nuls; }

    /// Lines that were longer than 64 KiB: the rest of each was left out.
    std::uint64_t CutLines() const { return m_cutLines; }

  private:
    bool Fill();
    void Decode(std::size_t end);
    void Append(std::uint32_t character);

    std::FILE* m_file;
    std::array<unsigned char, 64 << 10> m_bytes{};
    std::size_t m_kept = 0; //!< Octets of an unfinished unit at the front of m_bytes.
    bool m_begun = false;
    std::size_t m_unit = 1; //!< Octets of a unit of the encoding.
    bool m_bigEndian = false;
    std::uint32_t m_surrogate = 0;
    std::string m_text; //!< Decoded, and not yet handed over.
    std::size_t m_at = 0;
    bool m_afterReturn = false;
    std::uint64_t m_nuls = 0;
    std::uint64_t m_cutLines = 0;
};

/// Whether bytes look like UTF-16 or UTF-32, which no other text does. \return octets of a unit, 1
/// if they do not.
std::size_t UnitOfEncoding(const unsigned char* bytes, std::size_t size, bool& bigEndian);

} // namespace bouncelab::detectors

#endif // BOUNCELAB_DETECTORS_READERS_TEXT_SOURCE_H
