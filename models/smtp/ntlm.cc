#include "models/smtp/ntlm.h"

#include <cstdint>

namespace bouncelab::smtp::ntlm
{

namespace
{

constexpr std::string_view SIGNATURE("NTLMSSP\0", 8);

/// Version 6.1 build 7601, NTLM revision 15: Windows 7 and Server 2008 R2 with Service Pack 1.
constexpr std::string_view VERSION("\x06\x01\xB1\x1D\0\0\0\x0F", 8);

// Unicode, request target, NTLM, always sign, extended session security, version, 128, key
// exchange, 56 (MS-NLMP 2.2.2.5).
constexpr std::uint32_t CLIENT_FLAGS = 0xE2088207;
constexpr std::uint32_t SERVER_FLAGS = 0xE28A8205; //!< And target type server, target info.
constexpr std::uint32_t FINAL_FLAGS = 0xE2888205;

void
Put(std::string& out, std::uint32_t value, int octets)
{
    for (int i = 0; i < octets; ++i)
    {
        out += static_cast<char>(value >> (8 * i) & 255);
    }
}

std::uint32_t
Get(std::string_view text, std::size_t at, int octets)
{
    std::uint32_t value = 0;
    for (int i = octets - 1; i >= 0; --i)
    {
        value = value << 8 | static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]);
    }
    return value;
}

std::string
Wide(std::string_view text)
{
    std::string wide;
    for (const char c : text)
    {
        wide += c;
        wide += '\0';
    }
    return wide;
}

std::string
Narrow(std::string_view wide)
{
    std::string text;
    for (std::size_t i = 0; i + 1 < wide.size(); i += 2)
    {
        text += wide[i + 1] == 0 ? wide[i] : '?';
    }
    return text;
}

/// A message whose fields stand in front and point into a payload behind.
class Writer
{
  public:
    Writer(std::uint32_t type, std::size_t headerSize)
        : m_headerSize(headerSize)
    {
        m_header = SIGNATURE;
        Put(m_header, type, 4);
    }

    void Field(std::string_view value)
    {
        Put(m_header, static_cast<std::uint32_t>(value.size()), 2);
        Put(m_header, static_cast<std::uint32_t>(value.size()), 2);
        Put(m_header, static_cast<std::uint32_t>(m_headerSize + m_payload.size()), 4);
        m_payload += value;
    }

    void Flags(std::uint32_t flags) { Put(m_header, flags, 4); }

    void Octets(std::string_view octets) { m_header += octets; }

    std::string Message() const { return m_header + m_payload; }

  private:
    std::size_t m_headerSize;
    std::string m_header;
    std::string m_payload;
};

bool
IsMessage(std::string_view message, std::uint32_t type, std::size_t headerSize)
{
    return message.size() >= headerSize && message.substr(0, 8) == SIGNATURE &&
           Get(message, 8, 4) == type;
}

std::optional<std::string_view>
FieldAt(std::string_view message, std::size_t at)
{
    const std::size_t length = Get(message, at, 2);
    const std::size_t offset = Get(message, at + 4, 4);
    if (offset > message.size() || length > message.size() - offset)
    {
        return std::nullopt;
    }
    return message.substr(offset, length);
}

void
PutPair(std::string& out, std::uint32_t id, std::string_view value)
{
    Put(out, id, 2);
    Put(out, static_cast<std::uint32_t>(value.size()), 2);
    out += value;
}

} // namespace

std::string
Negotiate()
{
    Writer writer(1, 40);
    writer.Flags(CLIENT_FLAGS);
    writer.Field({});
    writer.Field({});
    writer.Octets(VERSION);
    return writer.Message();
}

bool
IsNegotiate(std::string_view message)
{
    return IsMessage(message, 1, 16);
}

std::string
ToMessage(const Challenge& challenge)
{
    const std::size_t dot = challenge.dnsName.find('.');
    std::string pairs;
    PutPair(pairs, 2, Wide(challenge.domain));
    PutPair(pairs, 1, Wide(challenge.computer));
    if (dot != std::string::npos)
    {
        PutPair(pairs, 4, Wide(std::string_view(challenge.dnsName).substr(dot + 1)));
    }
    PutPair(pairs, 3, Wide(challenge.dnsName));
    PutPair(pairs, 0, {});

    Writer writer(2, 56);
    writer.Field(Wide(challenge.domain));
    writer.Flags(SERVER_FLAGS);
    writer.Octets(challenge.nonce);
    writer.Octets(std::string(8, '\0'));
    writer.Field(pairs);
    writer.Octets(VERSION);
    return writer.Message();
}

std::optional<std::string>
NonceOf(std::string_view message)
{
    return IsMessage(message, 2, 32) ? std::optional<std::string>(message.substr(24, 8))
                                     : std::nullopt;
}

std::string
ToMessage(const Authenticate& authenticate)
{
    Writer writer(3, 72);
    writer.Field(authenticate.response);
    writer.Field(authenticate.response);
    writer.Field(Wide(authenticate.domain));
    writer.Field(Wide(authenticate.user));
    writer.Field(Wide(authenticate.workstation));
    writer.Field({});
    writer.Flags(FINAL_FLAGS);
    writer.Octets(VERSION);
    return writer.Message();
}

std::optional<Authenticate>
ParseAuthenticate(std::string_view message)
{
    if (!IsMessage(message, 3, 64))
    {
        return std::nullopt;
    }
    const auto response = FieldAt(message, 20);
    const auto domain = FieldAt(message, 28);
    const auto user = FieldAt(message, 36);
    const auto workstation = FieldAt(message, 44);
    if (!response || !domain || !user || !workstation)
    {
        return std::nullopt;
    }
    return Authenticate{Narrow(*domain),
                        Narrow(*user),
                        Narrow(*workstation),
                        std::string(*response)};
}

} // namespace bouncelab::smtp::ntlm
