#include "models/host/name-resolver.h"

#include "models/host/message-stream.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

constexpr std::uint16_t DNS_PORT = 53;

Nanoseconds
Now()
{
    return SimNow().time_since_epoch();
}

} // namespace

NameResolver::NameResolver(Host& host,
                           const dns::ResolverConfig& config,
                           const std::string& draws,
                           LookupHandler onLookup)
    : m_host(host)
    , m_core(config, host.Draws(draws))
    , m_onLookup(std::move(onLookup))
{
    m_host.OnRestart([this] { LosePower(); }, [] {});
}

NameResolver::~NameResolver()
{
    ns3::Simulator::Remove(m_drain);
    ns3::Simulator::Remove(m_timer);
}

dns::Ticket
NameResolver::Ask(const dns::Question& question, Handler onAnswer)
{
    const dns::Ticket ticket = m_core.Ask(question, Now());
    m_askers[ticket] = {question, Now(), std::move(onAnswer)};
    DrainSoon();
    return ticket;
}

void
NameResolver::Forget(dns::Ticket ticket)
{
    m_core.Forget(ticket);
    m_askers.erase(ticket);
}

void
NameResolver::DrainSoon()
{
    if (!m_drain.IsRunning())
    {
        m_drain = ns3::Simulator::ScheduleNow(&NameResolver::Drain, this);
    }
}

void
NameResolver::Drain()
{
    while (const auto request = m_core.TakeRequest())
    {
        request->overTcp ? SendOverTcp(*request) : Send(*request);
    }
    CloseSockets();
    while (auto answer = m_core.TakeAnswer())
    {
        const auto found = m_askers.find(answer->first);
        if (found == m_askers.end())
        {
            continue;
        }
        const Asker asker = std::move(found->second);
        m_askers.erase(found);
        if (m_onLookup)
        {
            m_onLookup({asker.question, answer->second, asker.asked});
        }
        asker.onAnswer(answer->second);
    }
    ns3::Simulator::Remove(m_timer);
    if (const auto next = m_core.NextTimer())
    {
        m_timer = ns3::Simulator::Schedule(
            ns3::NanoSeconds(std::max(*next - Now(), Nanoseconds(0)).count()),
            [this]
            {
                m_core.Advance(Now());
                Drain();
            });
    }
}

void
NameResolver::Send(const dns::Resolver::Request& request)
{
    const auto onDatagram =
        [this, number = request.number, server = request.server](const Datagram& datagram)
    {
        if (datagram.remote == server && datagram.remotePort == DNS_PORT)
        {
            m_core.Receive(number, datagram.payload, Now());
            DrainSoon();
        }
    };
    UdpStack& udp = m_host.Udp();
    const bool drawn = request.port != 0 && udp.Open(request.port, onDatagram);
    const std::uint16_t port =
        drawn ? request.port : udp.OpenAny(request.server, DNS_PORT, onDatagram);
    if (port != 0)
    {
        m_ports[request.number] = port;
        udp.Send({request.server, DNS_PORT, port, request.octets});
    }
}

void
NameResolver::SendOverTcp(const dns::Resolver::Request& request)
{
    const std::uint64_t number = request.number;
    auto session = std::make_unique<MessageStream>(DnsFraming(),
                                                   [this, number](const std::string& message)
                                                   {
                                                       m_core.Receive(number, message, Now());
                                                       DrainSoon();
                                                   });
    session->Send(request.octets);
    MessageStream* stream = session.get();
    const auto onEnd = [this, number](SessionLink&)
    {
        m_core.Fail(number, Now());
        m_connections.erase(number);
        DrainSoon();
    };
    Connection& connection = m_connections[number];
    connection.stream = stream;
    connection.link = std::make_unique<SessionLink>(m_host,
                                                    m_host.OpenSocket(request.server, DNS_PORT),
                                                    std::move(session),
                                                    onEnd);
    connection.link->StartConnecting([] {});
}

/// Of requests that are answered, or for which nobody waits any more.
void
NameResolver::CloseSockets()
{
    for (auto at = m_ports.begin(); at != m_ports.end();)
    {
        const bool isOpen = m_core.IsOpen(at->first);
        if (!isOpen)
        {
            m_host.Udp().Close(at->second);
        }
        at = isOpen ? std::next(at) : m_ports.erase(at);
    }
    for (const auto& [number, connection] : m_connections)
    {
        if (!m_core.IsOpen(number))
        {
            connection.stream->Close();
            connection.link->Wake();
        }
    }
}

void
NameResolver::LosePower()
{
    m_connections.clear();
}

} // namespace bouncelab::host
