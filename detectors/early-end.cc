#include "detectors/analysis/control-comparison.h"
#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/server-dialect.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/session-pairs.h"
#include "detectors/analysis/split-server.h"
#include "detectors/analysis/tcp-opening.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

namespace early_end
{

constexpr AlertRule SIGNATURE{"early-end", 1100104, "BOUNCELAB connection ends before server"};
constexpr std::string_view PROXY = "intercepted.proxy";
constexpr std::uint16_t SMTP_PORT = 25;
constexpr std::size_t MOST_MACHINES = 64;
constexpr std::int64_t SAME_CLOCK_NS = 2000000;

/// An address as one capture sees it.
using Place = std::pair<std::string, HostAddress>;

/// What identifies a machine that answered early: sessions answered alike are its own, too.
struct AnsweringMachine
{
    std::string file;
    std::string name;
    const TcpOpening* opening;
    const SmtpSession* session;
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_sink(sink)
    {
        for (const TcpOpening& control : analysis.Controls())
        {
            m_controls[{control.file, control.server}].push_back(&control);
        }
        for (const SmtpSession& session : analysis.Sessions(LogDetail::Dialog))
        {
            if (!session.log && session.serverPort == SMTP_PORT)
            {
                m_sessions.push_back(&session);
                if (session.opening && !NameInGreeting(session).empty())
                {
                    m_alike[KeyOf(session)].insert(session.server);
                }
            }
        }
    }

    void Run()
    {
        JudgeLegs();
        std::vector<const SmtpSession*> left;
        for (const SmtpSession* session : m_sessions)
        {
            if (m_told.count(session) == 0 && !JudgeByControl(*session))
            {
                left.push_back(session);
            }
        }
        for (const SmtpSession* session : left)
        {
            if (m_cleared.count(session) == 0 && !JudgeByMachine(*session))
            {
                JudgeBySigns(*session);
            }
        }
    }

  private:
    /// Both legs in one capture.
    void JudgeLegs()
    {
        for (const SessionPair& pair : m_analysis.Legs())
        {
            const SmtpSession& client = *pair.client;
            if (client.serverPort != SMTP_PORT)
            {
                continue;
            }
            const SmtpSession& own = *pair.server;
            // Beside the server both are its own: many hosts of one sender at once.
            if (client.IsTakenAtServer() && own.IsTakenAtServer())
            {
                continue;
            }
            const bool oneFile = client.file == own.file;
            const bool passedOn = pair.nested;
            const bool sentOn = !passedOn;
            const Turn& mail = client.turns[pair.clientMail];
            const Turn& ownMail = own.turns[pair.serverMail];
            SessionFinding finding;
            finding.dottedClass = PROXY;
            finding.score = passedOn ? 0.98 : 0.95;
            finding.refs = {mail.said, FrameOf(client)};
            if (oneFile)
            {
                finding.refs.insert(finding.refs.end(), {ownMail.said, FrameOf(own)});
            }
            finding.explanation = fmt::format(
                "Both legs are in the evidence: {}:{} talks to {}:{} (frame {} of {}), and {} "
                "{}:{}, which calls itself {}, sends the same mail from <{}> to the same server "
                "(frame {} of {}){}: the machine that answers the client in the server's name "
                "connects to the server from {}{}.",
                client.client.ToString(),
                client.clientPort,
                client.server.ToString(),
                client.serverPort,
                mail.said.number,
                client.file,
                passedOn ? "between its commands and their replies" : "after that",
                own.client.ToString(),
                own.clientPort,
                own.Hello(),
                mail.mailbox,
                ownMail.said.number,
                own.file,
                sentOn ? ", by the name that greeted the client" : "",
                own.client.ToString(),
                own.client == client.client ? ", the client's own address, with numbers of its own"
                                            : "");
            Add(client, finding);
            m_told.insert(&own);
            if (client.opening)
            {
                m_shown.insert({client.server, KeyOf(client)});
            }
        }
    }

