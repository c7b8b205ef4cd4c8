#ifndef BOUNCELAB_MODELS_KERBEROS_KEY_H
#define BOUNCELAB_MODELS_KERBEROS_KEY_H

#include "formats/enum-names.h"
#include "formats/random.h"
#include "models/kerberos/messages.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bouncelab::kerberos
{

/// Encryption types (RFC 3962, RFC 4757), by their numbers.
enum class EncryptionType : std::int64_t
{
    Aes128 = 17,
    Aes256 = 18,
    Rc4Hmac = 23,
};

constexpr auto
EnumNames(EncryptionType)
{
    return std::array<EnumName<EncryptionType>, 3>{
        {{"aes128-cts-hmac-sha1-96", EncryptionType::Aes128},
         {"aes256-cts-hmac-sha1-96", EncryptionType::Aes256},
         {"rc4-hmac", EncryptionType::Rc4Hmac}}};
}

/// What a key is used for (RFC 4120 7.5.1): what was sealed for one is not opened for another.
enum class KeyUsage : std::uint64_t
{
    PaTimestamp = 1,
    Ticket = 2,
    AsReply = 3,
    TgsChecksum = 6,
    TgsAuthenticator = 7,
    TgsReply = 8,
    TgsReplyBySubkey = 9,
    ApAuthenticator = 11,
    ApReply = 12,
    TimeAnswer = 1000, //!< Of MS-SNTP, which has a number of its own here.
};

/// What somebody shares with the domain: whose it is, what it is, and which one of his.
struct Secret
{
    std::string owner;         //!< An account's name; part of the key, as the salt of a real one.
    std::string text;          //!< The password.
    std::uint32_t version = 1; //!< The key's number as the directory counts it; no part of the key.

    friend bool operator==(const Secret& a, const Secret& b)
    {
        return a.owner == b.owner && a.text == b.text && a.version == b.version;
    }
};

/// The key that a secret gives: the same for the same owner, text and type, of the type's length.
EncryptionKey KeyOf(const Secret& secret, EncryptionType type);

/// A key that follows from a draw, as those of sessions.
EncryptionKey DrawnKey(Draw draw, EncryptionType type);

/// Whether there is an encryption type of this number here.
bool IsKnown(std::int64_t type);

/**
 * Seals octets: what comes out has the length that the real encryption type gives, looks like
 * nothing, and is opened by the same key for the same usage only. It is no cryptography: whoever
 * knows this code opens it without.
 *
 * \param confounder the same draw, key and octets give the same result. \pre the type is known
 */
std::string Seal(const EncryptionKey& key, KeyUsage usage, std::string_view plain, Draw confounder);

/// What was sealed; nothing if it was sealed with another key, for another usage, or changed since.
std::optional<std::string> Open(const EncryptionKey& key, KeyUsage usage, std::string_view cipher);

/// A keyed checksum of the length that goes with the key's type.
Checksum ChecksumOf(const EncryptionKey& key, KeyUsage usage, std::string_view octets);

} // namespace bouncelab::kerberos

#endif // BOUNCELAB_MODELS_KERBEROS_KEY_H
