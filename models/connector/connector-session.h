#ifndef BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_SESSION_H
#define BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_SESSION_H

#include "models/connector/connector.h"
#include "models/connector/mailbox-lookup.h"
#include "models/connector/organization.h"
#include "models/connector/sender-inquiry.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace bouncelab::connector
{

class ReceiveConnector;

/// What a connector decides and remembers about one connection (ReceiveConnector::Open).
class ConnectorSession final : public ConnectionPolicy,
                               public smtp::ServerPolicy,
                               public smtp::SessionObserver,
                               private FilterObserver
{
  public:
    ConnectorSession(ReceiveConnector& connector,
                     const smtp::ConnectionInfo& connection,
                     ConnectorObserver observer,
                     std::function<void()> wake);
    ~ConnectorSession() override;

    // ConnectionPolicy
    smtp::ServerPolicy& Policy() override { return *this; }

    smtp::SessionObserver& Observer() override { return *this; }

    const SessionInfo& Info() const override { return m_info; }

    std::uint64_t InternalId() const override { return m_internalId; }

    std::string_view AddedHeader() const override
    {
        const CheckResult* checked = m_checks.Result();
        return checked ? std::string_view(checked->header) : std::string_view();
    }

    // smtp::ServerPolicy
    smtp::Decision OnConnect(const smtp::ServerFacts& facts) override;
    smtp::Decision OnMail(const smtp::ServerFacts& facts,
                          const smtp::EnvelopeEntry& sender) override;
    smtp::Decision OnRecipient(const smtp::ServerFacts& facts,
                               const smtp::EnvelopeEntry& recipient) override;
    smtp::Decision OnAwaited(const smtp::ServerFacts& facts,
                             const smtp::EnvelopeEntry& recipient) override;
    smtp::Decision OnMessage(const smtp::ServerFacts& facts,
                             const std::shared_ptr<const std::string>& content) override;
    smtp::Decision OnStartTls(const smtp::ServerFacts& facts) override;
    bool JudgesTokens(const smtp::ServerFacts& facts, smtp::AuthMechanism mechanism) override;
    smtp::Decision OnAuthenticate(const smtp::ServerFacts& facts,
                                  const smtp::Credentials& credentials) override;
    Nanoseconds DelayReply(const smtp::ServerFacts& facts, const smtp::ReplyDraft& draft) override;

    // smtp::SessionObserver
    void OnCommand(const smtp::CommandEvent& event) override;
    void OnReply(const smtp::ReplyEvent& event) override;

    void OnViolation(const smtp::ViolationEvent& event) override { Tell(event); }

    void OnMessage(const smtp::MessageEvent& event) override { Tell(event); }

    void OnAuthentication(const smtp::AuthEvent& event) override { Tell(event); }

    void OnTls(const smtp::TlsEvent& event) override;
    void OnEnd(const smtp::EndEvent& event) override;

  private:
    void OnFilter(const FilterEvent& event) override { Tell(event); }

    template <class Event>
    void Tell(const Event& event)
    {
        m_observer(m_info, &event);
    }

    smtp::Decision Refuse(const smtp::ServerFacts& facts,
                          smtp::Step step,
                          Refusal refusal,
                          const std::string& reply,
                          bool close = false);
    smtp::Decision RefuseByFilter(const smtp::ServerFacts& facts,
                                  smtp::Step step,
                                  const FilterDecision& decision);
    smtp::Decision OnToken(const smtp::ServerFacts& facts, std::string_view token);
    smtp::Decision LogOn(const smtp::ServerFacts& facts,
                         const std::string& user,
                         PermissionGroup group);
    bool NeedsChecks(const smtp::ServerFacts& facts) const;
    smtp::Decision ObeyChecks(const smtp::ServerFacts& facts, const smtp::EnvelopeEntry& recipient);
    smtp::Decision JudgeRecipient(const smtp::ServerFacts& facts,
                                  const smtp::EnvelopeEntry& recipient);
    bool HasRoomFor(std::uint64_t octets) const;
    bool MaySendAs(const smtp::Path& sender) const;
    FilterRequest RequestOf(const smtp::ServerFacts& facts, std::string_view sender) const;

    ReceiveConnector& m_connector;
    ConnectorObserver m_observer;
    SessionInfo m_info;
    Permissions m_permissions;
    const AccountConfig* m_account = nullptr;
    std::uint64_t m_internalId = 0;
    SenderInquiry m_checks;
    MailboxLookup m_lookup;
    Nanoseconds m_acknowledgement{0}; //!< Delay of the reply to the message that is being taken.
    bool m_acknowledgementExpired = false;
    bool m_admitted = false;    //!< Counts among the connector's connections.
    bool m_byFilter = false;    //!< The reply that comes is the filter's.
    bool m_exempt = false;      //!< It is never tarpitted.
    bool m_discredited = false; //!< All replies are delayed.
    bool m_tarpitted = false;   //!< One was.
    std::uint32_t m_mails = 0;  //!< MAIL commands that began a message.
};

} // namespace bouncelab::connector

#endif // BOUNCELAB_MODELS_CONNECTOR_CONNECTOR_SESSION_H
