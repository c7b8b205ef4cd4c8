#include "models/kerberos/framing.h"

#include "formats/packet.h"

namespace bouncelab::kerberos
{

namespace
{

constexpr std::size_t HEAD = 4;

} // namespace

std::string
Framed(std::string_view message)
{
    std::uint8_t head[HEAD];
    Write32(head, static_cast<std::uint32_t>(message.size()));
    return std::string(head, head + HEAD) + std::string(message);
}

std::optional<std::size_t>
FrameReader::Length() const
{
    return m_octets.size() < HEAD ? std::nullopt
                                  : std::optional<std::size_t>(Read32(ViewOf(m_octets).data));
}

bool
FrameReader::HasFailed() const
{
    return Length().value_or(0) > MAX_MESSAGE;
}

std::optional<std::string>
FrameReader::Take()
{
    const auto length = Length();
    if (!length || HasFailed() || m_octets.size() < HEAD + *length)
    {
        return std::nullopt;
    }
    std::string message = m_octets.substr(HEAD, *length);
    m_octets.erase(0, HEAD + *length);
    return message;
}

} // namespace bouncelab::kerberos
