#include "detectors/analysis/mail-tracer.h"
#include "detectors/analysis/paired-sessions.h"
#include "detectors/analysis/refusal.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace bouncelab::detectors
{

namespace relay_egress
{

constexpr AlertRule SIGNATURE{"relay-egress", 1100111, "BOUNCELAB strangers' mail relayed"};
constexpr std::string_view RELAY = "relay.mail";
constexpr std::size_t SEVERAL = 2; //!< Foreign domains of one sender: too many for a backup MX.
constexpr std::chrono::minutes LONG_ENOUGH(10);

using Kind = MailOutcome::Kind;

/// One accepted recipient of a stranger's message, and what became of it.
struct RelayAttempt
{
    const MailTransaction* transaction;
    const Turn* recipient;
    RecipientRoute route;
    MailOutcome outcome;
};

/// How a server treats strangers' mail for a domain that is not its own by name.
struct DomainUse
{
    std::set<HostAddress> clients;
    std::set<std::string> senders; //!< Domains of them.
    std::size_t refused = 0;       //!< Relaying refused, for this domain.
};

struct ServerUse
{
    std::map<std::string, DomainUse> domains; //!< By domain of plain recipients.
    std::set<std::string> refused;            //!< Domains that relaying was refused for.
    bool mayRefuse = false; //!< Somebody was refused in words that leave the reason open.
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_sessions(analysis.Sessions(LogDetail::Transactions))
        , m_logs(analysis.GetContext().logs)
        , m_sink(sink)
        , m_site(m_sessions)
        , m_transactions(analysis.Transactions())
        , m_tracer(m_transactions, m_logs)
    {
    }

    void Run()
    {
        for (const MailTransaction& transaction : m_transactions)
        {
            if (!IsArrival(transaction))
            {
                continue;
            }
            if (transaction.session->IsAuthenticated())
            {
                FollowAuthenticated(transaction);
                continue;
            }
            Learn(transaction);
        }
        for (const SmtpSession& session : m_sessions)
        {
            for (const Turn& turn : session.turns)
            {
                const WallTime time = std::max(turn.said.time, turn.answered.time);
                WallTime& last = m_last[session.server];
                last = std::max(last, time);
                WallTime& client = m_last[session.client];
                client = std::max(client, time);
            }
        }
        std::map<const SmtpSession*, std::size_t> places; // looked up only
        std::vector<std::vector<RelayAttempt>> bySession;
        for (const MailTransaction& transaction : m_transactions)
        {
            if (!IsArrival(transaction) || transaction.session->IsAuthenticated())
            {
                continue;
            }
            for (RelayAttempt& attempt : AttemptsOf(transaction))
            {
                if (attempt.outcome.kind == Kind::Left && !IsOwnersMail(attempt))
                {
                    NoteDomain(attempt);
                }
                const auto [place, added] = places.emplace(transaction.session, bySession.size());
                if (added)
                {
                    bySession.emplace_back();
                }
                bySession[place->second].push_back(std::move(attempt));
            }
        }
        for (const std::vector<RelayAttempt>& session : bySession)
        {
            JudgeSession(session);
        }
    }

  private:
    static bool IsArrival(const MailTransaction& transaction)
    {
        return SiteView::IsOutside(*transaction.session) && !transaction.session->IsOwnersCall();
    }

    void Learn(const MailTransaction& transaction)
    {
        ServerUse& use = m_servers[transaction.session->server];
        for (const Turn* turn : transaction.asked)
        {
            const RecipientRoute route = RouteOf(turn->mailbox);
            const std::string domain(DomainOf(route.target));
            if (IsRelayingRefused(*turn))
            {
                use.refused.insert(domain);
                use.domains[domain].refused += 1;
            }
            else if (IsOpenRefusal(*turn))
            {
                use.mayRefuse = true;
            }
            else if (turn->code / 100 == 2 && route.form == RecipientForm::Plain)
            {
                DomainUse& own = use.domains[domain];
                own.clients.insert(transaction.session->client);
                own.senders.emplace(DomainOf(transaction.Sender()));
            }
        }
    }

    std::vector<RelayAttempt> AttemptsOf(const MailTransaction& transaction) const
    {
        std::vector<RelayAttempt> attempts;
        for (const Turn* turn : transaction.asked)
        {
            RelayAttempt attempt{&transaction, turn, RouteOf(turn->mailbox), {}};
            const bool foreign = m_site.AsksForeign(*transaction.session, attempt.route);
            if (turn->code / 100 != 2 ||
                m_site.IsOwn(transaction.session->server, DomainOf(attempt.route.target)))
            {
                continue;
            }
            attempt.outcome = m_tracer.OutcomeOf(transaction, *turn);
            // A domain that is not the server's by name may be hosted; what leaves is not.
            if (attempt.outcome.kind == Kind::Left ||
                (foreign && attempt.outcome.kind != Kind::Refused &&
                 attempt.outcome.kind != Kind::Forwarded))
            {
                attempts.push_back(std::move(attempt));
            }
        }
        return attempts;
    }

    /// Whether mail that left was the server's own business.
    enum class RelayPurpose
    {
        Relay,
        BackupMx,
        Unclear,
    };

    /// Mail under the name of the host that sends it: any site's hosts give theirs to a relay of
    /// the site, with public addresses as well.
    bool IsOwnersMail(const RelayAttempt& attempt) const
    {
        const SmtpSession& session = *attempt.transaction->session;
        const std::string_view sender = DomainOf(attempt.transaction->Sender());
        return SameOrganization(sender, session.Hello()) &&
               (!m_site.KnowsNameOf(session.server) || m_site.IsOwn(session.server, sender));
    }

    void NoteDomain(const RelayAttempt& attempt)
    {
        const SmtpSession& session = *attempt.transaction->session;
        auto& domains =
            m_left[{session.server, session.client, std::string(attempt.transaction->Sender())}];
        domains.emplace(DomainOf(attempt.route.target));
        if (domains.size() >= SEVERAL)
        {
            m_relays.insert(session.server);
        }
    }

    RelayPurpose PurposeOf(const RelayAttempt& attempt) const
    {
        if (attempt.route.form != RecipientForm::Plain)
        {
            return RelayPurpose::Relay;
        }
        const ServerUse& use = m_servers.at(attempt.transaction->session->server);
        const std::string domain(DomainOf(attempt.route.target));
        const DomainUse& own = use.domains.at(domain);
        const bool selective = use.refused.size() > (use.refused.count(domain) > 0 ? 1 : 0);
        if (selective && own.refused == 0 && own.clients.size() >= 2)
        {
            return RelayPurpose::BackupMx;
        }
        if (use.refused.empty() && !use.mayRefuse &&
            m_relays.count(attempt.transaction->session->server) > 0)
        {
            return RelayPurpose::Relay;
        }
        return RelayPurpose::Unclear;
    }

    void JudgeSession(const std::vector<RelayAttempt>& attempts)
    {
        std::vector<const RelayAttempt*> relayed;
        std::vector<const RelayAttempt*> backup;
        std::vector<const RelayAttempt*> unclear;
        std::map<Kind, std::vector<const RelayAttempt*>> others;
        for (const RelayAttempt& attempt : attempts)
        {
            if (attempt.outcome.kind != Kind::Left)
            {
                others[attempt.outcome.kind].push_back(&attempt);
                continue;
            }
            const RelayPurpose purpose = PurposeOf(attempt);
            (purpose == RelayPurpose::Relay      ? relayed
             : purpose == RelayPurpose::BackupMx ? backup
                                                 : unclear)
                .push_back(&attempt);
        }
        SessionFinding finding;
        finding.dottedClass = RELAY;
        if (!relayed.empty())
        {
            finding.score = 0.95;
            Say(relayed,
                "came from {} outside without authentication and left the server again: it "
                "relays.",
                finding);
            return;
        }
        finding.verdict = Verdict::Benign;
        finding.score = 0.7;
        if (!backup.empty())
        {
            Say(backup,
                "came from {} and went on, but several senders use the server for this domain and "
                "relaying for others is refused: a backup MX, or a domain that it forwards for.",
                finding);
        }
        else if (!unclear.empty())
        {
            SayUnclear(
                unclear,
                "came from {} and went on to another server, and nothing shows whether the "
                "server is meant to take mail for this domain; the domain's MX records, the "
                "server's configuration or a test with another foreign domain would decide.");
        }
        else if (const auto returned = others.find(Kind::Returned); returned != others.end())
        {
            finding.score = 0.9;
            Say(returned->second,
                "was accepted from {}, did not leave, and came back to its sender as a report: "
                "accepted is not relayed.",
                finding);
        }
        else if (const auto kept = others.find(Kind::Kept); kept != others.end())
        {
            Say(kept->second, "was accepted from {} and delivered here: no relaying.", finding);
        }
        else if (const auto inside = others.find(Kind::Inside); inside != others.end())
        {
            Say(inside->second,
                "was accepted from {} and handed on within the site, or as it was written to "
                "another "
                "server of its domain: no relaying as far as shown.",
                finding);
        }
        else if (const auto unknown = others.find(Kind::Unknown); unknown != others.end())
        {
            JudgeUnknown(unknown->second, finding);
        }
        else if (const auto unsent = others.find(Kind::NotSent); unsent != others.end())
        {
            SayUnclear(
                unsent->second,
                "was only requested by {}: the recipient was accepted and no message followed, so "
                "nothing could leave; a real test message, and what becomes of it, would decide.");
        }
    }

    void JudgeUnknown(const std::vector<const RelayAttempt*>& unknown, SessionFinding finding)
    {
        const MailTransaction& transaction = *unknown.front()->transaction;
        const HostAddress server = transaction.session->server;
        const bool shown = m_site.ShowsEgress(server);
        const Nanoseconds watched = m_last[server] - transaction.End();
        if (shown && watched >= LONG_ENOUGH)
        {
            finding.score = 0.5;
            Say(unknown,
                fmt::format("was accepted from {{}} and did not leave within the {} that the "
                            "evidence goes on, though other mail of the server did: kept here, "
                            "or dropped.",
                            Seconds(watched.count())),
                finding);
            return;
        }
        SayUnclear(unknown,
                   shown ? "was accepted from {}, and neither left nor came back before the "
                           "evidence ends; a longer capture, the server's tracking log or its "
                           "mailboxes would decide."
                         : "was accepted from {}, and this evidence does not show what the server "
                           "sends; its send or tracking log, or a capture of what leaves it, would "
                           "decide.");
    }

    void SayUnclear(const std::vector<const RelayAttempt*>& attempts, const std::string& sentence)
    {
        SessionFinding finding;
        finding.dottedClass = RELAY;
        finding.verdict = Verdict::Inconclusive;
        Say(attempts, sentence, finding);
    }

    void Say(const std::vector<const RelayAttempt*>& attempts,
             const std::string& sentence,
             SessionFinding finding)
    {
        const RelayAttempt& first = *attempts.front();
        const SmtpSession& session = *first.transaction->session;
        std::set<const Turn*> told; // looked up only
        for (const RelayAttempt* attempt : attempts)
        {
            finding.refs.push_back(attempt->recipient->answered);
            told.insert(attempt->recipient);
        }
        const std::string more =
            attempts.size() == 1 ? "" : fmt::format(" (and {} more)", attempts.size() - 1);
        finding.explanation = fmt::format("Mail for <{}>{}, written with {}, ",
                                          first.recipient->mailbox,
                                          more,
                                          NameOf(first.route.form)) +
                              fmt::format(fmt::runtime(sentence), session.client.ToString());
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        alert.category =
            finding.verdict == Verdict::Fault ? "Mail passed on for strangers" : alert.category;
        Attach(first.outcome, alert);
        m_sink.Add(std::move(alert));
    }

    static void Attach(const MailOutcome& outcome, Alert& alert)
    {
        if (outcome.next)
        {
            const SmtpSession& session = *outcome.next->session;
            const std::string where =
                AttachRefs(session, {outcome.next->asked.front()->said}, alert);
            alert.evidence.explanation += fmt::format(" It went to {} as <{}> ({}).",
                                                      session.server.ToString(),
                                                      outcome.next->asked.front()->mailbox,
                                                      where);
        }
        else if (outcome.stored)
        {
            alert.evidence.explanation +=
                fmt::format(" It is in the mailbox of <{}> (line {} of {}).",
                            outcome.stored->record.deliveredTo,
                            outcome.stored->record.line,
                            outcome.stored->file);
        }
        else if (outcome.event)
        {
            const TrackedEvent& event = outcome.event->record;
            alert.evidence.explanation +=
                fmt::format(" The tracking log has its {} (line {} of {}).",
                            event.event,
                            event.line,
                            outcome.event->file);
        }
    }

    /// A user's mail for the world is what authentication is for.
    void FollowAuthenticated(const MailTransaction& transaction)
    {
        for (const Turn* turn : transaction.asked)
        {
            const RecipientRoute route = RouteOf(turn->mailbox);
            if (turn->code / 100 != 2 ||
                m_site.IsOwn(transaction.session->server, DomainOf(route.target)) ||
                !m_told.insert({transaction.session->client, transaction.session->server}).second)
            {
                continue;
            }
            RelayAttempt attempt{&transaction, turn, route, m_tracer.OutcomeOf(transaction, *turn)};
            if (attempt.outcome.kind != Kind::Left)
            {
                m_told.erase({transaction.session->client, transaction.session->server});
                continue;
            }
            SessionFinding finding;
            finding.dottedClass = RELAY;
            finding.verdict = Verdict::Benign;
            finding.score = 0.9;
            Say({&attempt},
                "came from {} outside and left again, but the client authenticated first.",
                finding);
        }
    }

    const SessionList& m_sessions;
    const ServerLogs& m_logs;
    AlertSink& m_sink;
    SiteView m_site;
    const std::vector<MailTransaction>& m_transactions;
    MailTracer m_tracer;
    std::map<HostAddress, ServerUse> m_servers;
    /// Domains that strangers' mail left for, by server, client and sender.
    std::map<std::tuple<HostAddress, HostAddress, std::string>, std::set<std::string>> m_left;
    std::set<HostAddress> m_relays; //!< Servers from which a stranger's mail left for several.
    std::map<HostAddress, WallTime> m_last;               //!< The last that is seen of an address.
    std::set<std::pair<HostAddress, HostAddress>> m_told; //!< Authenticated client, server.
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace relay_egress

/**
 * Whether mail for a foreign domain that came from outside without authentication left the server
 * again (S004-21: the only proof).
 *
 * Each message that came in is looked for in what the server sent afterwards, by Message-ID, by
 * content, or by sender and the recipient that routing makes of the one asked for. What left is an
 * open relay's (relay.mail) where the recipient's form routed it, or where a sender's mail left for
 * several domains; one domain alone may be a backup MX's and is inconclusive, as is mail under the
 * name of the host that sends it (a site's own relay), or benign where several
 * clients use it and relaying for others is refused. Benign as well: mail of clients that
 * authenticated, and accepted mail that came back as a report or was kept. Nothing is said of
 * refused mail, and of mail that an alias of the server sends on.
 */
extern const Detector RELAY_EGRESS{
    relay_egress::SIGNATURE,
    "strangers' mail for foreign domains that leaves the server again",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::TRACKING_LOG}, {"relay"}},
    AddSession,
    relay_egress::Conclude};

} // namespace bouncelab::detectors
