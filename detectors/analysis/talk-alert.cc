#include "detectors/analysis/talk-alert.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_SPOTS = 8;

std::string_view
CategoryOf(const TalkFinding& finding)
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
MakeTalkAlert(const Talk& talk, const TalkFinding& finding, const Signature& signature)
{
    Alert alert;
    alert.time = finding.spots.empty() ? talk.Start() : finding.spots.front().time;
    alert.source = finding.byServer ? talk.server : talk.client;
    alert.sourcePort = finding.byServer ? talk.serverPort : talk.clientPort;
    alert.destination = finding.byServer ? talk.client : talk.server;
    alert.destinationPort = finding.byServer ? talk.clientPort : talk.serverPort;
    alert.signatureId = signature.id;
    alert.signature = signature.text;
    alert.detector = signature.detector;
    alert.category = CategoryOf(finding);
    alert.severity = finding.verdict == Verdict::Fault ? 2 : 3;
    alert.dottedClass = finding.dottedClass;
    alert.verdict = finding.verdict;
    alert.score = std::round(std::clamp(finding.score, 0.0, 1.0) * 1000) / 1000;
    alert.evidence.explanation = finding.explanation;
    if (!talk.log)
    {
        alert.evidence.file = talk.file;
        alert.frame = finding.spots.empty() ? 0 : finding.spots.front().number;
    }
    for (const Spot& spot : finding.spots)
    {
        if (talk.log && alert.evidence.log.size() < MOST_SPOTS)
        {
            const LogRow& row = talk.log->rows[spot.index];
            QuotedLine line{talk.logs->FileOf(row), spot.number, talk.log->Quote(row)};
            const auto& told = alert.evidence.log;
            if (told.empty() || told.back().line != line.line || told.back().file != line.file)
            {
                alert.evidence.log.push_back(std::move(line));
            }
        }
        else if (!talk.log && alert.evidence.frames.size() < MOST_SPOTS)
        {
            alert.evidence.frames.push_back(spot.number);
        }
    }
    std::sort(alert.evidence.frames.begin(), alert.evidence.frames.end());
    return alert;
}

std::string
NameOfSpot(const Talk& talk, const Spot& spot)
{
    return fmt::format("{} {}", talk.log ? "line" : talk.isText ? "packet" : "frame", spot.number);
}

std::string_view
NameOfVantage(const Talk& talk)
{
    return !talk.log       ? "a capture"
           : talk.atServer ? "the server's protocol log"
                           : "the sender's protocol log";
}

std::string
Seconds(std::int64_t nanoseconds)
{
    const std::int64_t ms = (nanoseconds + 500000) / 1000000;
    return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

} // namespace bouncelab::detectors
