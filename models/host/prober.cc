#include "models/host/prober.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

Prober::Prober(Host& host, Target peer, probe::Campaign& campaign, ConnectionHandler onConnection)
    : m_host(host)
    , m_peer(peer)
    , m_campaign(campaign)
    , m_onConnection(std::move(onConnection))
{
}

Prober::~Prober()
{
    ns3::Simulator::Remove(m_event);
}

Nanoseconds
Prober::Now()
{
    return Nanoseconds(ns3::Simulator::Now().GetNanoSeconds());
}

void
Prober::StartAt(Nanoseconds time)
{
    m_event = ns3::Simulator::Schedule(ns3::NanoSeconds((time - Now()).count()),
                                       [this]
                                       {
                                           m_campaign.Start(Now());
                                           Await();
                                       });
}

void
Prober::Await()
{
    if (const auto next = m_campaign.NextConnection())
    {
        const Nanoseconds wait = std::max(*next - Now(), Nanoseconds(0));
        m_event = ns3::Simulator::Schedule(ns3::NanoSeconds(wait.count()), &Prober::Connect, this);
    }
}

void
Prober::Connect()
{
    m_link.reset();
    const ns3::Ptr<ProfileSocket> socket = m_host.OpenSocket(m_peer.address, m_peer.port);
    ++m_connections;
    if (m_onConnection)
    {
        m_onConnection(m_connections, socket->GetFlow()->key);
    }
    m_link = std::make_unique<SessionLink>(m_host,
                                           socket,
                                           m_campaign.Open(),
                                           [this](SessionLink&) { Await(); });
    m_link->StartConnecting([this] { m_campaign.ConnectFailed(Now()); });
}

} // namespace bouncelab::host
