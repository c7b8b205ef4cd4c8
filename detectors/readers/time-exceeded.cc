#include "detectors/readers/time-exceeded.h"

#include <algorithm>
#include <array>

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
    if (payload.size >= PORTS_BYTES + 4)
    {
        message.sequence = Read32(payload.data + PORTS_BYTES);
    }
    return true;
}

/// A code of "destination unreachable": RFC 792, RFC 1812, RFC 4443.
struct CodeWords
{
    std::uint8_t code;
    std::string_view words;
    bool isRefusal;
};

constexpr std::array<CodeWords, 10> CODES{
    {{0, "network unreachable", false},
     {1, "host unreachable", false},
     {2, "protocol unreachable", true},
     {3, "port unreachable", true},
     {4, "fragmentation needed", false},
     {6, "network unknown", false},
     {7, "host unknown", false},
     {9, "network administratively prohibited", true},
     {10, "host administratively prohibited", true},
     {13, "communication administratively prohibited", true}}};

constexpr std::array<CodeWords, 7> CODES_V6{{{0, "no route", false},
                                             {1, "communication administratively prohibited", true},
                                             {2, "beyond the scope of the source", false},
                                             {3, "address unreachable", false},
                                             {4, "port unreachable", true},
                                             {5, "source address failed policy", true},
                                             {6, "reject route", true}}};

constexpr CodeWords OTHER{0, "destination unreachable", false};

const CodeWords&
LookUp(const TimeExceeded& message)
{
    const auto find = [&](const auto& table) -> const CodeWords&
    {
        const auto found =
            std::find_if(table.begin(),
                         table.end(),
                         [&](const CodeWords& row) { return row.code == message.code; });
        return found == table.end() ? OTHER : *found;
    };
    return message.router.IsIpv6() ? find(CODES_V6) : find(CODES);
}

} // namespace time_exceeded

std::string_view
WordsOf(const TimeExceeded& message)
{
    return message.isUnreachable ? time_exceeded::LookUp(message).words : "TTL exceeded";
}

bool
IsRefusal(const TimeExceeded& message)
{
    return message.isUnreachable && time_exceeded::LookUp(message).isRefusal;
}

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
        message.ttl = v4->ttl;
        body = v4->payload;
        isExpected = v4->protocol == protocol::ICMP && v4->fragmentOffset == 0 &&
                     isOf(time_exceeded::TYPE, time_exceeded::UNREACHABLE);
    }
    else if (const auto v6 = ParseIpv6(network))
    {
        message.router = v6->source;
        message.ttl = v6->hopLimit;
        body = v6->payload;
        isExpected = v6->protocol == protocol::ICMPV6 &&
                     isOf(icmpv6::TIME_EXCEEDED, time_exceeded::UNREACHABLE_V6);
    }
    message.code = body.size > 1 ? body.data[1] : 0;
    return isExpected && time_exceeded::ReadQuote(body.From(ICMP_BYTES), message)
               ? std::optional<TimeExceeded>(message)
               : std::nullopt;
}

} // namespace bouncelab::detectors
