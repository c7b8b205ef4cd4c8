#include "models/connector/connector-session.h"

#include "formats/text.h"
#include "models/connector/message-header.h"
#include "models/connector/receive-connector.h"
#include "models/smtp/parameters.h"
#include "models/smtp/reply.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::connector
{

namespace
{

constexpr std::size_t LONGEST_MESSAGE_ID = 250;

void
Replace(std::string& text, std::string_view word, std::string_view by)
{
    const std::size_t at = text.find(word);
    if (at != std::string::npos)
    {
        text.replace(at, word.size(), by);
    }
}

/// As event 1035 names it.
std::string_view
MechanismInEvents(smtp::AuthMechanism mechanism)
{
    constexpr std::string_view NAMES[] = {"Login", "Plain", "Ntlm", "Gssapi"};
    return NAMES[static_cast<std::size_t>(mechanism)];
}

std::uint64_t
AnnouncedSize(const smtp::EnvelopeEntry& sender)
{
    const smtp::Parameter* size = smtp::FindParameter(sender.parameters, "SIZE");
    return size ? smtp::ParseSize(size->value).value_or(0) : 0;
}

bool
IsRemote(smtp::EndReason reason)
{
    return reason == smtp::EndReason::PeerClosed || reason == smtp::EndReason::PeerReset;
}

} // namespace

ConnectorSession::ConnectorSession(ReceiveConnector& connector,
                                   const smtp::ConnectionInfo& connection,
                                   ConnectorObserver observer,
                                   std::function<void()> wake)
    : m_connector(connector)
    , m_observer(std::move(observer))
    , m_permissions(connector.m_anonymous)
    , m_checks(connector.m_checks, connector.m_server.names, wake)
    , m_lookup(connector.m_server.directory, wake)
{
    m_info.connection = &connection;
    m_info.connector = connector.m_id;
}

ConnectorSession::~ConnectorSession()
{
    if (m_admitted)
    {
        m_connector.m_limits.Close(m_info.connection->client);
    }
}

smtp::Decision
ConnectorSession::Refuse(const smtp::ServerFacts& facts,
                         smtp::Step step,
                         Refusal refusal,
                         const std::string& reply,
                         bool close)
{
    Tell(RefusalEvent{facts.now, refusal, step, reply});
    smtp::Decision decision;
    decision.reply = reply;
    decision.close = close;
    return decision;
}

smtp::Decision
ConnectorSession::RefuseByFilter(const smtp::ServerFacts& facts,
                                 smtp::Step step,
                                 const FilterDecision& decision)
{
    m_byFilter = true;
    smtp::Decision refusal = Refuse(facts, step, Refusal::Filter, decision.reply, decision.close);
    refusal.delay = decision.delay;
    return refusal;
}

smtp::Decision
ConnectorSession::OnConnect(const smtp::ServerFacts& facts)
{
    const IpAddress client = facts.connection.client;
    const ConnectorReplies& replies = m_connector.m_config.replies;
    m_info.id = m_connector.m_server.transport.NextSession();
    m_info.opened = facts.now;
    Tell(OpenedEvent{facts.now});

    const ConnectionFault fault = m_connector.m_limits.Open(client, facts.now);
    m_admitted = fault == ConnectionFault::None;
    switch (fault)
    {
    case ConnectionFault::Total:
        return Refuse(facts,
                      smtp::Step::Greeting,
                      Refusal::ConnectionLimit,
                      replies.tooManyConnections,
                      true);
    case ConnectionFault::PerSource:
        return Refuse(facts,
                      smtp::Step::Greeting,
                      Refusal::SourceLimit,
                      replies.tooManyFromSource,
                      true);
    case ConnectionFault::PerMinute:
        return Refuse(facts,
                      smtp::Step::Greeting,
                      Refusal::ConnectionRate,
                      replies.connectionRate,
                      true);
    case ConnectionFault::None:
        break;
    }
    if (m_connector.m_pressure.RefusesConnections(facts.now))
    {
        m_exempt = true;
        return Refuse(facts,
                      smtp::Step::Greeting,
                      Refusal::BackPressure,
                      replies.insufficientResources,
                      true);
    }
    Tell(PermissionsEvent{facts.now, m_permissions});
    m_discredited = m_connector.m_tarpit.IsDiscredited(client, facts.now);
    return {};
}

bool
ConnectorSession::MaySendAs(const smtp::Path& sender) const
{
    if (sender.IsNull() || m_permissions.Has(Permission::AcceptAnySender))
    {
        const bool own = m_connector.m_server.organization.IsAuthoritative(sender.domain);
        return !own || m_permissions.Has(Permission::AcceptAuthoritativeDomainSender);
    }
    if (!m_account)
    {
        return false;
    }
    const std::string mailbox = sender.Mailbox();
    return std::any_of(m_account->addresses.begin(),
                       m_account->addresses.end(),
                       [&mailbox](const std::string& address)
                       { return EqualIgnoringCase(address, mailbox); });
}

smtp::Decision
ConnectorSession::OnMail(const smtp::ServerFacts& facts, const smtp::EnvelopeEntry& sender)
{
    constexpr smtp::Step STEP = smtp::Step::Mail;
    const ConnectorReplies& replies = m_connector.m_config.replies;
    if (!m_permissions.Has(Permission::Submit))
    {
        return Refuse(facts, STEP, Refusal::NotAuthenticated, replies.notAuthenticated);
    }
    const bool fromExchange = m_permissions.Has(Permission::AcceptForestHeaders);
    if (m_connector.m_pressure.Rejects(facts.now, fromExchange))
    {
        m_exempt = true;
        return Refuse(facts, STEP, Refusal::BackPressure, replies.insufficientResources);
    }
    if (!MaySendAs(sender.path))
    {
        return Refuse(facts, STEP, Refusal::SendAsDenied, replies.sendAsDenied);
    }
    const std::uint64_t reserve = m_connector.m_persona.limits.freeSpace;
    if (reserve > 0 && !HasRoomFor(reserve + AnnouncedSize(sender)))
    {
        return Refuse(facts, STEP, Refusal::DiskFull, m_connector.m_persona.replies.diskFull);
    }
    if (!m_connector.m_limits.AdmitMessage(facts.connection.client, m_info.user, facts.now))
    {
        return Refuse(facts, STEP, Refusal::MessageRate, replies.messageRate, true);
    }
    Tell(ReceivingEvent{facts.now, ++m_mails});
    smtp::Decision decision;
    decision.delay = m_connector.m_pressure.Delay(facts.now);
    if (decision.delay.count() > 0)
    {
        TarpitEvent event;
        event.time = facts.now;
        event.delay = decision.delay;
        event.cause = TarpitCause::BackPressure;
        Tell(event);
    }
    return decision;
}

bool
ConnectorSession::HasRoomFor(std::uint64_t octets) const
{
    const auto& freeSpace = m_connector.m_server.freeSpace;
    return !freeSpace || octets <= freeSpace();
}

FilterRequest
ConnectorSession::RequestOf(const smtp::ServerFacts& facts, std::string_view sender) const
{
    FilterRequest request;
    request.now = facts.now;
    request.client = facts.connection.client;
    request.bypass = m_permissions.Has(Permission::BypassAntiSpam);
    request.sender = sender;
    return request;
}

bool
ConnectorSession::NeedsChecks(const smtp::ServerFacts& facts) const
{
    const SenderChecksConfig& checks = m_connector.m_checks;
    const auto& exempt = checks.exempt;
    const bool isExempt =
        std::find(exempt.begin(), exempt.end(), facts.connection.client) != exempt.end();
    return (checks.IsAnyOn() || m_connector.m_server.names) && !isExempt &&
           !m_permissions.Has(Permission::BypassAntiSpam);
}

/// What the checks say of a recipient, and, if they let it pass, what everything else says.
smtp::Decision
ConnectorSession::ObeyChecks(const smtp::ServerFacts& facts, const smtp::EnvelopeEntry& recipient)
{
    const CheckResult& checked = *m_checks.Result();
    m_info.clientName = checked.clientName;
    const CheckFinding* finding = checked.Decisive();
    if (!finding)
    {
        return JudgeRecipient(facts, recipient);
    }
    constexpr Refusal REFUSALS[] = {Refusal::Blacklisted,
                                    Refusal::ReverseName,
                                    Refusal::Hello,
                                    Refusal::Spf};
    smtp::Decision decision = Refuse(facts,
                                     smtp::Step::Recipient,
                                     REFUSALS[static_cast<std::size_t>(finding->check)],
                                     finding->reply);
    decision.literal = true; // It quotes what others have said.
    return decision;
}

smtp::Decision
ConnectorSession::OnRecipient(const smtp::ServerFacts& facts, const smtp::EnvelopeEntry& recipient)
{
    if (!NeedsChecks(facts))
    {
        return JudgeRecipient(facts, recipient);
    }
    m_checks.Ask({facts.connection.client,
                  facts.connection.server,
                  m_connector.m_server.hostname,
                  m_info.hello,
                  facts.envelope.sender.path.Mailbox()});
    if (m_checks.Result())
    {
        m_checks.TakeEnd();
        return ObeyChecks(facts, recipient);
    }
    smtp::Decision decision;
    decision.wait = true;
    return decision;
}

smtp::Decision
ConnectorSession::JudgeRecipient(const smtp::ServerFacts& facts,
                                 const smtp::EnvelopeEntry& recipient)
{
    constexpr smtp::Step STEP = smtp::Step::Recipient;
    const ConnectorReplies& replies = m_connector.m_config.replies;
    const Organization& organization = m_connector.m_server.organization;
    const std::string mailbox = recipient.path.Mailbox();
    const std::string& domain = recipient.path.domain;
    if (m_connector.m_filter)
    {
        const std::string sender = facts.envelope.sender.path.Mailbox();
        FilterRequest request = RequestOf(facts, sender);
        request.recipient = mailbox;
        request.domain = domain;
        const FilterDecision decision = m_connector.m_filter->OnRecipient(request, *this);
        if (!decision.reply.empty())
        {
            return RefuseByFilter(facts, STEP, decision);
        }
    }
    if (!domain.empty() && !organization.Accepts(domain) &&
        !m_permissions.Has(Permission::AcceptAnyRecipient) &&
        !organization.RelaysFor(m_info.connection->client))
    {
        return Refuse(facts, STEP, Refusal::RelayDenied, replies.unableToRelay);
    }
    if (m_connector.m_config.recipientLookup && !m_permissions.Has(Permission::BypassAntiSpam) &&
        organization.IsAuthoritative(domain))
    {
        if (m_lookup.HasDirectory())
        {
            m_lookup.Ask(facts.now);
            smtp::Decision decision;
            decision.wait = true;
            return decision;
        }
        if (!organization.HasMailbox(mailbox))
        {
            return Refuse(facts, STEP, Refusal::UserUnknown, replies.userUnknown);
        }
    }
    return {};
}

smtp::Decision
ConnectorSession::OnAwaited(const smtp::ServerFacts& facts, const smtp::EnvelopeEntry& recipient)
{
    smtp::Decision decision;
    if (m_checks.TakeEnd())
    {
        return ObeyChecks(facts, recipient);
    }
    const auto answer = m_lookup.TakeAnswer(facts.now);
    if (!answer)
    {
        decision.wait = true;
        return decision;
    }
    const std::string mailbox = recipient.path.Mailbox();
    LookupEvent event;
    event.time = facts.now;
    event.waited = answer->waited;
    event.status = answer->status;
    event.recipient = mailbox;
    Tell(event);
    constexpr smtp::Step STEP = smtp::Step::Recipient;
    const ConnectorReplies& replies = m_connector.m_config.replies;
    if (event.status != service::LookupStatus::Answered)
    {
        return Refuse(facts, STEP, Refusal::DirectoryDown, replies.directoryDown);
    }
    if (!m_connector.m_server.organization.HasMailbox(mailbox))
    {
        return Refuse(facts, STEP, Refusal::UserUnknown, replies.userUnknown);
    }
    return decision;
}

smtp::Decision
ConnectorSession::OnMessage(const smtp::ServerFacts& facts,
                            const std::shared_ptr<const std::string>& content)
{
    constexpr smtp::Step STEP = smtp::Step::EndOfData;
    const ReceiveConnectorConfig& config = m_connector.m_config;
    const ConnectorReplies& replies = config.replies;
    const HeaderFacts header = ReadHeader(*content, m_connector.m_server.hostname);
    if (header.hops > config.limits.hops || header.localHops > config.limits.localHops)
    {
        return Refuse(facts, STEP, Refusal::HopCount, replies.hopCount);
    }
    if (m_connector.m_filter)
    {
        std::vector<std::pair<std::string, std::string>> recipients;
        for (const smtp::EnvelopeEntry& entry : facts.envelope.recipients)
        {
            recipients.emplace_back(entry.path.Mailbox(), entry.path.domain);
        }
        const std::string sender = facts.envelope.sender.path.Mailbox();
        const FilterDecision decision = m_connector.m_filter->OnMessage(RequestOf(facts, sender),
                                                                        recipients,
                                                                        header.subject,
                                                                        *this);
        if (!decision.reply.empty())
        {
            return RefuseByFilter(facts, STEP, decision);
        }
    }

    if (!HasRoomFor(content->size()))
    {
        return Refuse(facts, STEP, Refusal::DiskFull, m_connector.m_persona.replies.writeError);
    }

    const std::uint64_t internalId = m_internalId = m_connector.m_server.transport.NextMessage();
    std::string messageId =
        InPrintableAscii(std::string_view(header.messageId).substr(0, LONGEST_MESSAGE_ID));
    if (messageId.empty())
    {
        const Draw draw = m_connector.m_draws("message-id", internalId);
        messageId = fmt::format("<{:016x}{:016x}@{}>",
                                draw.Value(),
                                draw.At(1).Value(),
                                m_connector.m_server.hostname);
    }
    QueuedEvent event;
    event.time = facts.now;
    event.internalId = internalId;
    event.messageId = messageId;
    event.subject = header.subject;
    event.envelope = &facts.envelope;
    event.size = content->size();
    Tell(event);

    smtp::Decision decision;
    decision.literal = !replies.queued.empty();
    decision.reply = replies.queued;
    Replace(decision.reply, "{internal-id}", fmt::format_int(internalId).c_str());
    Replace(decision.reply, "{message-id}", messageId);
    const AcknowledgementConfig& acknowledgement = config.acknowledgement;
    if (acknowledgement.shadowRedundancy && !m_permissions.Has(Permission::AcceptForestHeaders))
    {
        const Nanoseconds delivery =
            Drawn(acknowledgement.delivery, m_connector.m_draws("delivery", internalId));
        m_acknowledgementExpired = delivery > acknowledgement.maximum;
        m_acknowledgement = std::min(delivery, acknowledgement.maximum);
        decision.delay = m_acknowledgement;
    }
    return decision;
}

smtp::Decision
ConnectorSession::OnStartTls(const smtp::ServerFacts& facts)
{
    return m_connector.m_limits.AdmitTls(facts.now) ? smtp::Decision{}
                                                    : Refuse(facts,
                                                             smtp::Step::StartTls,
                                                             Refusal::TlsRate,
                                                             m_connector.m_config.replies.tlsRate);
}

bool
ConnectorSession::JudgesTokens(const smtp::ServerFacts& /* facts */, smtp::AuthMechanism mechanism)
{
    return m_connector.m_server.tokens && mechanism == smtp::AuthMechanism::Gssapi;
}

smtp::Decision
ConnectorSession::OnAuthenticate(const smtp::ServerFacts& facts,
                                 const smtp::Credentials& credentials)
{
    if (JudgesTokens(facts, credentials.mechanism))
    {
        return OnToken(facts, credentials.secret);
    }
    const std::string_view actsAs = credentials.authorization;
    const AccountConfig* account =
        m_connector.m_server.organization.FindAccount(credentials.identity);
    if (!account || !credentials.Proves(account->password) ||
        (!actsAs.empty() && m_connector.m_server.organization.FindAccount(actsAs) != account))
    {
        Tell(LogonFailureEvent{facts.now, "LogonDenied", MechanismInEvents(credentials.mechanism)});
        return Refuse(facts,
                      smtp::Step::Auth,
                      Refusal::AuthFailed,
                      m_connector.m_persona.replies.authRefused);
    }
    m_account = account;
    return LogOn(facts, account->name, account->group);
}

smtp::Decision
ConnectorSession::OnToken(const smtp::ServerFacts& facts, std::string_view token)
{
    const TokenVerdict verdict = m_connector.m_server.tokens->Judge(token);
    if (!verdict.accepted)
    {
        Tell(LogonFailureEvent{facts.now, "IllegalMessage", "ExchangeAuth"});
        smtp::Decision refusal = Refuse(facts,
                                        smtp::Step::Auth,
                                        Refusal::TokenRefused,
                                        m_connector.m_config.replies.temporaryAuthFailure);
        refusal.token = verdict.answer;
        return refusal;
    }
    return LogOn(facts, verdict.user, PermissionGroup::ExchangeServers);
}

smtp::Decision
ConnectorSession::LogOn(const smtp::ServerFacts& facts,
                        const std::string& user,
                        PermissionGroup group)
{
    if (!Lets(m_connector.m_config, group))
    {
        m_account = nullptr;
        return Refuse(facts,
                      smtp::Step::Auth,
                      Refusal::NotAuthenticated,
                      m_connector.m_config.replies.notAuthenticated);
    }
    m_info.user = user;
    m_permissions = RightsOf(group);
    Tell(PermissionsEvent{facts.now, m_permissions});
    Tell(LogonEvent{facts.now});
    smtp::Decision decision;
    decision.user = m_info.user;
    return decision;
}

Nanoseconds
ConnectorSession::DelayReply(const smtp::ServerFacts& facts, const smtp::ReplyDraft& draft)
{
    const bool exempt = m_exempt || (m_byFilter && !m_connector.m_config.tarpit.filterReplies);
    m_exempt = m_byFilter = false;
    if (!m_info.user.empty() || draft.code == smtp::SERVICE_CLOSING || (exempt && !m_discredited))
    {
        return Nanoseconds(0);
    }
    const bool ofAuth = draft.step == smtp::Step::Auth;
    const Nanoseconds delay = m_connector.m_tarpit.DelayOf(draft.code, m_discredited, ofAuth);
    if (delay.count() > 0)
    {
        m_tarpitted = true;
        const std::string reply =
            fmt::format("{} {}", draft.code, draft.text.substr(0, draft.text.find('\n')));
        TarpitEvent event;
        event.time = facts.now;
        event.delay = delay;
        event.reply = reply;
        Tell(event);
    }
    return delay;
}

void
ConnectorSession::OnCommand(const smtp::CommandEvent& event)
{
    const bool isHello = event.verb == smtp::Verb::Helo || event.verb == smtp::Verb::Ehlo;
    if (isHello && !event.authResponse)
    {
        const std::size_t space = event.line.find(' ');
        m_info.hello = space == event.line.npos ? "" : event.line.substr(space + 1);
    }
    Tell(event);
}

void
ConnectorSession::OnReply(const smtp::ReplyEvent& event)
{
    const bool endsMessage =
        event.step == smtp::Step::EndOfData || event.step == smtp::Step::LastChunk;
    if (endsMessage && m_acknowledgement.count() > 0)
    {
        TarpitEvent tarpit;
        tarpit.time = event.time;
        tarpit.delay = m_acknowledgement;
        tarpit.cause = TarpitCause::DelayedAck;
        tarpit.expired = m_acknowledgementExpired;
        m_acknowledgement = Nanoseconds(0);
        Tell(tarpit);
    }
    Tell(event);
}

void
ConnectorSession::OnTls(const smtp::TlsEvent& event)
{
    if (event.established && !m_info.user.empty())
    {
        m_account = nullptr;
        m_info.user.clear();
        m_permissions = m_connector.m_anonymous;
        Tell(PermissionsEvent{event.time, m_permissions});
    }
    Tell(event);
}

void
ConnectorSession::OnEnd(const smtp::EndEvent& event)
{
    const IpAddress client = m_info.connection->client;
    const bool remote = IsRemote(event.reason);
    m_lookup.Forget();
    m_checks.Stop();
    if (m_admitted)
    {
        m_connector.m_limits.Close(client);
        m_admitted = false;
    }
    if (m_tarpitted)
    {
        m_connector.m_tarpit.Ended(client, remote, event.time);
    }
    Tell(ClosedEvent{event.time, remote ? ClosedBy::Remote : ClosedBy::Local});
    Tell(event);
}

} // namespace bouncelab::connector
