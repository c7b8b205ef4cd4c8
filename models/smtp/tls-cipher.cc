#include "models/smtp/tls-cipher.h"

#include "formats/random.h"

#include <cstring>

namespace bouncelab::smtp
{

namespace
{

constexpr std::size_t GCM_NONCE = 8;

} // namespace

void
TlsDigest::Add(std::string_view octets)
{
    for (const char c : octets)
    {
        m_state = Mix(m_state ^ static_cast<unsigned char>(c));
    }
}

std::uint64_t
TlsDigest::Draw(std::string_view label) const
{
    return DrawKey(m_state, "tls")(label).Value();
}

TlsCipher::TlsCipher(const TlsSuite& suite, TlsVersion version, std::uint64_t key)
    : m_suite(&suite)
    , m_version(version)
    , m_key(key)
{
}

std::size_t
TlsCipher::PrefixSize() const
{
    switch (m_suite->mode)
    {
    case TlsSuite::Mode::Block:
        return m_version == TlsVersion::Tls10 ? 0 : m_suite->blockSize;
    case TlsSuite::Mode::Counter:
        return GCM_NONCE;
    default:
        return 0;
    }
}

void
TlsCipher::Mask(std::string& octets) const
{
    const Draw mask = DrawKey(m_key, "tls")("mask", m_sequence);
    for (std::size_t at = 0; at < octets.size(); at += 8)
    {
        std::uint64_t word = mask.At(at / 8).Value();
        for (std::size_t i = at; i < octets.size() && i < at + 8; ++i, word >>= 8)
        {
            octets[i] = static_cast<char>(octets[i] ^ static_cast<char>(word & 255));
        }
    }
}

std::string
TlsCipher::Code(std::uint8_t type, std::string_view content) const
{
    std::uint64_t state = Mix(m_key ^ type ^ Mix(m_sequence)) ^ content.size();
    while (!content.empty())
    {
        std::uint64_t word = 0;
        const std::size_t size = content.size() < 8 ? content.size() : 8;
        std::memcpy(&word, content.data(), size);
        state = Mix(state ^ word);
        content.remove_prefix(size);
    }
    return Octets(DrawKey(state, "tls")("code"), m_suite->macSize);
}

std::string
TlsCipher::Seal(std::uint8_t type, std::string_view content)
{
    std::string inner(content);
    inner += Code(type, content);
    if (m_suite->mode == TlsSuite::Mode::Block)
    {
        const std::size_t padding = m_suite->blockSize - inner.size() % m_suite->blockSize;
        inner.append(padding, static_cast<char>(padding - 1));
    }
    Mask(inner);
    std::string fragment;
    if (m_suite->mode == TlsSuite::Mode::Counter)
    {
        for (int shift = 56; shift >= 0; shift -= 8)
        {
            fragment += static_cast<char>(m_sequence >> shift & 255);
        }
    }
    else
    {
        fragment = Octets(DrawKey(m_key, "tls")("prefix", m_sequence), PrefixSize());
    }
    ++m_sequence;
    return fragment + inner;
}

std::optional<std::string>
TlsCipher::Open(std::uint8_t type, std::string_view fragment)
{
    if (fragment.size() < PrefixSize() + m_suite->macSize)
    {
        return std::nullopt;
    }
    std::string inner(fragment.substr(PrefixSize()));
    Mask(inner);
    if (m_suite->mode == TlsSuite::Mode::Block)
    {
        const std::size_t padding = static_cast<unsigned char>(inner.back()) + std::size_t(1);
        if (inner.size() % m_suite->blockSize != 0 || inner.size() < padding + m_suite->macSize)
        {
            return std::nullopt;
        }
        inner.resize(inner.size() - padding);
    }
    const std::size_t size = inner.size() - m_suite->macSize;
    const std::string_view view(inner);
    if (Code(type, view.substr(0, size)) != view.substr(size))
    {
        return std::nullopt;
    }
    ++m_sequence;
    inner.resize(size);
    return inner;
}

} // namespace bouncelab::smtp
