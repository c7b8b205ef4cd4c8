#ifndef BOUNCELAB_MODELS_SMTP_TLS_CIPHER_H
#define BOUNCELAB_MODELS_SMTP_TLS_CIPHER_H

#include "models/smtp/tls-suites.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::smtp
{

/// Absorbs octets and gives draws that depend on all of them. No cryptography: it keeps two ends
/// that heard different things apart, and no more.
class TlsDigest
{
  public:
    void Add(std::string_view octets);

    /// \param label what for.
    std::uint64_t Draw(std::string_view label) const;

  private:
    std::uint64_t m_state = 0;
};

/// One direction of a connection's record protection: the lengths are the suite's, the content is
/// masked, and a changed octet is noticed.
class TlsCipher
{
  public:
    TlsCipher(const TlsSuite& suite, TlsVersion version, std::uint64_t key);

    /// The protected form of a record's content.
    std::string Seal(std::uint8_t type, std::string_view content);

    /// The content of what Seal() of the other end made; nothing if it is anything else.
    std::optional<std::string> Open(std::uint8_t type, std::string_view fragment);

  private:
    std::size_t PrefixSize() const; //!< Octets in front that are sent openly: IV, nonce.
    void Mask(std::string& octets) const;
    std::string Code(std::uint8_t type, std::string_view content) const;

    const TlsSuite* m_suite;
    TlsVersion m_version;
    std::uint64_t m_key;
    std::uint64_t m_sequence = 0;
};

} // namespace bouncelab::smtp

#endif // BOUNCELAB_MODELS_SMTP_TLS_CIPHER_H
