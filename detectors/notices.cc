#include "detectors/analysis/text-alert.h"
#include "detectors/detector.h"
#include "formats/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace bouncelab::detectors
{

namespace notices
{

constexpr AlertRule SIGNATURE{"notices", 1100122, "BOUNCELAB what a server or a list announces"};

/// Equal events of one source. A viewer may have saved the same events in several forms.
struct AuthGroup
{
    const InFile<AuthFailure>* first = nullptr;
    std::map<std::string_view, std::size_t> perFile;

    std::size_t Count() const
    {
        std::size_t most = 0;
        for (const auto& [file, count] : perFile)
        {
            most = std::max(most, count);
        }
        return most;
    }
};

void
JudgeAuthentication(const AuthGroup& group, AlertSink& sink)
{
    const auto& [file, failure] = *group.first;
    TextFinding finding;
    finding.lines = {{file, failure.line, failure.text}};
    finding.source = failure.source;
    finding.destination = HostAddress(Ipv4{0x7F000001}); // The host whose log it is.
    const std::string what = fmt::format(
        "{} log-on{} from {} at {} by {} failed with {} (line {})",
        group.Count(),
        group.Count() == 1 ? "" : "s",
        failure.source.ToString(),
        failure.connector.empty() ? std::string("a Receive connector")
                                  : fmt::format("the Receive connector \"{}\"", failure.connector),
        failure.mechanism,
        failure.error,
        failure.line);
    if (failure.IsByServer())
    {
        finding.dottedClass = "auth.server";
        finding.score = 0.85;
        finding.side = "between the two Exchange servers, inside the organization";
        finding.next =
            "in this order: the clocks of both servers (w32tm), double names (setspn -X, "
            "setspn -L), whether another Receive connector takes the address first, the "
            "replication, ports 88 of the domain controllers; collect the receive "
            "protocol log of that session and events 4769 and 4771";
        finding.explanation =
            what +
            ": one server cannot prove to the other who it is. A clock, a service's name, the "
            "directory's replication or a blocked Kerberos port does that; a firewall that "
            "takes X-EXPS away would end in 451 5.7.3 instead. Mail from outside is not "
            "affected.";
    }
    else
    {
        finding.dottedClass = "auth.password";
        finding.verdict = Verdict::Inconclusive;
        finding.side = failure.source.IsPrivate() ? "the client's inside the network"
                                                  : "the client's, outside";
        finding.next =
            "how many names and how often that address tried: a user with an old password "
            "repeats one name, a guesser tries many";
        finding.explanation = what + ": a wrong name or password, or somebody who guesses.";
    }
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
JudgeListing(const InFile<ListedAddress>& entry, AlertSink& sink)
{
    const auto& [file, listed] = entry;
    TextFinding finding;
    finding.dottedClass = listed.hello.empty() ? "blacklist.listed" : "blacklist.helo";
    finding.verdict = Verdict::Inconclusive;
    finding.source = listed.address;
    const bool hasReason = listed.reasonLine > 0;
    finding.lines = {{file,
                      hasReason ? listed.reasonLine : listed.line,
                      hasReason ? listed.reason : listed.text}};
    if (hasReason)
    {
        finding.lines.push_back({file, listed.line, listed.text});
    }
    const std::string when =
        listed.detected.empty() ? "" : fmt::format(", last detected at {}", listed.detected);
    finding.explanation = fmt::format(
        "{} is listed in {} (line {}){}{}. Whether a bot behind that address or a sender of its "
        "own "
        "with a wrong set-up did it, the page cannot say.",
        listed.address.ToString(),
        listed.list,
        listed.line,
        when,
        listed.hello.empty() ? ""
                             : fmt::format(", because something there greets as {} (line {})",
                                           listed.hello,
                                           listed.reasonLine));
    finding.side =
        "the sender's network: something behind that address opens connections to port 25";
    finding.next =
        "who opens connections to port 25 at that time (the firewall's log, or a capture "
        "of \"tcp[13]&2 != 0 and port 25\"), against the mail server's own HELO; do not "
        "ask to be taken off before that is found";
    sink.Add(MakeTextAlert(finding, SIGNATURE));
}

void
Conclude(const Analysis& analysis, AlertSink& sink)
{
    const ServerLogs& logs = analysis.GetContext().logs;
    std::map<std::string, AuthGroup> groups;
    for (const InFile<AuthFailure>& failure : logs.authFailures)
    {
        AuthGroup& group = groups[failure.record.error + failure.record.connector +
                                  failure.record.mechanism + failure.record.source.ToString()];
        group.first = group.first ? group.first : &failure;
        ++group.perFile[failure.file];
    }
    for (const auto& [key, group] : groups)
    {
        JudgeAuthentication(group, sink);
    }
    for (const InFile<ListedAddress>& listed : logs.listed)
    {
        JudgeListing(listed, sink);
    }
}

} // namespace notices

/**
 * What servers and lists announce themselves: refused log-ons between Exchange servers (event
 * 1035), and a block list's page about an address. The page says that something is wrong behind the
 * address, not what: inconclusive.
 */
extern const Detector NOTICES{
    notices::SIGNATURE,
    "refused log-ons that a server announces, and what a block list says",
    {{kinds::SERVER_LOG, kinds::MAIL_LOG, kinds::LIST_PAGE}, {"auth", "blacklist"}},
    nullptr,
    notices::Conclude};

} // namespace bouncelab::detectors
