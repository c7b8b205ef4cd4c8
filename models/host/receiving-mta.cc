#include "models/host/receiving-mta.h"

#include "formats/text.h"

namespace bouncelab::host
{

namespace
{

constexpr std::uint16_t SMTP_PORT = 25;

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
        const auto entry = m_table.replies.find(InLowerCase(recipient.path.Mailbox()));
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

class ReceivingMta::Conversation : public ServerConversation,
                                   public smtp::SessionObserver
{
  public:
    explicit Conversation(ReceivingMta& owner)
        : m_owner(owner)
    {
    }

    std::unique_ptr<smtp::Session> MakeSession(const smtp::ConnectionInfo& connection) override
    {
        return std::make_unique<smtp::ServerSession>(
            m_owner.m_persona,
            *m_owner.m_policy,
            *this,
            connection,
            RandomStream(m_owner.m_seed,
                         m_owner.m_name + "/server-session/" + std::to_string(connection.session)));
    }

  private:
    void OnMessage(const smtp::MessageEvent& event) override
    {
        if (m_owner.m_onMessage)
        {
            m_owner.m_onMessage(event);
        }
    }

    ReceivingMta& m_owner;
};

ReceivingMta::ReceivingMta(Host& host,
                           const std::string& hostname,
                           const smtp::ServerPersona& persona,
                           const RecipientTable& recipients,
                           const HostClock& clock,
                           std::uint64_t seed,
                           MessageHandler onMessage)
    : m_persona(persona)
    , m_seed(seed)
    , m_name(host.Name())
    , m_onMessage(std::move(onMessage))
    , m_policy(std::make_unique<Policy>(recipients))
    , m_listener(std::make_unique<SmtpListener>(host,
                                                SMTP_PORT,
                                                hostname,
                                                clock,
                                                [this]
                                                { return std::make_unique<Conversation>(*this); }))
{
}

ReceivingMta::~ReceivingMta() = default;

} // namespace bouncelab::host
