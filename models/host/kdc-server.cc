#include "models/host/kdc-server.h"

#include "models/host/kerberos-stream.h"
#include "models/provenance/sim-now.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

/// Replies that no packet holds are refused like those over the persona's limit.
kerberos::KerberosPersona
WithinPackets(kerberos::KerberosPersona persona)
{
    persona.kdc.largestDatagram =
        std::min<std::uint32_t>(persona.kdc.largestDatagram, UdpStack::LARGEST_PAYLOAD);
    return persona;
}

} // namespace

KdcServer::KdcServer(Host& host,
                     kerberos::KerberosPersona persona,
                     const std::string& realm,
                     const kerberos::Replica& replica,
                     EventHandler onEvent)
    : m_host(host)
    , m_core(WithinPackets(std::move(persona)), realm, replica, host.Draws("kdc"))
    , m_onEvent(std::move(onEvent))
{
    host.Udp().Open(kerberos::KERBEROS_PORT,
                    [this](const Datagram& datagram) { OnDatagram(datagram); });
    host.Listen(kerberos::KERBEROS_PORT,
                [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    host.OnRestart([this] { m_connections.clear(); }, [] {});
}

KdcServer::~KdcServer() = default;

std::string
KdcServer::Answer(const std::string& request, kerberos::Transport transport)
{
    std::string answer = m_core.Answer(request, transport, m_host.Clock().Read(SimNow()));
    while (const auto event = m_core.TakeEvent())
    {
        m_onEvent(*event);
    }
    return answer;
}

void
KdcServer::OnDatagram(const Datagram& datagram)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(m_host.DrawApplicationLatencyNs()),
                             [this, datagram]
                             {
                                 if (m_host.IsDown())
                                 {
                                     return;
                                 }
                                 const std::string answer =
                                     Answer(datagram.payload, kerberos::Transport::Udp);
                                 if (!answer.empty())
                                 {
                                     m_host.Udp().Send({datagram.remote,
                                                        datagram.remotePort,
                                                        kerberos::KERBEROS_PORT,
                                                        answer,
                                                        datagram.cause});
                                 }
                             });
}

void
KdcServer::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const std::uint64_t number = ++m_accepted;
    auto stream = std::make_unique<MessageStream>(
        KerberosFraming(),
        [this, number](const std::string& message)
        {
            Connection& from = m_connections.at(number);
            const std::string answer = Answer(message, kerberos::Transport::Tcp);
            answer.empty() ? from.stream->Close() : from.stream->Send(answer);
        });
    Connection& connection = m_connections[number];
    connection.stream = stream.get();
    connection.link = std::make_unique<SessionLink>(m_host,
                                                    socket,
                                                    std::move(stream),
                                                    [this, number](SessionLink&)
                                                    { m_connections.erase(number); });
    connection.link->StartAccepted();
}

} // namespace bouncelab::host
