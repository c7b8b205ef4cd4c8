#include "models/connector/open-connector.h"

#include "formats/text.h"

#include <utility>

namespace bouncelab::connector
{

namespace
{

class OpenConnection final : public ConnectionPolicy,
                             private smtp::SessionObserver
{
  public:
    OpenConnection(smtp::ServerPolicy& policy,
                   const smtp::ConnectionInfo& connection,
                   ConnectorObserver observer)
        : m_policy(policy)
        , m_observer(std::move(observer))
    {
        m_info.connection = &connection;
    }

    smtp::ServerPolicy& Policy() override { return m_policy; }

    smtp::SessionObserver& Observer() override { return *this; }

    const SessionInfo& Info() const override { return m_info; }

  private:
    void OnCommand(const smtp::CommandEvent& event) override
    {
        if (event.verb == smtp::Verb::Helo || event.verb == smtp::Verb::Ehlo)
        {
            const std::size_t space = event.line.find(' ');
            m_info.hello = space == event.line.npos ? "" : event.line.substr(space + 1);
        }
    }

    void OnMessage(const smtp::MessageEvent& event) override { m_observer(m_info, &event); }

    smtp::ServerPolicy& m_policy;
    ConnectorObserver m_observer;
    SessionInfo m_info;
};

} // namespace

RecipientTable::RecipientTable(std::map<std::string, std::string> replies, bool acceptsUnlisted)
    : m_replies(std::move(replies))
    , m_acceptsUnlisted(acceptsUnlisted)
{
}

smtp::Decision
RecipientTable::OnRecipient(const smtp::ServerFacts& /* facts */,
                            const smtp::EnvelopeEntry& recipient)
{
    smtp::Decision decision;
    const auto entry = m_replies.find(InLowerCase(recipient.path.Mailbox()));
    if (entry != m_replies.end())
    {
        decision.reply = entry->second;
    }
    else if (!m_acceptsUnlisted)
    {
        decision.reply = "550 5.1.1 User unknown";
    }
    return decision;
}

std::unique_ptr<ConnectionPolicy>
OpenConnector::Accept(const smtp::ConnectionInfo& connection,
                      ConnectorObserver observer,
                      std::function<void()> /* wake */)
{
    return std::make_unique<OpenConnection>(*m_policy, connection, std::move(observer));
}

} // namespace bouncelab::connector
