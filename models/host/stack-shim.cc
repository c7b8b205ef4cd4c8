#include "models/host/stack-shim.h"

#include "models/host/profile-socket.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace bouncelab::host
{

namespace
{

std::vector<TcpOptionKind>
ReadOrder(const std::vector<std::string>& names)
{
    std::vector<TcpOptionKind> order;
    for (const std::string& name : names)
    {
        if (name == "mss")
        {
            order.push_back(TcpOptionKind::Mss);
        }
        else if (name == "nop")
        {
            order.push_back(TcpOptionKind::Nop);
        }
        else if (name == "ws")
        {
            order.push_back(TcpOptionKind::WindowScale);
        }
        else if (name == "ts")
        {
            order.push_back(TcpOptionKind::Timestamp);
        }
        else if (name == "sackok")
        {
            order.push_back(TcpOptionKind::SackPermitted);
        }
        else if (name == "eol")
        {
            order.push_back(TcpOptionKind::End);
        }
        else
        {
            std::fprintf(stderr, "stack profile: unknown TCP option '%s'\n", name.c_str());
            std::abort();
        }
    }
    return order;
}

} // namespace

StackShim::StackShim(const std::string& name,
                     const IpAddress& address,
                     const StackProfile& profile,
                     const HostStart& start,
                     std::uint64_t seed,
                     provenance::Ledger& ledger)
    : m_name(name)
    , m_address(address)
    , m_profile(profile)
    , m_start(start)
    , m_ledger(ledger)
    , m_actor(ledger.RegisterActor(name))
    , m_draws(seed, name)
    , m_boot(BootStateOf(profile, start, m_draws))
    , m_hostIpId(m_boot.ipId, start.otherPacketsPerSecond, m_draws.For("ip-id"))
    , m_ports(profile, m_boot.port, start.firstPort, m_draws.For("ports"))
    , m_synOrder(ReadOrder(profile.synOptions))
    , m_synAckOrder(profile.synAckOptions.empty() ? m_synOrder : ReadOrder(profile.synAckOptions))
    , m_plainSynAckOrder(profile.plainSynAckOptions.empty() ? m_synAckOrder
                                                            : ReadOrder(profile.plainSynAckOptions))
{
}

void
StackShim::Listen(std::uint16_t port, ProfileSocket* listener)
{
    if (listener)
    {
        m_listeners[port] = listener;
        return;
    }
    m_listeners.erase(port);
}

StackFlow*
StackShim::Find(const FlowKey& key)
{
    const auto at = m_flows.find(key);
    return at == m_flows.end() ? nullptr : at->second.get();
}

StackFlow&
StackShim::Create(const FlowKey& key)
{
    auto& slot = m_flows[key];
    slot = std::make_unique<StackFlow>(key, m_profile);
    StackFlow& flow = *slot;
    const bool given = m_firstFlow && m_start.firstIsn != 0;
    ++m_flowsMade;
    flow.isn =
        given ? m_start.firstIsn : static_cast<std::uint32_t>(m_draws("isn", m_flowsMade).Value());
    flow.nextIpId = m_firstFlow
                        ? m_boot.ipId
                        : static_cast<std::uint16_t>(m_draws("flow-ip-id", m_flowsMade).Value());
    flow.sendNext = flow.isn;
    if (m_profile.timestampOrigin != TimestampOrigin::Boot)
    {
        const std::uint64_t whose = m_profile.timestampOrigin == TimestampOrigin::Peer
                                        ? key.remoteAddress.Digest()
                                        : FlowKeyHash()(key);
        flow.timestampOffset =
            static_cast<std::uint32_t>(m_draws("timestamp-offset", whose).Value());
    }
    m_firstFlow = false;
    return flow;
}

StackFlow&
StackShim::Open(const FlowKey& key, ProfileSocket& socket)
{
    if (StackFlow* old = Find(key))
    {
        old->heldAck.Cancel();
        if (old->socket)
        {
            old->socket->SetFlow(nullptr);
        }
    }
    StackFlow& flow = Create(key);
    flow.socket = &socket;
    socket.SetFlow(&flow);
    return flow;
}

std::uint16_t
StackShim::NextPort(const IpAddress& remote, std::uint16_t remotePort)
{
    const auto isFree = [this](std::uint16_t port)
    {
        return std::none_of(m_flows.begin(),
                            m_flows.end(),
                            [port](const auto& flow) { return flow.first.localPort == port; });
    };
    const std::uint64_t destination = remote.Digest() << 16 | remotePort;
    const auto port = m_ports.Next(destination, isFree);
    if (!port)
    {
        std::fprintf(stderr, "%s: every source port is taken\n", m_name.c_str());
        std::abort();
    }
    return *port;
}

void
StackShim::Orphan(ProfileSocket& socket)
{
    if (StackFlow* flow = socket.GetFlow())
    {
        flow->orphan = true;
    }
}

void
StackShim::SocketForked(const FlowKey& key, ProfileSocket& socket)
{
    StackFlow* flow = Find(key);
    if (!flow && m_isDown)
    {
        return;
    }
    if (!flow)
    {
        std::fprintf(stderr, "%s: a socket was forked for a flow that is gone\n", m_name.c_str());
        std::abort();
    }
    flow->socket = &socket;
    flow->opening = false;
    socket.SetFlow(flow);
    socket.LimitSegment(SegmentFor(*flow));
}

void
StackShim::LosePower()
{
    m_isDown = true;
    for (const auto& [key, flow] : m_flows)
    {
        flow->heldAck.Cancel();
        if (flow->socket)
        {
            flow->socket->Die();
        }
    }
    m_flows.clear();
    m_timeWaits.clear();
}

void
StackShim::SocketGone(StackFlow& flow)
{
    flow.heldAck.Cancel();
    flow.socket = nullptr;
    const std::int64_t now = ns3::Simulator::Now().GetNanoSeconds();
    DropOldTimeWaits(now);
    if (flow.timeWaitUntilNs > now)
    {
        m_timeWaits.emplace_back(flow.timeWaitUntilNs, flow.key);
        return;
    }
    m_flows.erase(FlowKey(flow.key));
}

void
StackShim::DropOldTimeWaits(std::int64_t nowNs)
{
    while (!m_timeWaits.empty() && m_timeWaits.front().first <= nowNs)
    {
        const FlowKey key = m_timeWaits.front().second;
        m_timeWaits.pop_front();
        const StackFlow* flow = Find(key);
        if (flow && !flow->socket && flow->timeWaitUntilNs != 0 && flow->timeWaitUntilNs <= nowNs)
        {
            m_flows.erase(key);
        }
    }
}

} // namespace bouncelab::host
