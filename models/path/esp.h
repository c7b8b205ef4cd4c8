#ifndef BOUNCELAB_MODELS_PATH_ESP_H
#define BOUNCELAB_MODELS_PATH_ESP_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace bouncelab::path
{

/// One direction of an ESP tunnel.
struct EspKeys
{
    std::uint32_t spi = 0;
    std::uint64_t cipher = 0;
    std::uint64_t vector = 0;
    std::uint64_t integrity = 0;

    /// \param name of the direction ("vpn/outbound").
    static EspKeys Draw(std::uint64_t seed, std::string_view name);
};

/// Octets that ESP adds in front, and the block that its contents fill up (AES-CBC), and the check
/// value behind (HMAC-SHA1-96).
constexpr std::size_t EspHeaderBytes = 8 + 16;
constexpr std::size_t EspBlockBytes = 16;
constexpr std::size_t EspCheckBytes = 12;

/// Writes an ESP packet in tunnel mode (RFC 4303): SPI, sequence number, IV, the IPv4 packet and
/// the trailer under a keystream, check value. \param message is overwritten.
void SealEsp(const EspKeys& keys,
             std::uint32_t sequence,
             const std::uint8_t* inner,
             std::size_t size,
             std::vector<std::uint8_t>& message);

/// Reads one back. \param inner is overwritten. \return its sequence number; empty if it is damaged
/// or not under these keys.
std::optional<std::uint32_t> OpenEsp(const EspKeys& keys,
                                     const std::uint8_t* message,
                                     std::size_t size,
                                     std::vector<std::uint8_t>& inner);

} // namespace bouncelab::path

#endif // BOUNCELAB_MODELS_PATH_ESP_H
