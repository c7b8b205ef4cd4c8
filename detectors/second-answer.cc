#include "detectors/analysis/tcp-opening.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

namespace bouncelab::detectors
{

namespace second_answer
{

constexpr AlertRule SIGNATURE{"second-answer", 1100136, "BOUNCELAB two answers to one SYN"};

/// The first two answers with different numbers to a SYN that was captured once.
std::optional<std::pair<std::uint32_t, std::uint32_t>>
FindPair(const Flow& flow)
{
    std::optional<std::uint32_t> syn;
    std::optional<std::uint32_t> answer;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (!segment.Has(tcp::SYN))
        {
            continue;
        }
        if (segment.side == CLIENT)
        {
            if (syn || segment.copies > 0)
            {
                return std::nullopt;
            }
            syn = index;
        }
        else if (syn && segment.Has(tcp::ACK) && segment.ack == flow.At(*syn).sequence + 1)
        {
            if (answer && flow.At(*answer).sequence != segment.sequence)
            {
                return std::make_pair(*answer, index);
            }
            answer = answer ? answer : index;
        }
    }
    return std::nullopt;
}

/// Whether the server sends more in the numbers that an answer begins; resets take any number.
bool
GoesOn(const Flow& flow, std::uint32_t answer)
{
    constexpr std::uint32_t NEAR = 1U << 20U;
    for (std::uint32_t index = answer + 1; index < flow.segments.size(); ++index)
    {
        const Segment& later = flow.At(index);
        if (later.side == SERVER && !later.Has(tcp::SYN) && !later.Has(tcp::RST) &&
            later.sequence - flow.At(answer).sequence - 1 < NEAR)
        {
            return true;
        }
    }
    return false;
}

/// Whether whoever sent the other answer resets what the client acknowledges of this one, as a host
/// does with numbers that are not its own (RFC 9293, section 3.10.7.4).
bool
IsDisowned(const Flow& flow, std::uint32_t answer, std::uint32_t other)
{
    for (std::uint32_t index = answer + 1; index < flow.segments.size(); ++index)
    {
        const Segment& later = flow.At(index);
        if (later.side == SERVER && later.Has(tcp::RST) && !later.Has(tcp::ACK) &&
            later.sequence == flow.At(answer).sequence + 1 &&
            HopsApart(later.ttl, flow.At(other).ttl) < 2)
        {
            return true;
        }
    }
    return false;
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    const Flow& flow = evidence.flow;
    const auto pair = FindPair(flow);
    if (!pair)
    {
        return {};
    }
    const Segment& first = flow.At(pair->first);
    const Segment& second = flow.At(pair->second);
    const bool isOwn[2]{GoesOn(flow, pair->first) || IsDisowned(flow, pair->second, pair->first),
                        GoesOn(flow, pair->second) || IsDisowned(flow, pair->first, pair->second)};
    const bool isShown = isOwn[0] != isOwn[1] && HopsApart(first.ttl, second.ttl) >= HOPS_APART;
    Finding finding;
    finding.accused = isShown && isOwn[0] ? pair->second : pair->first;
    finding.others = {isShown && isOwn[0] ? pair->first : pair->second};
    finding.dottedClass = classes::FORGED_DATA;
    finding.explanation = fmt::format(
        "{} and {} answer one SYN with different numbers, 0x{:08X} and 0x{:08X}, TTL {} "
        "and {}, {} apart: two hosts speak for {}",
        NameOfFrame(flow, pair->first),
        NameOfFrame(flow, pair->second),
        first.sequence,
        second.sequence,
        first.ttl,
        second.ttl,
        Milliseconds((second.time - first.time).count()),
        flow.address[SERVER].ToString());
    if (isShown)
    {
        finding.score = 0.8;
        finding.explanation += fmt::format("; it goes by the numbers of {}, and {} is not its own.",
                                           NameOfFrame(flow, finding.others.front()),
                                           NameOfFrame(flow, finding.accused));
        return {std::move(finding)};
    }
    finding.verdict = Verdict::Inconclusive;
    finding.score = 0.4;
    finding.explanation += ". A SYN that was doubled on its way to two hosts behind one address "
                           "would explain it; a capture at the server would show which answer it "
                           "sent.";
    return {std::move(finding)};
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    if (!ReportOneSided(evidence, SIGNATURE, sink))
    {
        AddAlerts(evidence, Find, SIGNATURE, sink);
    }
}

} // namespace second_answer

/**
 * One SYN, captured once, is answered twice with different initial sequence numbers: a host does
 * that once (RFC 9293, section 3.10.7.2), so one answer is another's, as devices forge them while
 * they block a pair of hosts (fact I11). Which one, tells the stream that goes on, or the reset of
 * a host that does not know the other number, where the two also come from different distances;
 * else it may be two hosts behind one address.
 */
extern const Detector SECOND_ANSWER{second_answer::SIGNATURE,
                                    "two answers to one SYN with different numbers",
                                    {{kinds::PACKETS}, {classes::FORGED_DATA}},
                                    second_answer::Judge,
                                    nullptr};

} // namespace bouncelab::detectors
