#include "detectors/analysis/session-alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_SPOTS = 8;

std::string_view
CategoryOf(const SessionFinding& finding)
{
    switch (finding.verdict)
    {
    case Verdict::Benign:
        return "Odd but explained";
    case Verdict::Inconclusive:
        return "Evidence does not decide";
    case Verdict::Fault:
        break;
    }
    return FamilyOf(finding.dottedClass) == "intercepted" ? "Session spoken for by another"
                                                          : "Refused or slowed down";
}

} // namespace

Alert
MakeSessionAlert(const SmtpSession& session,
                 const SessionFinding& finding,
                 const AlertRule& signature)
{
    Alert alert;
    alert.time = finding.refs.empty() ? session.Start() : finding.refs.front().time;
    alert.source = finding.byServer ? session.server : session.client;
    alert.sourcePort = finding.byServer ? session.serverPort : session.clientPort;
    alert.destination = finding.byServer ? session.client : session.server;
    alert.destinationPort = finding.byServer ? session.clientPort : session.serverPort;
    alert.signatureId = signature.id;
    alert.signature = signature.text;
    alert.detector = signature.detector;
    alert.category = CategoryOf(finding);
    alert.severity = finding.verdict == Verdict::Fault ? 2 : 3;
    alert.dottedClass = finding.dottedClass;
    alert.verdict = finding.verdict;
    alert.score = std::round(std::clamp(finding.score, 0.0, 1.0) * 1000) / 1000;
    alert.evidence.explanation = finding.explanation;
    if (!session.log)
    {
        alert.evidence.file = session.file;
        alert.frame = finding.refs.empty() ? 0 : finding.refs.front().number;
    }
    for (const EvidenceRef& ref : finding.refs)
    {
        if (session.log && alert.evidence.log.size() < MOST_SPOTS)
        {
            const LogRow& row = session.log->rows[ref.index];
            QuotedLine line{session.logs->FileOf(row), ref.number, session.log->Quote(row)};
            const auto& told = alert.evidence.log;
            if (told.empty() || told.back().line != line.line || told.back().file != line.file)
            {
                alert.evidence.log.push_back(std::move(line));
            }
        }
        else if (!session.log && alert.evidence.frames.size() < MOST_SPOTS)
        {
            alert.evidence.frames.push_back(ref.number);
        }
    }
    std::sort(alert.evidence.frames.begin(), alert.evidence.frames.end());
    return alert;
}

std::string
NameOfRef(const SmtpSession& session, const EvidenceRef& ref)
{
    return fmt::format("{} {}",
                       session.log      ? "line"
                       : session.isText ? "packet"
                                        : "frame",
                       ref.number);
}

std::string_view
NameOfVantage(const SmtpSession& session)
{
    return !session.log               ? "a capture"
           : session.atServer         ? "the server's protocol log"
           : session.log->quotesLines ? "a recorded dialog"
                                      : "the sender's protocol log";
}

std::string
Seconds(std::int64_t nanoseconds)
{
    const std::int64_t ms = (nanoseconds + 500000) / 1000000;
    return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

} // namespace bouncelab::detectors