    bool JudgeByControl(const SmtpSession& session)
    {
        if (!session.opening)
        {
            return false;
        }
        const auto controls = m_controls.find({session.file, session.server});
        const ControlComparison comparison = Compare(
            *session.opening,
            controls == m_controls.end() ? std::vector<const TcpOpening*>() : controls->second,
            m_analysis.GetContext().RouteTo(session.server));
        if (!comparison.hasControl)
        {
            return false;
        }
        if (!comparison.isNearer)
        {
            m_cleared.insert(&session);
            return false;
        }
        std::vector<std::string> reasons = comparison.reasons;
        const std::string broken = DialectBreak(session);
        if (!broken.empty())
        {
            reasons.push_back(broken);
        }
        SessionFinding finding;
        finding.refs = {FrameOf(session)};
        for (const std::uint32_t frame : comparison.controlFrames)
        {
            finding.refs.push_back({frame, 0, comparison.control->answered});
        }
        const std::string said =
            fmt::format("Port 25 of {}: {}", session.server.ToString(), Enumerate(reasons));
        // Ports of the address may be another machine's, by a gateway that forwards them.
        const bool mayBeForwarded =
            !comparison.isRouteFarther &&
            (comparison.ports < 2 || !IsBesideClient(session, comparison)) && broken.empty() &&
            !ForeignEcho(session) && AlikeElsewhere(session) == 0 &&
            m_shown.count({session.server, KeyOf(session)}) == 0;
        if (comparison.isFarNearer && comparison.Ways() >= 2 && !mayBeForwarded)
        {
            finding.dottedClass = PROXY;
            finding.score = std::min(0.98, 0.75 + 0.08 * static_cast<double>(comparison.Ways()));
            finding.explanation = fmt::format(
                "{}; a machine on the path answers in the server's name ({}).",
                said,
                comparison.control ? "control: frames " + Numbers(comparison.controlFrames)
                                   : "control: the traceroute");
            Add(session, finding);
            if (m_machines.size() < MOST_MACHINES)
            {
                m_machines.push_back(
                    {session.file, NameInGreeting(session), &*session.opening, &session});
            }
            return true;
        }
        finding.dottedClass = PROXY;
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "{}; {}. More connections to other ports of this address, a traceroute to it, or the "
            "server's protocol log would decide.",
            said,
            !comparison.isFarNearer  ? "a front end at the server's site looks the same"
            : comparison.Ways() >= 2 ? "a gateway that forwards ports of this address to a "
                                       "machine elsewhere looks the same"
                                     : "only the time differs, and the path may have changed");
        if (comparison.Ways() >= 2 || comparison.isFarNearer)
        {
            Add(session, finding);
        }
        m_cleared.insert(&session);
        return true;
    }

    /// Whether what answers is so much nearer to the client than the other ports' machine that it
    /// is at no site of a server's.
    static bool IsBesideClient(const SmtpSession& session, const ControlComparison& comparison)
    {
        constexpr int NEXT_ROUTERS = 3;
        const auto own = session.opening->RoundTripNs();
        const auto others = comparison.control ? comparison.control->RoundTripNs() : std::nullopt;
        return own && others &&
               (*own < *others / 10 || HopsPassed(session.opening->ttl) <= NEXT_ROUTERS);
    }

    /// The machine that was shown to answer for one server answers for another one as well.
    bool JudgeByMachine(const SmtpSession& session)
    {
        const std::string name = NameInGreeting(session);
        const std::int64_t roundTripNs =
            session.opening ? session.opening->RoundTripNs().value_or(0) : 0;
        for (const AnsweringMachine& machine : m_machines)
        {
            const std::int64_t knownNs = machine.opening->RoundTripNs().value_or(0);
            if (roundTripNs == 0 || name.empty() || machine.file != session.file ||
                machine.name != name || machine.session->server == session.server ||
                machine.opening->ttl != session.opening->ttl ||
                !StackDifference(*machine.opening, *session.opening).empty() ||
                std::llabs(roundTripNs - knownNs) > std::max(knownNs / 4, SAME_CLOCK_NS))
            {
                continue;
            }
            SessionFinding finding;
            finding.dottedClass = PROXY;
            finding.score = 0.85;
            finding.refs = {FrameOf(session), FrameOf(*machine.session)};
            finding.explanation = fmt::format(
                "{} answers at port 25 as {} does (frame {}): the same name ({}), stack ({}) and "
                "round trip ({}); there a control shows that it is a machine on the path.",
                session.server.ToString(),
                machine.session->server.ToString(),
                machine.opening->answeredFrame,
                name,
                session.opening->StackText(),
                Milliseconds(roundTripNs));
            Add(session, finding);
            return true;
        }
        return false;
    }

