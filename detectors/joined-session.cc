#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/paired-sessions.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/detector.h"
#include "detectors/readers/scan.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace joined_session
{

constexpr AlertRule SIGNATURE{"joined-session",
                              1100105,
                              "BOUNCELAB client's and server's sessions differ"};
constexpr std::string_view PROXY = "intercepted.proxy";

std::string
FirstLine(std::string_view text)
{
    return std::string(text.substr(0, std::min<std::size_t>(70, text.find('\n'))));
}

/// A greeting without the date that servers put behind their name and software: two sessions of one
/// server differ in it.
std::string
UndatedGreeting(std::string_view reply)
{
    const std::size_t comma = reply.find(", ");
    if (comma == reply.npos || comma < 3 || comma + 2 >= reply.size() || !IsDigit(reply[comma + 2]))
    {
        return std::string(reply);
    }
    // "Wed, 16 Nov 2011 12:11:56 +0800"
    constexpr std::string_view DATE_CHARACTERS = "0123456789:+- ";
    std::size_t end = reply.find_first_not_of(DATE_CHARACTERS, comma + 2);
    end = end == reply.npos ? end : reply.find_first_not_of(DATE_CHARACTERS, end + 3);
    return fmt::format("{}{}",
                       reply.substr(0, comma - 3),
                       end >= reply.size() ? std::string_view() : reply.substr(end));
}

const Turn*
HelloTurn(const SmtpSession& session)
{
    const Turn* last = nullptr;
    for (const Turn& turn : session.turns)
    {
        last = turn.hello.empty() ? last : &turn;
    }
    return last;
}

/// What two records of a session disagree about.
struct Differences
{
    std::vector<std::string> reasons; //!< Of what was said.
    bool address = false;

    bool Any() const { return !reasons.empty(); }
};

Differences
Between(const SmtpSession& client, const SmtpSession& server)
{
    Differences found;
    if (!client.Hello().empty() && !server.Hello().empty() && client.Hello() != server.Hello())
    {
        found.reasons.push_back(fmt::format("the client calls itself {}, the server was called by "
                                            "{}",
                                            client.Hello(),
                                            server.Hello()));
    }
    const Turn* heard = GreetingOf(client);
    const Turn* said = GreetingOf(server);
    if (heard && said && UndatedGreeting(heard->reply) != UndatedGreeting(said->reply))
    {
        found.reasons.push_back(fmt::format("the client was greeted with \"{}\", the server said "
                                            "\"{}\"",
                                            FirstLine(heard->reply),
                                            FirstLine(said->reply)));
    }
    const Turn* offeredTo = AcceptedEhlo(client);
    const Turn* offeredBy = AcceptedEhlo(server);
    if (offeredTo && offeredBy)
    {
        const auto got = KeywordsIn(offeredTo->reply);
        const auto sent = KeywordsIn(offeredBy->reply);
        std::vector<std::string> lost;
        for (const std::string& keyword : sent)
        {
            if (!HasKeyword(got, keyword))
            {
                lost.push_back(keyword);
            }
        }
        if (!lost.empty())
        {
            constexpr std::size_t MOST = 6;
            const std::size_t count = lost.size();
            lost.resize(std::min(MOST, count));
            found.reasons.push_back(fmt::format("of the keywords that the server sent the client "
                                                "never saw {}{}",
                                                Enumerate(lost),
                                                count > MOST ? " and more" : ""));
        }
    }
    found.address = client.client != server.client && !client.client.IsPrivate();
    return found;
}

class Judge
{
  public:
    Judge(const PairedSessions& sides, AlertSink& sink)
        : m_sides(sides)
        , m_sink(sink)
    {
    }

    void Run()
    {
        for (const SessionPair& pair : m_sides.Pairs())
        {
            JudgePair(pair);
        }
    }

  private:
    void JudgePair(const SessionPair& pair)
    {
        const SmtpSession& client = *pair.client;
        const SmtpSession& server = *pair.server;
        const Differences differences = Between(client, server);
        const bool sameName = client.Hello() == server.Hello();
        if (!differences.Any())
        {
            return;
        }
        const PairedSessions::Callee callee = m_sides.CalleeOf(pair);
        const bool ownFrontEnd =
            server.client.IsPrivate() && server.server.IsPrivate() && !client.client.IsPrivate();
        if (callee == PairedSessions::Callee::Another || ownFrontEnd)
        {
            return;
        }
        SessionFinding finding;
        finding.refs = RefsOf(client, pair.clientMail);
        // A relay that the client means to use has a name of its own.
        const bool sure = pair.nested || callee == PairedSessions::Callee::Server || sameName;
        finding.dottedClass = PROXY;
        finding.verdict = sure ? Verdict::Fault : Verdict::Inconclusive;
        finding.score =
            sure ? std::min(0.98,
                            0.7 + 0.08 * static_cast<double>(differences.reasons.size()) +
                                (pair.nested ? 0.1 : 0) + (differences.address ? 0.05 : 0))
                 : 0;
        Alert alert = MakeSessionAlert(client, finding, SIGNATURE);
        const std::string clientSpots =
            client.log ? "its own log" : fmt::format("{}, frame {}", client.file, alert.frame);
        const std::string serverSpots = AttachRefs(server, RefsOf(server, pair.serverMail), alert);
        alert.evidence.explanation = fmt::format(
            "{}:{} sends mail from <{}> to {}:{} ({}), and the server received it from {}:{} ({}), "
            "{}: {}{}. {}",
            client.client.ToString(),
            client.clientPort,
            client.turns[pair.clientMail].mailbox,
            client.server.ToString(),
            client.serverPort,
            clientSpots,
            server.client.ToString(),
            server.clientPort,
            serverSpots,
            pair.nested
                ? fmt::format("each command while the client waits for its reply{}", Clocks(pair))
                : fmt::format("{} {}",
                              Seconds(std::chrono::abs(pair.offset).count()),
                              pair.offset < Nanoseconds(0) ? "before, by its clock" : "later"),
            Enumerate(differences.reasons),
            differences.address && sure ? "; a NAT does not change the dialog" : "",
            sure ? "A machine on the path speaks for both sides."
                 : "A proxy on the path would do this, and so would a relay that the client uses "
                   "on purpose; the server's public address, from the gateway's port forwarding or "
                   "from DNS, would decide.");
        m_sink.Add(std::move(alert));
    }

    static std::string Clocks(const SessionPair& pair)
    {
        constexpr Nanoseconds WORTH_A_WORD(2000000);
        const Nanoseconds apart = std::chrono::abs(pair.offset);
        return apart < WORTH_A_WORD
                   ? ""
                   : fmt::format(" when the server's clock is {} {}",
                                 Seconds(apart.count()),
                                 pair.offset > Nanoseconds(0) ? "ahead" : "behind");
    }

    static std::vector<EvidenceRef> RefsOf(const SmtpSession& session, std::size_t mail)
    {
        std::vector<EvidenceRef> refs{session.turns[mail].said};
        if (const Turn* hello = HelloTurn(session))
        {
            refs.push_back(hello->said);
        }
        if (const Turn* greeting = GreetingOf(session))
        {
            refs.push_back(greeting->answered);
        }
        return refs;
    }

    const PairedSessions& m_sides;
    AlertSink& m_sink;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis.Sides(LogDetail::Dialog), sink).Run();
}

} // namespace joined_session

/**
 * One mail's session as the client had it against the session that the server had of it, where the
 * evidence holds both (S000-10, S000-15). Another name in EHLO, another greeting or other
 * keywords say that a machine between them spoke; a client's address that differs alone is a NAT's
 * doing, and another date in the greeting another session's. Silent where the client itself called
 * whom the server heard, a smarthost, and where a front end of the server's own site stands
 * between.
 */
extern const Detector JOINED_SESSION{joined_session::SIGNATURE,
                                     "a client's session against the server's of the same mail",
                                     {{kinds::PACKETS}, {"intercepted"}},
                                     AddSession,
                                     joined_session::Conclude};

} // namespace bouncelab::detectors
