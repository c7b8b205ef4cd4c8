#include "detectors/analysis/control-comparison.h"
#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/opening.h"
#include "detectors/analysis/server-dialect.h"
#include "detectors/analysis/session-pairs.h"
#include "detectors/analysis/talk-alert.h"
#include "detectors/analysis/two-places.h"
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

constexpr Signature SIGNATURE{"early-end", 1100104, "BOUNCELAB connection ends before server"};
constexpr std::string_view PROXY = "intercepted.proxy";
constexpr std::uint16_t SMTP_PORT = 25;
constexpr std::size_t MOST_MACHINES = 64;
constexpr std::int64_t SAME_CLOCK_NS = 2000000;

/// An address as one capture sees it.
using Place = std::pair<std::string, Ipv4>;

/// What identifies a machine that answered early: sessions answered alike are its own, too.
struct Machine
{
    std::string file;
    std::string name;
    const Opening* opening;
    const Talk* talk;
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_analysis(analysis)
        , m_sink(sink)
    {
        for (const Opening& control : analysis.Controls())
        {
            m_controls[{control.file, control.server}].push_back(&control);
        }
        for (const Talk& talk : analysis.Talks(LogDetail::Dialogue))
        {
            if (!talk.log && talk.serverPort == SMTP_PORT)
            {
                m_talks.push_back(&talk);
                if (talk.opening && !NameInGreeting(talk).empty())
                {
                    m_alike[KeyOf(talk)].insert(talk.server);
                }
            }
        }
    }

    void Run()
    {
        JudgeLegs();
        std::vector<const Talk*> left;
        for (const Talk* talk : m_talks)
        {
            if (m_told.count(talk) == 0 && !JudgeByControl(*talk))
            {
                left.push_back(talk);
            }
        }
        for (const Talk* talk : left)
        {
            if (m_cleared.count(talk) == 0 && !JudgeByMachine(*talk))
            {
                JudgeBySigns(*talk);
            }
        }
    }

  private:
    /// Both legs in one capture.
    void JudgeLegs()
    {
        for (const SessionPair& pair : m_analysis.Legs())
        {
            const Talk& client = *pair.client;
            if (client.serverPort != SMTP_PORT)
            {
                continue;
            }
            const Talk& own = *pair.server;
            const bool oneFile = client.file == own.file;
            const bool passedOn = pair.nested;
            const bool sentOn = !passedOn;
            const Turn& mail = client.turns[pair.clientMail];
            const Turn& ownMail = own.turns[pair.serverMail];
            TalkFinding finding;
            finding.dottedClass = PROXY;
            finding.score = passedOn ? 0.98 : 0.95;
            finding.spots = {mail.said, FrameOf(client)};
            if (oneFile)
            {
                finding.spots.insert(finding.spots.end(), {ownMail.said, FrameOf(own)});
            }
            finding.explanation = fmt::format(
                "Both legs are here: {}:{} talks to {}:{} (frame {} of {}), and {} {}:{}, which "
                "calls itself {}, says the same mail of <{}> to the same server (frame {} of "
                "{}){}: "
                "whoever answers the client in the server's name speaks to the server from {}.",
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
                own.client.ToString());
            Add(client, finding);
            m_told.insert(&own);
        }
    }