    /// Nothing to compare with: signs inside the session.
    void JudgeBySigns(const SmtpSession& session)
    {
        const auto places = FindSplitServer(session);
        const auto echo = ForeignEcho(session);
        const std::string broken = DialectBreak(session);
        std::vector<std::string> reasons;
        SessionFinding finding;
        finding.refs = {FrameOf(session)};
        if (places)
        {
            reasons.push_back(
                fmt::format("TCP{} answers within {}, and {} replies from {} on never before {}",
                            places->helloIsNear ? " and EHLO" : "",
                            Milliseconds(places->nearNs),
                            places->far.size(),
                            places->far.front()->verb,
                            Milliseconds(places->farNs)));
            for (const Turn* turn : places->far)
            {
                finding.refs.push_back(turn->answered);
            }
        }
        if (echo)
        {
            reasons.push_back(fmt::format("the server greets {}, but the client is {}",
                                          echo->ToString(),
                                          session.client.ToString()));
        }
        if (!broken.empty())
        {
            reasons.push_back(broken);
        }
        const std::size_t others = AlikeElsewhere(session);
        if (!reasons.empty() && others > 0)
        {
            reasons.push_back(fmt::format("{} other {} at port 25 with this name and stack",
                                          others,
                                          others == 1 ? "address answers" : "addresses answer"));
        }
        if (echo && places)
        {
            finding.dottedClass = PROXY;
            finding.score = 0.85;
            finding.explanation =
                fmt::format("Port 25 of {}: {}. A client with a public address needs no NAT, and a "
                            "front end at the server's site would answer from there: two "
                            "independent signs of a machine on the path that connects from {}.",
                            session.server.ToString(),
                            Enumerate(reasons),
                            echo->ToString());
            Add(session, finding);
            return;
        }
        // Where TCP ends near by and nothing else is odd, a user's own NAT or tunnel ends it.
        if (!echo && (!places || (!places->helloIsNear && broken.empty())))
        {
            return;
        }
        finding.dottedClass = PROXY;
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "Port 25 of {}: {}; a machine on the path that speaks for the server would look like "
            "this, and so would {}. Connections to other ports of this address (587, 993), a "
            "traceroute to it, or the server's protocol log would decide.",
            session.server.ToString(),
            Enumerate(reasons),
            places ? "a front end of the server close to the client" : "a NAT before the client");
        Add(session, finding);
    }

    /// Other servers' addresses behind which the same name answers with the same TTL.
    std::size_t AlikeElsewhere(const SmtpSession& session) const
    {
        const auto alike = session.opening ? m_alike.find(KeyOf(session)) : m_alike.end();
        return alike == m_alike.end() ? 0 : alike->second.size() - 1;
    }

    using Likeness = std::tuple<std::string, std::string, int>;

    static Likeness KeyOf(const SmtpSession& session)
    {
        return {session.file, NameInGreeting(session), session.opening->ttl};
    }

    static EvidenceRef FrameOf(const SmtpSession& session)
    {
        return session.opening
                   ? EvidenceRef{session.opening->answeredFrame, 0, session.opening->answered}
                   : session.turns.front().answered;
    }

    static std::string Numbers(const std::vector<std::uint32_t>& frames)
    {
        std::vector<std::string> texts;
        for (const std::uint32_t frame : frames)
        {
            texts.push_back(fmt::format("{}", frame));
        }
        return Enumerate(texts);
    }

    void Add(const SmtpSession& session, const SessionFinding& finding)
    {
        m_sink.Add(MakeSessionAlert(session, finding, SIGNATURE));
        m_told.insert(&session);
    }

    const Analysis& m_analysis;
    AlertSink& m_sink;
    std::vector<const SmtpSession*> m_sessions;
    std::map<Place, std::vector<const TcpOpening*>> m_controls;
    std::map<Likeness, std::set<HostAddress>> m_alike;
    std::set<std::pair<HostAddress, Likeness>> m_shown; //!< By both legs of another session.
    std::vector<AnsweringMachine> m_machines;
    std::set<const SmtpSession*> m_told;    //!< Looked up only.
    std::set<const SmtpSession*> m_cleared; //!< Ditto: a control has the last word.
};

void
Gather(const Evidence& evidence, Analysis& analysis, AlertSink&)
{
    analysis.AddSession(evidence.flow);
    analysis.AddControl(evidence.flow);
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace early_end

/**
 * A connection to port 25 that ends before the server whose address it bears (fact I32,
 * "Interception of SMTP"), seen from the client's side or on the way.
 *
 * Convicts by a control in the evidence: other ports of the same address, or a traceroute to it,
 * answer from further away, and TTL or stack disagree too. Convicts by both legs in one capture:
 * the same mail, spoken again by another address to the same server. Inside one session it convicts
 * only where the server names another address as its client's and what is said comes from further
 * away than TCP; other signs in one session are also a front end's and leave it undecided. A
 * control that agrees ends the matter.
 */
extern const Detector EARLY_END{early_end::SIGNATURE,
                                "a connection to port 25 that ends before its server",
                                {{kinds::PACKETS}, {"intercepted"}},
                                early_end::Gather,
                                early_end::Conclude};

} // namespace bouncelab::detectors
