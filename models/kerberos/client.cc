#include "models/kerberos/client.h"

#include "formats/text.h"
#include "models/kerberos/key.h"
#include "models/kerberos/replica.h"

#include <algorithm>
#include <utility>

namespace bouncelab::kerberos
{

namespace
{

constexpr Seconds FAR_END = 2136422885; //!< 2037-09-13, what Windows asks for.
constexpr std::int64_t NETBIOS_ADDRESS = 20;
constexpr std::size_t NETBIOS_NAME = 15;
constexpr std::int64_t GSS_CHECKSUM = 0x8003; //!< RFC 4121 4.1.1
constexpr std::uint8_t GSS_FLAGS = 0x3E; //!< Mutual, replay, sequence, confidential, integrity.

/// Without channel bindings.
Checksum
GssChecksum()
{
    std::string octets(24, '\0');
    octets[0] = 16;
    octets[20] = static_cast<char>(GSS_FLAGS);
    return {{GSS_CHECKSUM, octets}};
}

HostAddressField
NetbiosAddress(std::string_view account)
{
    std::string name(account.substr(0, std::min(account.find('$'), NETBIOS_NAME)));
    std::transform(name.begin(), name.end(), name.begin(), ToUpper);
    name.resize(NETBIOS_NAME + 1, ' ');
    return {{NETBIOS_ADDRESS, name}};
}

} // namespace

bool
Answers(const ApToken& token, std::string_view reply)
{
    const auto message = ParseMessage(reply);
    const auto* answer = message ? std::get_if<ApReply>(&*message) : nullptr;
    const auto opened =
        answer ? Open(token.key, KeyUsage::ApReply, answer->part.cipher) : std::nullopt;
    const auto part = opened ? ParseApReplyPart(*opened) : std::nullopt;
    return part && part->time == token.time;
}

Client::Client(const ClientPolicy& policy, std::string account, std::string realm, DrawKey draws)
    : m_policy(policy)
    , m_name{name_type::PRINCIPAL, {std::move(account)}}
    , m_realm(std::move(realm))
    , m_draws(draws)
{
}

void
Client::SetControllers(std::vector<std::string> controllers)
{
    m_controllers = std::move(controllers);
    m_controller = 0;
}

const std::string&
Client::Controller() const
{
    static const std::string none;
    return m_controllers.empty() ? none : m_controllers[m_controller % m_controllers.size()];
}

PrincipalName
Client::TicketService() const
{
    return {name_type::SERVICE_INSTANCE, {std::string(TICKET_ACCOUNT), m_realm}};
}

std::vector<EncryptionType>
Client::KnownTypes() const
{
    std::vector<EncryptionType> known;
    for (const std::int64_t type : m_policy.offeredTypes)
    {
        if (IsKnown(type))
        {
            known.push_back(static_cast<EncryptionType>(type));
        }
    }
    return known;
}

void
Client::Obtain(const PrincipalName& service, Moment at)
{
    m_wanted.push_back(service);
    if (!m_quest)
    {
        Begin(at);
    }
}

/// Takes up what is wanted next.
void
Client::Begin(Moment at)
{
    while (!m_wanted.empty() && !m_quest)
    {
        const PrincipalName wanted = m_wanted.front();
        m_wanted.pop_front();
        m_quest = Quest();
        m_quest->wanted = wanted;
        if (const Credential* known = Find(wanted, at.clock))
        {
            Emit(ClientEvent::Kind::Obtained, at.now).controller = known->controller;
            m_quest.reset();
            continue;
        }
        if (m_policy.farTimeout.count() > 0 && at.now - m_awaySince >= m_policy.farTimeout)
        {
            m_controller = 0;
        }
        m_quest->exchange = Find(TicketService(), at.clock) ? Exchange::Tgs : Exchange::As;
        Ask(at);
    }
}

ClientEvent&
Client::Emit(ClientEvent::Kind kind, Nanoseconds now)
{
    ClientEvent event;
    event.kind = kind;
    event.time = now;
    event.service = m_quest->wanted.ToString();
    event.controller = Controller();
    m_events.push_back(event);
    return m_events.back();
}

void
Client::End(ErrorCode error, Moment at)
{
    const bool failed = error != ErrorCode::None;
    Emit(failed ? ClientEvent::Kind::Failed : ClientEvent::Kind::Obtained, at.now).error = error;
    m_quest.reset();
    Begin(at);
}

KdcRequest
Client::NewRequest(Exchange exchange, const PrincipalName& service)
{
    m_quest->request = ++m_requests;
    m_quest->nonce = m_draws("nonce", m_requests).Between(1, 0x7FFFFFFF);
    KdcRequest request;
    request.exchange = exchange;
    request.body.options = m_policy.options;
    request.body.realm = m_realm;
    request.body.service = service;
    request.body.till = FAR_END;
    request.body.nonce = m_quest->nonce;
    request.body.encryptionTypes = m_policy.offeredTypes;
    return request;
}

/// Sends what the quest needs next to the controller of the moment.
void
Client::Ask(Moment at)
{
    if (m_controllers.empty() || m_secrets.empty())
    {
        End(ErrorCode::ServiceUnavailable, at);
    }
    else if (m_quest->exchange == Exchange::As)
    {
        AskTickets(at);
    }
    else
    {
        AskService(at);
    }
}

PaData
Client::TimeProof(EncryptionType type, WallTime clock) const
{
    const Stamp stamp = Stamp::Of(clock + m_correction);
    EncryptedData sealed;
    sealed.type = static_cast<std::int64_t>(type);
    sealed.cipher = Seal(KeyOf(m_secrets[m_quest->secret], type),
                         KeyUsage::PaTimestamp,
                         ToOctets(PaTimestamp{stamp.seconds, stamp.microseconds}),
                         m_draws("time-proof", m_requests));
    return {{pa_type::ENCRYPTED_TIMESTAMP, ToOctets(sealed)}};
}

void
Client::AskTickets(Moment at)
{
    KdcRequest request = NewRequest(Exchange::As, TicketService());
    request.body.client = m_name;
    request.body.renewTill = FAR_END;
    if (m_policy.netbiosAddress)
    {
        request.body.addresses = {NetbiosAddress(m_name.parts[0])};
    }
    const auto types = KnownTypes();
    if (m_policy.eagerPreAuth && !m_quest->preAuth && !types.empty())
    {
        m_quest->preAuth = types[0];
    }
    if (m_quest->preAuth)
    {
        request.padata.push_back(TimeProof(*m_quest->preAuth, at.clock));
    }
    if (m_policy.pacRequest)
    {
        request.padata.push_back({{pa_type::PAC_REQUEST, PacRequest(true)}});
    }
    Send(request, at);
}

void
Client::AskService(Moment at)
{
    const Credential* tickets = Find(TicketService(), at.clock);
    if (!tickets)
    {
        m_quest->exchange = Exchange::As;
        AskTickets(at);
        return;
    }
    KdcRequest request = NewRequest(Exchange::Tgs, m_quest->wanted);
    request.body.options &= ~flag::RENEWABLE_OK;
    m_quest->sessionKey = tickets->key;
    Authenticator authenticator = NewAuthenticator(at.clock);
    authenticator.checksum =
        ChecksumOf(tickets->key, KeyUsage::TgsChecksum, ToOctets(request.body));
    request.padata = {{{pa_type::TGS_REQUEST,
                        MakeApRequest(*tickets, authenticator, KeyUsage::TgsAuthenticator, 0)}}};
    Send(request, at);
}

void
Client::Send(const KdcRequest& request, Moment at)
{
    std::string octets = ToOctets(request);
    if (!m_quest->transportIsSet)
    {
        m_quest->transport = octets.size() < m_policy.udpBelow ? Transport::Udp : Transport::Tcp;
    }
    m_sends.push_back({m_quest->request, Controller(), m_quest->transport, std::move(octets)});
    m_quest->waiting = true;
    m_quest->timer = at.now + m_policy.wait;
}

/// An attempt has brought nothing.
void
Client::TryNext(Moment at)
{
    Emit(ClientEvent::Kind::NoAnswer, at.now);
    m_quest->waiting = false;
    m_awaySince = m_controller == 0 ? at.now : m_awaySince;
    ++m_controller;
    if (++m_quest->attempts >= m_policy.attempts)
    {
        End(ErrorCode::ServiceUnavailable, at);
        return;
    }
    if (m_policy.otherTransport)
    {
        m_quest->transportIsSet = true;
        m_quest->transport = m_quest->transport == Transport::Udp ? Transport::Tcp : Transport::Udp;
    }
    m_quest->timer = at.now + m_policy.backoff;
}

void
Client::Advance(Moment at)
{
    if (!m_quest || at.now < m_quest->timer)
    {
        return;
    }
    if (m_quest->waiting)
    {
        TryNext(at);
    }
    else
    {
        Ask(at);
    }
}

std::optional<Nanoseconds>
Client::NextTimer() const
{
    return m_quest ? std::optional<Nanoseconds>(m_quest->timer) : std::nullopt;
}

void
Client::Fail(std::uint64_t request, Moment at)
{
    if (m_quest && m_quest->waiting && m_quest->request == request)
    {
        TryNext(at);
    }
}

void
Client::Receive(std::uint64_t request, std::string_view octets, Moment at)
{
    if (!m_quest || !m_quest->waiting || m_quest->request != request)
    {
        return;
    }
    const auto message = ParseMessage(octets);
    if (const auto* reply = message ? std::get_if<KdcReply>(&*message) : nullptr)
    {
        OnReply(*reply, at);
    }
    else if (const auto* error = message ? std::get_if<KrbError>(&*message) : nullptr)
    {
        OnError(*error, at);
    }
}

std::optional<KdcReplyPart>
Client::OpenReply(const KdcReply& reply) const
{
    std::optional<std::string> opened;
    if (reply.exchange == Exchange::Tgs)
    {
        opened = Open(m_quest->sessionKey, KeyUsage::TgsReply, reply.part.cipher);
    }
    else if (IsKnown(reply.part.type))
    {
        const auto type = static_cast<EncryptionType>(reply.part.type);
        opened =
            Open(KeyOf(m_secrets[m_quest->secret], type), KeyUsage::AsReply, reply.part.cipher);
    }
    const auto part = opened ? ParseKdcReplyPart(*opened) : std::nullopt;
    return part && part->nonce == m_quest->nonce ? part : std::nullopt;
}

void
Client::OnReply(const KdcReply& reply, Moment at)
{
    const auto part = reply.exchange == m_quest->exchange ? OpenReply(reply) : std::nullopt;
    if (!part)
    {
        End(ErrorCode::BadIntegrity, at);
        return;
    }
    m_tickets[InLowerCase(part->service.ToString())] = {reply.ticket,
                                                        part->key,
                                                        part->end,
                                                        Controller()};
    const PrincipalName due = m_quest->exchange == Exchange::As ? TicketService() : m_quest->wanted;
    const bool isValid = Find(due, at.clock) != nullptr;
    if (!isValid || Find(m_quest->wanted, at.clock))
    {
        End(isValid ? ErrorCode::None : ErrorCode::TicketExpired, at);
        return;
    }
    m_quest->exchange = Exchange::Tgs;
    m_quest->attempts = 0;
    m_quest->transportIsSet = false;
    Ask(at);
}

/// Chooses the key of the proof. \return false where there is none to choose
bool
Client::TakeHints(const KrbError& error)
{
    const auto types = KnownTypes();
    for (const PaData& data :
         ParsePaDataList(error.data.value_or("")).value_or(std::vector<PaData>()))
    {
        if (data.type != pa_type::ETYPE_INFO2)
        {
            continue;
        }
        for (const EtypeInfo2& entry :
             ParseEtypeInfo2(data.octets).value_or(std::vector<EtypeInfo2>()))
        {
            const auto found =
                std::find(types.begin(), types.end(), static_cast<EncryptionType>(entry.type));
            if (found != types.end())
            {
                m_quest->preAuth = *found;
                return true;
            }
        }
    }
    return false;
}

void
Client::OnError(const KrbError& error, Moment at)
{
    m_quest->attempts = 0;
    switch (error.code)
    {
    case ErrorCode::PreAuthRequired:
        if (!m_quest->preAuth && TakeHints(error))
        {
            return Ask(at);
        }
        break;
    case ErrorCode::PreAuthFailed:
        if (m_quest->secret + 1 < m_secrets.size())
        {
            ++m_quest->secret;
            return Ask(at);
        }
        break;
    case ErrorCode::Skew:
        if (m_policy.heedsServerTime && !std::exchange(m_quest->clockTried, true))
        {
            m_correction = error.serverTime.ToWallTime() - at.clock;
            Emit(ClientEvent::Kind::ClockCorrected, at.now).correction = m_correction;
            return Ask(at);
        }
        break;
    case ErrorCode::ResponseTooBig:
        if (m_quest->transport == Transport::Udp)
        {
            m_quest->transport = Transport::Tcp;
            m_quest->transportIsSet = true;
            return Ask(at);
        }
        break;
    case ErrorCode::TicketExpired:
    case ErrorCode::TicketNotYetValid:
    case ErrorCode::Modified:
    case ErrorCode::BadIntegrity:
        if (m_quest->exchange == Exchange::Tgs && !std::exchange(m_quest->ticketRenewed, true))
        {
            Forget(TicketService());
            return Ask(at);
        }
        break;
    default:
        break;
    }
    End(error.code, at);
}

const Credential*
Client::Find(const PrincipalName& service, WallTime clock) const
{
    const auto found = m_tickets.find(InLowerCase(service.ToString()));
    const bool valid =
        found != m_tickets.end() && UnixSeconds(clock + m_correction) < found->second.end;
    return valid ? &found->second : nullptr;
}

void
Client::Forget(const PrincipalName& service)
{
    m_tickets.erase(InLowerCase(service.ToString()));
}

Authenticator
Client::NewAuthenticator(WallTime clock)
{
    Authenticator authenticator;
    authenticator.clientRealm = m_realm;
    authenticator.client = m_name;
    const WallTime reading = std::chrono::floor<std::chrono::microseconds>(clock + m_correction);
    const bool isUsed = reading >= m_lastReading && reading <= m_lastStamp;
    m_lastReading = isUsed ? m_lastReading : reading;
    m_lastStamp = isUsed ? m_lastStamp + std::chrono::microseconds(1) : reading;
    authenticator.time = Stamp::Of(m_lastStamp);
    return authenticator;
}

std::string
Client::MakeApRequest(const Credential& credential,
                      const Authenticator& authenticator,
                      KeyUsage usage,
                      std::uint32_t options)
{
    ++m_tokens;
    ApRequest request;
    request.options = options;
    request.ticket = credential.ticket;
    request.authenticator.type = credential.key.type;
    request.authenticator.cipher =
        Seal(credential.key, usage, ToOctets(authenticator), m_draws("authenticator", m_tokens));
    return ToOctets(request);
}

ApToken
Client::MakeToken(const PrincipalName& service, WallTime clock)
{
    const Credential& credential = *Find(service, clock);
    const DrawKey draws = m_draws.For("token", m_tokens);
    Authenticator authenticator = NewAuthenticator(clock);
    authenticator.checksum = GssChecksum();
    authenticator.subkey =
        DrawnKey(draws("subkey"), static_cast<EncryptionType>(credential.key.type));
    authenticator.sequence = draws("sequence").Between(0, 0x3FFFFFFF);
    return {
        MakeApRequest(credential, authenticator, KeyUsage::ApAuthenticator, flag::MUTUAL_REQUIRED),
        credential.key,
        authenticator.time};
}

} // namespace bouncelab::kerberos
