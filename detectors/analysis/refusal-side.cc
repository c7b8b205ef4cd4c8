#include "detectors/analysis/refusal-side.h"

#include "detectors/analysis/own-host.h"
#include "detectors/analysis/reply-reason.h"
#include "detectors/analysis/server-owner.h"
#include "detectors/analysis/smtp-session.h"
#include "detectors/readers/report-words.h"
#include "formats/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace bouncelab::detectors
{

namespace
{

/// Whether the host that reports it has decided alone: no other one answered or was called.
bool
IsOwnDecision(const ReportedReply& reply)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    return !reply.HasReply() && reply.host.empty() && !reply.address.IsNumeric() &&
           !StartsWith(reply.failure, "status ") &&
           (dottedClass == "refused.content" || dottedClass == "refused.policy" ||
            dottedClass == "refused.system" || dottedClass == "deferred.backend" ||
            dottedClass == "deferred.busy");
}

void
JudgeOwnDecision(const ReportedReply& reply, TextFinding& finding)
{
    const bool isByRule =
        FamilyOf(finding.dottedClass) == "refused" && finding.dottedClass != "refused.system";
    const std::string own = "; no other host is named: the one that reports it decided by itself";
    AddRemark(finding, own);
    finding.side = isByRule ? "this host's own: its content filter, milter or rules"
                            : "this host's own: its maps, services or settings";
    finding.next = isByRule ? "on the host that reports it: the filter's log of that message, and "
                              "which rule it names; the recipient's server was not asked"
                            : "on the host that reports it: the lines of its log before this one "
                              "(which map or service fails), and its settings";
    finding.verdict = isByRule ? Verdict::Inconclusive : Verdict::Fault;
    finding.score = isByRule ? 0 : 0.7;
    if (!isByRule && reply.Class() == 4)
    {
        finding.dottedClass = "deferred.backend";
    }
}

/// Whether a row is an event of a service that delivers mail to its recipients' servers itself:
/// SparkPost's, SendGrid's, Amazon SES's, Postmark's.
bool
IsServicesEvent(const std::string& lower)
{
    static constexpr std::array<std::string_view, 5> MEMBERS{"\"bounce_class\"",
                                                             "\"delv_method\"",
                                                             "\"sg_event_id\"",
                                                             "\"diagnosticcode\"",
                                                             "\"bouncedat\""};
    return std::any_of(MEMBERS.begin(),
                       MEMBERS.end(),
                       [&](std::string_view member) { return lower.find(member) != lower.npos; });
}

/// Whether a mail server reports it of the server that it handed a mail to, as far as the text
/// shows, and neither a mail program nor a server with a relay to which it logs on.
bool
IsBetweenServers(const ReportedReply& reply)
{
    const std::string text = InLowerCase(reply.text);
    const bool isOfServer = EndsWith(reply.program, " log") || EndsWith(reply.program, " bounce") ||
                            text.find("(in reply to ") != text.npos ||
                            reply.program == "delivery status notification" ||
                            IsServicesEvent(text);
    return isOfServer && reply.HasReply() && !EndsWith(ProgramIn(text), " error") &&
           text.find(":587") == text.npos && text.find(":465") == text.npos &&
           text.find("smarthost") == text.npos;
}

/// Whether a server wants a log-on, or calls it relaying and names no more.
bool
WantsKnownClient(const ReportedReply& reply)
{
    const ReplyReason& reason = ReasonOf(reply);
    return reason.dottedClass == "auth.required" ||
           (reason.dottedClass == "refused.relaying" &&
            StartsWith(reason.what, "the receiver does not pass mail on"));
}

/// Between servers, whoever takes a domain's mail may neither want a log-on for it nor call it
/// relaying.
void
JudgeDestination(const ReportedReply& reply, TextFinding& finding)
{
    const std::string server = ServerOwner(reply.host, HostAddress());
    const std::string domain =
        ServerOwner(InLowerCase(std::string(DomainOf(reply.recipient))), HostAddress());
    const bool isOfDomain = !server.empty() && server == domain;
    finding.verdict = Verdict::Inconclusive;
    finding.score = 0;
    finding.side =
        isOfDomain
            ? "the receiver's: that server bears the recipient's domain and does not take its "
              "mail, or the domain's MX leads to the wrong one; the sender's only if it is set "
              "to use that server as its relay"
            : "unknown: the receiver's, if the domain's MX leads to that server; the sender's, "
              "if it is set to use it as its relay";
    finding.next = "dig MX of the recipient's domain: if that server is among them, its "
                   "postmaster has to enter the domain; if not, the sender's relay settings and "
                   "its log-on there";
}

/// Whether a greeting's refusal quotes the name of the server that reports it: "<mx1>" by
/// mx1.forward.example.
bool
NamesItselfAsClient(const ReportedReply& reply)
{
    const std::string& words = reply.reply;
    const std::size_t at = words.find('<');
    const std::size_t end = words.find('>', std::min(at, words.size()));
    if (ReasonOf(reply).dottedClass != "refused.hello" || end == words.npos)
    {
        return false;
    }
    const std::string name = InLowerCase(words.substr(at + 1, end - at - 1));
    return !name.empty() &&
           (name == reply.host || name == reply.host.substr(0, reply.host.find('.')));
}

/// Whether a reason is one of trouble: of what its own delivery says of policy and content, a
/// host says it of rights and programs.
bool
IsTrouble(const ReportedReply& reply)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    return FamilyOf(dottedClass) == "deferred" || dottedClass == "refused.system" ||
           (!reply.ownTrouble.empty() && (dottedClass == "refused.policy" ||
                                          dottedClass == "refused.content" || reply.Class() == 4));
}

