#ifndef BOUNCELAB_MODELS_PATH_IKE_H
#define BOUNCELAB_MODELS_PATH_IKE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bouncelab::path
{

/// The four messages that set up an IKEv2 tunnel (RFC 7296 1.2).
enum class IkeMessage : std::uint8_t
{
    InitRequest,
    InitResponse,
    AuthRequest,
    AuthResponse,
};

/// One IKE security association.
struct IkeSession
{
    std::uint64_t initiator = 0; //!< SPI.
    std::uint64_t responder = 0; //!< SPI.
    std::uint64_t key = 0;       //!< Of everything in it that looks random.

    static IkeSession Draw(std::uint64_t seed, std::string_view name);
};

/**
 * Writes a message: header, SA, KE, nonce and NAT detection in the first two, an encrypted payload
 * in the others. One proposal (AES-CBC-256, HMAC-SHA1, 1024-bit MODP group), as Windows 7 and 2008
 * R2 agree on it. What should be hashes, keys and ciphertext is drawn. \param message is
 * overwritten.
 */
void WriteIke(const IkeSession& session, IkeMessage kind, std::vector<std::uint8_t>& message);

/// Which message of a session this is; empty if it is none, or not whole.
std::optional<IkeMessage> ReadIke(const IkeSession& session,
                                  const std::uint8_t* message,
                                  std::size_t size);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_IKE_H
