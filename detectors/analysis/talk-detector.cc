#include "detectors/analysis/talk-detector.h"

#include "detectors/analysis/two-sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

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

void
TalkDetector::Conclude(const Surroundings& surroundings, AlertSink& sink)
{
    const std::vector<Talk>& all = m_table->Complete(surroundings);
    std::vector<Talk> detailed;
    const auto lacks = [this](const Talk& talk) { return talk.Detail() < Needs(); };
    const bool some = std::any_of(all.begin(), all.end(), lacks);
    if (some)
    {
        std::remove_copy_if(all.begin(), all.end(), std::back_inserter(detailed), lacks);
    }
    const std::vector<Talk>& talks = some ? detailed : all;
    if (JudgesAll())
    {
        JudgeTalks(talks, surroundings, sink);
        return;
    }
    const TwoSides sides(*m_table, talks);
    std::set<const Talk*> elsewhere; // looked up only
    for (const SessionPair& pair : sides.Pairs())
    {
        if (pair.server->atServer && sides.CalleeOf(pair) != TwoSides::Callee::Another)
        {
            elsewhere.insert(pair.client);
        }
    }
    std::vector<const Talk*> captured;
    for (const Talk& talk : talks)
    {
        if (!talk.log)
        {
            captured.push_back(&talk);
        }
    }
    for (const SessionPair& legs : FindLegs(captured))
    {
        elsewhere.insert(legs.client);
    }
    if (elsewhere.empty())
    {
        JudgeTalks(talks, surroundings, sink);
        return;
    }
    std::vector<Talk> others;
    for (const Talk& talk : talks)
    {
        if (elsewhere.count(&talk) == 0)
        {
            others.push_back(talk);
        }
    }
    JudgeTalks(others, surroundings, sink);
}

Alert
MakeTalkAlert(const Talk& talk, const TalkFinding& finding, const Signature& signature)
{
    Alert alert;
    alert.timeNs = finding.spots.empty() ? talk.StartNs() : finding.spots.front().timeNs;
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
