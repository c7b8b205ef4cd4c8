#include "detectors/analysis/reset-table.h"

#include "detectors/analysis/sighted-packet.h"
#include "detectors/detector.h"
#include "formats/initial-ttl.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr std::size_t MOST_RESETS = 20000;
constexpr std::size_t MOST_ADDRESSES = 50000;
constexpr double ENOUGH = 3.0;
/// So far from the host no front end of it stands.
constexpr int FAR_APART = 5;

std::optional<ResetCase>
FirstSuspect(const Evidence& evidence)
{
    for (std::uint32_t index = 0; index < evidence.flow.segments.size(); ++index)
    {
        if (evidence.flow.At(index).Has(tcp::RST))
        {
            // Behind the first one every reset has a reason.
            return WeighReset(evidence, index);
        }
    }
    return std::nullopt;
}

SuspectReset
Described(const Evidence& evidence, ResetCase found)
{
    const Flow& flow = evidence.flow;
    const Segment& segment = flow.At(found.index);
    SuspectReset reset;
    reset.name = NameOfFrame(flow, found.index);
    reset.probe = ProbeTtl(flow);
    reset.window = segment.window;
    reset.dontFragment = segment.dontFragment;
    reset.isBare = !segment.Has(tcp::ACK);
    reset.hasId = segment.ipId != 0;
    Finding finding;
    finding.accused = found.index;
    finding.others = found.others;
    finding.dottedClass = classes::FORGED_RESET;
    finding.where.by = "unknown";
    reset.packet = SightedPacket(evidence, finding, found.usualTtl.value_or(segment.ttl));
    reset.found = std::move(found);
    return reset;
}

} // namespace

ResetTable::Look
ResetTable::LookOf(const SuspectReset& reset)
{
    return {reset.packet.sighting.forgedTtl,
            reset.window,
            reset.dontFragment,
            reset.isBare,
            reset.hasId};
}

void
ResetTable::AddTtls(const Flow& flow)
{
    for (const Side side : {CLIENT, SERVER})
    {
        const std::string address = flow.address[side].ToString();
        if (m_ttls.size() >= MOST_ADDRESSES && m_ttls.count(address) == 0)
        {
            continue;
        }
        std::array<std::uint32_t, 256> count{};
        std::array<bool, 256>& shown = m_ttls[address];
        for (const Segment& segment : flow.segments)
        {
            if (segment.side == side && !segment.Has(tcp::RST))
            {
                ++count[segment.ttl];
                shown[segment.ttl] = shown[segment.ttl] || segment.Has(tcp::SYN);
            }
        }
        const auto usual = std::max_element(count.begin(), count.end());
        if (*usual > 0)
        {
            shown[static_cast<std::size_t>(usual - count.begin())] = true;
        }
    }
}

const SuspectReset*
ResetTable::Add(const Evidence& evidence)
{
    const Flow& flow = evidence.flow;
    const std::uint32_t frame = flow.At(0).frame;
    if (flow.source != m_lastSource || frame != m_lastFrame)
    {
        m_lastSource = flow.source;
        m_lastFrame = frame;
        m_lastIsSuspect = false;
        AddTtls(flow);
        auto found = m_resets.size() < MOST_RESETS ? FirstSuspect(evidence) : std::nullopt;
        if (found)
        {
            m_resets.push_back(Described(evidence, std::move(*found)));
            m_lastIsSuspect = true;
        }
    }
    return m_lastIsSuspect ? &m_resets.back() : nullptr;
}

std::optional<int>
ResetTable::NearestTtl(const SuspectReset& reset) const
{
    std::optional<int> nearest = reset.found.usualTtl;
    const auto shown = m_ttls.find(reset.packet.claimed.ToString());
    for (int ttl = 0; shown != m_ttls.end() && ttl < 256; ++ttl)
    {
        const int forged = reset.packet.sighting.forgedTtl;
        if (shown->second[static_cast<std::size_t>(ttl)] &&
            (!nearest || HopsApart(ttl, forged) < HopsApart(*nearest, forged)))
        {
            nearest = ttl;
        }
    }
    return nearest;
}

std::optional<JudgedReset>
ResetTable::Judged(const SuspectReset& reset,
                   const std::map<Look, std::set<std::string>>& boxes) const
{
    const int ttl = reset.packet.sighting.forgedTtl;
    const std::optional<int> usual = NearestTtl(reset);
    const int apart = usual ? HopsApart(ttl, *usual) : 0;
    double sum = reset.found.sum;
    std::vector<std::string> reasons = reset.found.reasons;
    bool isForeign = reset.found.isForeign || apart >= FAR_APART;
    if (apart >= 2)
    {
        sum += apart >= 3 ? 2.0 : 1.0;
        reasons.insert(reasons.begin(), fmt::format("TTL {} against {}", ttl, *usual));
    }
    const auto box = boxes.find(LookOf(reset));
    const std::size_t others = apart >= 2 && box != boxes.end() ? box->second.size() - 1 : 0;
    if (others > 0)
    {
        sum += 2.0;
        isForeign = true;
        reasons.push_back(fmt::format("TTL, window, DF and the kind of IP ID are those of resets "
                                      "in the name of {} other host{}",
                                      others,
                                      others == 1 ? "" : "s"));
    }
    JudgedReset judged;
    judged.reset = &reset;
    const std::string claimed = reset.packet.claimed.ToString();
    const bool isEnough = sum >= ENOUGH && reasons.size() >= 2 && isForeign;
    if ((isEnough || reset.found.isImpossible) && reset.found.doubt.empty())
    {
        judged.verdict = Verdict::Fault;
        judged.score = std::min(1.0, 0.4 + std::max(sum, ENOUGH) / 10);
        judged.explanation = fmt::format("The reset in {} was not sent by {}: {}.",
                                         reset.name,
                                         claimed,
                                         Enumerate(reasons));
        return judged;
    }
    if (sum < 2.0 || reasons.size() < 2)
    {
        return std::nullopt;
    }
    judged.score = 0.2;
    judged.explanation = fmt::format(
        "The reset in {} does not look like what {} sends ({}), but {}: {} would "
        "decide.",
        reset.name,
        claimed,
        Enumerate(reasons),
        reset.found.doubt.empty() ? "a front end of that host would explain it" : reset.found.doubt,
        reset.found.doubt.empty() ? "a capture beside that host"
                                  : "a control run without the suspected trigger");
    return judged;
}

std::vector<JudgedReset>
ResetTable::Judge() const
{
    std::map<Look, std::set<std::string>> boxes;
    for (const SuspectReset& reset : m_resets)
    {
        const std::optional<int> usual = NearestTtl(reset);
        if (usual && HopsApart(reset.packet.sighting.forgedTtl, *usual) >= 2 &&
            reset.found.doubt.empty())
        {
            boxes[LookOf(reset)].insert(reset.packet.claimed.ToString());
        }
    }
    std::vector<JudgedReset> judged;
    for (const SuspectReset& reset : m_resets)
    {
        if (auto one = Judged(reset, boxes))
        {
            judged.push_back(std::move(*one));
        }
    }
    return judged;
}

} // namespace bouncelab::detectors
