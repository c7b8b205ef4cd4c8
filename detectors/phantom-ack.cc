#include "detectors/accusations.h"
#include "detectors/detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

namespace bouncelab::detectors
{

namespace phantom_ack
{

constexpr AlertRule SIGNATURE{"phantom-ack",
                              1100004,
                              "BOUNCELAB acknowledgment of bytes never sent"};

struct Phantom
{
    std::uint32_t ack = 0;               //!< Index of the acknowledging segment.
    std::int64_t bytes = 0;              //!< Acknowledged beyond what the other side sent.
    std::optional<std::uint32_t> forged; //!< The segment that brought the bytes, if captured.
    std::uint32_t proof = 0;             //!< The other side's next segment, if none was captured.
};

class Search
{
  public:
    Search(const Flow& flow, const std::vector<Finding>& accusations, Side asker)
        : m_flow(flow)
        , m_accusations(accusations)
        , m_asker(asker)
    {
    }

    void Run()
    {
        std::int64_t captured = 0;
        std::int64_t genuine = 0;
        for (std::uint32_t index = 0; index < m_flow.segments.size(); ++index)
        {
            const Segment& segment = m_flow.At(index);
            if (segment.Has(tcp::RST))
            {
                continue;
            }
            if (segment.side != m_asker)
            {
                captured = std::max(captured, segment.End());
                if (!IsAccused(index))
                {
                    genuine = std::max(genuine, segment.End());
                }
            }
            else if (segment.Has(tcp::ACK) && segment.acknowledged > genuine)
            {
                Weigh(index, captured, genuine);
                if (found)
                {
                    return;
                }
            }
        }
    }

    std::optional<Phantom> found;
    std::optional<Phantom> unproven;  //!< Packets may be missing.
    std::optional<Phantom> belowNext; //!< The other side goes on below; packets may be missing.

  private:
    bool IsAccused(std::uint32_t index) const
    {
        return std::any_of(m_accusations.begin(),
                           m_accusations.end(),
                           [&](const Finding& finding) { return finding.accused == index; });
    }

    /// Whether it answers a SYN with the numbers of a connection that was (RFC 5961, section 4.2).
    bool IsChallenge(std::uint32_t index) const
    {
        for (std::uint32_t i = index; i-- > 0;)
        {
            if (m_flow.At(i).side != m_asker)
            {
                return m_flow.At(i).Has(tcp::SYN) && !m_flow.At(i).Has(tcp::ACK) &&
                       !m_flow.At(index).Has(tcp::SYN);
            }
        }
        return false;
    }

    void Weigh(std::uint32_t index, std::int64_t captured, std::int64_t genuine)
    {
        const Segment& segment = m_flow.At(index);
        // A number beyond every window is of another connection, or counts from elsewhere.
        constexpr std::int64_t FARTHEST = 1 << 24;
        if (IsChallenge(index) || segment.acknowledged - captured > FARTHEST)
        {
            return;
        }
        if (segment.acknowledged <= captured)
        {
            // A forged segment brought the last of these bytes.
            for (const Finding& finding : m_accusations)
            {
                const Segment& forged = m_flow.At(finding.accused);
                if (forged.side != m_asker && finding.accused < index &&
                    forged.DataStart() < segment.acknowledged &&
                    forged.End() >= segment.acknowledged)
                {
                    const std::int64_t from = std::max(genuine, forged.DataStart());
                    found = Phantom{index, segment.acknowledged - from, finding.accused, 0};
                    return;
                }
            }
            return;
        }
        bool isSwapped = false;
        for (std::uint32_t later = index + 1; later < m_flow.segments.size(); ++later)
        {
            const Segment& other = m_flow.At(later);
            const bool isKeepAlive =
                other.start == segment.acknowledged - 1 && other.payloadLength <= 1;
            if (other.side == m_asker || other.Has(tcp::RST) || other.start < captured ||
                isKeepAlive)
            {
                continue;
            }
            if (other.start < segment.acknowledged)
            {
                if (other.time - segment.time <= SWAPPED)
                {
                    isSwapped = true;
                    continue;
                }
                // Whether it is new or was sent before and not captured, nothing here tells.
                if (!belowNext)
                {
                    belowNext =
                        Phantom{index, segment.acknowledged - other.start, std::nullopt, later};
                }
                return;
            }
            break;
        }
        // One position alone is a FIN that was taken for granted, or one that was not captured.
        if (!unproven && !isSwapped && segment.acknowledged - captured > 1)
        {
            unproven = Phantom{index, segment.acknowledged - captured, std::nullopt, 0};
        }
    }

