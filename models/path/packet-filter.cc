#include "models/path/packet-filter.h"

#include "formats/packet.h"
#include "formats/random.h"
#include "models/path/tcp-packet.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bouncelab::path
{

namespace
{

IpPrefix
PrefixOf(const std::string& text)
{
    return IpPrefix::Parse(text).value_or(IpPrefix{});
}

bool
IsWithin(FilterDirection part, FilterDirection whole)
{
    return whole == FilterDirection::Any || part == whole;
}

} // namespace

PacketFilter::PacketFilter(std::vector<FilterRule> rules, const FilterState& state)
    : m_state(state)
{
    for (FilterRule& rule : rules)
    {
        const IpPrefix source = PrefixOf(rule.source);
        const IpPrefix destination = PrefixOf(rule.destination);
        m_rules.push_back({std::move(rule), source, destination});
    }
}

const FilterRule PacketFilter::UNRULED{};

const FilterRule*
PacketFilter::Decide(FilterDirection direction, const WirePacket& packet, std::int64_t now)
{
    const auto quoted = QuotedEndpointsOf(packet);
    const auto endpoints = quoted ? quoted : EndpointsOf(packet);
    const std::uint8_t protocol = packet.header.GetProtocol();
    if (endpoints && IsKnown(KeyOf(*endpoints), packet, now))
    {
        return nullptr;
    }
    const bool isIcmp = protocol == protocol::ICMP || protocol == protocol::ICMPV6;
    const std::uint16_t port = endpoints && !quoted && !isIcmp ? endpoints->destination.port : 0;
    const bool isStray =
        endpoints && !quoted && protocol == protocol::TCP && (TcpFlagsOf(packet) & tcp::SYN) == 0;
    const auto fits = [&](const Matcher& matcher)
    {
        const FilterRule& rule = matcher.rule;
        const bool counts =
            rule.from.count() <= now && (rule.until.count() == 0 || now < rule.until.count());
        return counts && IsWithin(direction, rule.direction) &&
               (rule.protocol == FilterProtocol::Any ||
                (rule.protocol == FilterProtocol::Icmp
                     ? isIcmp
                     : static_cast<std::uint8_t>(rule.protocol) == protocol)) &&
               (rule.port == 0 || rule.port == port) && (!rule.strays || isStray) &&
               matcher.source.Contains(packet.header.GetSource()) &&
               matcher.destination.Contains(packet.header.GetDestination());
    };
    const auto found = std::find_if(m_rules.begin(), m_rules.end(), fits);
    const FilterRule& rule = found == m_rules.end() ? UNRULED : found->rule;
    if (rule.action != FilterAction::Accept)
    {
        return &rule;
    }
    if (!endpoints || quoted)
    {
        return nullptr;
    }
    Remember(KeyOf(*endpoints), packet, now);
    return &rule;
}

void
PacketFilter::Accept(const WirePacket& packet, std::int64_t now)
{
    if (const auto endpoints = EndpointsOf(packet))
    {
        Remember(KeyOf(*endpoints), packet, now);
    }
}

std::size_t
PacketFilter::Hash::operator()(const Key& key) const
{
    const auto number = [&key](const Endpoint& end)
    { return std::uint64_t{key.protocol} << 48 ^ end.address.Digest() << 16 ^ end.port; };
    return Mix(number(key.lower) ^ Mix(number(key.upper)));
}

PacketFilter::Key
PacketFilter::KeyOf(const Endpoints& endpoints)
{
    const Endpoint& a = endpoints.source;
    const Endpoint& b = endpoints.destination;
    return std::tie(a.address, a.port) < std::tie(b.address, b.port)
               ? Key{endpoints.protocol, a, b}
               : Key{endpoints.protocol, b, a};
}

bool
PacketFilter::IsKnown(const Key& key, const WirePacket& packet, std::int64_t now)
{
    const auto found = m_known.find(key);
    const bool isKnown = found != m_known.end() && found->second.expiry > now;
    if (isKnown)
    {
        Remember(key, packet, now);
    }
    else if (found != m_known.end())
    {
        m_known.erase(found);
    }
    return isKnown;
}

void
PacketFilter::Remember(const Key& key, const WirePacket& packet, std::int64_t now)
{
    const bool ends = packet.header.GetProtocol() == protocol::TCP &&
                      (TcpFlagsOf(packet) & (tcp::FIN | tcp::RST)) != 0;
    Conversation& conversation = m_known[key];
    conversation.isClosing = conversation.isClosing || ends;
    conversation.expiry = now + LifetimeOf(conversation, key.protocol);
    if (m_known.size() < m_sweepAt)
    {
        return;
    }
    for (auto at = m_known.begin(); at != m_known.end();)
    {
        at = at->second.expiry <= now ? m_known.erase(at) : std::next(at);
    }
    m_sweepAt = 4096 + 2 * m_known.size();
}

std::int64_t
PacketFilter::LifetimeOf(const Conversation& conversation, std::uint8_t protocol) const
{
    const Nanoseconds lifetime = protocol != protocol::TCP ? m_state.otherTimeout
                                 : conversation.isClosing
                                     ? m_state.tcpClosingTimeout.value_or(m_state.tcpTimeout)
                                     : m_state.tcpTimeout;
    return lifetime.count();
}

std::optional<WirePacket>
ResetTo(const WirePacket& packet)
{
    std::vector<std::uint8_t> octets;
    const auto segment = ReadSegment(packet, octets);
    if (!segment || segment->Has(tcp::RST))
    {
        return std::nullopt;
    }
    // RFC 9293 3.10.7.1, of a connection that does not exist.
    TcpSegment reset;
    reset.sourcePort = segment->destinationPort;
    reset.destinationPort = segment->sourcePort;
    const bool hasAck = segment->Has(tcp::ACK);
    reset.flags = hasAck ? tcp::RST : tcp::RST | tcp::ACK;
    reset.sequence = hasAck ? segment->acknowledgment : 0;
    reset.acknowledgment = hasAck ? 0 : segment->sequence + segment->SequenceLength();
    return PacketOf(reset, {}, packet.header.GetDestination(), packet.header.GetSource());
}

} // namespace bouncelab::path