    bool JudgeByControl(const Talk& talk)
    {
        if (!talk.opening)
        {
            return false;
        }
        const auto controls = m_controls.find({talk.file, talk.server});
        const Comparison comparison =
            Compare(*talk.opening,
                    controls == m_controls.end() ? std::vector<const Opening*>() : controls->second,
                    m_analysis.GetSurroundings().RouteTo(talk.server));
        if (!comparison.hasControl)
        {
            return false;
        }
        if (!comparison.isNearer)
        {
            m_cleared.insert(&talk);
            return false;
        }
        std::vector<std::string> reasons = comparison.reasons;
        const std::string broken = DialectBreak(talk);
        if (!broken.empty())
        {
            reasons.push_back(broken);
        }
        TalkFinding finding;
        finding.spots = {FrameOf(talk)};
        for (const std::uint32_t frame : comparison.controlFrames)
        {
            finding.spots.push_back({frame, 0, comparison.control->answered});
        }
        const std::string said =
            fmt::format("Port 25 of {}: {}", talk.server.ToString(), Enumerate(reasons));
        if (comparison.isFarNearer && comparison.Ways() >= 2)
        {
            finding.dottedClass = PROXY;
            finding.score = std::min(0.98, 0.75 + 0.08 * static_cast<double>(comparison.Ways()));
            finding.explanation = fmt::format(
                "{}; a machine on the way answers in the server's name ({}).",
                said,
                comparison.control ? "control: frames " + Numbers(comparison.controlFrames)
                                   : "control: the traceroute");
            Add(talk, finding);
            if (m_machines.size() < MOST_MACHINES)
            {
                m_machines.push_back({talk.file, NameInGreeting(talk), &*talk.opening, &talk});
            }
            return true;
        }
        finding.dottedClass = classes::INSUFFICIENT;
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "{}; {}. More connections to other ports of this address, a traceroute to it, or the "
            "server's protocol log would decide.",
            said,
            comparison.isFarNearer ? "nothing but the time differs, and a path may have changed"
                                   : "a front end at the server's site looks the same");
        if (comparison.Ways() >= 2 || comparison.isFarNearer)
        {
            Add(talk, finding);
        }
        m_cleared.insert(&talk);
        return true;
    }

    /// The machine that was shown to answer for one server answers for another one as well.
    bool JudgeByMachine(const Talk& talk)
    {
        const std::string name = NameInGreeting(talk);
        const std::int64_t roundTripNs = talk.opening ? talk.opening->RoundTripNs().value_or(0) : 0;
        for (const Machine& machine : m_machines)
        {
            const std::int64_t knownNs = machine.opening->RoundTripNs().value_or(0);
            if (roundTripNs == 0 || name.empty() || machine.file != talk.file ||
                machine.name != name || machine.talk->server == talk.server ||
                machine.opening->ttl != talk.opening->ttl ||
                !StackDifference(*machine.opening, *talk.opening).empty() ||
                std::llabs(roundTripNs - knownNs) > std::max(knownNs / 4, SAME_CLOCK_NS))
            {
                continue;
            }
            TalkFinding finding;
            finding.dottedClass = PROXY;
            finding.score = 0.85;
            finding.spots = {FrameOf(talk), FrameOf(*machine.talk)};
            finding.explanation = fmt::format(
                "{} answers at port 25 as {} does (frame {}): the same name ({}), stack ({}) and "
                "round trip ({}); there a control shows that it is a machine on the way.",
                talk.server.ToString(),
                machine.talk->server.ToString(),
                machine.opening->answeredFrame,
                name,
                talk.opening->StackText(),
                Milliseconds(roundTripNs));
            Add(talk, finding);
            return true;
        }
        return false;
    }

    /// Nothing to compare with: signs inside the session.
    void JudgeBySigns(const Talk& talk)
    {
        const auto places = FindTwoPlaces(talk);
        const auto echo = ForeignEcho(talk);
        const std::string broken = DialectBreak(talk);
        std::vector<std::string> reasons;
        TalkFinding finding;
        finding.spots = {FrameOf(talk)};
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
                finding.spots.push_back(turn->answered);
            }
        }
        if (echo)
        {
            reasons.push_back(fmt::format("the server greets {} where {} speaks",
                                          echo->ToString(),
                                          talk.client.ToString()));
        }
        if (!broken.empty())
        {
            reasons.push_back(broken);
        }
        const std::size_t others = AlikeElsewhere(talk);
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
            finding.explanation = fmt::format(
                "Port 25 of {}: {}. A client with an address of its own needs no NAT, and a front "
                "end at the server's site would answer from there: two independent signs of a "
                "machine on the way that speaks from {}.",
                talk.server.ToString(),
                Enumerate(reasons),
                echo->ToString());
            Add(talk, finding);
            return;
        }
        // Where TCP ends near by and nothing else is odd, a user's own NAT or tunnel ends it.
        if (!echo && (!places || (!places->helloIsNear && broken.empty())))
        {
            return;
        }
        finding.dottedClass = classes::INSUFFICIENT;
        finding.verdict = Verdict::Inconclusive;
        finding.explanation = fmt::format(
            "Port 25 of {}: {}; a machine on the way that speaks for the server would look so, and "
            "so would {}. Connections to other ports of this address (587, 993), a traceroute to "
            "it, or the server's protocol log would decide.",
            talk.server.ToString(),
            Enumerate(reasons),
            places ? "a front end of the server's near by" : "a NAT before the client");
        Add(talk, finding);
    }

    /// Other servers' addresses behind which the same name answers with the same TTL.
    std::size_t AlikeElsewhere(const Talk& talk) const
    {
        const auto alike = talk.opening ? m_alike.find(KeyOf(talk)) : m_alike.end();
        return alike == m_alike.end() ? 0 : alike->second.size() - 1;
    }

    using Likeness = std::tuple<std::string, std::string, int>;

    static Likeness KeyOf(const Talk& talk)
    {
        return {talk.file, NameInGreeting(talk), talk.opening->ttl};
    }

    static Spot FrameOf(const Talk& talk)
    {
        return talk.opening ? Spot{talk.opening->answeredFrame, 0, talk.opening->answered}
                            : talk.turns.front().answered;
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

    void Add(const Talk& talk, const TalkFinding& finding)
    {
        m_sink.Add(MakeTalkAlert(talk, finding, SIGNATURE));
        m_told.insert(&talk);
    }

    const Analysis& m_analysis;
    AlertSink& m_sink;
    std::vector<const Talk*> m_talks;
    std::map<Place, std::vector<const Opening*>> m_controls;
    std::map<Likeness, std::set<Ipv4>> m_alike;
    std::vector<Machine> m_machines;
    std::set<const Talk*> m_told;    //!< Looked up only.
    std::set<const Talk*> m_cleared; //!< Ditto: a control has the last word.
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
