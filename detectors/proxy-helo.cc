#include "detectors/analysis/recipient-form.h"
#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace bouncelab::detectors
{

namespace proxy_helo
{

constexpr AlertRule SIGNATURE{"proxy-helo", 1100101, "BOUNCELAB submission spoken by a proxy"};
constexpr std::string_view PROXY = "intercepted.proxy";

constexpr std::size_t FEW_SENDERS = 3;
constexpr std::size_t TEST_SENDERS = 3; //!< A user has one name, or two.
constexpr std::size_t MANY_SENDERS = 4;
constexpr std::size_t MANY_RECIPIENTS = 8;
constexpr std::size_t UNKNOWN_RECIPIENTS = 2; //!< From here on a user's typing does not explain it.

constexpr std::chrono::minutes MEANWHILE(30);

using Names = std::set<std::string, std::less<>>;

/// One message that a client began: its MAIL and what it asked for.
struct SenderAttempt
{
    std::size_t session = 0;
    std::size_t mail = 0; //!< Index of the MAIL turn.
    std::string_view sender;
    std::vector<const Turn*> recipients;
};

/// All that one address sent to one server.
struct ClientHistory
{
    std::vector<SenderAttempt>
        suspicious;       //!< Senders of the server's domain that match the pattern.
    Names foreignDomains; //!< Of other senders, unauthenticated.
    std::map<std::string, Names> refusedTo; //!< Recipients refused, to senders that tried them.
};

/// A server's own domains and who authenticates to it.
struct ServerHistory
{
    Names domains;
    std::map<std::string, Names, std::less<>> authenticatedFrom; //!< Sender to client addresses.
    std::map<std::string, std::set<WallTime>, std::less<>> authenticatedAt; //!< And times.
};

class Judge
{
  public:
    Judge(const SessionList& sessions, const EvidenceContext& context, AlertSink& sink)
        : m_sessions(sessions)
        , m_context(context)
        , m_sink(sink)
    {
    }

    void Run()
    {
        std::for_each(m_sessions.begin(),
                      m_sessions.end(),
                      [&](const SmtpSession& session) { LearnServer(session); });
        for (std::size_t i = 0; i < m_sessions.size(); ++i)
        {
            Collect(i);
        }
        for (const auto& [pair, client] : m_clients)
        {
            if (!client.suspicious.empty())
            {
                JudgeClient(m_servers[pair.first], client);
            }
        }
    }

  private:
    static bool IsLocal(const ServerHistory& server, std::string_view domain)
    {
        return !domain.empty() &&
               std::any_of(server.domains.begin(),
                           server.domains.end(),
                           [&](const std::string& own) { return SameOrganization(own, domain); });
    }

    /// A server's domains are what its name lies in and what it takes mail for from strangers.
    void LearnServer(const SmtpSession& session)
    {
        ServerHistory& server = m_servers[session.server];
        std::string_view sender;
        const bool authenticated = session.IsAuthenticated();
        for (const Turn& turn : session.turns)
        {
            if ((turn.Is("EHLO") || turn.Is("HELO") || turn.verb.empty()) && turn.code / 100 == 2 &&
                turn.reply.size() > 4)
            {
                std::string_view name = std::string_view(turn.reply).substr(4);
                name = name.substr(0, name.find_first_of(" \n"));
                if (name.find('.') != name.npos)
                {
                    server.domains.emplace(name);
                }
            }
            else if (turn.Is("MAIL"))
            {
                sender = turn.mailbox;
                if (authenticated)
                {
                    server.authenticatedFrom[std::string(sender)].insert(session.client.ToString());
                    server.authenticatedAt[std::string(sender)].insert(session.Start());
                }
            }
            else if (turn.Is("RCPT") && turn.code == 250 && !authenticated)
            {
                server.domains.emplace(DomainOf(turn.mailbox));
            }
        }
    }

    void Collect(std::size_t index)
    {
        const SmtpSession& session = m_sessions[index];
        if (session.IsAuthenticated() || session.client.IsPrivate())
        {
            return;
        }
        const ServerHistory& server = m_servers[session.server];
        ClientHistory& client = m_clients[{session.server, session.client}];
        const bool pattern = session.OffersAuth() && !session.TriesAuth();
        std::string_view hello;
        std::string_view sender;
        SenderAttempt* open = nullptr;
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            const Turn& turn = session.turns[i];
            hello = turn.hello.empty() ? hello : std::string_view(turn.hello);
            if (turn.Is("MAIL"))
            {
                open = nullptr;
                sender = turn.mailbox;
                const std::string_view domain = DomainOf(turn.mailbox);
                if (!IsLocal(server, domain))
                {
                    // Delivery reports have a null sender, so no domain.
                    if (domain.find('.') != domain.npos)
                    {
                        client.foreignDomains.emplace(domain);
                    }
                }
                else if (pattern && hello.find('.') != hello.npos && hello.front() != '[' &&
                         !SameOrganization(hello, domain) && !HasNameIn(session.client, domain))
                {
                    client.suspicious.push_back({index, i, turn.mailbox, {}});
                    open = &client.suspicious.back();
                }
            }
            else if (turn.Is("RCPT"))
            {
                if (turn.code / 100 == 5)
                {
                    client.refusedTo[turn.mailbox].emplace(sender);
                }
                if (open)
                {
                    open->recipients.push_back(&turn);
                }
            }
        }
    }

    /// Whether a log knows the address by a name in this domain: then it is one of its own hosts.
    bool HasNameIn(HostAddress client, std::string_view domain) const
    {
        const auto ptr = PtrOf(client);
        return ptr && SameOrganization(*ptr, domain);
    }

    std::optional<std::string> PtrOf(HostAddress client) const
    {
        for (const auto& filed : m_context.logs.filtered)
        {
            if (filed.record.remote == client && !filed.record.ptr.empty())
            {
                return filed.record.ptr;
            }
        }
        return std::nullopt;
    }

    void JudgeClient(const ServerHistory& server, const ClientHistory& client)
    {
        Names senders;
        Names recipients;
        Names known;
        std::size_t unknown = 0;
        std::size_t outside = 0;
        bool tls = false;
        for (const SenderAttempt& attempt : client.suspicious)
        {
            senders.emplace(attempt.sender);
            tls = tls || m_sessions[attempt.session].get().UsesTls();
            if (server.authenticatedFrom.count(attempt.sender) > 0)
            {
                known.emplace(attempt.sender);
            }
            for (const Turn* turn : attempt.recipients)
            {
                recipients.emplace(turn->mailbox);
                unknown += IsUnknownRecipient(*turn) ? 1 : 0;
                outside += IsLocal(server, DomainOf(turn->mailbox)) ? 0 : 1;
            }
        }
        const SenderAttempt& first = client.suspicious.front();
        const SmtpSession& session = m_sessions[first.session];
        const auto ptr = PtrOf(session.client);
        const bool ptrAgrees = ptr && SameOrganization(*ptr, session.Hello());
        const std::string pattern = fmt::format(
            "{} calls itself {}{} and sends as {}{}, without using the AUTH that it is offered",
            session.client.ToString(),
            session.Hello(),
            ptr ? fmt::format(" (its address is named {})", *ptr) : "",
            first.sender,
            senders.size() > 1 ? fmt::format(" and {} others of this domain", senders.size() - 1)
                               : "");

        std::vector<std::string> against;
        if (unknown >= UNKNOWN_RECIPIENTS && unknown * 4 >= recipients.size())
        {
            against.push_back(fmt::format("{} of {} recipients are unknown",
                                          unknown,
                                          std::max(recipients.size(), unknown)));
        }
        if (senders.size() >= MANY_SENDERS && known.size() * 2 < senders.size())
        {
            against.push_back(fmt::format("{} senders, of whom {} ever authenticated",
                                          senders.size(),
                                          known.size()));
        }
        if (const SenderAttempt* during = SentMeanwhile(server, client))
        {
            against.push_back(
                fmt::format("{} authenticates from {} shortly before and after",
                            during->sender,
                            *server.authenticatedFrom.find(during->sender)->second.begin()));
        }
        for (const auto& [recipient, tried] : client.refusedTo)
        {
            if (tried.size() >= TEST_SENDERS)
            {
                against.push_back(fmt::format("{} is requested in the names of {} senders and "
                                              "refused each time, as a relay tester does it",
                                              recipient,
                                              tried.size()));
                break;
            }
        }
        if (against.empty() && known.empty() && outside == 0)
        {
            if (senders.size() == 1 && recipients.size() >= MANY_RECIPIENTS)
            {
                AddOnce(first,
                        Verdict::Benign,
                        0.7,
                        fmt::format("{}; one sender who never authenticates, to {} recipients of "
                                    "whom {} are unknown: a mailing service that sends for the "
                                    "domain.",
                                    pattern,
                                    recipients.size(),
                                    unknown));
                return;
            }
            if (senders.size() >= 2 && (ptrAgrees || tls) && client.foreignDomains.empty())
            {
                AddOnce(first,
                        Verdict::Benign,
                        0.7,
                        fmt::format("{}; several senders who never authenticate, no other domain's "
                                    "mail{}: the domain's smarthost.",
                                    pattern,
                                    ptrAgrees ? ", and its address has its name" : ", and TLS"));
                return;
            }
        }

        std::vector<std::string> reasons;
        double weight = 0;
        if (!known.empty())
        {
            const Names& from = server.authenticatedFrom.find(*known.begin())->second;
            reasons.push_back(
                fmt::format("{} authenticates when coming from {}", *known.begin(), *from.begin()));
            weight += 2;
        }
        if (!client.foreignDomains.empty())
        {
            reasons.push_back(
                fmt::format("the same address brings mail of {} other {}",
                            client.foreignDomains.size(),
                            client.foreignDomains.size() == 1 ? "domain" : "domains"));
            weight += 1;
        }
        if (outside > 0)
        {
            reasons.push_back(fmt::format("{} of its recipients are outside the domain, as is "
                                          "usual for a user but not for a spoofer",
                                          outside));
            weight += 1;
        }
        if (senders.size() <= FEW_SENDERS && recipients.size() < MANY_RECIPIENTS &&
            client.suspicious.size() > 1)
        {
            reasons.push_back(
                fmt::format("{} messages of {} to {}: a person's volume",
                            client.suspicious.size(),
                            senders.size() == 1 ? "one sender" : "few senders",
                            recipients.size() == 1 ? "one recipient" : "few recipients"));
            weight += 0.5;
        }
        if (weight >= 2 && against.empty())
        {
            AddPerSession(client,
                          std::min(0.95, 0.6 + 0.1 * weight),
                          fmt::format("{}; {}: a proxy on the user's path speaks for the user. "
                                      "Seen in {}; the client's own capture, with its name in EHLO "
                                      "and the banner that it got, would prove it.",
                                      pattern,
                                      Enumerate(reasons),
                                      NameOfVantage(session)));
            return;
        }
        std::string sides = reasons.empty()
                                ? "nothing else points to a proxy on the user's path"
                                : "signs of a proxy on the user's path: " + Enumerate(reasons);
        sides += against.empty() ? "" : "; signs of spoofing: " + Enumerate(against);
        AddOnce(first,
                Verdict::Inconclusive,
                0,
                fmt::format("{}; {}. A spoofing sender looks the same from here; what the user "
                            "sent at this time, or the client's own capture, would decide.",
                            pattern,
                            sides));
    }

    /// An attempt whose sender used his usual host just before and just after it, so that he cannot
    /// have made it from here.
    const SenderAttempt* SentMeanwhile(const ServerHistory& server,
                                       const ClientHistory& client) const
    {
        for (const SenderAttempt& attempt : client.suspicious)
        {
            const auto times = server.authenticatedAt.find(attempt.sender);
            if (times == server.authenticatedAt.end())
            {
                continue;
            }
            const WallTime now = m_sessions[attempt.session].get().Start();
            const auto next = times->second.upper_bound(now);
            if (next != times->second.end() && next != times->second.begin() &&
                *next - now < MEANWHILE && now - *std::prev(next) < MEANWHILE)
            {
                return &attempt;
            }
        }
        return nullptr;
    }

    SessionFinding FindingOf(Verdict verdict, double score, std::string explanation) const
    {
        SessionFinding finding;
        finding.dottedClass = PROXY;
        finding.verdict = verdict;
        finding.score = score;
        finding.explanation = std::move(explanation);
        return finding;
    }

    /// The row that offers AUTH, where a log has one row a line; else the whole answer.
    static EvidenceRef OfferIn(const SmtpSession& session, const Turn& hello)
    {
        for (std::uint32_t i = hello.said.index; session.log && i < hello.answered.index; ++i)
        {
            const LogRow& row = session.log->rows[i];
            if (session.log->Data(row).substr(0, 8) == "250-AUTH")
            {
                return {row.line, i, row.time};
            }
        }
        return hello.answered;
    }

    /// What an attempt rests on: its MAIL, the name that the client gave, the offer of AUTH.
    void AddSpots(const SenderAttempt& attempt, SessionFinding& finding) const
    {
        const SmtpSession& session = m_sessions[attempt.session];
        const Turn& mail = session.turns[attempt.mail];
        finding.refs.push_back(mail.said.number > 0 ? mail.said : mail.answered);
        for (std::size_t i = attempt.mail; i-- > 0;)
        {
            if (!session.turns[i].hello.empty())
            {
                finding.refs.push_back(session.turns[i].said);
                finding.refs.push_back(OfferIn(session, session.turns[i]));
                break;
            }
        }
    }

    void AddOnce(const SenderAttempt& attempt,
                 Verdict verdict,
                 double score,
                 std::string explanation)
    {
        SessionFinding finding = FindingOf(verdict, score, std::move(explanation));
        AddSpots(attempt, finding);
        m_sink.Add(MakeSessionAlert(m_sessions[attempt.session], finding, SIGNATURE));
    }

    void AddPerSession(const ClientHistory& client, double score, const std::string& explanation)
    {
        std::optional<std::size_t> last;
        for (const SenderAttempt& attempt : client.suspicious)
        {
            if (last != attempt.session)
            {
                AddOnce(attempt, Verdict::Fault, score, explanation);
            }
            last = attempt.session;
        }
    }

    const SessionList& m_sessions;
    const EvidenceContext& m_context;
    AlertSink& m_sink;
    std::map<HostAddress, ServerHistory> m_servers;
    std::map<std::pair<HostAddress, HostAddress>, ClientHistory> m_clients; //!< Server and client.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const SessionList& sessions = analysis.Judged(LogDetail::Dialog);
    // Only relay testers ask for recipients with a route; mail programs never write them.
    std::set<HostAddress> testers;
    for (const SmtpSession& session : sessions)
    {
        for (const Turn& turn : session.turns)
        {
            if (turn.Is("RCPT") && RouteOf(turn.mailbox).form != RecipientForm::Plain)
            {
                testers.insert(session.client);
            }
        }
    }
    SessionList others;
    std::copy_if(sessions.begin(),
                 sessions.end(),
                 std::back_inserter(others),
                 [&](const SmtpSession& session) { return testers.count(session.client) == 0; });
    Judge(others, analysis.GetContext(), sink).Run();
}

} // namespace proxy_helo

/**
 * A user's submission spoken by a host that is not the user's, seen from the server (S000-10,
 * -15, -19, -20): a sender of the server's own domain comes unauthenticated from a foreign address,
 * the client names itself after a third domain, and leaves the AUTH that it is offered.
 *
 * That alone is also how a spoofing spammer, a mailing service and a smarthost look. So the
 * client's other sessions and the sender's are weighed: a sender who authenticates elsewhere, other
 * domains' mail from the same address and recipients outside are signs of a provider's proxy; many
 * unknown recipients and many senders are signs of spoofing and leave it undecided; one sender to
 * many recipients, or many senders behind a host whose name and address agree, are benign.
 */
extern const Detector PROXY_HELO{
    proxy_helo::SIGNATURE,
    "a user's mail spoken by a host of another domain, without the user's AUTH",
    {{kinds::PACKETS, kinds::SERVER_LOG}, {"intercepted"}},
    AddSession,
    proxy_helo::Conclude};

} // namespace bouncelab::detectors
