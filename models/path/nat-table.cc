#include "models/path/nat-table.h"

#include <ns3/abort.h>

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::path
{

namespace
{

constexpr std::uint8_t IcmpProtocol = 1;
constexpr std::uint8_t TcpProtocol = 6;
constexpr std::uint8_t Fin = 1;
constexpr std::uint8_t Syn = 2;
constexpr std::uint8_t Reset = 4;

std::uint64_t
Pair(std::uint64_t high, std::uint64_t low)
{
    return high << 32 | low;
}

} // namespace

NatTable::NatTable(const NatConfig& config, std::uint64_t seed, std::string_view name)
    : m_config(config)
    , m_timeoutNs{config.tcpTransitoryTimeout.count(),
                  config.tcpTimeout.count(),
                  config.udpTimeout.count(),
                  config.icmpTimeout.count()}
    , m_draws(seed, fmt::format("{}/port", name))
{
    NS_ABORT_MSG_IF(config.firstPort == 0 || config.firstPort > config.lastPort,
                    "the NAT's pool of ports is empty: " << config.firstPort << " to "
                                                         << config.lastPort);
}

NatFlow*
NatTable::FindInside(std::uint8_t protocol, Endpoint inside, Endpoint remote, std::int64_t nowNs)
{
    return Use(m_byInside, InsideKey(protocol, inside, remote), nowNs);
}

NatFlow*
NatTable::FindPublic(std::uint8_t protocol,
                     std::uint16_t publicPort,
                     Endpoint remote,
                     std::int64_t nowNs)
{
    return Use(m_byPublic, PublicKey(protocol, publicPort, remote), nowNs);
}

NatFlow*
NatTable::Open(std::uint8_t protocol,
               Endpoint inside,
               Endpoint remote,
               std::uint16_t publicPort,
               std::int64_t nowNs)
{
    Expire(nowNs);
    if (Size() >= m_config.maximumFlows)
    {
        return nullptr;
    }
    if (publicPort == 0)
    {
        publicPort = ChoosePort(protocol, inside.port, remote);
    }
    if (publicPort == 0 || m_byPublic.count(PublicKey(protocol, publicPort, remote)))
    {
        return nullptr;
    }
    NatFlow flow;
    flow.protocol = protocol;
    flow.inside = inside;
    flow.remote = remote;
    flow.publicPort = publicPort;
    flow.usedNs = nowNs;
    Flows& flows = m_flows[LifetimeOf(flow)];
    flows.push_back(flow);
    const auto at = std::prev(flows.end());
    const bool fresh = m_byInside.emplace(InsideKey(protocol, inside, remote), at).second;
    NS_ABORT_MSG_UNLESS(fresh, "a NAT opens a flow that it has");
    m_byPublic.emplace(PublicKey(protocol, publicPort, remote), at);
    return &*at;
}

void
NatTable::NoteTcp(NatFlow& flow, Direction direction, std::uint8_t flags)
{
    const Lifetime before = LifetimeOf(flow);
    if ((flags & Syn) && ((flow.flagsOutbound & flow.flagsInbound & Fin) ||
                          ((flow.flagsOutbound | flow.flagsInbound) & Reset)))
    {
        flow.flagsOutbound = 0; // the ports are used again
        flow.flagsInbound = 0;
    }
    (direction == Direction::Outbound ? flow.flagsOutbound : flow.flagsInbound) |= flags;
    const Lifetime life = LifetimeOf(flow);
    if (life != before)
    {
        const auto at = m_byInside.at(InsideKey(flow.protocol, flow.inside, flow.remote));
        m_flows[life].splice(m_flows[life].end(), m_flows[before], at);
    }
}

void
NatTable::Reserve(std::uint8_t protocol, std::uint16_t port)
{
    m_reserved.insert(std::uint32_t{protocol} << 16 | port);
}

std::vector<NatFlow>
NatTable::Live(std::int64_t nowNs)
{
    Expire(nowNs);
    std::vector<NatFlow> live;
    for (const Flows& flows : m_flows)
    {
        live.insert(live.end(), flows.begin(), flows.end());
    }
    return live;
}

NatTable::Key
NatTable::InsideKey(std::uint8_t protocol, Endpoint inside, Endpoint remote)
{
    return {Pair(inside.address.AsIpv4().value, remote.address.AsIpv4().value),
            Pair(protocol, std::uint32_t{inside.port} << 16 | remote.port)};
}

NatTable::Key
NatTable::PublicKey(std::uint8_t protocol, std::uint16_t publicPort, Endpoint remote)
{
    return {remote.address.AsIpv4().value,
            Pair(protocol, std::uint32_t{publicPort} << 16 | remote.port)};
}

NatTable::Lifetime
NatTable::LifetimeOf(const NatFlow& flow)
{
    if (flow.protocol != TcpProtocol)
    {
        return flow.protocol == IcmpProtocol ? Icmp : Udp;
    }
    const std::uint8_t both = flow.flagsOutbound & flow.flagsInbound;
    const std::uint8_t either = flow.flagsOutbound | flow.flagsInbound;
    return (both & Syn) && !(both & Fin) && !(either & Reset) ? TcpEstablished : TcpTransitory;
}

NatFlow*
NatTable::Use(const Index& index, const Key& key, std::int64_t nowNs)
{
    Expire(nowNs);
    const auto found = index.find(key);
    if (found == index.end())
    {
        return nullptr;
    }
    NatFlow& flow = *found->second;
    flow.usedNs = nowNs;
    Flows& flows = m_flows[LifetimeOf(flow)];
    flows.splice(flows.end(), flows, found->second);
    return &flow;
}

void
NatTable::Expire(std::int64_t nowNs)
{
    for (std::size_t life = 0; life < Lives; ++life)
    {
        Flows& flows = m_flows[life];
        while (!flows.empty() && nowNs - flows.front().usedNs >= m_timeoutNs[life])
        {
            const NatFlow& flow = flows.front();
            m_byInside.erase(InsideKey(flow.protocol, flow.inside, flow.remote));
            m_byPublic.erase(PublicKey(flow.protocol, flow.publicPort, flow.remote));
            flows.pop_front();
        }
    }
}

std::uint16_t
NatTable::ChoosePort(std::uint8_t protocol, std::uint16_t wish, Endpoint remote)
{
    if (m_config.portChoice == PortChoice::Keep && wish != 0 && IsFree(protocol, wish, remote))
    {
        return wish;
    }
    const std::uint32_t size = m_config.lastPort - m_config.firstPort + 1U;
    ++m_choices;
    const std::uint32_t start =
        m_config.portChoice == PortChoice::Sequential
            ? m_next
            : static_cast<std::uint32_t>(m_draws("start", m_choices).Below(size));
    for (std::uint32_t i = 0; i < size; ++i)
    {
        const std::uint32_t offset = (start + i) % size;
        const auto port = static_cast<std::uint16_t>(m_config.firstPort + offset);
        if (IsFree(protocol, port, remote))
        {
            m_next = (offset + 1) % size;
            return port;
        }
    }
    return 0;
}

bool
NatTable::IsFree(std::uint8_t protocol, std::uint16_t port, Endpoint remote) const
{
    return m_reserved.count(std::uint32_t{protocol} << 16 | port) == 0 &&
           !m_byPublic.count(PublicKey(protocol, port, remote));
}

} // namespace bouncelab::path
