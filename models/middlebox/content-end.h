#ifndef BOUNCELAB_MODELS_MIDDLEBOX_CONTENT_END_H
#define BOUNCELAB_MODELS_MIDDLEBOX_CONTENT_END_H

#include <cstddef>
#include <string_view>

namespace bouncelab::middlebox
{

/// Finds the CRLF "." CRLF that ends message content in octets that pass, and keeps none of them.
class ContentEnd
{
  public:
    /// \return how many octets from the front of `bytes` belong to the content, its end included.
    std::size_t Scan(std::string_view bytes)
    {
        static constexpr std::string_view END = "\r\n.\r\n";
        std::size_t at = 0;
        while (at < bytes.size() && m_matched < END.size())
        {
            const char c = bytes[at++];
            m_matched = c == END[m_matched] ? m_matched + 1 : c == '\r' ? 1 : 0;
        }
        return at;
    }

    bool Complete() const { return m_matched == 5; }

    void Start() { m_matched = 2; } //!< The content begins as if after a line's end.

  private:
    std::size_t m_matched = 2;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_CONTENT_END_H
