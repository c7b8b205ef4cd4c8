#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/paired-sessions.h"
#include "detectors/analysis/refused-extension.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/split-server.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <map>
#include <set>

namespace bouncelab::detectors
{

namespace stripped_keywords
{

constexpr AlertRule SIGNATURE{"stripped-keywords",
                              1100112,
                              "BOUNCELAB STARTTLS or AUTH kept from the client"};
constexpr std::string_view MASKED = "intercepted.masked";
constexpr std::string_view STRIPPED = "intercepted.stripped";

/// Exchange's own names for the same go with them.
constexpr std::array<std::string_view, 4> KEPT{"STARTTLS", "X-ANONYMOUSTLS", "AUTH", "X-EXPS"};

using Keywords = std::vector<std::string>;

bool
IsKept(const std::string& keyword)
{
    return std::find(KEPT.begin(), KEPT.end(), keyword) != KEPT.end();
}

Keywords
Without(const Keywords& keywords)
{
    Keywords rest;
    std::copy_if(keywords.begin(),
                 keywords.end(),
                 std::back_inserter(rest),
                 [](const std::string& keyword) { return !IsKept(keyword); });
    return rest;
}

/// Keywords of KEPT that the first list has and the second has not.
Keywords
Lost(const Keywords& whole, const Keywords& seen)
{
    Keywords lost;
    std::copy_if(whole.begin(),
                 whole.end(),
                 std::back_inserter(lost),
                 [&](const std::string& keyword)
                 { return IsKept(keyword) && !HasKeyword(seen, keyword); });
    return lost;
}

/// One accepted EHLO of a server.
struct Offer
{
    const SmtpSession* session;
    const Turn* turn;
    Keywords keywords;
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_sessions(analysis.Sessions(LogDetail::Dialog))
        , m_sink(sink)
    {
        for (const SessionPair& pair : analysis.Sides(LogDetail::Dialog).Pairs())
        {
            m_serverOf[pair.client] = pair.server;
        }
        for (const SessionPair& legs : analysis.Legs())
        {
            m_serverOf.emplace(legs.client, legs.server);
        }
        for (const SmtpSession& session : m_sessions)
        {
            Learn(session);
        }
    }

    void Run()
    {
        for (const SmtpSession& session : m_sessions)
        {
            if (session.atServer || m_told.count(&session) > 0)
            {
                continue;
            }
            if (JudgeMask(session) || JudgeTwoSides(session) || JudgeRefusal(session))
            {
                const auto pair = m_serverOf.find(&session);
                if (pair != m_serverOf.end())
                {
                    m_told.insert(pair->second); // one session, told of from both ends
                }
                continue;
            }
            JudgeOffer(session);
        }
        for (const SmtpSession& session : m_sessions)
        {
            if (session.atServer && m_told.count(&session) == 0 && !JudgeMask(session))
            {
                JudgeRefusal(session);
            }
        }
    }

  private:
    void Learn(const SmtpSession& session)
    {
        constexpr std::size_t ENOUGH = 64; //!< Offers of one server that are compared.
        if (session.log && !session.atServer)
        {
            return;
        }
        const Turn* ehlo = AcceptedEhlo(session);
        std::vector<Offer>& offers = m_offers[session.server];
        if (ehlo && offers.size() < ENOUGH)
        {
            offers.push_back({&session, ehlo, KeywordsIn(ehlo->reply)});
        }
        if (session.UsesTls())
        {
            m_tlsAt.insert({session.server, &session});
        }
    }

