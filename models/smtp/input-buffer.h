#ifndef BOUNCELAB_MODELS_SMTP_INPUT_BUFFER_H
#define BOUNCELAB_MODELS_SMTP_INPUT_BUFFER_H

#include <cstddef>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/**
 * Octets that were received and not yet read. What is read at once is never copied: Add() borrows
 * the caller's octets, and Settle() keeps what is left of them before the caller takes them back.
 */
class InputBuffer
{
  public:
    InputBuffer() = default;
    InputBuffer(const InputBuffer&) = delete;
    InputBuffer& operator=(const InputBuffer&) = delete;

    /// \pre settled. \param bytes stay valid until Settle().
    void Add(std::string_view bytes)
    {
        if (m_rest.empty())
        {
            m_rest = bytes;
            m_borrowed = true;
            return;
        }
        m_kept.erase(0, m_kept.size() - m_rest.size());
        m_kept += bytes;
        m_rest = m_kept;
    }

    void Settle()
    {
        if (m_borrowed)
        {
            m_kept.assign(m_rest);
            m_rest = m_kept;
            m_borrowed = false;
        }
    }

    std::string_view Rest() const { return m_rest; }

    std::size_t Size() const { return m_rest.size(); }

    /// \param count at most Size().
    void Take(std::size_t count) { m_rest.remove_prefix(count); }

  private:
    std::string m_kept;
    std::string_view m_rest; //!< The end of m_kept, or of what was borrowed.
    bool m_borrowed = false;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_INPUT_BUFFER_H
