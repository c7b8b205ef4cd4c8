#include "detectors/analysis/mail-fates.h"
#include "detectors/analysis/refusal.h"
#include "detectors/analysis/talk-alert.h"
#include "detectors/analysis/two-sides.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace relay_egress
{

constexpr Signature SIGNATURE{"relay-egress", 1100105, "BOUNCELAB strangers' mail relayed"};
constexpr std::string_view RELAY = "relay.mail";
constexpr std::size_t SEVERAL = 2; //!< Foreign domains: too many for one backup MX.
constexpr std::chrono::minutes LONG_ENOUGH(10);

using Kind = MailFate::Kind;

/// One accepted recipient of a stranger's message, and what became of it.
struct Outcome
{
    const Passage* passage;
    const Turn* recipient;
    RecipientRoute route;
    MailFate fate;
};

/// How a server treats strangers' mail for a domain that is not its own by name.
struct DomainUse
{
    std::set<Ipv4> clients;
    std::set<std::string> senders; //!< Domains of them.
    std::size_t refused = 0;       //!< Relaying refused, for this domain.
};

struct ServerUse
{
    std::map<std::string, DomainUse> domains; //!< By domain of plain recipients.
    std::set<std::string> refused;            //!< Domains that relaying was refused for.
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_talks(analysis.Talks(LogDetail::Transactions))
        , m_logs(analysis.GetSurroundings().logs)
        , m_sink(sink)
        , m_site(m_talks)
        , m_passages(analysis.Passages())
        , m_fates(m_passages, m_logs)
    {
    }

    void Run()
    {
        for (const Passage& passage : m_passages)
        {
            if (!IsArrival(passage))
            {
                continue;
            }
            if (passage.talk->IsAuthenticated())
            {
                FollowAuthenticated(passage);
                continue;
            }
            Learn(passage);
        }
        for (const Talk& talk : m_talks)
        {
            for (const Turn& turn : talk.turns)
            {
                const WallTime time = std::max(turn.said.time, turn.answered.time);
                WallTime& last = m_last[talk.server];
                last = std::max(last, time);
                WallTime& client = m_last[talk.client];
                client = std::max(client, time);
            }
        }
        std::map<const Talk*, std::size_t> places; // looked up only
        std::vector<std::vector<Outcome>> bySession;
        for (const Passage& passage : m_passages)
        {
            if (!IsArrival(passage) || passage.talk->IsAuthenticated())
            {
                continue;
            }
            for (Outcome& outcome : OutcomesOf(passage))
            {
                if (outcome.fate.kind == Kind::Left)
                {
                    m_left[passage.talk->server].emplace(DomainOf(outcome.route.target));
                }
                const auto [place, added] = places.emplace(passage.talk, bySession.size());
                if (added)
                {
                    bySession.emplace_back();
                }
                bySession[place->second].push_back(std::move(outcome));
            }
        }
        for (const std::vector<Outcome>& session : bySession)
        {
            JudgeSession(session);
        }
    }

  private:
    static bool IsArrival(const Passage& passage)
    {
        return SiteView::IsOutside(*passage.talk) && !passage.talk->IsOwnersCall();
    }

    void Learn(const Passage& passage)
    {
        ServerUse& use = m_servers[passage.talk->server];
        for (const Turn* turn : passage.asked)
        {
            const RecipientRoute route = RouteOf(turn->mailbox);
            const std::string domain(DomainOf(route.target));
            if (IsRelayingRefused(*turn))
            {
                use.refused.insert(domain);
                use.domains[domain].refused += 1;
            }
            else if (turn->code / 100 == 2 && route.form == RecipientForm::Plain)
            {
                DomainUse& own = use.domains[domain];
                own.clients.insert(passage.talk->client);
                own.senders.emplace(DomainOf(passage.Sender()));
            }
        }
    }

    std::vector<Outcome> OutcomesOf(const Passage& passage) const
    {
        std::vector<Outcome> outcomes;
        for (const Turn* turn : passage.asked)
        {
            Outcome outcome{&passage, turn, RouteOf(turn->mailbox), {}};
            const bool foreign = m_site.AsksForeign(*passage.talk, outcome.route);
            if (turn->code / 100 != 2 ||
                m_site.IsOwn(passage.talk->server, DomainOf(outcome.route.target)))
            {
                continue;
            }
            outcome.fate = m_fates.FateOf(passage, *turn);
            // A domain that is not the server's by name may be hosted; what leaves is not.
            if (outcome.fate.kind == Kind::Left || (foreign && outcome.fate.kind != Kind::Refused))
            {
                outcomes.push_back(std::move(outcome));
            }
        }
        return outcomes;
    }

    /// Whether mail that left was the server's own business.
    enum class Business
    {
        Relay,
        BackupMx,
        Unclear,
    };

    Business BusinessOf(const Outcome& outcome) const
    {
        if (outcome.route.form != RecipientForm::Plain)
        {
            return Business::Relay;
        }
        const ServerUse& use = m_servers.at(outcome.passage->talk->server);
        const std::string domain(DomainOf(outcome.route.target));
        const DomainUse& own = use.domains.at(domain);
        const bool selective = use.refused.size() > (use.refused.count(domain) > 0 ? 1 : 0);
        if (selective && own.refused == 0 && own.clients.size() >= 2)
        {
            return Business::BackupMx;
        }
        if (use.refused.empty() && m_left.at(outcome.passage->talk->server).size() >= SEVERAL)
        {
            return Business::Relay;
        }
        return Business::Unclear;
    }

    void JudgeSession(const std::vector<Outcome>& outcomes)
    {
        std::vector<const Outcome*> relayed;
        std::vector<const Outcome*> backup;
        std::vector<const Outcome*> unclear;
        std::map<Kind, std::vector<const Outcome*>> others;
        for (const Outcome& outcome : outcomes)
        {
            if (outcome.fate.kind != Kind::Left)
            {
                others[outcome.fate.kind].push_back(&outcome);
                continue;
            }
            const Business business = BusinessOf(outcome);
            (business == Business::Relay      ? relayed
             : business == Business::BackupMx ? backup
                                              : unclear)
                .push_back(&outcome);
        }
        TalkFinding finding;
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
            SayUnclear(unsent->second,
                       "was only asked for by {}: the recipient was accepted and no message "
                       "followed, so nothing could leave; a real test message, and what becomes of "
                       "it, would decide.");
        }
    }

    void JudgeUnknown(const std::vector<const Outcome*>& unknown, TalkFinding finding)
    {
        const Passage& passage = *unknown.front()->passage;
        const Ipv4 server = passage.talk->server;
        const bool shown = m_site.ShowsEgress(server);
        const Nanoseconds watched = m_last[server] - passage.End();
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

    void SayUnclear(const std::vector<const Outcome*>& outcomes, const std::string& sentence)
    {
        TalkFinding finding;
        finding.dottedClass = classes::INSUFFICIENT;
        finding.verdict = Verdict::Inconclusive;
        Say(outcomes, sentence, finding);
    }

    void Say(const std::vector<const Outcome*>& outcomes,
             const std::string& sentence,
             TalkFinding finding)
    {
        const Outcome& first = *outcomes.front();
        const Talk& talk = *first.passage->talk;
        std::set<const Turn*> told; // looked up only
        for (const Outcome* outcome : outcomes)
        {
            finding.spots.push_back(outcome->recipient->answered);
            told.insert(outcome->recipient);
        }
        const std::string more =
            outcomes.size() == 1 ? "" : fmt::format(" (and {} more)", outcomes.size() - 1);
        finding.explanation = fmt::format("Mail for <{}>{}, written with {}, ",
                                          first.recipient->mailbox,
                                          more,
                                          NameOf(first.route.form)) +
                              fmt::format(fmt::runtime(sentence), talk.client.ToString());
        Alert alert = MakeTalkAlert(talk, finding, SIGNATURE);
        alert.category =
            finding.verdict == Verdict::Fault ? "Mail passed on for strangers" : alert.category;
        Attach(first.fate, alert);
        m_sink.Add(std::move(alert));
    }

    static void Attach(const MailFate& fate, Alert& alert)
    {
        if (fate.next)
        {
            const Talk& talk = *fate.next->talk;
            const std::string where = AttachSpots(talk, {fate.next->asked.front()->said}, alert);
            alert.evidence.explanation += fmt::format(" It went to {} as <{}> ({}).",
                                                      talk.server.ToString(),
                                                      fate.next->asked.front()->mailbox,
                                                      where);
        }
        else if (fate.stored)
        {
            alert.evidence.explanation +=
                fmt::format(" It lies in the mailbox of <{}> (line {} of {}).",
                            fate.stored->record.deliveredTo,
                            fate.stored->record.line,
                            fate.stored->file);
        }
        else if (fate.event)
        {
            const TrackedEvent& event = fate.event->record;
            alert.evidence.explanation +=
                fmt::format(" The tracking log has its {} (line {} of {}).",
                            event.event,
                            event.line,
                            fate.event->file);
        }
    }

    /// A user's mail for the world is what authentication is for.
    void FollowAuthenticated(const Passage& passage)
    {
        for (const Turn* turn : passage.asked)
        {
            const RecipientRoute route = RouteOf(turn->mailbox);
            if (turn->code / 100 != 2 ||
                m_site.IsOwn(passage.talk->server, DomainOf(route.target)) ||
                !m_told.insert({passage.talk->client, passage.talk->server}).second)
            {
                continue;
            }
            Outcome outcome{&passage, turn, route, m_fates.FateOf(passage, *turn)};
            if (outcome.fate.kind != Kind::Left)
            {
                m_told.erase({passage.talk->client, passage.talk->server});
                continue;
            }
            TalkFinding finding;
            finding.dottedClass = RELAY;
            finding.verdict = Verdict::Benign;
            finding.score = 0.9;
            Say({&outcome},
                "came from {} outside and left again, but the client authenticated first.",
                finding);
        }
    }

    const TalkList& m_talks;
    const ServerLogs& m_logs;
    AlertSink& m_sink;
    SiteView m_site;
    const std::vector<Passage>& m_passages;
    MailFates m_fates;
    std::map<Ipv4, ServerUse> m_servers;
    std::map<Ipv4, std::set<std::string>> m_left; //!< Domains that strangers' mail left for.
    std::map<Ipv4, WallTime> m_last;              //!< The last that is seen of an address.
    std::set<std::pair<Ipv4, Ipv4>> m_told;       //!< Authenticated client, server.
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
 * open relay's (relay.mail) where the recipient's form routed it, or where mail left for several
 * domains; one domain alone may be a backup MX's and is inconclusive, or benign where several
 * clients use it and relaying for others is refused. Benign as well: mail of clients that
 * authenticated, and accepted mail that came back as a report or was kept. Nothing is said of
 * refused mail.
 */
extern const Detector RELAY_EGRESS{
    relay_egress::SIGNATURE,
    "strangers' mail for foreign domains that leaves the server again",
    {{kinds::PACKETS, kinds::SERVER_LOG, kinds::TRACKING_LOG}, {"relay"}},
    AddSession,
    relay_egress::Conclude};

} // namespace bouncelab::detectors
