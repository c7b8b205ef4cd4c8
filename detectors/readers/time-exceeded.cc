#include "detectors/readers/time-exceeded.h"

namespace bouncelab::detectors
{

namespace time_exceeded
{

constexpr std::uint8_t TYPE = 11; // RFC 792
constexpr std::uint8_t UNREACHABLE = 3;
constexpr std::uint8_t UNREACHABLE_V6 = 1; // RFC 4443
constexpr std::size_t PORTS_BYTES = 4;

/// The addresses and ports of a quoted packet, of which a router need not send more than eight
/// octets behind the IP header.
bool
ReadQuote(ByteView quoted, TimeExceeded& message)
{
    std::uint8_t number = 0;
    ByteView payload;
    if (const auto v4 = ParseIpv4(quoted))
    {
        message.source = v4->source;
        message.destination = v4->destination;
        number = v4->protocol;
        payload = v4->fragmentOffset == 0 ? v4->payload : ByteView{};
    }
    else if (const auto v6 = ParseIpv6(quoted))
    {
        message.source = v6->source;
        message.destination = v6->destination;
        number = v6->protocol;
        payload = v6->isFragment ? ByteView{} : v6->payload;
    }
    if (number != protocol::TCP || payload.size < PORTS_BYTES)
    {
        return false;
    }
    message.sourcePort = Read16(payload.data);
    message.destinationPort = Read16(payload.data + 2);
    return true;
}

} // namespace time_exceeded

std::optional<TimeExceeded>
TimeExceededIn(ByteView network)
{
    TimeExceeded message;
    ByteView body;
    bool isExpected = false;
    const auto isOf = [&](std::uint8_t expired, std::uint8_t unreachable)
    {
        message.isUnreachable = body.size > 0 && body.data[0] == unreachable;
        return message.isUnreachable || (body.size > 0 && body.data[0] == expired);
    };
    if (const auto v4 = ParseIpv4(network))
    {
        message.router = v4->source;
        body = v4->payload;
        isExpected = v4->protocol == protocol::ICMP && v4->fragmentOffset == 0 &&
                     isOf(time_exceeded::TYPE, time_exceeded::UNREACHABLE);
    }
    else if (const auto v6 = ParseIpv6(network))
    {
        message.router = v6->source;
        body = v6->payload;
        isExpected = v6->protocol == protocol::ICMPV6 &&
                     isOf(icmpv6::TIME_EXCEEDED, time_exceeded::UNREACHABLE_V6);
    }
    return isExpected && time_exceeded::ReadQuote(body.From(ICMP_BYTES), message)
               ? std::optional<TimeExceeded>(message)
               : std::nullopt;
}

} // namespace bouncelab::detectors
