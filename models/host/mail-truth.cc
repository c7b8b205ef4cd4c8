#include "models/host/mail-truth.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::host
{

MailTruth::MailTruth(provenance::ActorId actor,
                     provenance::Ledger& ledger,
                     std::vector<std::string> relayDomains,
                     Forgeries forgeries)
    : m_actor(actor)
    , m_ledger(ledger)
    , m_relayDomains(std::move(relayDomains))
    , m_forgeries(std::move(forgeries))
{
}

void
MailTruth::OnQueueEvent(const mail::QueueEvent& event)
{
    using Kind = mail::QueueEvent::Kind;
    if (event.kind == Kind::NewMessage && m_expected)
    {
        Message& message = m_messages[event.serial];
        message.source = std::move(*m_expected);
        message.messageId = mail::MessageIdOf(*event.content);
        message.forgery = m_forgeries(message.messageId);
        m_expected.reset();
        return;
    }
    const auto found = m_messages.find(event.serial);
    if (found == m_messages.end())
    {
        return;
    }
    Message& message = found->second;
    if (event.kind == Kind::MessageInfo)
    {
        message.sender = event.sender;
    }
    else if (event.kind == Kind::Bounced && event.action == mail::ReportAction::Failed)
    {
        Message report = message;
        report.isReport = true;
        m_messages.emplace(event.bounceSerial, std::move(report));
    }
    else if (event.kind == Kind::DeliveryResult &&
             event.outcome == mail::DeliveryOutcome::Success &&
             event.channel == mail::Channel::Remote)
    {
        message.isReport ? OnReported(event, message) : OnRelayed(event, message);
    }
    else if (event.EndsMessage())
    {
        m_messages.erase(found);
    }
}

void
MailTruth::OnRelayed(const mail::QueueEvent& event, const Message& message)
{
    const std::string_view recipient = event.recipient;
    const std::string_view domain = recipient.substr(recipient.rfind('@') + 1);
    const bool isRelayDomain = std::any_of(m_relayDomains.begin(),
                                           m_relayDomains.end(),
                                           [domain](const std::string& relayed)
                                           { return EqualIgnoringCase(relayed, domain); });
    if (isRelayDomain || message.source.isClient || !message.source.user.empty())
    {
        const char* by = isRelayDomain             ? "relay-domain"
                         : message.source.isClient ? "relay-client"
                                                   : "account";
        Sign(event, message, "ordinary", 0, TruthEvent::Relayed, {{"by", by}});
        return;
    }
    const auto [cause, isNew] =
        m_causes.try_emplace({message.source.client, message.source.server}, 0);
    if (isNew)
    {
        cause->second = m_ledger.NewCause();
    }
    Sign(event, message, "relay.mail", cause->second, TruthEvent::Relayed);
}

void
MailTruth::OnReported(const mail::QueueEvent& event, const Message& message)
{
    const bool isForged = message.forgery != 0;
    Sign(event,
         message,
         isForged ? "backscatter.ndr" : "ordinary",
         message.forgery,
         TruthEvent::Reported);
    if (isForged)
    {
        provenance::Action action;
        action.time = event.time;
        action.kind = "flow";
        action.classLabel = "backscatter.ndr";
        action.cause = message.forgery;
        action.actor = m_actor;
        action.did = TruthEvent::Sent;
        action.params = {{"client", event.client}, {"server", event.server}};
        m_ledger.Record(action);
    }
}

void
MailTruth::Sign(const mail::QueueEvent& event,
                const Message& message,
                std::string_view classLabel,
                provenance::CauseId cause,
                TruthEvent did,
                std::vector<std::pair<std::string, std::string>> params)
{
    provenance::Action action;
    action.time = event.time;
    action.kind = "flow";
    action.classLabel = classLabel;
    action.cause = cause;
    action.actor = m_actor;
    action.did = did;
    action.params = std::move(params);
    action.params.insert(action.params.end(),
                         {{"client", message.source.client},
                          {"server", message.source.server},
                          {"sender", message.sender},
                          {"recipient", event.recipient},
                          {"message_id", message.messageId}});
    m_ledger.Record(action);
}

} // namespace bouncelab::host