    bool JudgeMask(const SmtpSession& session)
    {
        std::vector<std::string> reasons;
        std::vector<EvidenceRef> refs;
        bool weak = true;
        for (std::size_t i = 0; i < session.turns.size(); ++i)
        {
            const Turn& turn = session.turns[i];
            if (turn.verb.empty() && i == 0 && IsMaskedGreeting(turn.reply))
            {
                reasons.push_back(
                    fmt::format("the greeting consists of {} asterisks", turn.reply.size()));
                refs.push_back(turn.answered);
                weak = false;
            }
            else if (turn.Is("EHLO") && turn.code == 250)
            {
                Keywords masked;
                for (const std::string& keyword : KeywordsIn(turn.reply))
                {
                    if (IsMaskedWord(keyword))
                    {
                        masked.push_back(keyword);
                    }
                }
                if (!masked.empty())
                {
                    reasons.push_back(fmt::format("keywords are masked as {}{}",
                                                  Enumerate(masked),
                                                  LengthHint(masked)));
                    refs.push_back(turn.answered);
                    weak = false;
                }
            }
            else if (IsMaskedWord(turn.verb))
            {
                reasons.push_back(CommandHint(session, i));
                refs.push_back(turn.said);
                weak = weak && !IsGreetedAnew(session, i);
            }
        }
        if (reasons.empty())
        {
            return false;
        }
        reasons.resize(std::min<std::size_t>(reasons.size(), 4));
        SessionFinding finding;
        finding.refs = std::move(refs);
        finding.dottedClass = MASKED;
        finding.verdict = weak ? Verdict::Inconclusive : Verdict::Fault;
        finding.score =
            weak ? 0 : std::min(0.98, 0.86 + 0.05 * static_cast<double>(reasons.size()));
        finding.byServer = !session.atServer;
        finding.explanation = fmt::format(
            "In {}, {}: {}",
            NameOfVantage(session),
            Enumerate(reasons),
            weak ? "a mail guard on the path writes such commands, and so does a person who tries "
                   "them by hand; the client's own capture would decide."
                 : "a mail guard on the path overwrites what it does not know and keeps the length "
                   "(as Cisco's fixup smtp does).");
        m_sink.Add(MakeSessionAlert(session, finding, SIGNATURE));
        return true;
    }

    static std::string LengthHint(const Keywords& masked)
    {
        for (const std::string_view known : KEPT)
        {
            if (std::any_of(masked.begin(),
                            masked.end(),
                            [&](const std::string& word) { return word.size() == known.size(); }))
            {
                return fmt::format(", one as long as {}", known);
            }
        }
        return "";
    }

    /// Whether HELO follows with the name that the masked command had: so that was EHLO.
    static bool IsGreetedAnew(const SmtpSession& session, std::size_t index)
    {
        return session.turns[index].verb.size() == 4 && index + 1 < session.turns.size() &&
               session.turns[index + 1].Is("HELO") && session.turns[index].code >= 500;
    }

    static std::string CommandHint(const SmtpSession& session, std::size_t index)
    {
        const Turn& turn = session.turns[index];
        return IsGreetedAnew(session, index)
                   ? fmt::format("the client says {} ({}), which is refused, and then HELO: that "
                                 "was its EHLO",
                                 turn.verb,
                                 NameOfRef(session, turn.said))
                   : fmt::format("the client says {} ({}){}",
                                 turn.verb,
                                 NameOfRef(session, turn.said),
                                 turn.verb.size() == 8 ? ", as long as STARTTLS" : "");
    }

    /// The keywords that the server's own record of the session has.
    bool JudgeTwoSides(const SmtpSession& session)
    {
        const auto found = m_serverOf.find(&session);
        const Turn* ehlo = AcceptedEhlo(session);
        const Turn* sent = found == m_serverOf.end() ? nullptr : AcceptedEhlo(*found->second);
        // A proxy that says EHLO with its own name has its own keywords; nothing was stripped.
        if (!ehlo || !sent || found->second->Hello() != session.Hello())
        {
            return false;
        }
        const Keywords lost = Lost(KeywordsIn(sent->reply), KeywordsIn(ehlo->reply));
        if (lost.empty())
        {
            return false;
        }
        SessionFinding finding;
        finding.dottedClass = STRIPPED;
        finding.score = 0.97;
        finding.byServer = true;
        finding.refs = {ehlo->answered, ehlo->said};
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        const std::string where = AttachRefs(*found->second, {sent->answered}, alert);
        alert.evidence.explanation =
            fmt::format("The server sent {} to {}:{} ({}); the client got the list without them "
                        "({}): they were removed on the path.",
                        Enumerate(lost),
                        found->second->client.ToString(),
                        found->second->clientPort,
                        where,
                        NameOfRef(session, ehlo->answered));
        m_sink.Add(std::move(alert));
        return true;
    }

