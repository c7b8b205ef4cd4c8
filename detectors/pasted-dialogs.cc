#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/session-replies.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace bouncelab::detectors
{

namespace pasted_dialogs
{

constexpr AlertRule SIGNATURE{"pasted-dialogs",
                              1100124,
                              "BOUNCELAB a dialog that another one contradicts"};
constexpr std::string_view PROXY = "intercepted.proxy";
constexpr std::string_view MASKED = "intercepted.masked";
constexpr std::string_view REFUSED = "refused.policy";

/// Sentences of RFC 821's list of replies: no server's answer to EHLO begins with one.
constexpr std::array<std::string_view, 4> SAMPLES{"requested mail action okay",
                                                  "requested action ok",
                                                  "command ok",
                                                  "action completed"};

bool
SpeaksSamples(std::string_view ehloReply)
{
    const std::string lower = InLowerCase(ehloReply);
    return std::any_of(SAMPLES.begin(),
                       SAMPLES.end(),
                       [&](std::string_view words) { return lower.find(words) != lower.npos; });
}

bool
IsMasked(const SmtpSession& session)
{
    const Turn* greeting = GreetingOf(session);
    const Turn* ehlo = AcceptedEhlo(session);
    const auto keywords = ehlo ? KeywordsIn(ehlo->reply) : std::vector<std::string>();
    return (greeting && IsMaskedGreeting(greeting->reply)) ||
           std::any_of(keywords.begin(), keywords.end(), IsMaskedWord);
}

/// Whether both talk to one server, as far as they name it.
bool
IsSameServer(const SmtpSession& a, const SmtpSession& b)
{
    const std::string name = NameInGreeting(a);
    return (a.server.IsKnown() && a.server == b.server) ||
           (!name.empty() && name == NameInGreeting(b));
}

/// Whether a dialog that names no server stands beside another one, as where somebody tells of
/// both.
bool
IsToldBeside(const SmtpSession& nameless, const SmtpSession& other)
{
    return nameless.server.IsMasked() && NameInGreeting(nameless).empty() &&
           nameless.file == other.file;
}

/// The name in a greeting, where it is another organization's than the one that was called; empty
/// where it is not, or either is unknown.
std::string
StrangerIn(const SmtpSession& session)
{
    const std::string& called = session.log->connector;
    std::string greeted = NameInGreeting(session);
    return called.empty() || greeted.empty() || SameOrganization(called, greeted) ? std::string()
                                                                                  : greeted;
}

/// Greeted with a refusal, before any command. What a server does not understand, or finds out of
/// order (500 to 504), was a command, be it one that the record has elsewhere.
const Turn*
RefusedGreeting(const SmtpSession& session)
{
    const std::uint32_t code = session.turns.empty() ? 0 : session.turns[0].code;
    const bool isOfCommand = code >= 500 && code <= 504;
    const bool refused = !session.turns.empty() && session.turns[0].verb.empty() &&
                         (code == 421 || code / 100 == 5) && !isOfCommand;
    return refused ? &session.turns[0] : nullptr;
}

/// Whether a refusal at the greeting says why.
bool
TellsItsReason(const SmtpSession& session)
{
    const auto refusals = RefusalsOf(session);
    return session.log->quotesLines && !refusals.empty() &&
           !IsUnexplained(ReasonOf(refusals.front().record)) &&
           FamilyOf(ReasonOf(refusals.front().record).dottedClass) != "deferred";
}

/// Of dialogs for which something holds, the first one with each server.
class FirstWithServer
{
  public:
    /// \param number of the session among all
    void Add(std::size_t number, const SmtpSession& session)
    {
        const std::string name = NameInGreeting(session);
        if (session.server.IsKnown())
        {
            m_byAddress.try_emplace(session.server, number, &session);
        }
        if (!name.empty())
        {
            m_byName.try_emplace(name, number, &session);
        }
    }

    /// The first one with the session's server; null if there is none.
    const SmtpSession* Beside(const SmtpSession& session) const
    {
        const auto byAddress = m_byAddress.find(session.server);
        const auto byName = m_byName.find(NameInGreeting(session));
        if (byAddress == m_byAddress.end() || byName == m_byName.end())
        {
            return byAddress != m_byAddress.end() ? byAddress->second.second
                   : byName != m_byName.end()     ? byName->second.second
                                                  : nullptr;
        }
        return std::min(byAddress->second, byName->second).second;
    }

  private:
    using Numbered = std::pair<std::size_t, const SmtpSession*>;
    std::map<HostAddress, Numbered> m_byAddress;
    std::map<std::string, Numbered> m_byName;
};

class Judge
{
  public:
    Judge(const Analysis& analysis, AlertSink& sink)
        : m_sink(sink)
    {
        for (const SmtpSession& session : analysis.Sessions(LogDetail::Codes))
        {
            if (session.IsOwnersCall())
            {
                m_sessions.push_back(&session);
                Note(session);
            }
        }
    }

    void Run()
    {
        for (const SmtpSession* session : m_sessions)
        {
            if (session->log->quotesLines)
            {
                JudgeWords(*session);
                JudgeMask(*session);
                JudgeName(*session);
                JudgeNames(*session);
            }
        }
        JudgeGreetings();
    }

  private:
    /// Notes a session for those that it may contradict.
    void Note(const SmtpSession& session)
    {
        const std::size_t number = m_sessions.size();
        const Turn* ehlo = AcceptedEhlo(session);
        if (ehlo && !SpeaksSamples(ehlo->reply))
        {
            m_ownWords.Add(number, session);
        }
        if (ehlo && !IsMasked(session))
        {
            m_plain.Add(number, session);
        }
        const std::string name = NameInGreeting(session);
        if (session.server.IsKnown() && !name.empty())
        {
            m_named[{session.server, session.serverPort}].try_emplace(name, &session);
        }
    }

    /// A dialog with the same address in which the organization that was called greets.
    const SmtpSession* GreetedByCalled(const SmtpSession& session) const
    {
        const auto names = m_named.find({session.server, session.serverPort});
        if (names == m_named.end())
        {
            return nullptr;
        }
        const auto own =
            std::find_if(names->second.begin(),
                         names->second.end(),
                         [&](const auto& greeted)
                         { return SameOrganization(session.log->connector, greeted.first); });
        return own == names->second.end() ? nullptr : own->second;
    }

    void Add(const SmtpSession& session,
             const SessionFinding& finding,
             std::string side,
             std::string next)
    {
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        alert.where.side = std::move(side);
        alert.evidence.next = std::move(next);
        m_sink.Add(std::move(alert));
    }

    /// An answer to EHLO that is another program's than the one that greets.
    void JudgeWords(const SmtpSession& session)
    {
        const Turn* ehlo = AcceptedEhlo(session);
        if (!ehlo || !SpeaksSamples(ehlo->reply))
        {
            return;
        }
        const auto keywords = KeywordsIn(ehlo->reply);
        const SmtpSession* own = m_ownWords.Beside(session);
        std::vector<std::string> missing;
        if (own)
        {
            for (const std::string& keyword : KeywordsIn(AcceptedEhlo(*own)->reply))
            {
                if (!HasKeyword(keywords, keyword))
                {
                    missing.push_back(keyword);
                }
            }
        }
        SessionFinding finding;
        finding.dottedClass = PROXY;
        finding.verdict = own ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = own ? 0.92 : 0;
        finding.byServer = true;
        finding.refs = {ehlo->answered};
        finding.explanation = fmt::format(
            "The answer to EHLO (line {}) begins with \"{}\", a sample of RFC 821 and no server's "
            "name{}: {}.",
            ehlo->answered.number,
            FirstLine(ehlo->reply),
            own ? fmt::format(
                      "; the same server's own answer (line {} of {}) has {} that are missing "
                      "here",
                      AcceptedEhlo(*own)->answered.number,
                      own->file,
                      missing.empty() ? std::string("the same keywords, none") : Enumerate(missing))
            : HasKeyword(keywords, "STARTTLS") ? ""
                                               : ", and offers no STARTTLS",
            own ? "a proxy between them speaks in the server's name"
                : "a proxy, a virus scanner or a mail gateway very likely speaks in the server's "
                  "name; what the server itself answers, read there or over another access, would "
                  "decide");
        Add(session,
            finding,
            "between client and server: a virus scanner, a security appliance or the access "
            "provider",
            "the same dialog from another access, a traceroute -T to the port, and which virus "
            "scanner runs on the client");
    }

    /// A mask that another access does not show lies on this one's side.
    void JudgeMask(const SmtpSession& session)
    {
        if (!IsMasked(session))
        {
            return;
        }
        const SmtpSession* plain = m_plain.Beside(session);
        if (!plain)
        {
            return;
        }
        const Turn& greeting = session.turns.front();
        SessionFinding finding;
        finding.dottedClass = MASKED;
        finding.score = 0.95;
        finding.byServer = true;
        finding.refs = {greeting.answered};
        finding.explanation = fmt::format(
            "The dialog from line {} is masked (asterisks, keywords of X), the one with the same "
            "server from line {} is not: the mail guard stands on the way of the first access, and "
            "not before the server.",
            greeting.answered.number,
            plain->turns.front().answered.number);
        Add(session,
            finding,
            "on the first access's side of the way: its provider, or a firewall in front of the "
            "client",
            "repeat it from a third network; ask that access's provider, or have the inspection of "
            "SMTP switched off (no inspect esmtp); meanwhile port 587 or 465");
    }

    /// Another organization's server answers for the one that was called, and wants a log-on for
    /// mail to that one's recipients.
    void JudgeName(const SmtpSession& session)
    {
        const std::string& called = session.log->connector;
        const std::string greeted = StrangerIn(session);
        if (greeted.empty() || session.serverPort != 25)
        {
            return;
        }
        for (const InFile<ReportedReply>& told : RefusalsOf(session))
        {
            const std::string_view reason = ReasonOf(told.record).dottedClass;
            const Turn* greeting = GreetingOf(session);
            if (!greeting || (reason != "auth.required" && reason != "refused.tls" &&
                              reason != "refused.relaying"))
            {
                continue;
            }
            SessionFinding finding;
            finding.dottedClass = PROXY;
            finding.verdict = Verdict::Inconclusive;
            finding.byServer = true;
            finding.refs = {greeting->answered};
            finding.explanation = fmt::format(
                "{} was called at port 25, and {} answers (line {}), which wants a log-on for a "
                "recipient there (line {}): either it is that domain's mail provider, or a proxy "
                "of "
                "the access provider speaks in its place.",
                called,
                greeted,
                greeting->answered.number,
                told.record.line);
            Add(session,
                finding,
                "on the path, if the name that answers is the access provider's",
                "dig MX of the recipient's domain and the names of its address, the same dialog "
                "from "
                "another access, and port 587");
            return;
        }
    }

    /// Over one access another organization's server answers than over the other one.
    void JudgeNames(const SmtpSession& session)
    {
        const std::string& called = session.log->connector;
        const std::string greeted = StrangerIn(session);
        if (greeted.empty())
        {
            return;
        }
        const SmtpSession* own = GreetedByCalled(session);
        const Turn* greeting = GreetingOf(session);
        if (!own || !greeting)
        {
            return;
        }
        const Turn* here = AcceptedEhlo(session);
        const Turn* there = AcceptedEhlo(*own);
        const bool isOther = here && there && KeywordsIn(here->reply) != KeywordsIn(there->reply);
        SessionFinding finding;
        finding.dottedClass = PROXY;
        finding.verdict = isOther ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = isOther ? 0.9 : 0;
        finding.byServer = true;
        finding.refs = {greeting->answered};
        finding.explanation = fmt::format(
            "{} was called both times: {} answers in the dialog from line {}, and {} in "
            "the one from line {}{}: {}.",
            called,
            greeted,
            greeting->answered.number,
            NameInGreeting(*own),
            own->turns.front().answered.number,
            isOther ? ", with other keywords" : "",
            isOther ? "on the first one's way a proxy speaks in the server's place"
                    : "two servers behind one address, or a proxy on the first one's "
                      "way that speaks in the server's place");
        Add(session,
            finding,
            "on the way of the access over which the other name answers: its provider, or a "
            "firewall in front of the client",
            "the server's own log of both calls (only one reached it, if a proxy answers), a "
            "traceroute -T to the port, and ports 587 or 465 meanwhile");
    }

    /// Servers that refuse a client before it has said anything.
    void JudgeGreetings()
    {
        std::vector<const SmtpSession*> refused;
        for (const SmtpSession* session : m_sessions)
        {
            if (RefusedGreeting(*session) && session->turns.size() == 1 &&
                !TellsItsReason(*session))
            {
                refused.push_back(session);
            }
        }
        if (refused.empty())
        {
            return;
        }
        const SmtpSession& first =
            **std::find_if(refused.begin(),
                           refused.end(),
                           [&](const SmtpSession* session)
                           { return session->server.IsNumeric() || session == refused.back(); });
        const auto greeted =
            std::find_if(m_sessions.begin(),
                         m_sessions.end(),
                         [&](const SmtpSession* other) {
                             return GreetingOf(*other) &&
                                    (IsSameServer(first, *other) || IsToldBeside(first, *other));
                         });
        const SmtpSession* taken = greeted == m_sessions.end() ? nullptr : *greeted;
        SessionFinding finding;
        finding.dottedClass = REFUSED;
        finding.verdict = taken ? Verdict::Fault : Verdict::Inconclusive;
        finding.score = taken ? 0.85 : 0;
        finding.byServer = true;
        for (const SmtpSession* session : refused)
        {
            if (session->file == first.file && session->log == first.log)
            {
                finding.refs.push_back(session->turns.front().answered);
            }
        }
        finding.explanation = fmt::format(
            "{} greets with \"{}\" {} time{} (line {}): it refuses before any command, by the "
            "client's address alone, and so for neither name, recipient nor content{}.",
            first.server.ToString(),
            FirstLine(first.turns.front().reply),
            refused.size(),
            refused.size() == 1 ? "" : "s",
            first.turns.front().answered.number,
            taken
                ? fmt::format("; another client is greeted by the same server (line {})",
                              taken->turns.front().answered.number)
                : "; whether it refuses everybody or this address only, and whether the server or "
                  "its firewall says so, a call from another address would decide");
        Add(first,
            finding,
            "the receiver's: its server or firewall blocks the client's address",
            "telnet to port 25 from another address; then the postmaster of the remote site, with "
            "the own address; meanwhile another outgoing address");
    }

    AlertSink& m_sink;
    std::vector<const SmtpSession*> m_sessions;
    FirstWithServer m_ownWords; //!< Answers to EHLO that are no samples.
    FirstWithServer m_plain;    //!< EHLO was taken, and nothing is masked.
    /// The first dialog by each name that a port greets with.
    std::map<std::pair<HostAddress, std::uint16_t>, std::map<std::string, const SmtpSession*>>
        m_named;
};

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    Judge(analysis, sink).Run();
}

} // namespace pasted_dialogs

/**
 * What dialogs show that a client recorded itself, alone and against each other: an answer in RFC
 * 821's sample words, which a proxy gives; a mask that is there over one access and not over
 * another; a server that refuses at the greeting, which goes by the address. One dialog alone stays
 * inconclusive where another one would decide.
 */
extern const Detector PASTED_DIALOGS{pasted_dialogs::SIGNATURE,
                                     "dialogs that clients recorded, against one another",
                                     {{kinds::SEND_LOG}, {"intercepted", "refused"}},
                                     nullptr,
                                     pasted_dialogs::Conclude};

} // namespace bouncelab::detectors
