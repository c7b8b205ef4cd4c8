#include "models/kerberos/kdc.h"

#include "formats/text.h"

#include <algorithm>

namespace bouncelab::kerberos
{

namespace
{

constexpr std::int64_t AD_IF_RELEVANT = 1;
constexpr std::int64_t AD_WIN2K_PAC = 128;
constexpr std::uint32_t TICKET_FLAGS =
    flag::FORWARDABLE | flag::RENEWABLE | flag::INITIAL | flag::PRE_AUTHENTICATED;

Seconds
SecondsOf(Nanoseconds duration)
{
    return duration.count() / NANOSECONDS_PER_SECOND;
}

/// The account's name in "name" or "name@realm".
std::string
AccountName(const PrincipalName& name)
{
    const std::string text = name.ToString();
    return text.substr(0, text.find('@'));
}

bool
IsTicketService(const PrincipalName& name)
{
    return name.parts.size() == 2 && name.parts[0] == TICKET_ACCOUNT;
}

/// What a key is salted with: of people the realm and the name, of machines "host" and their name.
std::string
SaltOf(const Account& account, const std::string& realm)
{
    if (!account.machine)
    {
        return realm + account.name;
    }
    const std::string host = InLowerCase(account.name.substr(0, account.name.find('$')));
    return realm + "host" + host + '.' + InLowerCase(realm);
}

} // namespace

Kdc::Kdc(const KerberosPersona& persona, std::string realm, const Replica& replica, DrawKey draws)
    : m_persona(persona)
    , m_realm(std::move(realm))
    , m_replica(replica)
    , m_draws(draws)
    , m_replays(persona.accept.replays)
{
}

std::string
Kdc::Answer(std::string_view octets, Transport transport, WallTime clock)
{
    const auto message = ParseMessage(octets);
    if (!message)
    {
        return {};
    }
    if (const auto* request = std::get_if<KdcRequest>(&*message))
    {
        return AnswerRequest(*request, transport, clock);
    }
    const KdcRequest none;
    Job job{none, clock, ++m_requests, {}, {}};
    job.event.time = clock;
    job.event.transport = transport;
    job.event.error = ErrorCode::MessageType;
    m_events.push_back(job.event);
    return Refusal(job);
}

std::string
Kdc::AnswerRequest(const KdcRequest& request, Transport transport, WallTime clock)
{
    Job job{request, clock, ++m_requests, {}, {}};
    job.event.time = clock;
    job.event.transport = transport;
    job.event.exchange = request.exchange;
    job.event.client = request.body.client ? request.body.client->ToString() : "";
    job.event.service = request.body.service ? request.body.service->ToString() : "";
    std::string reply;
    if (!EqualIgnoringCase(request.body.realm, m_realm))
    {
        job.event.error = ErrorCode::WrongRealm;
    }
    else if (const auto grant =
                 request.exchange == Exchange::As ? Authenticate(job) : CheckTicket(job))
    {
        if (const Account* service = FindService(job))
        {
            reply = Give(job, *grant, *service);
        }
    }
    if (transport == Transport::Udp && reply.size() > m_persona.kdc.largestDatagram)
    {
        job.event.error = ErrorCode::ResponseTooBig;
    }
    m_events.push_back(job.event);
    return job.event.error == ErrorCode::None ? reply : Refusal(job);
}

std::optional<EncryptionType>
Kdc::ChooseType(const KdcRequest& request) const
{
    const auto& mine = m_persona.kdc.encryptionTypes;
    for (const std::int64_t wanted : request.body.encryptionTypes)
    {
        const auto found = std::find(mine.begin(), mine.end(), static_cast<EncryptionType>(wanted));
        if (found != mine.end())
        {
            return *found;
        }
    }
    return std::nullopt;
}

/// An AS-REQ: who it is that asks, and whether it is so.
std::optional<Kdc::Grant>
Kdc::Authenticate(Job& job)
{
    const KdcRequestBody& body = job.request.body;
    const auto type = ChooseType(job.request);
    Grant grant;
    grant.client = body.client.value_or(PrincipalName());
    grant.account = m_replica.Find(AccountName(grant.client));
    job.event.error = !grant.account                  ? ErrorCode::ClientUnknown
                      : grant.account->disabled.value ? ErrorCode::ClientRevoked
                      : !type                         ? ErrorCode::EncryptionTypeUnsupported
                                                      : ErrorCode::None;
    if (job.event.error != ErrorCode::None || !CheckPreAuth(job, *grant.account, *type))
    {
        return std::nullopt;
    }
    grant.replyKey = KeyOf(grant.account->secret.value, *type);
    grant.flags = TICKET_FLAGS;
    grant.authenticated = UnixSeconds(job.clock);
    grant.latestEnd = grant.authenticated + SecondsOf(m_persona.kdc.ticketLifetime);
    grant.renewTill = grant.authenticated + SecondsOf(m_persona.kdc.renewLifetime);
    return grant;
}

bool
Kdc::CheckPreAuth(Job& job, const Account& account, EncryptionType type)
{
    const PaData* data = job.request.Find(pa_type::ENCRYPTED_TIMESTAMP);
    if (!data)
    {
        if (m_persona.kdc.preAuthentication)
        {
            job.event.error = ErrorCode::PreAuthRequired;
            job.errorData = Hints(account);
        }
        return !m_persona.kdc.preAuthentication;
    }
    const auto sealed = ParseEncryptedData(data->octets);
    const auto used =
        sealed && IsKnown(sealed->type) ? static_cast<EncryptionType>(sealed->type) : type;
    const auto opened =
        sealed ? Open(KeyOf(account.secret.value, used), KeyUsage::PaTimestamp, sealed->cipher)
               : std::nullopt;
    const auto stamp = opened ? ParsePaTimestamp(*opened) : std::nullopt;
    if (!stamp)
    {
        job.event.error = ErrorCode::PreAuthFailed;
        job.errorData = Hints(account);
        return false;
    }
    const Stamp time{stamp->time, stamp->microseconds.value_or(0)};
    job.event.clientAhead = time.ToWallTime() - job.clock;
    if (std::chrono::abs(job.event.clientAhead) > m_persona.accept.maxSkew)
    {
        job.event.error = ErrorCode::Skew;
    }
    return job.event.error == ErrorCode::None;
}

/// A TGS-REQ: whether the ticket in it is one of this realm's, and used by its owner, now.
std::optional<Kdc::Grant>
Kdc::CheckTicket(Job& job)
{
    const PaData* data = job.request.Find(pa_type::TGS_REQUEST);
    const auto message = data ? ParseMessage(data->octets) : std::nullopt;
    const auto* ap = message ? std::get_if<ApRequest>(&*message) : nullptr;
    if (!ap)
    {
        job.event.error = ErrorCode::PaDataUnsupported;
        return std::nullopt;
    }
    if (!IsTicketService(ap->ticket.service))
    {
        job.event.error = ErrorCode::NotUs;
        return std::nullopt;
    }
    const ApVerdict verdict = CheckApRequest(*ap,
                                             KeyUsage::TgsAuthenticator,
                                             {m_replica.Find(TICKET_ACCOUNT)->secret.value},
                                             m_persona.accept,
                                             job.clock,
                                             m_replays);
    job.event.error = verdict.error;
    job.event.clientAhead = verdict.clientAhead;
    job.event.client = verdict.ticket.client.ToString();
    const TicketPart& ticket = verdict.ticket;
    const Checksum expected =
        ChecksumOf(ticket.key, KeyUsage::TgsChecksum, ToOctets(job.request.body));
    if (verdict.error == ErrorCode::None &&
        (!verdict.authenticator.checksum ||
         verdict.authenticator.checksum->octets != expected.octets))
    {
        job.event.error = ErrorCode::Modified;
    }
    if (job.event.error != ErrorCode::None)
    {
        return std::nullopt;
    }
    const auto& subkey = verdict.authenticator.subkey;
    const EncryptionKey& replyKey = subkey ? *subkey : ticket.key;
    if (!IsKnown(replyKey.type))
    {
        job.event.error = ErrorCode::EncryptionTypeUnsupported;
        return std::nullopt;
    }
    return Grant{ticket.client,
                 m_replica.Find(AccountName(ticket.client)),
                 replyKey,
                 subkey ? KeyUsage::TgsReplyBySubkey : KeyUsage::TgsReply,
                 ticket.flags & ~flag::INITIAL,
                 ticket.authenticated,
                 ticket.end,
                 ticket.renewTill};
}

const Account*
Kdc::FindService(Job& job)
{
    const PrincipalName name = job.request.body.service.value_or(PrincipalName());
    if (IsTicketService(name) && EqualIgnoringCase(name.parts[1], m_realm))
    {
        return m_replica.Find(TICKET_ACCOUNT);
    }
    const std::string text = name.ToString();
    const auto holders = m_replica.HoldersOf(text);
    if (holders.size() == 1)
    {
        return holders[0];
    }
    if (holders.size() > 1)
    {
        KdcEvent event = job.event;
        event.kind = KdcEvent::Kind::DuplicateName;
        event.error = ErrorCode::ServiceUnknown;
        for (const Account* holder : holders)
        {
            event.holders.push_back(holder->name);
        }
        m_events.push_back(event);
    }
    const Account* account = name.parts.size() == 1 ? m_replica.Find(AccountName(name)) : nullptr;
    job.event.error = account ? ErrorCode::None : ErrorCode::ServiceUnknown;
    return account;
}

/// The data of error 25: what to pre-authenticate with.
std::string
Kdc::Hints(const Account& account) const
{
    std::vector<EtypeInfo2> types;
    for (const EncryptionType type : m_persona.kdc.encryptionTypes)
    {
        const bool salted = type != EncryptionType::Rc4Hmac;
        types.push_back(
            {static_cast<std::int64_t>(type),
             salted ? std::optional<std::string>(SaltOf(account, m_realm)) : std::nullopt,
             {}});
    }
    std::vector<PaData> data{{{pa_type::ETYPE_INFO2, ToOctets(types)}}};
    for (const std::int64_t type : m_persona.kdc.preAuthHints)
    {
        data.push_back({{type, ""}});
    }
    return ToOctets(data);
}

std::string
Kdc::Give(Job& job, const Grant& grant, const Account& service)
{
    const KdcRequestBody& body = job.request.body;
    const auto type = ChooseType(job.request);
    if (!type)
    {
        job.event.error = ErrorCode::EncryptionTypeUnsupported;
        return {};
    }
    const DrawKey draws = m_draws.For("ticket", job.number);
    const Seconds now = UnixSeconds(job.clock);
    TicketPart ticket;
    ticket.flags = grant.flags;
    ticket.key = DrawnKey(draws("session"), *type);
    ticket.clientRealm = m_realm;
    ticket.client = grant.client;
    ticket.authenticated = grant.authenticated;
    ticket.start = now;
    ticket.end =
        std::min({body.till, grant.latestEnd, now + SecondsOf(m_persona.kdc.ticketLifetime)});
    if (ticket.end <= now)
    {
        job.event.error = ErrorCode::NeverValid;
        return {};
    }
    ticket.renewTill = grant.renewTill;
    if (grant.account && grant.account->pacSize > 0)
    {
        const std::string pac = Octets(draws("pac"), grant.account->pacSize);
        ticket.authorization = {
            {{AD_IF_RELEVANT, ToOctets(std::vector<AuthorizationDatum>{{{AD_WIN2K_PAC, pac}}})}}};
    }
    const Secret& secret = service.secret.value;
    KdcReply reply;
    reply.exchange = job.request.exchange;
    reply.clientRealm = m_realm;
    reply.client = grant.client;
    reply.ticket.realm = m_realm;
    reply.ticket.service = *body.service;
    reply.ticket.part = {
        static_cast<std::int64_t>(*type),
        secret.version,
        Seal(KeyOf(secret, *type), KeyUsage::Ticket, ToOctets(ticket), draws("ticket"))};
    KdcReplyPart part;
    part.key = ticket.key;
    part.lastRequests = {{0, now}};
    part.nonce = body.nonce;
    part.flags = ticket.flags;
    part.authenticated = ticket.authenticated;
    part.start = ticket.start;
    part.end = ticket.end;
    part.renewTill = ticket.renewTill;
    part.realm = m_realm;
    part.service = *body.service;
    reply.part.type = grant.replyKey.type;
    if (reply.exchange == Exchange::As)
    {
        reply.part.keyVersion = grant.account->secret.value.version;
    }
    reply.part.cipher =
        Seal(grant.replyKey, grant.usage, ToOctets(part, reply.exchange), draws("reply"));
    return ToOctets(reply);
}

std::string
Kdc::Refusal(const Job& job) const
{
    KrbError error;
    error.serverTime = Stamp::Of(job.clock);
    error.code = job.event.error;
    error.realm = m_realm;
    error.service = job.request.body.service.value_or(
        PrincipalName::Parse(std::string(TICKET_ACCOUNT) + '/' + m_realm));
    if (!job.errorData.empty())
    {
        error.data = job.errorData;
    }
    return ToOctets(error);
}

} // namespace bouncelab::kerberos