    bool JudgeRefusal(const SmtpSession& session)
    {
        const auto refused = FindRefusedExtension(session);
        if (!refused)
        {
            return false;
        }
        SessionFinding finding;
        finding.byServer = true;
        finding.refs = {refused->turn->answered, refused->turn->said};
        const std::string said = fmt::format("{} was {}, and refused with \"{}\" ({})",
                                             refused->command,
                                             refused->offered,
                                             refused->turn->reply,
                                             NameOfRef(session, refused->turn->answered));
        const SmtpSession* elsewhere = TlsElsewhere(session);
        switch (refused->kind)
        {
        case RefusalKind::RateLimit:
            finding.dottedClass = STRIPPED;
            finding.verdict = Verdict::Benign;
            finding.score = 0.8;
            finding.explanation =
                said +
                ": the server is over its limit of TLS handshakes; the keyword is not stripped.";
            break;
        case RefusalKind::Nonsense:
            finding.dottedClass = STRIPPED;
            finding.score = 0.95;
            finding.explanation =
                said + ": no server answers like this; a machine on the path does, in its name.";
            break;
        case RefusalKind::Unknown:
            finding.dottedClass = STRIPPED;
            finding.score = elsewhere ? 0.92 : 0.8;
            finding.explanation =
                said +
                ": a server knows what it offers; a machine on the path refuses it in its name" +
                ByElsewhere(elsewhere) + ".";
            break;
        case RefusalKind::Hello:
            JudgeRefusedHello(session, said, finding);
            break;
        case RefusalKind::ForNow:
            finding.dottedClass = STRIPPED;
            finding.verdict = elsewhere ? Verdict::Fault : Verdict::Inconclusive;
            finding.score = elsewhere ? 0.75 : 0;
            finding.explanation =
                elsewhere
                    ? said + ": a machine on the path refuses it" + ByElsewhere(elsewhere) + "."
                    : said + ": the server may have no TLS for the time being, or a machine on the "
                             "path says so; a session over another path or port, or the server's "
                             "log of this one, would decide.";
            break;
        }
        m_sink.Add(MakeSessionAlert(session, finding, SIGNATURE));
        return true;
    }

    /// EHLO refused by a server that greets with ESMTP, as some old servers do.
    void JudgeRefusedHello(const SmtpSession& session,
                           const std::string& said,
                           SessionFinding& finding) const
    {
        const auto offers = m_offers.find(session.server);
        const bool known = offers != m_offers.end() && !offers->second.empty();
        finding.dottedClass = STRIPPED;
        finding.verdict = known ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = known ? 0.8 : 0;
        finding.explanation =
            known ? fmt::format("{}; the same address takes EHLO at port {} ({}): a machine on the "
                                "path refuses it, and STARTTLS and AUTH with it.",
                                said,
                                offers->second.front().session->serverPort,
                                NameOfRef(*offers->second.front().session,
                                          offers->second.front().turn->answered))
                  : said + "; an old server, or a machine on the path that keeps its extensions "
                           "from the client; a session over another path or port would decide.";
    }

    static std::string ByElsewhere(const SmtpSession* elsewhere)
    {
        return elsewhere ? fmt::format("; the same address takes STARTTLS at port {} from {}:{}",
                                       elsewhere->serverPort,
                                       elsewhere->client.ToString(),
                                       elsewhere->clientPort)
                         : "";
    }

    /// Another session in which the same address took STARTTLS, near enough in time.
    const SmtpSession* TlsElsewhere(const SmtpSession& session) const
    {
        constexpr std::chrono::hours NEAR(1);
        const auto range = m_tlsAt.equal_range(session.server);
        for (auto entry = range.first; entry != range.second; ++entry)
        {
            if (std::chrono::abs(entry->second->Start() - session.Start()) < NEAR)
            {
                return entry->second;
            }
        }
        return nullptr;
    }

