#include "detectors/analysis/reset-table.h"

#include "detectors/analysis/sighted-packet.h"
#include "detectors/detector.h"
#include "detectors/readers/caps.h"
#include "formats/initial-ttl.h"

#include <fmt/format.h>

#include <algorithm>

namespace bouncelab::detectors
{

namespace
{

constexpr double ENOUGH = 3.0;

std::optional<ResetCase>
FirstSuspect(const Evidence& evidence)
{
    for (std::uint32_t index = 0; index < evidence.flow.segments.size(); ++index)
    {
        const Segment& segment = evidence.flow.At(index);
        if (segment.Has(tcp::RST))
        {
            // Behind the first one every reset has a reason.
            return evidence.flow.window.Judges(segment.frame) ? WeighReset(evidence, index)
                                                              : std::nullopt;
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
    reset.packet = SightedPacket(evidence, finding, found.usualTtl.value_or(segment.ttl));
    reset.found = std::move(found);
    return reset;
}

} // namespace

ResetTable::Look
ResetTable::LookOf(const SuspectReset& reset)
{
    return {reset.packet.alert.evidence.file,
            reset.packet.sighting.forgedTtl,
            reset.window,
            reset.dontFragment,
            reset.isBare,
            reset.hasId};
}

ResetTable::Look
ResetTable::LookButTtlOf(const SuspectReset& reset)
{
    Look look = LookOf(reset);
    std::get<1>(look) = -1;
    return look;
}

std::string
ResetTable::KeyOf(const SuspectReset& reset)
{
    return reset.packet.alert.evidence.file + " " + reset.packet.claimed.ToString();
}

void
ResetTable::AddHosts(const Flow& flow)
{
    const Segment* asked = nullptr;
    for (const Side side : {CLIENT, SERVER})
    {
        const std::string key = flow.source->name + " " + flow.address[side].ToString();
        if (m_hosts.size() >= GetCaps().resetHosts && m_hosts.count(key) == 0)
        {
            ++m_hostsLeftOut;
            continue;
        }
        std::array<std::uint32_t, 256> count{};
        Host& host = m_hosts[key];
        for (const Segment& segment : flow.segments)
        {
            if (segment.side != side || segment.Has(tcp::RST))
            {
                continue;
            }
            ++count[segment.ttl];
            host.ttls[segment.ttl] = host.ttls[segment.ttl] || segment.Has(tcp::SYN);
            if (segment.Has(tcp::SYN) && side == SERVER && asked && segment.time > asked->time)
            {
                const std::int64_t took = (segment.time - asked->time).count();
                host.handshakeNs = std::min(host.handshakeNs.value_or(took), took);
            }
            asked = segment.Has(tcp::SYN) && side == CLIENT ? &segment : asked;
        }
        const auto usual = std::max_element(count.begin(), count.end());
        if (*usual > 0)
        {
            host.ttls[static_cast<std::size_t>(usual - count.begin())] = true;
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
        AddHosts(flow);
        auto found = FirstSuspect(evidence);
        if (found && m_resets.size() >= GetCaps().resets)
        {
            ++m_resetsLeftOut;
        }
        else if (found)
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
    const auto host = m_hosts.find(KeyOf(reset));
    for (int ttl = 0; host != m_hosts.end() && ttl < 256; ++ttl)
    {
        const int forged = reset.packet.sighting.forgedTtl;
        if (host->second.ttls[static_cast<std::size_t>(ttl)] &&
            (!nearest || HopsApart(ttl, forged) < HopsApart(*nearest, forged)))
        {
            nearest = ttl;
        }
    }
    return nearest;
}

int
ResetTable::HopsFromHost(const SuspectReset& reset) const
{
    const std::optional<int> usual = NearestTtl(reset);
    return usual ? HopsApart(reset.packet.sighting.forgedTtl, *usual) : 0;
}

void
ResetTable::AddAgreement(const SuspectReset& reset, const Boxes& boxes, JudgedReset& judged) const
{
    const auto others = [&](const Look& look)
    {
        // Hosts side by side may have one front end, which resets in the name of all of them.
        const auto box = boxes.find(look);
        const HostAddress& claimed = reset.packet.claimed;
        return box == boxes.end()
                   ? std::size_t{0}
                   : static_cast<std::size_t>(std::count_if(box->second.begin(),
                                                            box->second.end(),
                                                            [&](const HostAddress& host) {
                                                                return host != claimed &&
                                                                       !host.IsNeighborOf(claimed);
                                                            }));
    };
    const std::size_t alike = others(LookOf(reset));
    // Devices that mirror the TTL of what they answer agree in the rest.
    const std::size_t mirrored = alike == 0 && reset.window != 0 ? others(LookButTtlOf(reset)) : 0;
    if (HopsFromHost(reset) >= 2 && alike + mirrored > 0)
    {
        judged.sum += alike > 0 ? 2.0 : 1.0;
        judged.isForeign = true;
        judged.reasons.push_back(fmt::format("{}window, DF and the kind of IP ID are those of "
                                             "resets in the name of {} other host{}",
                                             alike > 0 ? "TTL, " : "",
                                             alike + mirrored,
                                             alike + mirrored == 1 ? "" : "s"));
    }
}

/// Where the flow's own handshake was not captured, that of the address's other ones tells.
void
ResetTable::AddTime(const SuspectReset& reset, JudgedReset& judged) const
{
    const auto host = m_hosts.find(KeyOf(reset));
    const auto& elapsed = reset.packet.sighting.elapsedNs;
    if (!reset.packet.sighting.isNearer && elapsed && HopsFromHost(reset) >= 2 &&
        host != m_hosts.end() && host->second.handshakeNs && !reset.found.hasHandshake &&
        *elapsed < *host->second.handshakeNs / 2)
    {
        judged.sum += 1.5;
        judged.isForeign = true;
        judged.reasons.push_back(
            fmt::format("{} after what it answers, handshakes with that address take at least {}",
                        Milliseconds(*elapsed),
                        Milliseconds(*host->second.handshakeNs)));
    }
}

std::optional<JudgedReset>
ResetTable::Judged(const SuspectReset& reset, const Boxes& boxes) const
{
    JudgedReset judged;
    judged.reset = &reset;
    judged.sum = reset.found.sum;
    judged.reasons = reset.found.reasons;
    const int apart = HopsFromHost(reset);
    judged.isForeign = reset.found.isForeign || apart >= FAR_APART;
    if (apart >= 2)
    {
        judged.sum += apart >= 3 ? 2.0 : 1.0;
        judged.reasons.insert(
            judged.reasons.begin(),
            fmt::format("TTL {} against {}", reset.packet.sighting.forgedTtl, *NearestTtl(reset)));
    }
    AddTime(reset, judged);
    AddAgreement(reset, boxes, judged);
    const std::string claimed = reset.packet.claimed.ToString();
    const std::string& doubt = reset.found.doubt;
    const bool isEnough = judged.sum >= ENOUGH && judged.reasons.size() >= 2 && judged.isForeign;
    if ((isEnough || reset.found.isImpossible) && doubt.empty())
    {
        judged.verdict = Verdict::Fault;
        judged.by = reset.found.isAimed                                ? "on-path device"
                    : HopsPassed(reset.packet.sighting.forgedTtl) <= 1 ? "own firewall or NAT"
                                                                       : judged.by;
        judged.score = std::min(1.0, 0.4 + std::max(judged.sum, ENOUGH) / 10);
        judged.explanation = fmt::format("The reset in {} was not sent by {}: {}.",
                                         reset.name,
                                         claimed,
                                         Enumerate(judged.reasons));
        return judged;
    }
    judged.score = 0.2;
    if (reset.found.isBlind)
    {
        judged.explanation = fmt::format(
            "The reset in {}, in the name of {}, cut off mail that was under way{}{}. Whether that "
            "host sent it, this text cannot tell: it has neither TTLs nor IP IDs. The capture "
            "itself, or what tcpdump -v or tshark -V prints of it, would decide.",
            reset.name,
            claimed,
            judged.reasons.empty() ? "" : ": ",
            Enumerate(judged.reasons));
        return judged;
    }
    if (!reset.found.isTooEarly && !reset.found.goesOn &&
        (judged.sum < 2.0 || judged.reasons.size() < 2))
    {
        return std::nullopt;
    }
    judged.explanation = fmt::format(
        "The reset in {} does not look like what {} sends ({}), but {}: {} would "
        "decide.",
        reset.name,
        claimed,
        Enumerate(judged.reasons),
        doubt.empty() ? "a front end of that host would explain it" : doubt,
        doubt.empty() || reset.found.goesOn ? "a capture beside that host"
                                            : "a control run without the suspected trigger");
    return judged;
}

std::vector<JudgedReset>
ResetTable::Judge() const
{
    Boxes boxes;
    for (const SuspectReset& reset : m_resets)
    {
        if (HopsFromHost(reset) >= 2 && reset.found.doubt.empty())
        {
            boxes[LookOf(reset)].insert(reset.packet.claimed);
            boxes[LookButTtlOf(reset)].insert(reset.packet.claimed);
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
