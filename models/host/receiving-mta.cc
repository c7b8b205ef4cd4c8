#include "models/host/receiving-mta.h"

#include <ns3/inet-socket-address.h>

namespace bouncelab::host
{

namespace
{

std::string
Lower(std::string text)
{
    for (char& c : text)
    {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return text;
}

} // namespace

class ReceivingMta::Policy : public smtp::ServerPolicy
{
  public:
    explicit Policy(RecipientTable table)
        : m_table(std::move(table))
    {
    }

    smtp::Decision OnRecipient(const smtp::ServerFacts& /* facts */,
                               const smtp::EnvelopeEntry& recipient) override
    {
        smtp::Decision decision;
        const auto entry = m_table.replies.find(Lower(recipient.path.Mailbox()));
        if (entry != m_table.replies.end())
        {
            decision.reply = entry->second;
        }
        else if (!m_table.acceptsUnlisted)
        {
            decision.reply = "550 5.1.1 User unknown";
        }
        return decision;
    }

  private:
    RecipientTable m_table;
};

struct ReceivingMta::Running : public smtp::SessionObserver
{
    void OnMessage(const smtp::MessageEvent& event) override
    {
        if (owner->m_onMessage)
        {
            owner->m_onMessage(event);
        }
    }

    ReceivingMta* owner = nullptr;
    smtp::ConnectionInfo connection;
    std::unique_ptr<SessionLink> link;
};

ReceivingMta::ReceivingMta(Host& host,
                           const std::string& hostname,
                           const smtp::ServerPersona& persona,
                           const RecipientTable& recipients,
                           const HostClock& clock,
                           std::uint64_t seed,
                           MessageHandler onMessage)
    : m_host(host),
      m_hostname(hostname),
      m_persona(persona),
      m_clock(clock),
      m_seed(seed),
      m_onMessage(std::move(onMessage)),
      m_policy(std::make_unique<Policy>(recipients))
{
    host.Listen(25, [this](ns3::Ptr<ProfileSocket> socket) { Accept(socket); });
}

ReceivingMta::~ReceivingMta() = default;

void
ReceivingMta::Accept(ns3::Ptr<ProfileSocket> socket)
{
    const std::uint64_t number = ++m_count;
    auto& slot = m_sessions[number];
    slot = std::make_unique<Running>();
    Running& running = *slot;
    running.owner = this;
    running.connection.hostname = m_hostname;
    running.connection.domain = m_hostname;
    running.connection.client = Ipv4{socket->GetFlow()->key.remoteAddress};
    running.connection.server = m_host.Address();
    running.connection.clientPort = socket->GetFlow()->key.remotePort;
    running.connection.session = number;
    running.connection.unixTime = Nanoseconds(m_clock.Read(0));
    running.connection.zoneMinutes = static_cast<int>(m_clock.zoneSeconds / 60);
    auto session = std::make_unique<smtp::ServerSession>(
        m_persona,
        *m_policy,
        running,
        running.connection,
        RandomStream(m_seed, m_host.Name() + "/server-session/" + std::to_string(number)));
    running.link = std::make_unique<SessionLink>(m_host,
                                                 socket,
                                                 std::move(session),
                                                 [this, number](SessionLink&) {
                                                     m_sessions.erase(number);
                                                 });
    running.link->StartAccepted();
}

} // namespace bouncelab::host
