#include "detectors/accusations.h"
#include "detectors/analysis/header-deviation.h"
#include "detectors/analysis/tcp-opening.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace bouncelab::detectors
{

namespace two_senders
{

constexpr AlertRule SIGNATURE{"two-senders", 1100136, "BOUNCELAB one address, two senders"};

/// The first of each answer with numbers of its own to a SYN that was captured once; else none.
std::vector<std::uint32_t>
FindAnswers(const Flow& flow)
{
    constexpr std::size_t MOST = 8;
    const Segment* syn = nullptr;
    std::vector<std::uint32_t> answers;
    for (std::uint32_t index = 0; index < flow.segments.size(); ++index)
    {
        const Segment& segment = flow.At(index);
        if (segment.Has(tcp::SYN) && segment.side == CLIENT)
        {
            if (syn || segment.copies > 0)
            {
                return {};
            }
            syn = &segment;
        }
        const bool isNew = std::none_of(answers.begin(),
                                        answers.end(),
                                        [&](std::uint32_t known)
                                        { return flow.At(known).sequence == segment.sequence; });
        if (syn && segment.Has(tcp::SYN) && segment.Has(tcp::ACK) && segment.side == SERVER &&
            segment.ack == syn->sequence + 1 && isNew && answers.size() < MOST)
        {
            answers.push_back(index);
        }
    }
    return answers;
}

/// Whether the server sends more in the numbers that an answer begins; resets take any number.
bool
GoesOn(const Flow& flow, std::uint32_t answer)
{
    constexpr std::uint32_t NEAR = 1U << 20U;
    return std::any_of(flow.segments.begin() + answer + 1,
                       flow.segments.end(),
                       [&](const Segment& later)
                       {
                           return later.side == SERVER && !later.Has(tcp::SYN) &&
                                  !later.Has(tcp::RST) &&
                                  later.sequence - flow.At(answer).sequence - 1 < NEAR;
                       });
}

/// Whether whoever sent an answer resets what the client acknowledges of another one, as a host
/// does with numbers that are not its own (RFC 9293, section 3.10.7.4).
bool
Disowns(const Flow& flow, std::uint32_t answer, std::uint32_t other)
{
    return std::any_of(flow.segments.begin() + other + 1,
                       flow.segments.end(),
                       [&](const Segment& later)
                       {
                           return later.side == SERVER && later.Has(tcp::RST) &&
                                  !later.Has(tcp::ACK) &&
                                  later.sequence == flow.At(other).sequence + 1 &&
                                  HopsApart(later.ttl, flow.At(answer).ttl) < 2;
                       });
}

std::string
TellAnswers(const Flow& flow, std::uint32_t one, std::uint32_t two)
{
    const Segment& first = flow.At(std::min(one, two));
    const Segment& second = flow.At(std::max(one, two));
    return fmt::format(
        "{} and {} answer one SYN with different numbers, 0x{:08X} and 0x{:08X}, TTL "
        "{} and {}, {} apart: two hosts speak for {}",
        NameOfFrame(flow, std::min(one, two)),
        NameOfFrame(flow, std::max(one, two)),
        first.sequence,
        second.sequence,
        first.ttl,
        second.ttl,
        Milliseconds((second.time - first.time).count()),
        flow.address[SERVER].ToString());
}

void
FindTwoAnswers(const Flow& flow, std::vector<Finding>& findings)
{
    const std::vector<std::uint32_t> answers = FindAnswers(flow);
    if (answers.size() < 2)
    {
        return;
    }
    std::vector<std::uint32_t> own;
    std::copy_if(answers.begin(),
                 answers.end(),
                 std::back_inserter(own),
                 [&](std::uint32_t answer)
                 {
                     return GoesOn(flow, answer) ||
                            std::any_of(answers.begin(),
                                        answers.end(),
                                        [&](std::uint32_t other) {
                                            return other != answer && Disowns(flow, answer, other);
                                        });
                 });
    const auto foreign = std::find_if(answers.begin(),
                                      answers.end(),
                                      [&](std::uint32_t answer)
                                      {
                                          return own.size() == 1 && answer != own.front() &&
                                                 HopsApart(flow.At(answer).ttl,
                                                           flow.At(own.front()).ttl) >= HOPS_APART;
                                      });
    Finding finding;
    finding.dottedClass = classes::FORGED_DATA;
    if (foreign != answers.end())
    {
        finding.accused = *foreign;
        finding.others = own;
        finding.score = 0.8;
        finding.explanation =
            fmt::format("{}; it goes by the numbers of {}, and {} is not its own.",
                        TellAnswers(flow, *foreign, own.front()),
                        NameOfFrame(flow, own.front()),
                        NameOfFrame(flow, *foreign));
    }
    else
    {
        finding.accused = answers[0];
        finding.others = {answers[1]};
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0.4;
        finding.explanation = fmt::format(
            "{}. A SYN that was doubled on its way to two hosts behind one address would explain "
            "it; a capture at the server would show which answer it sent.",
            TellAnswers(flow, answers[0], answers[1]));
    }
    findings.push_back(std::move(finding));
}

bool
HoldsTwoCalls(const Flow& flow)
{
    const auto isCall = [](const Segment& segment)
    { return segment.side == CLIENT && segment.Has(tcp::SYN); };
    const auto first = std::find_if(flow.segments.begin(), flow.segments.end(), isCall);
    return std::any_of(first,
                       flow.segments.end(),
                       [&](const Segment& segment)
                       {
                           // In print, numbers may be counted from each call's own beginning.
                           return isCall(segment) &&
                                  (segment.sequence != first->sequence ||
                                   (flow.source->isText && segment.timestamp != first->timestamp));
                       });
}

/// A side's data behind the end that it has announced, in the same connection.
std::optional<std::uint32_t>
FindDataBehind(const Flow& flow, std::uint32_t end)
{
    const Segment& fin = flow.At(end);
    for (std::uint32_t index = end + 1; index < flow.segments.size(); ++index)
    {
        const Segment& later = flow.At(index);
        if (later.Has(tcp::SYN))
        {
            return std::nullopt;
        }
        if (later.side == fin.side && !later.Has(tcp::RST) && later.payloadLength > 0 &&
            later.DataStart() + later.payloadLength >= fin.End() && later.time - fin.time > SWAPPED)
        {
            return index;
        }
    }
    return std::nullopt;
}

void
FindForeignEnd(const Flow& flow, Side side, std::vector<Finding>& findings)
{
    const auto found =
        std::find_if(flow.segments.begin(),
                     flow.segments.end(),
                     [&](const Segment& segment)
                     {
                         // Below all numbers of this one, it ends another.
                         return segment.side == side && segment.Has(tcp::FIN) && segment.start >= 0;
                     });
    if (found == flow.segments.end() || HoldsTwoCalls(flow))
    {
        return;
    }
    const auto end = static_cast<std::uint32_t>(found - flow.segments.begin());
    const auto behind = FindDataBehind(flow, end);
    if (!behind)
    {
        return;
    }
    const HeaderDeviation deviation = DeviationOf(flow, end);
    Finding finding;
    finding.accused = end;
    finding.others = {*behind};
    finding.dottedClass = classes::FORGED_DATA;
    finding.explanation =
        fmt::format("{} ends what {} has to say, and {} goes on with its data {} later",
                    NameOfFrame(flow, end),
                    flow.address[side].ToString(),
                    NameOfFrame(flow, *behind),
                    Milliseconds((flow.At(*behind).time - found->time).count()));
    if (deviation.Corroborates())
    {
        finding.score = std::min(1.0, 0.7 + deviation.sum / 20);
        finding.explanation +=
            fmt::format("; the end is not from the same sender: {}.", Enumerate(deviation.reasons));
    }
    else
    {
        finding.verdict = Verdict::Inconclusive;
        finding.score = 0.4;
        finding.explanation +=
            "; a host does not, but the headers show no second sender: a capture "
            "at its own end would show whether it sent the end.";
    }
    findings.push_back(std::move(finding));
}

std::vector<Finding>
Find(const Evidence& evidence)
{
    std::vector<Finding> findings;
    FindTwoAnswers(evidence.flow, findings);
    FindForeignEnd(evidence.flow, CLIENT, findings);
    FindForeignEnd(evidence.flow, SERVER, findings);
    return findings;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    // That a direction is missing, others say.
    if (evidence.flow.stream[CLIENT].segments > 0 && evidence.flow.stream[SERVER].segments > 0)
    {
        AddAlerts(evidence, Find, SIGNATURE, sink);
    }
}

} // namespace two_senders

/**
 * TCP that contradicts itself, so that two hosts speak for one address.
 *
 * One SYN, captured once, is answered with different initial sequence numbers: a host does that
 * once, so one answer is another's, as devices forge them while they block a pair of hosts (fact
 * I11). Which one, tells the stream that goes on, or the reset of a host that does not know the
 * other number, where the two also come from different distances; else it may be two hosts behind
 * one address. A side that goes on with its data behind its own FIN did not send that; it convicts
 * where the headers show another sender, too.
 */
extern const Detector TWO_SENDERS{
    two_senders::SIGNATURE,
    "two answers to one SYN with different numbers, or data behind their sender's own end",
    {{kinds::PACKETS}, {classes::FORGED_DATA}},
    two_senders::Judge,
    nullptr};

} // namespace bouncelab::detectors