/// What answers at the loopback, or delivers, is another program of the sending host.
void
JudgeOwnHost(const ReportedReply& reply, TextFinding& finding)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    const bool isOwn = !reply.ownTrouble.empty();
    const bool isTrouble = IsTrouble(reply);
    if (isOwn && dottedClass == "unreachable.loop")
    {
        finding.side = "this host's own: aliases or forwards that lead back to themselves";
        finding.next = "on this host: the alias, the .forward file and the recipient's address";
        return;
    }
    if (!isTrouble && dottedClass != "refused.content" && dottedClass != "refused")
    {
        return;
    }
    finding.side =
        isOwn ? "this host's own: " + reply.ownTrouble + ", which delivers there, or what it starts"
              : "this host's own: the content filter, or whatever else of its "
                "programs answers at " +
                    reply.address.ToString();
    finding.next =
        isOwn ? "on this host: rights, room and settings of what the words name, and its log"
              : "on this host: whether that program and what it asks (a virus scanner, say) "
                "run, and its log of that time";
    if (isOwn)
    {
        finding.dottedClass = "deferred.filter";
    }
    if (isTrouble && finding.verdict != Verdict::Fault && dottedClass != "deferred.greylisting")
    {
        finding.verdict = Verdict::Fault;
        finding.score = 0.7;
    }
}

} // namespace

bool
FailsInOwnDelivery(const ReportedReply& reply)
{
    const std::string_view dottedClass = ReasonOf(reply).dottedClass;
    return !reply.ownTrouble.empty() && reply.witness == ReportedReply::Witness::Client &&
           dottedClass != "unreachable.loop" && (IsTrouble(reply) || dottedClass == "refused");
}

void
JudgeSides(const ReportedReply& reply, TextFinding& finding)
{
    if (IsAtOwnHost(reply))
    {
        JudgeOwnHost(reply, finding);
    }
    else if (IsOwnDecision(reply))
    {
        JudgeOwnDecision(reply, finding);
    }
    else if (WantsKnownClient(reply) && IsBetweenServers(reply))
    {
        JudgeDestination(reply, finding);
    }
    else if (NamesItselfAsClient(reply))
    {
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0;
        finding.side = "that server's, whose own name the reply quotes: it hands the mail on, and "
                       "the next one refuses its greeting; else the sender's, if it greets with "
                       "the same name";
        finding.next = "that server's postmaster, with the whole reply; the name that the sending "
                       "host greets with";
    }
}

} // namespace bouncelab::detectors
