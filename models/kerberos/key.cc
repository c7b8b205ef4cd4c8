#include "models/kerberos/key.h"

namespace bouncelab::kerberos
{

namespace
{

/// Lengths in octets.
struct Layout
{
    EncryptionType type;
    std::size_t key;
    std::size_t confounder;
    std::size_t checksum;
    std::int64_t checksumType;
    std::size_t messageChecksum;
};

constexpr Layout LAYOUTS[] = {{EncryptionType::Aes128, 16, 16, 12, 15, 12},
                              {EncryptionType::Aes256, 32, 16, 12, 16, 12},
                              {EncryptionType::Rc4Hmac, 16, 8, 16, -138, 16}};

const Layout*
LayoutOf(std::int64_t type)
{
    for (const Layout& layout : LAYOUTS)
    {
        if (static_cast<std::int64_t>(layout.type) == type)
        {
            return &layout;
        }
    }
    return nullptr;
}

DrawKey
DrawsOf(const EncryptionKey& key, KeyUsage usage)
{
    return DrawKey(static_cast<std::uint64_t>(usage), key.octets);
}

std::string
Digest(const EncryptionKey& key, KeyUsage usage, std::string_view octets, std::size_t size)
{
    return Octets(DrawsOf(key, usage).For("digest").For(octets)("octets"), size);
}

/// Twice gives back what was there.
std::string
Mask(const EncryptionKey& key, KeyUsage usage, std::string_view digest, std::string_view text)
{
    std::string masked = Octets(DrawsOf(key, usage).For("mask").For(digest)("octets"), text.size());
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        masked[i] = static_cast<char>(masked[i] ^ text[i]);
    }
    return masked;
}

} // namespace

EncryptionKey
KeyOf(const Secret& secret, EncryptionType type)
{
    return DrawnKey(DrawKey(0, secret.owner)(secret.text), type);
}

EncryptionKey
DrawnKey(Draw draw, EncryptionType type)
{
    const auto number = static_cast<std::int64_t>(type);
    return {{number, Octets(draw.At(static_cast<std::uint64_t>(number)), LayoutOf(number)->key)}};
}

bool
IsKnown(std::int64_t type)
{
    return LayoutOf(type) != nullptr;
}

std::string
Seal(const EncryptionKey& key, KeyUsage usage, std::string_view plain, Draw confounder)
{
    const Layout& layout = *LayoutOf(key.type);
    const std::string text = Octets(confounder, layout.confounder) + std::string(plain);
    const std::string digest = Digest(key, usage, text, layout.checksum);
    return digest + Mask(key, usage, digest, text);
}

std::optional<std::string>
Open(const EncryptionKey& key, KeyUsage usage, std::string_view cipher)
{
    const Layout* layout = LayoutOf(key.type);
    if (!layout || cipher.size() < layout->checksum + layout->confounder)
    {
        return std::nullopt;
    }
    const std::string_view digest = cipher.substr(0, layout->checksum);
    const std::string text = Mask(key, usage, digest, cipher.substr(layout->checksum));
    if (Digest(key, usage, text, layout->checksum) != digest)
    {
        return std::nullopt;
    }
    return text.substr(layout->confounder);
}

Checksum
ChecksumOf(const EncryptionKey& key, KeyUsage usage, std::string_view octets)
{
    const Layout* layout = LayoutOf(key.type);
    if (!layout)
    {
        return {};
    }
    return {{layout->checksumType, Digest(key, usage, octets, layout->messageChecksum)}};
}

} // namespace bouncelab::kerberos
