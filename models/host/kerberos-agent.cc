#include "models/host/kerberos-agent.h"

#include "models/host/kerberos-stream.h"
#include "models/provenance/sim-now.h"
#include "models/smtp/ntlm.h"
#include "models/smtp/spnego.h"

#include <ns3/simulator.h>

#include <algorithm>
#include <utility>

namespace bouncelab::host
{

namespace
{

/// What SMTP servers register (fact F34).
kerberos::PrincipalName
ServiceOf(const std::string& server)
{
    return kerberos::PrincipalName::Parse("SMTPSVC/" + server);
}

} // namespace

KerberosAgent::KerberosAgent(Host& host,
                             const kerberos::ClientPolicy& policy,
                             const std::string& account,
                             const std::string& realm,
                             const std::vector<Controller>& controllers,
                             EventHandler onEvent)
    : m_host(host)
    , m_core(policy, account, realm, host.Draws("kerberos"))
    , m_onEvent(std::move(onEvent))
{
    std::vector<std::string> order;
    for (const Controller& controller : controllers)
    {
        order.push_back(controller.name);
        m_addresses[controller.name] = controller.address;
    }
    m_core.SetControllers(order);
    m_host.OnRestart([this] { LosePower(); }, [] {});
}

KerberosAgent::~KerberosAgent()
{
    ns3::Simulator::Remove(m_drain);
    ns3::Simulator::Remove(m_timer);
}

kerberos::Moment
KerberosAgent::Now() const
{
    return {SimNow().time_since_epoch(), m_host.Clock().Read(SimNow())};
}

std::uint64_t
KerberosAgent::Ask(const std::string& server, Handler handler)
{
    const kerberos::PrincipalName service = ServiceOf(server);
    const std::uint64_t request = ++m_asked;
    m_askers[request] = {service.ToString(), std::move(handler)};
    m_core.Obtain(service, Now());
    DrainSoon();
    return request;
}

void
KerberosAgent::OnAnswered(const std::string& server, std::string_view answer)
{
    const auto octets = smtp::spnego::UnwrapError(answer);
    const auto message = octets ? kerberos::ParseMessage(*octets) : std::nullopt;
    const auto* error = message ? std::get_if<kerberos::KrbError>(&*message) : nullptr;
    if (error)
    {
        kerberos::ClientEvent event;
        event.kind = kerberos::ClientEvent::Kind::Refused;
        event.time = Now().now;
        event.service = ServiceOf(server).ToString();
        event.error = error->code;
        event.server = error->service.ToString();
        event.realm = error->realm;
        m_onEvent(event);
    }
}

void
KerberosAgent::OnRefused(const std::string& server,
                         const std::string& /* client */,
                         const std::string& /* peer */)
{
    m_core.Forget(ServiceOf(server));
}

void
KerberosAgent::DrainSoon()
{
    if (!m_drain.IsRunning())
    {
        m_drain = ns3::Simulator::ScheduleNow(&KerberosAgent::Drain, this);
    }
}

void
KerberosAgent::Drain()
{
    while (const auto send = m_core.TakeSend())
    {
        CloseRequests();
        send->transport == kerberos::Transport::Udp ? Send(*send) : SendOverTcp(*send);
    }
    while (const auto event = m_core.TakeEvent())
    {
        m_onEvent(*event);
        Serve(*event);
    }
    ns3::Simulator::Remove(m_timer);
    if (const auto next = m_core.NextTimer())
    {
        m_timer = ns3::Simulator::Schedule(
            ns3::NanoSeconds(std::max(*next - Now().now, Nanoseconds(0)).count()),
            [this]
            {
                m_core.Advance(Now());
                Drain();
            });
    }
    else
    {
        CloseRequests();
    }
}

/// Hands out what has been waited for: a ticket's token, or, where there is no ticket, NTLM's, as
/// a negotiation that has Kerberos and NTLM to choose from comes to.
void
KerberosAgent::Serve(const kerberos::ClientEvent& event)
{
    const bool obtained = event.kind == kerberos::ClientEvent::Kind::Obtained;
    if (!obtained && event.kind != kerberos::ClientEvent::Kind::Failed)
    {
        return;
    }
    for (auto at = m_askers.begin(); at != m_askers.end();)
    {
        if (at->second.service != event.service)
        {
            ++at;
            continue;
        }
        const auto service = kerberos::PrincipalName::Parse(event.service);
        const kerberos::Moment now = Now();
        const bool isValid = obtained && m_core.Find(service, now.clock);
        const Handler handler = std::move(at->second.handler);
        at = m_askers.erase(at);
        handler(isValid ? smtp::spnego::Wrap(m_core.MakeToken(service, now.clock).octets)
                        : smtp::ntlm::Negotiate());
    }
}

void
KerberosAgent::Send(const kerberos::KdcSend& send)
{
    const IpAddress controller = m_addresses.at(send.controller);
    const auto onDatagram = [this, number = send.request, controller](const Datagram& datagram)
    {
        if (datagram.remote == controller && datagram.remotePort == kerberos::KERBEROS_PORT)
        {
            m_core.Receive(number, datagram.payload, Now());
            DrainSoon();
        }
    };
    const std::uint16_t port =
        m_host.Udp().OpenAny(controller, kerberos::KERBEROS_PORT, onDatagram);
    m_requests[send.request].port = port;
    m_host.Udp().Send({controller, kerberos::KERBEROS_PORT, port, send.octets});
}

void
KerberosAgent::SendOverTcp(const kerberos::KdcSend& send)
{
    const std::uint64_t number = send.request;
    auto session = std::make_unique<MessageStream>(KerberosFraming(),
                                                   [this, number](const std::string& message)
                                                   {
                                                       m_core.Receive(number, message, Now());
                                                       DrainSoon();
                                                   });
    session->Send(send.octets);
    auto& link = m_requests[number].link;
    link = std::make_unique<SessionLink>(
        m_host,
        m_host.OpenSocket(m_addresses.at(send.controller), kerberos::KERBEROS_PORT),
        std::move(session),
        [this, number](SessionLink&)
        {
            m_core.Fail(number, Now());
            m_requests.erase(number);
            DrainSoon();
        });
    link->StartConnecting([] {});
}

/// What was asked before is answered, or nobody waits for it any more.
void
KerberosAgent::CloseRequests()
{
    for (const auto& [number, request] : m_requests)
    {
        if (request.port != 0)
        {
            m_host.Udp().Close(request.port);
        }
    }
    m_requests.clear();
}

void
KerberosAgent::LosePower()
{
    m_requests.clear();
    m_askers.clear();
    m_core.ForgetAll();
}

} // namespace bouncelab::host