    /// Against what the same address offers the same client in other sessions.
    void JudgeOffer(const SmtpSession& session)
    {
        const Turn* ehlo = AcceptedEhlo(session);
        if (session.log || !ehlo)
        {
            return;
        }
        const Keywords seen = KeywordsIn(ehlo->reply);
        const auto echo = ForeignEcho(session);
        const Offer* samePort = nullptr;
        const Offer* otherPort = nullptr;
        for (const Offer& offer : m_offers[session.server])
        {
            if (offer.session->log || offer.session->client != session.client ||
                Lost(offer.keywords, seen).empty())
            {
                continue;
            }
            (offer.session->serverPort == session.serverPort ? samePort : otherPort) = &offer;
        }
        // A server's list with just these lines gone: they were taken out of it, on the path or by
        // the server, which may have lost its certificate, or be one of several.
        const bool sameList = samePort && Without(samePort->keywords) == Without(seen) &&
                              NameInGreeting(*samePort->session) == NameInGreeting(session);
        const Offer* against = sameList ? samePort : otherPort;
        const Keywords lost =
            against ? Lost(against->keywords, seen) : Lost({"STARTTLS", "AUTH"}, seen);
        const bool bothGone = HasKeyword(lost, "STARTTLS") && HasKeyword(lost, "AUTH");
        // AUTH at the submission port alone is how most servers are set up, and no AUTH and no TLS
        // at all is how some are.
        if (!sameList && (!bothGone || session.serverPort != 25 || (!against && !echo)))
        {
            return;
        }
        const bool sure = against && echo;
        SessionFinding finding;
        finding.byServer = true;
        finding.dottedClass = STRIPPED;
        finding.verdict = sure ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = sure ? 0.8 : 0;
        finding.refs = {ehlo->answered, ehlo->said};
        finding.explanation = fmt::format(
            "Port {} of {} offers no {} ({}){}{}{}",
            session.serverPort,
            session.server.ToString(),
            Enumerate(lost),
            NameOfRef(session, ehlo->answered),
            against ? fmt::format(", port {} does ({})",
                                  against->session->serverPort,
                                  NameOfRef(*against->session, against->turn->answered))
                    : "",
            echo ? fmt::format(", and the reply greets {}, but the client is {}",
                               echo->ToString(),
                               session.client.ToString())
                 : "",
            sure       ? "; a proxy speaks for this client and keeps them from it."
            : sameList ? "; apart from these lines the lists are the same, in the same order: "
                         "the lines were removed on the path, or the server, or one of "
                         "several behind its address, does not offer them at times; its own "
                         "log of this session, or a session over another path at the same "
                         "time, would decide."
                       : "; that may be the server's configuration, another machine, or a "
                         "proxy that removes them; the server's own log of this session, "
                         "or a session over another path, would decide.");
        m_sink.Add(MakeSessionAlert(session, finding, SIGNATURE));
    }

    const SessionList& m_sessions;
    AlertSink& m_sink;
    std::map<const SmtpSession*, const SmtpSession*> m_serverOf; //!< Looked up only.
    std::set<const SmtpSession*> m_told;                         //!< Ditto: servers' sessions.
    std::map<HostAddress, std::vector<Offer>> m_offers;
    std::multimap<HostAddress, const SmtpSession*> m_tlsAt;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace stripped_keywords

/**
 * STARTTLS or AUTH kept from a client (facts I30, I31).
 *
 * Masked, as a mail guard does it (intercepted.masked): `XXXXXXXX` in the place of keywords or
 * commands, a greeting of asterisks. Stripped (intercepted.stripped): keywords that the server's
 * own record has and the client's has not; a command refused as unknown, or with a code that means
 * nothing, right after it was offered.
 *
 * A server that offers neither anywhere is silent. One that offers them at its submission port only
 * is mostly configured so, one whose list lacks just these lines at times may have lost its
 * certificate, and one that refuses TLS for now may mean it: inconclusive. A refusal
 * for a rate limit is benign.
 */
extern const Detector STRIPPED_KEYWORDS{stripped_keywords::SIGNATURE,
                                        "STARTTLS or AUTH masked, removed or refused on the way",
                                        {{kinds::PACKETS, kinds::SERVER_LOG}, {"intercepted"}},
                                        AddSession,
                                        stripped_keywords::Conclude};

} // namespace bouncelab::detectors
