#include "models/host/smtp-listener.h"

#include <utility>

namespace bouncelab::host
{

/// In the order in which they need one another: the link goes first.
struct SmtpListener::Running
{
    smtp::ConnectionInfo connection;
    std::unique_ptr<ServerConversation> conversation;
    std::unique_ptr<SessionLink> link;
};

SmtpListener::SmtpListener(Host& host,
                           std::uint16_t port,
                           const std::string& hostname,
                           const HostClock& clock,
                           Factory factory,
                           const std::string& mailDomain)
    : m_host(host)
    , m_port(port)
    , m_hostname(hostname)
    , m_mailDomain(mailDomain.empty() ? hostname : mailDomain)
    , m_clock(clock)
    , m_factory(std::move(factory))
{
    host.Listen(port, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
    host.OnRestart([this] { m_running.clear(); }, [] {});
}

SmtpListener::~SmtpListener() = default;

void
SmtpListener::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const std::uint64_t number = ++m_count;
    auto& slot = m_running[number];
    slot = std::make_unique<Running>();
    Running& running = *slot;
    const FlowKey& key = socket->GetFlow()->key;
    running.connection.hostname = m_hostname;
    running.connection.domain = m_mailDomain;
    running.connection.client = Ipv4{key.remoteAddress};
    running.connection.server = m_host.Address();
    running.connection.clientPort = key.remotePort;
    running.connection.serverPort = m_port;
    running.connection.session = number;
    running.connection.unixTime = Nanoseconds(m_clock.Read(0));
    running.connection.zoneMinutes = static_cast<int>(m_clock.zoneSeconds / 60);
    running.conversation = m_factory();
    running.conversation->SetWake(
        [&running]
        {
            if (running.link)
            {
                running.link->Wake();
            }
        });
    running.link =
        std::make_unique<SessionLink>(m_host,
                                      socket,
                                      running.conversation->MakeSession(running.connection),
                                      [this, number](SessionLink&) { m_running.erase(number); });
    running.link->StartAccepted();
}

} // namespace bouncelab::host
