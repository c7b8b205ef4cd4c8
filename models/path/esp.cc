#include "models/path/esp.h"

#include "formats/random.h"
#include "models/path/octets.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t NextHeaderIpv4 = 4;
constexpr std::size_t TrailerBytes = 2;

/// Under a cipher key, for one packet.
void
ApplyKeystream(std::uint64_t key, std::uint32_t sequence, std::uint8_t* octets, std::size_t size)
{
    const Draw stream = DrawKey(key, "esp")("keystream", sequence);
    for (std::size_t at = 0; at < size; at += 8)
    {
        const std::uint64_t word = stream.At(at / 8).Value();
        for (std::size_t i = 0; i < 8 && at + i < size; ++i)
        {
            octets[at + i] ^= static_cast<std::uint8_t>(word >> (8 * i));
        }
    }
}

/// A check value of all that stands in front of it.
void
AppendCheck(std::uint64_t key,
            const std::uint8_t* octets,
            std::size_t size,
            std::vector<std::uint8_t>& to)
{
    std::uint64_t state = Mix(key ^ size);
    for (std::size_t at = 0; at < size; at += 8)
    {
        state = Mix(state ^ ReadNumber(octets + at, std::min<std::size_t>(8, size - at)));
    }
    AppendDraws(to, DrawKey(state ^ key, "esp")("check"), EspCheckBytes);
}

} // namespace

EspKeys
EspKeys::Draw(std::uint64_t seed, std::string_view name)
{
    const DrawKey draws(seed, fmt::format("{}/esp", name));
    EspKeys keys;
    keys.spi = static_cast<std::uint32_t>(draws("spi").Between(0x100, 0xFFFFFFFF)); // RFC 4303 2.1
    keys.cipher = draws("cipher").Value();
    keys.vector = draws("vector").Value();
    keys.integrity = draws("integrity").Value();
    return keys;
}

void
SealEsp(const EspKeys& keys,
        std::uint32_t sequence,
        const std::uint8_t* inner,
        std::size_t size,
        std::vector<std::uint8_t>& message)
{
    message.clear();
    AppendNumber(message, keys.spi, 4);
    AppendNumber(message, sequence, 4);
    AppendDraws(message, DrawKey(keys.vector, "esp")("vector", sequence), EspBlockBytes);
    message.insert(message.end(), inner, inner + size);
    std::uint8_t padding = 0;
    while ((size + padding + TrailerBytes) % EspBlockBytes != 0)
    {
        message.push_back(++padding);
    }
    message.push_back(padding);
    message.push_back(NextHeaderIpv4);
    ApplyKeystream(keys.cipher,
                   sequence,
                   message.data() + EspHeaderBytes,
                   message.size() - EspHeaderBytes);
    AppendCheck(keys.integrity, message.data(), message.size(), message);
}

std::optional<std::uint32_t>
OpenEsp(const EspKeys& keys,
        const std::uint8_t* message,
        std::size_t size,
        std::vector<std::uint8_t>& inner)
{
    if (size < EspHeaderBytes + EspBlockBytes + EspCheckBytes || ReadNumber(message, 4) != keys.spi)
    {
        return std::nullopt;
    }
    const std::size_t checked = size - EspCheckBytes;
    inner.clear();
    AppendCheck(keys.integrity, message, checked, inner);
    if (!std::equal(inner.begin(), inner.end(), message + checked))
    {
        return std::nullopt;
    }
    const auto sequence = static_cast<std::uint32_t>(ReadNumber(message + 4, 4));
    inner.assign(message + EspHeaderBytes, message + checked);
    ApplyKeystream(keys.cipher, sequence, inner.data(), inner.size());
    const std::size_t trailer = TrailerBytes + inner[inner.size() - TrailerBytes];
    if (inner.back() != NextHeaderIpv4 || trailer > inner.size())
    {
        return std::nullopt;
    }
    inner.resize(inner.size() - trailer);
    return sequence;
}

} // namespace bouncelab::path
