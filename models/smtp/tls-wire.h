#ifndef BOUNCELAB_MODELS_SMTP_TLS_WIRE_H
#define BOUNCELAB_MODELS_SMTP_TLS_WIRE_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and number formats of TLS (RFC 5246).
namespace bouncelab::smtp::tls
{

inline constexpr std::size_t HEADER = 5;           //!< Of a record.
inline constexpr std::size_t MAX_FRAGMENT = 16384; //!< Octets of a record's content.
inline constexpr std::size_t MAX_PROTECTED = MAX_FRAGMENT + 2048;

inline constexpr std::uint8_t CHANGE_CIPHER_SPEC = 20; //!< Types of records.
inline constexpr std::uint8_t ALERT = 21;
inline constexpr std::uint8_t HANDSHAKE = 22;
inline constexpr std::uint8_t APPLICATION_DATA = 23;

inline constexpr std::uint8_t CLIENT_HELLO = 1; //!< Types of handshake messages.
inline constexpr std::uint8_t SERVER_HELLO = 2;
inline constexpr std::uint8_t CERTIFICATE = 11;
inline constexpr std::uint8_t SERVER_KEY_EXCHANGE = 12;
inline constexpr std::uint8_t SERVER_HELLO_DONE = 14;
inline constexpr std::uint8_t CLIENT_KEY_EXCHANGE = 16;
inline constexpr std::uint8_t FINISHED = 20;

inline constexpr std::uint8_t CLOSE_NOTIFY = 0; //!< Alerts.
inline constexpr std::uint8_t UNEXPECTED_MESSAGE = 10;
inline constexpr std::uint8_t BAD_RECORD_MAC = 20;
inline constexpr std::uint8_t RECORD_OVERFLOW = 22;
inline constexpr std::uint8_t HANDSHAKE_FAILURE = 40;
inline constexpr std::uint8_t DECODE_ERROR = 50;
inline constexpr std::uint8_t DECRYPT_ERROR = 51;
inline constexpr std::uint8_t PROTOCOL_VERSION = 70;

inline void
Put16(std::string& out, std::size_t value)
{
    out += static_cast<char>(value >> 8 & 255);
    out += static_cast<char>(value & 255);
}

inline void
Put24(std::string& out, std::size_t value)
{
    out += static_cast<char>(value >> 16 & 255);
    Put16(out, value);
}

/// \pre at + 2 octets are there.
inline std::uint16_t
Get16(std::string_view text, std::size_t at)
{
    return static_cast<std::uint16_t>(static_cast<unsigned char>(text[at]) << 8 |
                                      static_cast<unsigned char>(text[at + 1]));
}

/// \pre at + 3 octets are there.
inline std::size_t
Get24(std::string_view text, std::size_t at)
{
    return static_cast<std::size_t>(static_cast<unsigned char>(text[at])) << 16 |
           Get16(text, at + 1);
}

/// Text with its length in front, in 1, 2 or 3 octets.
template <int LengthOctets>
std::string
Vector(std::string_view text)
{
    std::string out;
    for (int i = LengthOctets - 1; i >= 0; --i)
    {
        out += static_cast<char>(text.size() >> (8 * i) & 255);
    }
    return out += text;
}

/// Takes pieces from the front of a message; once something is missing, everything is.
class Cursor
{
  public:
    explicit Cursor(std::string_view text)
        : m_rest(text)
    {
    }

    std::string_view Take(std::size_t count)
    {
        if (m_failed || count > m_rest.size())
        {
            m_failed = true;
            return {};
        }
        const std::string_view taken = m_rest.substr(0, count);
        m_rest.remove_prefix(count);
        return taken;
    }

    std::size_t Number(std::size_t octets)
    {
        std::size_t value = 0;
        for (const char c : Take(octets))
        {
            value = value << 8 | static_cast<unsigned char>(c);
        }
        return value;
    }

    /// What Vector() made.
    std::string_view TakeVector(std::size_t lengthOctets) { return Take(Number(lengthOctets)); }

    bool Failed() const { return m_failed; }

    bool AtEnd() const { return m_rest.empty(); }

  private:
    std::string_view m_rest;
    bool m_failed = false;
};

} // namespace bouncelab::smtp::tls

#endif // BOUNCELAB_MODELS_SMTP_TLS_WIRE_H
