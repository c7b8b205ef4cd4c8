#include "models/kerberos/accept.h"

namespace bouncelab::kerberos
{

namespace
{

std::optional<TicketPart>
OpenTicket(const EncryptedData& part, const std::vector<Secret>& secrets)
{
    if (IsKnown(part.type))
    {
        for (const Secret& secret : secrets)
        {
            const EncryptionKey key = KeyOf(secret, static_cast<EncryptionType>(part.type));
            if (const auto octets = Open(key, KeyUsage::Ticket, part.cipher))
            {
                return ParseTicketPart(*octets);
            }
        }
    }
    return std::nullopt;
}

ErrorCode
CheckTimes(const TicketPart& ticket, Nanoseconds maxSkew, WallTime clock)
{
    const WallTime start = Stamp{ticket.start.value_or(ticket.authenticated)}.ToWallTime();
    const WallTime end = Stamp{ticket.end}.ToWallTime();
    return start - clock > maxSkew ? ErrorCode::TicketNotYetValid
           : clock - end > maxSkew ? ErrorCode::TicketExpired
                                   : ErrorCode::None;
}

ErrorCode
CheckSkew(Nanoseconds ahead, Nanoseconds maxSkew)
{
    return std::chrono::abs(ahead) > maxSkew ? ErrorCode::Skew : ErrorCode::None;
}

} // namespace

OwnSecrets::OwnSecrets(Secret secret, std::uint32_t earlier)
    : m_secrets{std::move(secret)}
    , m_limit(std::size_t{1} + earlier)
{
}

void
OwnSecrets::Change(Secret secret)
{
    m_secrets.insert(m_secrets.begin(), std::move(secret));
    if (m_secrets.size() > m_limit)
    {
        m_secrets.pop_back();
    }
}

bool
ReplayCache::Add(const Authenticator& authenticator, const PrincipalName& service, WallTime oldest)
{
    const Stamp bound = Stamp::Of(oldest);
    while (!m_seen.empty() && (m_seen.size() > m_limit || std::get<Stamp>(*m_seen.begin()) < bound))
    {
        m_seen.erase(m_seen.begin());
    }
    const std::string client = authenticator.client.ToString() + '@' + authenticator.clientRealm;
    return m_limit == 0 || m_seen.emplace(authenticator.time, client, service.ToString()).second;
}

ApVerdict
CheckApRequest(const ApRequest& request,
               KeyUsage usage,
               const std::vector<Secret>& secrets,
               const AcceptPolicy& policy,
               WallTime clock,
               ReplayCache& replays)
{
    ApVerdict verdict;
    const auto refuse = [&](ErrorCode error)
    {
        verdict.error = error;
        return error != ErrorCode::None;
    };
    const auto integrity = static_cast<ErrorCode>(policy.integrityError);
    const auto ticket = OpenTicket(request.ticket.part, secrets);
    if (!ticket)
    {
        refuse(integrity);
        return verdict;
    }
    verdict.ticket = *ticket;
    const ErrorCode times = CheckTimes(*ticket, policy.maxSkew, clock);
    if (policy.ticketTimesFirst && refuse(times))
    {
        return verdict;
    }
    const auto opened = Open(ticket->key, usage, request.authenticator.cipher);
    const auto authenticator = opened ? ParseAuthenticator(*opened) : std::nullopt;
    if (!authenticator)
    {
        refuse(integrity);
        return verdict;
    }
    verdict.authenticator = *authenticator;
    verdict.clientAhead = authenticator->time.ToWallTime() - clock;
    const bool isSame = authenticator->client == ticket->client &&
                        authenticator->clientRealm == ticket->clientRealm;
    if (refuse(isSame ? ErrorCode::None : ErrorCode::BadMatch) ||
        refuse(CheckSkew(verdict.clientAhead, policy.maxSkew)) || refuse(times))
    {
        return verdict;
    }
    const bool isFirst =
        replays.Add(*authenticator, request.ticket.service, clock - policy.maxSkew);
    refuse(isFirst ? ErrorCode::None : ErrorCode::Repeat);
    return verdict;
}

AcceptResult
Acceptor::Accept(std::string_view octets, const std::vector<Secret>& secrets, WallTime clock)
{
    AcceptResult result;
    const auto message = ParseMessage(octets);
    const auto* request = message ? std::get_if<ApRequest>(&*message) : nullptr;
    if (!request)
    {
        result.error = ErrorCode::MessageType;
        result.reply = Refusal(result.error, clock);
        return result;
    }
    const ApVerdict verdict =
        CheckApRequest(*request, KeyUsage::ApAuthenticator, secrets, m_policy, clock, m_replays);
    result.error = verdict.error;
    result.service = request->ticket.service.ToString();
    result.clientAhead = verdict.clientAhead;
    if (!verdict.ticket.client.parts.empty())
    {
        result.client = verdict.ticket.client.ToString() + '@' + verdict.ticket.clientRealm;
    }
    if (verdict.error != ErrorCode::None)
    {
        result.reply = Refusal(verdict.error, clock);
    }
    else if (request->options & flag::MUTUAL_REQUIRED)
    {
        result.reply = Agreement(verdict);
    }
    return result;
}

std::string
Acceptor::Refusal(ErrorCode code, WallTime clock) const
{
    KrbError error;
    error.serverTime = Stamp::Of(clock);
    error.code = code;
    error.realm = m_realm;
    error.service = m_self;
    return ToOctets(error);
}

std::string
Acceptor::Agreement(const ApVerdict& verdict)
{
    ++m_accepted;
    const DrawKey draws = m_draws.For("accept", m_accepted);
    ApReplyPart part;
    part.time = verdict.authenticator.time;
    part.subkey = DrawnKey(draws("subkey"), static_cast<EncryptionType>(verdict.ticket.key.type));
    part.sequence = draws("sequence").Between(0, 0x3FFFFFFF);
    ApReply reply;
    reply.part.type = verdict.ticket.key.type;
    reply.part.cipher =
        Seal(verdict.ticket.key, KeyUsage::ApReply, ToOctets(part), draws("confounder"));
    return ToOctets(reply);
}

} // namespace bouncelab::kerberos