    const Flow& m_flow;
    const std::vector<Finding>& m_accusations;
    Side m_asker;
};

/**
 * By how much the clock of one direction runs ahead, where one capture was put together from two:
 * then acknowledgments stand before what they acknowledge, all of them by the same time. Of a
 * session in which somebody else spoke, one or two do.
 */
std::optional<Nanoseconds>
ClockOffset(const Flow& flow, Side asker)
{
    constexpr std::size_t FEWEST = 3;
    std::vector<std::int64_t> leads; // of the first acknowledgment of each segment
    std::size_t segments = 0;
    std::int64_t highest = std::numeric_limits<std::int64_t>::min();
    auto first = flow.segments.begin();
    for (const Segment& given : flow.segments)
    {
        if (given.side == asker || given.Span() == 0 || given.Has(tcp::RST) ||
            given.End() <= highest)
        {
            continue;
        }
        highest = given.End();
        first = std::find_if(first,
                             flow.segments.end(),
                             [&](const Segment& segment)
                             {
                                 return segment.side == asker && segment.Has(tcp::ACK) &&
                                        !segment.Has(tcp::RST) &&
                                        segment.acknowledged >= given.End();
                             });
        segments += first != flow.segments.end() ? 1 : 0;
        if (first != flow.segments.end() && given.time - first->time > SWAPPED)
        {
            leads.push_back((given.time - first->time).count());
        }
    }
    std::sort(leads.rbegin(), leads.rend());
    if (leads.size() < FEWEST || 2 * leads.size() < segments ||
        leads.front() - leads[leads.size() / 2] >
            std::max<std::int64_t>(Nanoseconds(SWAPPED).count(), leads.front() / 5))
    {
        return std::nullopt;
    }
    return Nanoseconds(leads.front());
}

/// Accusations that a genuine segment confirms: bytes that nothing contradicts are no phantom.
std::vector<Finding>
ProvenOf(const Flow& flow, std::vector<Finding> accusations)
{
    accusations.erase(std::remove_if(accusations.begin(),
                                     accusations.end(),
                                     [&](const Finding& finding)
                                     {
                                         const Segment& accused = flow.At(finding.accused);
                                         const auto& conflicts =
                                             flow.stream[accused.side].conflicts;
                                         const bool contradicted = std::any_of(
                                             conflicts.begin(),
                                             conflicts.end(),
                                             [&](const Conflict& conflict) {
                                                 return conflict.first == finding.accused ||
                                                        conflict.second == finding.accused;
                                             });
                                         return !contradicted;
                                     }),
                      accusations.end());
    return accusations;
}

Finding
Describe(const Flow& flow, const Phantom& phantom)
{
    const Segment& segment = flow.At(phantom.ack);
    const Side giver = Other(segment.side);
    Finding finding;
    finding.others.push_back(phantom.ack);
    finding.explanation = fmt::format("{} acknowledges {} byte{} up to 0x{:08X} that {} had not "
                                      "sent",
                                      NameOfFrame(flow, phantom.ack),
                                      phantom.bytes,
                                      phantom.bytes == 1 ? "" : "s",
                                      segment.ack,
                                      flow.address[giver].ToString());
    if (phantom.forged)
    {
        finding.accused = *phantom.forged;
        finding.score = 0.9;
        finding.explanation += fmt::format(", they came in {}, which has another sender.",
                                           NameOfFrame(flow, *phantom.forged));
        finding.dottedClass = ForgedClassOf(flow, flow.At(*phantom.forged));
    }
    else
    {
        finding.accused = phantom.ack;
        finding.others.push_back(phantom.proof);
        finding.score = 0.3;
        finding.explanation +=
            fmt::format(" as far as the capture shows: it goes on below them in {}, {} later; what "
                        "brought the bytes was not captured; a capture without gaps would decide.",
                        NameOfFrame(flow, phantom.proof),
                        Milliseconds((flow.At(phantom.proof).time - segment.time).count()));
        finding.dottedClass =
            giver == SERVER && flow.IsSmtp() ? classes::FORGED_REPLY : classes::FORGED_DATA;
        finding.verdict = Verdict::Inconclusive;
    }
    return finding;
}

void
Judge(const Evidence& evidence, Analysis&, AlertSink& sink)
{
    const Flow& flow = evidence.flow;
    if (ReportOneSided(evidence, SIGNATURE, sink) || flow.isGuessed ||
        (flow.source->isText && two_senders::HoldsTwoCalls(flow)))
    {
        return;
    }
    const std::vector<Finding> accusations = ProvenOf(flow, evidence.Once(FindAccusations));
    std::optional<Phantom> unproven;
    std::optional<Phantom> belowNext;
    for (const Side asker : {CLIENT, SERVER})
    {
        if (flow.stream[Other(asker)].segments == 0)
        {
            continue;
        }
        Search search(flow, accusations, asker);
        search.Run();
        const auto offset = search.belowNext ? ClockOffset(flow, asker) : std::nullopt;
        if (offset && !search.found)
        {
            sink.AddOrCount(MakeInsufficient(
                evidence,
                SIGNATURE,
                fmt::format("The packets of {} are stamped {} early against those of the other "
                            "side: its acknowledgments stand before what they acknowledge. Two "
                            "captures with two clocks were put together here; what came before "
                            "what, a capture with one clock would decide.",
                            flow.address[asker].ToString(),
                            Milliseconds(offset->count()))));
            return;
        }
        if (search.found)
        {
            sink.AddOrCount(MakeAlert(evidence, Describe(flow, *search.found), SIGNATURE));
            return;
        }
        unproven = unproven ? unproven : search.unproven;
        belowNext = belowNext ? belowNext : search.belowNext;
    }
    if (belowNext)
    {
        sink.AddOrCount(MakeAlert(evidence, Describe(flow, *belowNext), SIGNATURE));
        return;
    }
    if (unproven)
    {
        sink.AddOrCount(MakeInsufficient(
            evidence,
            SIGNATURE,
            fmt::format("{} acknowledges {} bytes more than the capture holds of the other side, "
                        "but packets are missing there; a capture without gaps would decide.",
                        NameOfFrame(flow, unproven->ack),
                        unproven->bytes)));
    }
}

} // namespace phantom_ack

/**
 * One side acknowledges bytes that the other side never sent (S003-29): another host gave
 * it these bytes. Convicts when the other side itself goes on below the acknowledgment, or when the
 * bytes came in a segment that is accused for other reasons; where packets may merely be missing
 * from the capture it says that this evidence cannot tell.
 */
extern const Detector PHANTOM_ACK{phantom_ack::SIGNATURE,
                                  "an acknowledgment of bytes that the other side never sent",
                                  {{kinds::PACKETS}, {"forged"}},
                                  phantom_ack::Judge,
                                  nullptr};

} // namespace bouncelab::detectors
