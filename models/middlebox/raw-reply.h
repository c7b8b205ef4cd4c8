#ifndef BOUNCELAB_MODELS_MIDDLEBOX_RAW_REPLY_H
#define BOUNCELAB_MODELS_MIDDLEBOX_RAW_REPLY_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bouncelab::middlebox
{

/// Cuts a server's octets into replies without changing any: what a device needs that passes them
/// on.
class RawReply
{
  public:
    static constexpr std::size_t MAX_SIZE = 65536; //!< Nothing beyond is kept: see Overflown().

    /// Takes octets from the front of `bytes` until a reply is complete. \return how many it took.
    std::size_t Feed(std::string_view bytes);

    bool Complete() const { return m_complete; }

    bool Overflown() const { return m_overflown; } //!< It is longer than any reply.

    /// The reply as it came, all its line ends included; it may be changed before it goes on.
    std::string& Octets() { return m_octets; }

    /// Three digits at the front of its last line; 0 without them.
    std::uint32_t Code() const { return m_code; }

    void Next(); //!< Begins the next reply.

  private:
    std::string m_octets;
    std::size_t m_lineStart = 0;
    std::uint32_t m_code = 0;
    bool m_complete = false;
    bool m_overflown = false;
};

} // namespace bouncelab::middlebox

#endif // BOUNCELAB_MODELS_MIDDLEBOX_RAW_REPLY_H
