#include "detectors/analysis/hello-keywords.h"
#include "detectors/analysis/session-alert.h"
#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace relay_transcripts
{

constexpr AlertRule SIGNATURE{"relay-transcripts",
                              1100126,
                              "BOUNCELAB a relay test that sent nothing"};

using Trial = InFile<RelayTrial>;

/// An address whose domain is gone once the server has qualified it: a quoted local part, or one
/// with nothing behind its last "@".
bool
IsLocalByForm(const std::string& recipient)
{
    const std::size_t at = recipient.rfind('@');
    return at == recipient.npos || at + 1 == recipient.size();
}

/// Whether a client that did not log on had a message taken whose sender and recipient are both
/// elsewhere, as far as the server's name tells; null if not.
const Turn*
ForeignRecipient(const SmtpSession& session)
{
    const std::string name = NameInGreeting(session);
    if (!session.IsOwnersCall() || !session.log->quotesLines || name.empty() ||
        session.IsAuthenticated())
    {
        return nullptr;
    }
    const Turn* taken = nullptr;
    std::string_view sender;
    for (const Turn& turn : session.turns)
    {
        sender = turn.Is("MAIL") ? DomainOf(turn.mailbox) : sender;
        const bool isForeign = turn.Is("RCPT") && turn.code / 100 == 2 &&
                               !DomainOf(turn.mailbox).empty() &&
                               !SameOrganization(DomainOf(turn.mailbox), name) &&
                               !SameOrganization(DomainOf(turn.mailbox), session.log->connector) &&
                               !SameOrganization(sender, name);
        taken = isForeign ? &turn : turn.Is("RSET") ? nullptr : taken;
        if (taken && turn.Is(".") && turn.code / 100 == 2)
        {
            return taken;
        }
    }
    return nullptr;
}

/// A test of relaying that somebody made by hand, to its end.
void
JudgeDialogs(const Analysis& analysis, AlertSink& sink)
{
    for (const SmtpSession& session : analysis.Sessions(LogDetail::Dialog))
    {
        const Turn* taken = ForeignRecipient(session);
        if (!taken)
        {
            continue;
        }
        SessionFinding finding;
        finding.dottedClass = "relay.mail";
        finding.verdict = Verdict::Inconclusive;
        finding.byServer = true;
        finding.refs = {taken->answered};
        finding.explanation = fmt::format(
            "{} takes a message for <{}> (line {}) from a client that did not log on, and neither "
            "sender nor recipient are of its own name: an open relay, unless that domain is one of "
            "those that it serves, or the client's address one that it relays for.",
            NameInGreeting(session),
            taken->mailbox,
            taken->answered.number);
        Alert alert = MakeSessionAlert(session, finding, SIGNATURE);
        alert.where.side = "the server's, if it passes the message on";
        alert.evidence.next = "dig MX of the recipient's domain (is it this server's?), the same "
                              "from an address outside, and whether the message arrives or the "
                              "server's log shows it leave";
        sink.Add(std::move(alert));
    }
}

/// Whether a server takes a message for a mailbox of its own domain: mail as it should be.
bool
IsDelivered(const RelayTrial& trial)
{
    return trial.takenLine > 0 &&
           SameOrganization(DomainOf(trial.recipient),
                            InLowerCase(trial.greeting.substr(0, trial.greeting.find(' '))));
}

void
JudgeTrials(const Analysis& analysis, AlertSink& sink)
{
    std::vector<const Trial*> accepted;
    for (const Trial& trial : analysis.GetContext().logs.trials)
    {
        // Those that name their server are judged by what leaves it.
        if (trial.record.code / 100 == 2 && trial.record.server.empty() &&
            !IsDelivered(trial.record))
        {
            accepted.push_back(&trial);
        }
    }
    if (accepted.empty())
    {
        return;
    }
    const bool local =
        std::all_of(accepted.begin(),
                    accepted.end(),
                    [](const Trial* trial) { return IsLocalByForm(trial->record.recipient); });
    std::vector<std::string> names;
    TextFinding finding;
    for (const Trial* trial : accepted)
    {
        finding.lines.push_back({trial->file, trial->record.line, trial->record.text});
        names.push_back("<" + trial->record.recipient + ">");
    }
    names.resize(std::min<std::size_t>(names.size(), 4));
    finding.dottedClass = "relay.reply";
    finding.verdict = Verdict::Inconclusive;
    const auto taken = std::find_if(accepted.begin(),
                                    accepted.end(),
                                    [](const Trial* trial) { return trial->record.takenLine > 0; });
    finding.explanation = fmt::format("A tester had {} recipient{} accepted ({}; line {}) and "
                                      "{}, so no relaying is shown{}.",
                                      accepted.size(),
                                      accepted.size() == 1 ? "" : "s",
                                      Enumerate(names),
                                      accepted.front()->record.line,
                                      taken == accepted.end()
                                          ? std::string("stopped there: it sent no message")
                                          : fmt::format("a message taken (line {}), and nobody saw "
                                                        "what the server did with it",
                                                        (*taken)->record.takenLine),
                                      local ? "; none of these addresses has a domain of its own, "
                                              "so that the server takes them for "
                                              "local names"
                                            : "; accepting a recipient is not passing mail on");
    finding.side = "the server's, if at all";
    finding.next =
        "finish one test with DATA and look for what leaves: the server's log, a capture of "
        "port 25 outwards, or the report on it";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    JudgeTrials(analysis, sink);
    JudgeDialogs(analysis, sink);
}

} // namespace relay_transcripts

/// What a relay tester's transcript, or a test by hand, is worth where nobody saw what left the
/// server: inconclusive.
extern const Detector RELAY_TRANSCRIPTS{
    relay_transcripts::SIGNATURE,
    "relay tests by hand or that stop at RCPT, and what they show",
    {{kinds::SERVER_LOG}, {"relay"}},
    nullptr,
    relay_transcripts::Conclude};

} // namespace bouncelab::detectors
